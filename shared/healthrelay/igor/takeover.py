"""Taking over a household from Igor's old plugin: its people, their settings and measurements.

Their consent is left out: the tokens belong to another registration, so each person connects
again. What the store already has stays, so a second run changes nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from healthrelay.core.errors import BadRequest, HealthrelayError
from healthrelay.core.household.settings import checked_settings
from healthrelay.core.igor_json import user_name
from healthrelay.core.measurements.methods import method
from healthrelay.core.measurements.query import windows
from healthrelay.core.measurements.records import Coverage, Delta, Record
from healthrelay.igor.old_plugin import LegacyPerson, Units, convert_records
from healthrelay.ports.store import Identities, Records, Store

LISTS = ("methods", "resource")
"""Settings that may name several, separated by commas."""


class SeriesCount(NamedTuple):
    """How many records of one series were added, how many known, and what was left out and why."""

    added: int
    known: int
    left_out: Mapping[str, int]


class Takeover(NamedTuple):
    user: str
    created: bool
    """False if the person existed; settings that they had stay as they are."""
    settings: Mapping[str, str]
    refusals: tuple[str, ...]
    """A sentence for each setting that could not be taken over."""
    series: Mapping[str, SeriesCount]
    connected: bool


def take_over(person: LegacyPerson, store: Store, units: Units, now: datetime) -> Takeover:
    """Create the person, then store the measurements, one series at a time.

    After a crash at any point the next run does the rest. Raise `BadRequest` for a name that
    is not allowed here.
    """
    user = user_name(person.name)
    stored = store.identities.settings(user)
    wanted, refusals = _settings(person, now.date())
    settings = _save_settings(user, stored, wanted, store.identities)
    refusals += [
        f"{name}={value}: {user} already has settings, which stay"
        for name, value in wanted.items()
        if settings.get(name) != value
    ]
    return Takeover(
        user=user,
        created=stored is None,
        settings=settings,
        refusals=tuple(refusals),
        series=_store_measurements(person, store.records, units, now),
        connected=person.connected,
    )


def _save_settings(
    user: str, stored: Mapping[str, str] | None, wanted: Mapping[str, str], identities: Identities
) -> Mapping[str, str]:
    if stored or stored == wanted:
        return stored
    identities.save(user, wanted)
    return wanted


def _settings(person: LegacyPerson, today: date) -> tuple[dict[str, str], list[str]]:
    """Return the settings that a fetch can use, and a sentence for each of the others."""
    merged, refusals = _merge_arguments(person)
    usable: dict[str, str] = {}
    for name, value in merged.items():
        try:
            usable |= checked_settings({name: value})
        except BadRequest as error:
            refusals.append(error.sentence)
    if "methods" in usable:
        known = [name.strip() for name in usable["methods"].split(",")]
        usable["methods"] = ",".join(name for name in known if _check_method(name, refusals))
    return _keep_fetchable({n: v for n, v in usable.items() if v}, today, refusals), refusals


def _merge_arguments(person: LegacyPerson) -> tuple[dict[str, str], list[str]]:
    """Merge settings and actions: an action overrides, and a person may have several."""
    merged: dict[str, str] = {}
    refusals = []
    for arguments in person.actions:
        for name, value in arguments.items():
            if name in merged and name in LISTS:
                listed = dict.fromkeys([*merged[name].split(","), *value.split(",")])
                merged[name] = ",".join(listed)
            elif merged.setdefault(name, value) != value:
                refusals.append(f"{name}={value} of another action")
    plain = {name: value for name, value in person.settings.items() if value}
    return plain | merged, refusals


def _check_method(name: str, refusals: list[str]) -> bool:
    try:
        method(name)
    except HealthrelayError as error:
        refusals.append(f"The method {name[:40]}: {error.sentence}")
        return False
    return True


def _keep_fetchable(settings: dict[str, str], today: date, refusals: list[str]) -> dict[str, str]:
    """Keep the settings with which a fetch is possible; what to fetch comes first."""
    chosen: dict[str, str] = {}
    what = {name: settings[name] for name in LISTS if name in settings}
    rest = [{name: value} for name, value in settings.items() if name not in LISTS]
    for some in (what, *rest):
        try:
            windows({}, chosen | some, today)
        except HealthrelayError as error:
            refusals.append(f"{', '.join(some)}: {error.sentence}")
        else:
            chosen |= some
    return chosen


def _store_measurements(
    person: LegacyPerson, store: Records, units: Units, now: datetime
) -> dict[str, SeriesCount]:
    user = person.name
    known = {record.name for record in store.everything(user)}
    covered = store.coverage(user)
    counts: dict[str, SeriesCount] = {}
    for series, elements in person.series.items():
        converted = convert_records(series, elements, units, now.date())
        new = tuple(
            r for r in converted.records if r.name not in known and not _is_covered(r, covered)
        )
        # One series at a time, because a log entry must have a size that every store takes.
        store.apply(user, Delta(added=new), now)
        old = len(converted.records) - len(new)
        counts[series] = SeriesCount(len(new), old, converted.left_out)
    return counts


def _is_covered(record: Record, covered: Coverage) -> bool:
    """Return whether a provider was read for that day: then its answer counts."""
    if record.series not in covered:
        return False
    first, last = covered[record.series]
    return first.isoformat() <= record.when[:10] <= last.isoformat()
