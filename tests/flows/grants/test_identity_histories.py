"""No history of consents mixes two bodies, or ends the login of somebody who did nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from healthrelay.core.errors import ConsentEnded, HealthrelayError, WrongAccount
from healthrelay.core.grants.token import Grant
from healthrelay.ports.store import Store
from tests.flows.grants.consenting import NOW, AccountProvider, Consenting, Given, attempt

PEOPLE = ["jack", "anna", "otto"]
ACCOUNTS = ["J", "A", "O", "X"]
STEPS = 70
BROWSERS = 4


@pytest.fixture(params=[False, True], ids=["google", "fitbit"])
def provider(request: pytest.FixtureRequest) -> AccountProvider:
    return AccountProvider(single_use=request.param)


@pytest.fixture
def household(either_store: Store, provider: AccountProvider) -> Consenting:
    """Three people, nobody connected."""
    for user in PEOPLE:
        either_store.identities.save(user, {})
    return Consenting(either_store, provider)


class History:
    """What the browsers of one household do, one thing after the other."""

    def __init__(self, household: Consenting, seed: int) -> None:
        self.household, self.random = household, Random(seed)
        self.tabs = [household.begin(self.random.choice(PEOPLE)) for _ in range(BROWSERS)]

    def step(self) -> str:
        """Let somebody do something; return whose matter it was."""
        household, random = self.household, self.random
        # Fitbit names the user in the answer that brings the tokens.
        household.provider.silent = random.random() < 0.3 and not household.provider.single_use
        chosen = random.choice(PEOPLE)
        deed: Callable[[], object]
        match random.choices(["consent", "fetch", "disconnect", "erase"], [10, 8, 2, 1])[0]:
            case "consent":
                place = random.randrange(BROWSERS)
                tab, account = self.tabs[place], random.choice(ACCOUNTS)
                self.tabs[place] = household.begin(random.choice(PEOPLE))
                chosen, deed = tab.user, lambda: household.finish(tab, account)
            case "fetch":
                deed = lambda: household.fetch(chosen)  # noqa: E731
            case "disconnect":
                deed = lambda: household.disconnect(chosen)  # noqa: E731
            case _:
                deed = lambda: household.erase(chosen)  # noqa: E731
        attempt(deed)
        return chosen


@pytest.mark.parametrize("seed", range(12))
def test_no_history_mixes_bodies_or_ends_a_login(household: Consenting, seed: int) -> None:
    history = History(household, seed)
    reached = set()
    for _ in range(STEPS):
        before = {user: household.login(user) for user in PEOPLE}
        actor = history.step()
        measured = {user: household.measured(user) for user in PEOPLE}
        for user in PEOPLE:
            bound = household.store.accounts.load().of(user)
            own = {name.partition(" ")[2].removeprefix("F-") for name in bound}
            assert len(own) <= 1
            assert measured[user] <= own
            if user != actor and before[user]:
                assert household.login(user) == before[user]
        everybody = [who for accounts in measured.values() for who in accounts]
        assert len(everybody) == len(set(everybody))
        reached |= {*everybody}
    assert reached


def test_of_two_accounts_at_once_one_is_bound(household: Consenting) -> None:
    outcomes = at_once(
        [lambda account=account: household.connect("jack", account) for account in ACCOUNTS]
    )

    bound = household.store.accounts.load().of("jack")
    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(isinstance(o, WrongAccount | None) for o in outcomes), outcomes
    assert household.login("jack") in {name.partition(" ")[2] for name in bound}


def test_of_two_people_at_once_one_gets_the_account(household: Consenting) -> None:
    outcomes = at_once([lambda user=user: household.connect(user, "X") for user in PEOPLE])

    assert sum(outcome is None for outcome in outcomes) == 1
    assert [household.login(user) for user in PEOPLE].count("X") == 1
    assert sum(bool(household.store.accounts.load().of(user)) for user in PEOPLE) == 1


def at_once(deeds: list[Callable[[], object]]) -> list[HealthrelayError | None]:
    """Return the error of each, if it had one; all begin at the same moment."""
    barrier = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> HealthrelayError | None:
        barrier.wait()
        return attempt(deed)

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.parametrize("provider", [False], indirect=True)
def test_nobody_binds_an_account_while_its_grants_are_ended(
    household: Consenting, provider: AccountProvider
) -> None:
    household.connect("jack", "J")
    outcomes = []
    provider.before_revoke = lambda: outcomes.append(
        attempt(lambda: household.connect("anna", "X"))
    )

    assert isinstance(attempt(lambda: household.connect("jack", "X")), WrongAccount)

    assert [type(outcome) for outcome in outcomes] == [ConsentEnded]
    assert household.token("anna") is None
    assert attempt(lambda: household.connect("anna", "X")) is None
    assert household.login("anna") == "X"


@pytest.mark.parametrize("provider", [False], indirect=True)
def test_a_consent_whose_account_was_ended_meanwhile_is_void(
    household: Consenting, provider: AccountProvider
) -> None:
    household.connect("jack", "J")
    provider.after_account = lambda: attempt(lambda: household.connect("jack", "X"))

    outcome = attempt(lambda: household.connect("anna", "X"))

    assert type(outcome) is ConsentEnded
    assert household.token("anna") is None
    assert attempt(lambda: household.connect("anna", "X")) is None


def test_a_consent_in_the_middle_of_which_somebody_was_disconnected_is_void(
    household: Consenting, provider: AccountProvider
) -> None:
    """The provider has ended all that the account gave, what was just redeemed among it."""
    household.connect("jack", "J")
    provider.after_account = lambda: household.disconnect("jack")

    outcome = attempt(lambda: household.connect("jack", "J"))

    assert type(outcome) is ConsentEnded
    assert household.token("jack") is None
    assert attempt(lambda: household.connect("jack", "J")) is None
    assert household.login("jack") == "J"


@pytest.mark.parametrize("provider", [True], indirect=True)
def test_a_new_pair_belongs_to_whose_account_it_is(household: Consenting) -> None:
    household.connect("jack", "J")
    household.connect("anna", "A")

    assert isinstance(attempt(lambda: household.connect("jack", "A")), WrongAccount)

    assert (household.login("jack"), household.login("anna")) == ("J", "A")


@pytest.mark.parametrize("provider", [True], indirect=True)
def test_a_grant_that_does_not_open_hides_no_wrong_account(household: Consenting) -> None:
    household.connect("anna", "A")
    stored = household.store.tokens.load("anna")
    assert stored
    sealed = {**stored.document, "sealed": "with a key that is gone"}
    household.store.tokens.save("anna", sealed, stored.version)

    assert isinstance(attempt(lambda: household.connect("jack", "A")), WrongAccount)


@pytest.mark.parametrize("provider", [False], indirect=True)
def test_an_odd_companion_of_a_refresh_is_no_other_grant(
    household: Consenting, provider: AccountProvider
) -> None:
    provider.silent = True
    household.connect("jack", "X")
    provider.silent = False
    provider.alive["newer"] = Given("X", 9)
    later = NOW + timedelta(days=10)
    provider.renewed = Grant("newer", "r", later + timedelta(days=1), (), odd=("scope",))

    household.fetch("jack", later)

    assert household.login("jack") == "X"


@pytest.mark.parametrize("provider", [False], indirect=True)
def test_nothing_is_ended_that_may_be_somebodys(
    household: Consenting, provider: AccountProvider
) -> None:
    household.connect("jack", "J")
    provider.silent = True
    household.connect("anna", "X")
    provider.silent = False

    attempt(lambda: household.connect("jack", "X"))
    household.fetch("anna")

    assert household.login("anna") == "X"
