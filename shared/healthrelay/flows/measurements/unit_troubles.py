"""What there is to say of the units of a person's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from healthrelay.core.measurements.mixed_units import mixed_series
from healthrelay.core.trouble import Trouble

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Record
    from healthrelay.ports.store import Records, Store


def unit_troubles(user: str, store: Store, system: str) -> tuple[Trouble, ...]:
    """Return what *user*'s targets still have in other units than *system*, and what is mixed."""
    told = store.log.following(user).system
    mixed = mixed_units(user, store.records, system)
    return tuple(filter(None, (_other_system(told, system), mixed)))


def mixed_units(user: str, records: Records, system: str) -> Trouble | None:
    """Return the trouble with series in which an earlier version stored two units, if any."""
    known = records.everything(user)
    if all(record.origin for record in known):
        return None
    mixed = mixed_series(known, records.ledger(user).units or system)
    return _mixed_trouble(user, mixed) if mixed else None


def _other_system(told: str, system: str) -> Trouble | None:
    if told in ("", system):
        return None
    return Trouble(
        "system",
        "nobody",
        f"Values are given out in {system} now; the targets still have them in {told}.",
        next_step="Nothing: the next delivery tells them everything again.",
    )


def _mixed_trouble(user: str, mixed: Mapping[str, Sequence[Record]]) -> Trouble:
    named = ", ".join(f"{series} ({len(records)})" for series, records in sorted(mixed.items()))
    days = sorted(record.when[:10] for records in mixed.values() for record in records)
    return Trouble(
        "mixed_units",
        "owner",
        f"An earlier version stored values in more than one unit: {named}. They stay as they are.",
        next_step="Read those days again:"
        f" healthrelay fetch {user} base_date={days[0]} end_date={days[-1]}",
    )
