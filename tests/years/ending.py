"""What must be true in the end, when all is calm again and everything was read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthrelay.core.measurements.records import Record
from tests.years.account import KIND_OF, Place
from tests.years.consents import is_well
from tests.years.elements import expected, read
from tests.years.ledgers import check_ledger

if TYPE_CHECKING:
    from tests.years.checks import Checks
    from tests.years.household import Household

DAYS = 31
CALLS = {"weight": 3, "activities-steps": 1, "sleep": 2, "sleep-minutesAsleep": 2, "devices": 1}
"""What an undisturbed fetch asks, by series; weighings share their question."""
CALLS_ALLOWED = 1.3
RECORD_BYTES, ENTRY_BYTES, PERSON_BYTES = 600, 900, 24_000

Values = dict[Place, Any]


def check_end(checks: Checks) -> None:
    """Look at the store, Igor, the receivers, what was asked and how much is stored."""
    household = checks.household
    for user in household.users():
        records = household.store.records.everything(user)
        _check_kept(checks, user, records)
        if user in household.people:
            if not is_well(household, user):
                checks.fail("not connected", user, "the login is not good in the end")
            stored = Days(household, values_of(records))
            _check_days(checks, user, stored)
            check_ledger(checks, user, stored)
            _check_calls(checks, user)
        _check_igor(checks, user, records)
        _check_receivers(checks, user, records)
    _check_size(checks)


def values_of(records: Iterable[Record]) -> Values:
    """Return the values of *records* by their places."""
    return dict(read(one.series, one.data) for one in records if one.series in KIND_OF)


def _check_kept(checks: Checks, user: str, records: Iterable[Record]) -> None:
    """The store holds what was written into it."""
    stored = {record.name: record.data for record in records}
    known = {name: record.data for name, record in checks.known.get(user, {}).items()}
    if stored != known:
        checks.fail("store", user, f"{stored.keys() ^ known.keys()} differ from what was written")


def _check_days(checks: Checks, user: str, stored: Days) -> None:
    """The last days are as the account has them, one by one."""
    today = checks.household.today(user)
    for series in checks.household.people[user].habits.series:
        for back in range(DAYS):
            at = series, (today - timedelta(days=back)).isoformat()
            if not stored.agrees(user, at):
                wanted = stored.wanted(user, at)
                detail = f"{series} of {at[1]}: {stored.items(at)}, and should be {wanted}"
                checks.fail("differs", user, detail)


class Days:
    """What is stored of one person, day by day, beside what should be."""

    def __init__(self, household: Household, values: Values) -> None:
        self._household = household
        self._items: dict[tuple[str, str], dict[str, Any]] = {}
        for place, value in values.items():
            self._items.setdefault((place.series, place.day), {})[place.item] = value

    def items(self, at: tuple[str, str]) -> dict[str, Any]:
        return self._items.get(at, {})

    def wanted(self, user: str, at: tuple[str, str]) -> dict[str, Any]:
        """Return what the account has now."""
        account = self._household.people[user].account(self._household.provider)
        return {item: expected(at[0], value) for item, value in account.items(*at).items()}

    def agrees(self, user: str, at: tuple[str, str]) -> bool:
        """Return whether a day is as the account has it; or as it was before that account."""
        if at[1] <= self._household.people[user].continued or self._is_unsynced(user, at):
            return True
        stored, wanted = self.items(at), self.wanted(user, at)
        return stored == wanted or (not wanted and self._may_stay(user, at))

    def _is_unsynced(self, user: str, at: tuple[str, str]) -> bool:
        """Return whether no watch has synced since points within a day changed."""
        if not at[0].endswith("intraday"):
            return False
        person, now = self._household.people[user], self._household.clock.now()
        versions = person.account(self._household.provider).versions.get(Place(*at, ""), ())
        return any(one.at > person.wearer.synced(now) for one in versions)

    def _may_stay(self, user: str, at: tuple[str, str]) -> bool:
        """Return whether what the account does not have comes from before it."""
        household, person = self._household, self._household.people[user]
        account = person.account(household.provider)
        former = [one for one in household.accounts_of(user) if one is not account]
        for item, value in self.items(at).items():
            place = Place(*at, item)
            known = [v.value for one in former for v in one.versions.get(place, ())]
            given = [expected(place.series, one) for one in known if one is not None]
            if value not in given and person.imported.get(place) != value:
                return False
        return True


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
    series = household.people[user].habits.series
    asked = sum(CALLS.get(name, 0) for name in {*series, "devices"})
    asked += 3 if "weight" not in series and "body-weight" in series else 0
    asked += 1 if "activities-steps-intraday" in series else 0
    allowed = CALLS_ALLOWED * asked * household.fetches[user] + 40
    names = [account.name for account in household.accounts_of(user)]
    made = sum(service.calls[name] for service in household.services.values() for name in names)
    if made > allowed:
        checks.fail("calls", user, f"{made} calls in {household.fetches[user]} fetches")


def _check_size(checks: Checks) -> None:
    household = checks.household
    users = household.users()
    records = sum(len(household.store.records.everything(user)) for user in users)
    entries = sum(len(household.store.log.after(user, 0, 100_000)) for user in users)
    allowed = records * RECORD_BYTES + entries * ENTRY_BYTES + len(users) * PERSON_BYTES
    if household.size() > allowed:
        checks.fail("size", "", f"{household.size()} bytes, and {allowed} would do")
