"""Taking over a household from Igor's old plugin: its people, their settings and measurements.

Not their consent: the tokens were given to another registration, and each person connects once
more. What the store knows already wins, so a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest, HealthrelayError
from healthrelay.core.household.names import user_name
from healthrelay.core.household.settings import checked_settings
from healthrelay.core.measurements.methods import method
from healthrelay.core.measurements.query import windows
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.igor.old_plugin import Person, Units, records

if TYPE_CHECKING:
    from healthrelay.core.measurements.coverage import Coverage
    from healthrelay.ports.store import Identities, Records, Store

LISTS = ("methods", "resource")
"""Settings that may name several, separated by commas."""


class Series(NamedTuple):
    """How many records of one series were new, how many known, and what was left out and why."""

    added: int
    known: int
    left_out: Mapping[str, int]


class TakenOver(NamedTuple):
    """What became of one person."""

    user: str
    made: bool
    """False for somebody who existed; who had settings keeps them as they are."""
    settings: Mapping[str, str]
    not_taken: tuple[str, ...]
    """A sentence for each setting that could not be taken over."""
    series: Mapping[str, Series]
    connected: bool


def take_over(person: Person, store: Store, units: Units, now: datetime) -> TakenOver:
    """Make the person, then store what was measured, a series at a time.

    Killed at any point, the next run does the rest. Raises `BadRequest` for a name that
    nobody can have here.
    """
    user = user_name(person.name)
    stored = store.identities.settings(user)
    wanted, not_taken = _settings(person, now.date())
    settings = _save(user, stored, wanted, store.identities)
    not_taken += [
        f"{name}={value}: {user} has settings here, which stay"
        for name, value in wanted.items()
        if settings.get(name) != value
    ]
    return TakenOver(
        user=user,
        made=stored is None,
        settings=settings,
        not_taken=tuple(not_taken),
        series=_measurements(person, store.records, units, now),
        connected=person.connected,
    )


def _save(
    user: str, stored: Mapping[str, str] | None, wanted: Mapping[str, str], identities: Identities
) -> Mapping[str, str]:
    if stored or stored == wanted:
        return stored
    identities.save(user, wanted)
    return wanted


def _settings(person: Person, today: date) -> tuple[dict[str, str], list[str]]:
    """Those that a fetch can use, and a sentence for each of the others."""
    said, not_taken = _said(person)
    usable: dict[str, str] = {}
    for name, value in said.items():
        try:
            usable |= checked_settings({name: value})
        except BadRequest as error:
            not_taken.append(error.sentence)
    if "methods" in usable:
        known = [name.strip() for name in usable["methods"].split(",")]
        usable["methods"] = ",".join(name for name in known if _method(name, not_taken))
    return _fetchable({n: v for n, v in usable.items() if v}, today, not_taken), not_taken


def _said(person: Person) -> tuple[dict[str, str], list[str]]:
    """Settings and actions made one: an action's word won, and several may fetch for one."""
    merged: dict[str, str] = {}
    not_taken = []
    for arguments in person.actions:
        for name, value in arguments.items():
            if name in merged and name in LISTS:
                listed = dict.fromkeys([*merged[name].split(","), *value.split(",")])
                merged[name] = ",".join(listed)
            elif merged.setdefault(name, value) != value:
                not_taken.append(f"{name}={value} of another action")
    plain = {name: value for name, value in person.settings.items() if value}
    return plain | merged, not_taken


def _method(name: str, not_taken: list[str]) -> bool:
    try:
        method(name)
    except HealthrelayError as error:
        not_taken.append(f"The method {name[:40]}: {error.sentence}")
        return False
    return True


def _fetchable(settings: dict[str, str], today: date, not_taken: list[str]) -> dict[str, str]:
    """Add one after the other what leaves a fetch possible, what to fetch before the rest."""
    kept: dict[str, str] = {}
    what = {name: settings[name] for name in LISTS if name in settings}
    rest = [{name: value} for name, value in settings.items() if name not in LISTS]
    for some in (what, *rest):
        try:
            windows({}, kept | some, today)
        except HealthrelayError as error:
            not_taken.append(f"{', '.join(some)}: {error.sentence}")
        else:
            kept |= some
    return kept


def _measurements(person: Person, store: Records, units: Units, now: datetime) -> dict[str, Series]:
    user = person.name
    known = {record.name for record in store.everything(user)}
    covered = store.coverage(user)
    told: dict[str, Series] = {}
    for series, elements in person.series.items():
        found = records(series, elements, units, now.date())
        new = tuple(r for r in found.records if r.name not in known and not _asked(r, covered))
        # A series at a time, for a log entry must stay of a size that every store takes.
        store.apply(user, Delta(added=new), now)
        told[series] = Series(len(new), len(found.records) - len(new), found.left_out)
    return told


def _asked(record: Record, covered: Coverage) -> bool:
    """Whether a provider was asked about that day: then what it did not tell is not so."""
    if record.series not in covered:
        return False
    first, last = covered[record.series]
    return first.isoformat() <= record.when[:10] <= last.isoformat()
