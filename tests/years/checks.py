"""What must be true at every step: looked at with each change of the store, and after each turn.

What is right is known from the accounts alone, what is stored from the changes that went by.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.core.measurements.origin import origin_of
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from tests.years import looks
from tests.years.account import KIND_OF, Account, Place
from tests.years.consents import stored_token, waits_honoured
from tests.years.elements import expected, read
from tests.years.ledgers import check_waiting

if TYPE_CHECKING:
    from tests.years.household import Household

WAITING_TURNS = 6
"""So often it is looked for days that are called settled early."""
Known = dict[tuple[str, str], Record]
"""The records of one person, by series and key."""


class Violation(NamedTuple):
    """What was not as it must be: which check, of whom, when, and what."""

    check: str
    user: str
    at: datetime
    detail: str


class Checks:
    """Watches one household."""

    def __init__(self, household: Household) -> None:
        self.household = household
        self.violations: list[Violation] = []
        self.known: dict[str, Known] = {}
        self._killed = 0
        self._turns = 0
        self._removed: dict[tuple[str, ...], datetime] = {}
        """Person, series and key → when; two fetches at once may both do it."""
        household.steps.after |= {
            "records.apply": self._applied,
            "identities.remove": lambda arguments, _: self.known.pop(arguments[0], None),
            "store.restore": lambda arguments, _: self._restored(*arguments),
        }

    def fail(self, check: str, user: str, detail: str) -> None:
        at = self.household.clock.now()
        self.violations.append(Violation(check, user, at, detail))

    def after_turn(self, survived: bool) -> None:
        """Look at every login; one that was in the middle of something is excused."""
        household = self.household
        self._turns += 1
        if self._turns % WAITING_TURNS == 0:
            for user in household.users():
                if user in household.people:
                    check_waiting(self, user)
        for user in household.people:
            if household.store.identities.settings(user) is not None:
                self._check_login(user, survived and self._killed == household.steps.killed)
        self._killed = household.steps.killed

    def _applied(self, arguments: tuple[Any, ...], _: Any) -> None:
        user = arguments[0]
        delta = next(one for one in arguments if isinstance(one, Delta))
        written = [*delta.added, *delta.changed, *getattr(delta, "adopted", ())]
        known = self.known.setdefault(user, {})
        for record in delta.removed:
            just_removed = self._removed.get((user, *record.name)) == self.household.clock.now()
            if known.pop(record.name, None) is None and not just_removed:
                self.fail("unknown", user, f"removed what was not there: {record.name}")
            self._removed[user, *record.name] = self.household.clock.now()
        known.update({record.name: record for record in written})
        if user not in self.household.acting:
            self._check_written(user, written)
            self._check_removed(user, delta)
            self._check_once(user, delta)

    def _restored(self, user: str, person: Any) -> None:
        self.known[user] = {record.name: record for record in person.records}

    def _check_written(self, user: str, records: Iterable[Record]) -> None:
        """Nothing of anybody else's, and nothing that nobody measured."""
        accounts, past = self.household.accounts_of(user), self.household.people[user].imported
        for record in records:
            if record.series not in KIND_OF:
                continue
            place, value = read(record.series, record.data)
            if value == past.get(place) or any(_gave(one, place, value) for one in accounts):
                continue
            others = [a.name for a in self.household.accounts() if _gave(a, place, value)]
            check = "foreign" if others else "invented"
            self.fail(check, user, f"{place} is {value}, given by {others or 'nobody'}")

    def _check_removed(self, user: str, delta: Delta) -> None:
        """Nothing on one look; a month not on two."""
        gone: dict[str, list[looks.Absence]] = {}
        for record in delta.removed:
            if record.series not in KIND_OF or looks.is_replaced(record, delta):
                continue
            place, _ = read(record.series, record.data)
            account = self.household.people[user].account(self.household.provider)
            given_here = record.origin in ("", origin_of(account.provider, account.id))
            if place not in account.versions or not given_here:
                self._check_superseded(user, place, account)
                continue
            absence = looks.absence(account, place)
            gone.setdefault(record.series, []).append(absence)
            if not absence.is_enough:
                self.fail("removed at once", user, f"{place} after {absence.looks}")
        for series, absences in gone.items():
            for days in looks.too_many_together(absences):
                self.fail("removed together", user, f"{series} of {days}")

    def _check_superseded(self, user: str, place: Place, account: Account) -> None:
        """What another gave goes only where the account of now has something of that day."""
        if not account.items(place.series, place.day):
            self.fail("lost", user, f"{place}, which {account.name} never gave, is gone")

    def _check_once(self, user: str, delta: Delta) -> None:
        """No two nights, and no two weighings, at the same time."""
        weights = [r.when for r in self.known[user].values() if r.series == "weight"]
        for record in delta.added:
            if record.series == "weight" and weights.count(record.when) > 1:
                self.fail("twice", user, f"weighings at {record.when}")
        days = {r.when[:10] for r in (*delta.added, *delta.changed) if r.series == "sleep"}
        if not days:
            return
        nights = [r for r in self.known[user].values() if r.series == "sleep"]
        spans = sorted((r.data["startTime"][:19], r.data["endTime"][:19], r.key) for r in nights)
        for (start, end, key), (later, _, other) in itertools.pairwise(spans):
            if later < end and {start[:10], end[:10]} & days:
                self.fail("twice", user, f"nights {key} and {other} from {start} and {later}")

    def _check_login(self, user: str, calm: bool) -> None:
        """No login that the provider still honours is given up or thrown away."""
        household = self.household
        token = stored_token(household, user)
        service = household.services[token.provider] if token else None
        if token is None or service is None or not token.account.id:
            return
        honoured = service.tokens.holding(token.grant.refresh)
        if honoured and token.health.ended_at:
            self.fail("given up", user, "the login is honoured, and was given up")
        account = service.accounts[token.account.id]
        alive = any(one.alive and one.account is account for one in service.tokens.given)
        if honoured or household.people[user].leaving or account.name in household.excused:
            return
        if waits_honoured(household, user):
            return
        if not calm:
            household.excused.add(account.name)
        elif alive:
            self.fail("thrown away", user, "the provider honours a newer token than is stored")
        else:
            self.fail("ended", user, "the grant was ended, and nobody wanted that")
        household.excused.add(account.name)


def _gave(account: Account, place: Place, value: Any) -> bool:
    """Return whether *account* ever had that value there."""
    if place.series == "body-weight":
        # The last of a day; while that cannot be read, another one.
        day = [p for p in account.versions if p.series == "weight" and p.day == place.day]
        return any(_gave(account, one, value) for one in day)
    versions = account.versions.get(place, ())
    return any(
        one.value is not None and expected(place.series, one.value) == value for one in versions
    )
