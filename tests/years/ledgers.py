"""What the ledger shows of each day: right when it says that a day is settled, and without a hole.

Which days may still change is known from what has not arrived yet, not from the ledger's rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from healthrelay.core.json import to_text
from healthrelay.core.measurements.ledger import Days, State
from healthrelay.core.measurements.ledger_document import to_document
from tests.years.account import KIND_OF, Account

if TYPE_CHECKING:
    from tests.years.checks import Checks
    from tests.years.stored_days import StoredDays

SETTLED = (State.SETTLED, State.EMPTY)
READ_AGAIN_DAYS = 30
"""What changes later than so long after a day may never be seen."""
WAITED_DAYS = 31
"""After that a day settles by its age alone."""
STUCK_DAYS = 40
"""By then a day is settled, if anything was read."""
MAX_BYTES = 4_000
MAX_MARK_DAYS = 3.5


def check_waiting(checks: Checks, user: str) -> None:
    """No day is settled of which a device that is listed has something that it did not send.

    After 31 days nobody waits for that any more, whatever has not synced by then.
    """
    household, now = checks.household, checks.household.clock.now()
    person = household.people[user]
    zone = ZoneInfo(person.account(household.provider).zone)
    first = (now.astimezone(zone) - timedelta(days=WAITED_DAYS)).date().isoformat()
    ledger = household.store.records.ledger(user)
    for fact in person.unsent(now):
        if fact.day < first:
            continue
        for series in person.habits.series:
            days = ledger.days.get(series)
            if KIND_OF[series] == fact.kind and days and _is_settled(days, fact.day):
                checks.fail("settled early", user, f"{series} of {fact.day}: {fact}")


def check_ledger(checks: Checks, user: str, stored: StoredDays) -> None:
    """What is shown in the end is so."""
    household = checks.household
    account = household.people[user].account(household.provider)
    ledger = household.store.records.ledger(user)
    size = len(to_text(to_document(ledger)))
    if size > MAX_BYTES:
        checks.fail("ledger", user, f"{size} bytes")
    for series, marks in ledger.marks.items():
        for key, mark in marks.items():
            age = household.clock.now() - datetime.fromisoformat(mark.first)
            if age > timedelta(days=MAX_MARK_DAYS):
                checks.fail("ledger", user, f"{series} {key} is missing since {mark}")
    for series in household.people[user].habits.series:
        days = ledger.days.get(series)
        if days is None or days.end < household.today(user):
            checks.fail("ledger", user, f"{series} is shown up to {days and days.end}")
        else:
            _check_days(checks, user, (series, days), stored, account)


def _check_days(
    checks: Checks, user: str, shown: tuple[str, Days], stored: StoredDays, account: Account
) -> None:
    (series, days), today = shown, checks.household.today(user)
    odd = account.odd_days(KIND_OF[series], checks.household.clock.now())
    for day, state in _each(days):
        at = series, day.isoformat()
        changed = None if stored.agrees(user, at) else _changed_in_time(account, at)
        if state in SETTLED and changed:
            checks.fail("hole", user, f"{at} is {state.name}, and changed at {changed}")
        if state is State.EMPTY and stored.items(at):
            checks.fail("ledger", user, f"{at} is empty, and holds {stored.items(at)}")
        may_fail = state is State.FAILED and at[1] in odd
        if state not in SETTLED and not may_fail and (today - day).days > STUCK_DAYS:
            checks.fail("stuck", user, f"{at} is {state.name}")


def _each(days: Days) -> Iterator[tuple[date, State]]:
    for place, letter in enumerate(days.states):
        yield days.start + timedelta(days=place), State(letter)


def _is_settled(days: Days, day: str) -> bool:
    return days.state(date.fromisoformat(day)) in SETTLED


def _changed_in_time(account: Account, at: tuple[str, str]) -> Any:
    """Return when the day changed last, if it was still read again by then."""
    series, day = at
    changes = [
        versions[-1].at
        for place, versions in account.versions.items()
        if (place.series, place.day) == (series, day)
    ]
    end = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(account.zone))
    last = max(changes, default=None)
    return last if last and last < end + timedelta(days=READ_AGAIN_DAYS) else None
