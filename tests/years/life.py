"""A life from its beginning to its end, and what was wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from tests.years import consents, deeds, logins, owner, past
from tests.years.checks import Checks, Violation
from tests.years.ending import check_end
from tests.years.history import Life
from tests.years.household import Household


class Outcome(NamedTuple):
    """What was wrong, and how much there was of what."""

    violations: tuple[Violation, ...]
    figures: dict[str, Any]


def live(life: Life) -> Outcome:
    """Return what comes of *life*."""
    household = Household(life)
    checks = Checks(household)
    _begin(household)
    waiting = list(life.events)[::-1]
    calm = False
    for hours in _turns(life):
        while waiting and waiting[-1].at <= hours:
            event = waiting.pop()
            _go_to(household, event.at)
            deeds.happen(household, event)
        if hours >= life.quiet_from and not calm:
            calm = True
            _calm_down(household)
        _go_to(household, hours)
        checks.after_turn(household.tick())
    check_end(checks)
    outcome = Outcome(tuple(checks.violations), _figures(household))
    household.store.close()
    return outcome


def _turns(life: Life) -> Iterator[float]:
    """Yield the hours of the scheduler's turns: every five to thirteen, and all in the end."""
    luck = Random(f"turns {life.seed}")
    longer = 2 if life.deep else 1
    hours = 1.0
    while hours < life.quiet_from:
        yield hours
        hours += luck.uniform(5, 13) * longer
    yield from (life.quiet_from + hour for hour in range((life.days * 24) - int(life.quiet_from)))


def _go_to(household: Household, hours: float) -> None:
    household.go_to(household.life.start + timedelta(hours=hours))


def _begin(household: Household) -> None:
    """Make the people; each consents, and one has a program that follows the log."""
    life = household.life
    household.go_to(life.start)
    users = [habits.user for habits in life.people]
    if any(event.kind == "erase" for event in life.events):
        users.append("otto")
    for user in users:
        logins.add_person(household, user)
        owner.add_receiver(household, user)
        if life.imported and user == "jack":
            household.do_pending()
            past.take_over_past(household, user)
        logins.connect(household, user)


def _calm_down(household: Household) -> None:
    """End every fault; whoever is not connected consents, and the owner looks after the rest."""
    _go_to(household, household.life.quiet_from)
    for service in household.services.values():
        service.faults.clear()
        service.silent.clear()
        service.refuse_next.clear()
    household.steps.clear()
    household.igor.status = 200
    for receiver in household.receivers.values():
        receiver.faults.clear()
    household.skew = timedelta()
    household.restart()
    for _ in range(3):
        household.do_pending()
    for user in household.users():
        if user in household.people:
            settings = {**household.store.identities.settings(user), "interval": "3600"}
            household.store.identities.save(user, settings)
            if not consents.is_well(household, user):
                logins.connect(household, user)
        if household.store.log.head(user):
            household.release(user)


def _figures(household: Household) -> dict[str, Any]:
    return {
        "fetches": sum(household.fetches.values()),
        "calls": sum(sum(one.calls.values()) for one in household.services.values()),
        "kills": household.steps.killed,
        "puts": household.igor.puts,
        "bytes": household.size(),
    }
