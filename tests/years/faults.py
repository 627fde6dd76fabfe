"""What goes wrong: answers of the provider, the store, the process, and the homes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.years.service import Fault

if TYPE_CHECKING:
    from tests.years.history import Event
    from tests.years.household import Household

OF_A_KIND = ("empty", "half", "slow", "refused", "trouble")
"""Faults that may be those of one kind of facts."""
ANSWERS = (*OF_A_KIND, "quota", "outage", "odd tokens", "token trouble")
ODD_BACK_DAYS = 25
FOR_GOOD = datetime.max.replace(tzinfo=UTC)
BETWEEN_REFUSALS = timedelta(days=10)
"""Twice in a row is an end, as far as anybody can know."""


def spoil_answers(household: Household, event: Event) -> None:
    """Let answers be wrong: about one person's account, or about everybody's."""
    until, now = household.end_of(event), household.clock.now()
    for service in household.services.values():
        account = ""
        if event.who:
            own = household.people[event.who].accounts
            account = next((a.name for a in own if a.provider == service.provider), "nobody")
        kind = event.what if event.kind in OF_A_KIND else ""
        service.faults = [one for one in service.faults if one.until > now]
        service.faults.append(Fault(event.kind, account, kind, until, event.number))


def spoil_day(household: Household, event: Event) -> None:
    """Give a day in a shape that nobody can read: for a while, or for good."""
    account = household.people[event.who].account(household.provider)
    days = sorted(account.days[event.what])
    if days:
        until = FOR_GOOD if event.number % 2 else household.end_of(event)
        account.odd[event.what, days[-1 - event.number % min(len(days), ODD_BACK_DAYS)]] = until


def refuse_access(household: Household, event: Event) -> None:
    """Honour no access token any more, before its time."""
    account = household.people[event.who].account(household.provider)
    household.service.tokens.forget_access(account)


def refuse_refresh_once(household: Household, event: Event) -> None:
    """Refuse a refresh token that is good, as providers were seen to do for a moment."""
    account = household.people[event.who].account(household.provider)
    now, refused = household.clock.now(), household.service.refused
    if not household.service.tokens.single_use and now - refused[account.name] > BETWEEN_REFUSALS:
        refused[account.name] = now
        household.service.refuse_next.add(account.name)


def refuse_store(household: Household, event: Event) -> None:
    household.steps.refused_until = household.end_of(event)


def answer_nothing(household: Household, event: Event) -> None:
    """Let the store do a step, and nobody hear of it."""
    household.steps.unanswered[event.what] = event.number % 4


def kill(household: Household, event: Event) -> None:
    household.steps.kills[event.what] = (event.number % 4, bool(event.number % 3))


def set_clock(household: Household, event: Event) -> None:
    """Let another process go on, whose clock is seconds away from the true time."""
    household.skew = timedelta(seconds=int(event.what))
    household.restart()


def spoil_igor(household: Household, event: Event) -> None:
    household.igor.status = int(event.what or 0)
    household.later(event, lambda: setattr(household.igor, "status", 200))


def spoil_receiver(household: Household, event: Event) -> None:
    """Let a receiver fail; when it is well, the owner has sent again what was given up on."""
    fault = event.kind.removeprefix("receiver ").partition(" ")[0]
    household.receiver(event.who, "script").faults[fault] = household.end_of(event)
    household.later(event, lambda: household.release(event.who))


DEEDS = {
    **dict.fromkeys(ANSWERS, spoil_answers),
    **dict.fromkeys(("receiver fails", "receiver gone", "receiver forgets"), spoil_receiver),
    **dict.fromkeys(("igor away", "igor trouble"), spoil_igor),
    "odd": spoil_day,
    "access refused": refuse_access,
    "token refused once": refuse_refresh_once,
    "store refuses": refuse_store,
    "unanswered": answer_nothing,
    "kill": kill,
    "clock": set_clock,
}
