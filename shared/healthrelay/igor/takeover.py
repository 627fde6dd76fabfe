"""Taking over a household from Igor's old plugin: its people, their settings and measurements.

Their consent is left out: the tokens belong to another registration, so each person connects
again. What the store already has stays, so a second run changes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from healthrelay.core.errors import BadRequest, HealthrelayError
from healthrelay.core.household.settings import checked_settings
from healthrelay.core.igor_json import user_name
from healthrelay.core.measurements.ledger import Ledger, State
from healthrelay.core.measurements.methods import method
from healthrelay.core.measurements.origin import IMPORT, UNKNOWN, has_provider
from healthrelay.core.measurements.query import windows
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.igor.old_plugin import LegacyPerson, convert_records
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


def take_over(person: LegacyPerson, store: Store, system: str, now: datetime) -> Takeover:
    """Create the person, then store the measurements, one series at a time.

    *system* is that of their units there. After a crash at any point the next run does the rest.
    Raise `BadRequest` for a name that is not allowed here.
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
        series=_store_measurements(person, store.records, system, now),
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
    person: LegacyPerson, store: Records, system: str, now: datetime
) -> dict[str, SeriesCount]:
    user = person.name
    stored = store.everything(user)
    known = {record.name for record in stored}
    answered = _days_of_providers(stored, store.ledger(user))
    counts: dict[str, SeriesCount] = {}
    for series, elements in person.series.items():
        converted = convert_records(series, elements, system, now.date())
        new = tuple(
            record._replace(origin=IMPORT)
            for record in converted.records
            if record.name not in known and (series, record.when[:10]) not in answered
        )
        # One series at a time, because a log entry must have a size that every store takes.
        store.apply(user, Delta(added=new), now)
        old = len(converted.records) - len(new)
        counts[series] = SeriesCount(len(new), old, converted.left_out)
    return counts


def _days_of_providers(stored: Iterable[Record], ledger: Ledger) -> set[tuple[str, str]]:
    """Return the series and days of which a provider gave a record: there, its answer counts.

    One without an origin is a provider's if its day was read, and else from an earlier import.
    """
    read = {
        (series, day.isoformat())
        for series, days in ledger.days.items()
        for day in days.where(list(State))
    }
    named = [(record.origin, (record.series, record.when[:10])) for record in stored]
    return {
        name
        for origin, name in named
        if has_provider(origin) or (origin == UNKNOWN and name in read)
    }
