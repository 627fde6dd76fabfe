"""What each kind of event does to the household; pauses and travel are in what wearers measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.years import data, faults, logins, owner

if TYPE_CHECKING:
    from tests.years.history import Event
    from tests.years.household import Household

STEPS = ("provider.read", "records.apply", "tokens.save")


def happen(household: Household, event: Event) -> None:
    """Let *event* happen."""
    if event.kind in _DEEDS:
        _DEEDS[event.kind](household, event)


def interrupt(household: Household, event: Event) -> None:
    """Let somebody else do something in the middle of a fetch."""

    def deed() -> None:
        if event.what == "fetch":
            household.attempt(lambda: household.fetch(event.who))
        else:
            happen(household, event._replace(kind=event.what, what="continue", hours=24))
            household.do_pending()

    household.steps.meanwhile[STEPS[event.number % len(STEPS)]] = deed


_DEEDS: dict[str, Callable[[Household, Event], None]] = {
    **data.DEEDS,
    **faults.DEEDS,
    **logins.DEEDS,
    **owner.DEEDS,
    "meanwhile": interrupt,
}
