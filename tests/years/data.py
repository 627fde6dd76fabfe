"""What people correct and delete at the provider, and what it works out again itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from tests.years.history import Event
from tests.years.household import Household
from tests.years.wearer import Fact

POINTS = "activities-steps-intraday"
REACH_DAYS = 29
"""So far back people look."""


def edit(household: Household, event: Event) -> None:
    """Let somebody correct a value; the provider keeps its name, or makes another."""
    if fact := _choose(household, event):
        amount = _another_amount(fact, event)
        renamed = fact.id if event.number % 2 else _other_name(fact, event)
        _replace(household, event, fact, fact._replace(id=renamed, amount=amount))


def delete(household: Household, event: Event) -> None:
    """Let somebody delete what they do not want to be there."""
    if fact := _choose(household, event):
        _replace(household, event, fact, None)


def delete_days(household: Household, event: Event) -> None:
    """Let somebody delete all that there is of several days."""
    first = _choose(household, event)
    if first is None:
        return
    days = {
        (first.start.date() + timedelta(days=n)).isoformat() for n in range(2 + event.number % 6)
    }
    for fact in _recent(household, event):
        if fact.day in days:
            _replace(household, event, fact, None)


def reissue(household: Household, event: Event) -> None:
    """Let the provider work out the last nights again: under other names, a little shifted."""
    nights = _recent(household, event._replace(what="night"))
    for fact in nights[-1 - event.number % 3 :]:
        shift = timedelta(minutes=event.number % 20)
        again = fact._replace(
            id=_other_name(fact, event), start=fact.start + shift, amount=fact.amount - 1
        )
        _replace(household, event, fact, again)


def _recent(household: Household, event: Event) -> list[Fact]:
    """Return what the person's account knows of the last days.

    Points within a day are read again only when a device has synced, and stay as they are.
    """
    if event.what == "walk" and POINTS in household.people[event.who].habits.series:
        return []
    account = household.people[event.who].account(household.provider)
    now = household.clock.now()
    first = (now - timedelta(days=REACH_DAYS)).date().isoformat()
    return account.facts(event.what, first, now.date().isoformat())


def _choose(household: Household, event: Event) -> Fact | None:
    facts = _recent(household, event)
    return facts[event.number % len(facts)] if facts else None


def _replace(household: Household, event: Event, fact: Fact, by: Fact | None) -> None:
    """Let every account of the person have *by* in place of *fact*, as they are linked."""
    now = household.clock.now()
    for account in household.people[event.who].accounts:
        for known in account.facts(fact.kind, fact.day, fact.day):
            if known.start == fact.start:
                account.drop(known, now)
                if by:
                    name = by.id if by.id != fact.id else known.id
                    account.put(by._replace(id=name), now)


def _another_amount(fact: Fact, event: Event) -> int:
    luck = Random(f"{fact.id} {event}")
    ranges = {"weight": (60_000, 99_999), "walk": (10, 9_999), "night": (200, 380)}
    return luck.randint(*ranges[fact.kind])


def _other_name(fact: Fact, event: Event) -> str:
    return str(Random(f"{fact.id} {event} name").randrange(10**17, 10**18))


DEEDS: dict[str, Callable[[Household, Event], None]] = {
    "edit": edit,
    "delete": delete,
    "delete days": delete_days,
    "reissue": reissue,
}
