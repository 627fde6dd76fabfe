"""What is stored of one person, day by day, beside what their account has of those days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from healthrelay.core.measurements.records import Record
from tests.years.account import KIND_OF, Account, Place
from tests.years.elements import expected, read

if TYPE_CHECKING:
    from tests.years.household import Household

Values = dict[Place, Any]
At = tuple[str, str]
"""A series, and a day of it."""


def values_of(records: Iterable[Record]) -> Values:
    """Return the values of *records* by their places."""
    return dict(read(one.series, one.data) for one in records if one.series in KIND_OF)


class StoredDays:
    """What is stored of one person, day by day, beside what should be."""

    def __init__(self, household: Household, values: Values) -> None:
        self._household = household
        self._items: dict[At, dict[str, Any]] = {}
        for place, value in values.items():
            self._items.setdefault((place.series, place.day), {})[place.item] = value

    def _account(self, user: str) -> Account:
        return self._household.people[user].account(self._household.provider)

    def items(self, at: At) -> dict[str, Any]:
        return self._items.get(at, {})

    def wanted(self, user: str, at: At) -> dict[str, Any]:
        """Return what the account has now."""
        account = self._account(user)
        return {item: expected(at[0], value) for item, value in account.items(*at).items()}

    def agrees(self, user: str, at: At) -> bool:
        """Return whether a day is as the account has it; or as it was before that account."""
        if at[1] <= self._household.people[user].continued or self._is_unsynced(user, at):
            return True
        account = self._account(user)
        if at[1] in account.odd_days(KIND_OF[at[0]], self._household.clock.now()):
            return True
        stored, wanted = self.items(at), self.wanted(user, at)
        return stored == wanted or (not wanted and self._may_stay(user, at))

    def _is_unsynced(self, user: str, at: At) -> bool:
        """Return whether points within a day are not read yet, and need not be.

        No watch has synced since they changed, or they are from before the account's first fetch.
        """
        if not at[0].endswith("intraday"):
            return False
        person, now = self._household.people[user], self._household.clock.now()
        if at[1] <= person.opened and not self.items(at):
            return True
        if person.habits.dateless:
            return False  # the value of the day says that they changed
        versions = person.account(self._household.provider).versions.get(Place(*at, ""), ())
        return any(one.at > person.wearer.synced(now) for one in versions)

    def _may_stay(self, user: str, at: At) -> bool:
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
