"""What must be true in the end, when all is calm again and everything was read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthrelay.core.measurements.records import Record
from tests.years.account import KIND_OF
from tests.years.consents import is_well
from tests.years.elements import expected, read
from tests.years.ledgers import check_ledger
from tests.years.stored_days import StoredDays, Values, values_of

if TYPE_CHECKING:
    from tests.years.checks import Checks

DAYS = 31
CALLS_ALLOWED, CALLS_OF_CONSENTS = 1.3, 40
RECORD_BYTES, ENTRY_BYTES, PERSON_BYTES = 600, 900, 24_000


def check_end(checks: Checks) -> None:
    """Look at the store, Igor, the receivers, what was asked and how much is stored."""
    household = checks.household
    for user in household.users():
        records = household.store.records.everything(user)
        _check_kept(checks, user, records)
        if user in household.people:
            if not is_well(household, user):
                checks.fail("not connected", user, "the login is not good in the end")
            stored = StoredDays(household, values_of(records))
            _check_days(checks, user, stored)
            check_ledger(checks, user, stored)
            _check_calls(checks, user)
        _check_igor(checks, user, records)
        _check_receivers(checks, user, records)
    _check_size(checks)


def _check_kept(checks: Checks, user: str, records: Iterable[Record]) -> None:
    """The store holds what was written into it."""
    stored = {record.name: record.data for record in records}
    known = {name: record.data for name, record in checks.known.get(user, {}).items()}
    if stored != known:
        checks.fail("store", user, f"{stored.keys() ^ known.keys()} differ from what was written")


def _check_days(checks: Checks, user: str, stored: StoredDays) -> None:
    """The last days are as the account has them, one by one."""
    today = checks.household.today(user)
    for series in checks.household.people[user].habits.series:
        for back in range(DAYS):
            at = series, (today - timedelta(days=back)).isoformat()
            if not stored.agrees(user, at):
                wanted = stored.wanted(user, at)
                detail = f"{series} of {at[1]}: {stored.items(at)}, and should be {wanted}"
                checks.fail("differs", user, detail)


def _check_igor(checks: Checks, user: str, records: list[Record]) -> None:
    household = checks.household
    held = household.igor.holds.get(user, {})
    copied = dict(read(s, one) for s, many in held.items() if s in KIND_OF for one in many)
    newest = max((one.when[:10] for one in records), default="2000-01-01")
    first = date.fromisoformat(newest) - timedelta(days=household.process.relay_days)
    recent = [one for one in records if one.when[:10] > first.isoformat()]
    _compare(checks, user, "igor", copied, recent)


def _check_receivers(checks: Checks, user: str, records: list[Record]) -> None:
    household = checks.household
    for name in household.store.targets.of(user):
        copy = household.receiver(user, name).copy
        values = (read(s, e) for s, keys in copy.items() if s in KIND_OF for e in keys.values())
        _compare(checks, user, "receiver", dict(values), records)


def _compare(
    checks: Checks, user: str, who: str, copied: Values, records: Iterable[Record]
) -> None:
    """What somebody has of the person is what is stored, in the household's units."""
    system = checks.household.system
    wanted = {
        place: _shown(place.series, value, system) for place, value in values_of(records).items()
    }
    differing = [
        place for place in copied.keys() | wanted.keys() if copied.get(place) != wanted.get(place)
    ]
    if differing:
        place = min(differing)
        detail = f"{len(differing)} places, such as {place}: {copied.get(place)}"
        checks.fail(who, user, f"{detail}, and should be {wanted.get(place)}")


def _shown(series: str, value: Any, system: str) -> Any:
    """Return a stored *value* as *system* has it."""
    return expected(series, value * 1000, system) if isinstance(value, Decimal) else value


def _check_calls(checks: Checks, user: str) -> None:
    household = checks.household
    asked = _planned_calls(household.people[user].habits.series, household.life.deep)
    allowed = CALLS_ALLOWED * asked * household.fetches[user] + CALLS_OF_CONSENTS
    names = {account.name for account in household.accounts_of(user)}
    made = sum(service.calls[name] for service in household.services.values() for name in names)
    if made > allowed:
        checks.fail("calls", user, f"{made} calls in {household.fetches[user]} fetches")


def _planned_calls(series: Collection[str], deep: bool) -> int:
    """Return how many questions a fetch that nothing disturbs asks, that for devices included.

    Over HTTP a month of nights takes two pages, and a log of weighings wants heights and fat, too.
    """
    calls = 1 + len({KIND_OF[name] for name in series})
    if "activities-steps-intraday" in series:
        calls += 1
    if deep:
        calls += 2 * ("weight" in series) + any(KIND_OF[name] == "night" for name in series)
    return calls


def _check_size(checks: Checks) -> None:
    household = checks.household
    users = household.users()
    records = sum(len(household.store.records.everything(user)) for user in users)
    entries = sum(len(household.store.log.after(user, 0, 100_000)) for user in users)
    allowed = records * RECORD_BYTES + entries * ENTRY_BYTES + len(users) * PERSON_BYTES
    if household.size() > allowed:
        checks.fail("size", "", f"{household.size()} bytes, and {allowed} would do")
