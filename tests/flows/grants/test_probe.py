"""A probe refreshes as every fetch does, stores nothing else, and answers what it can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from healthrelay.core.errors import (
    BadRequest,
    HealthrelayError,
    ReconnectNeeded,
    TryLater,
    Unconfirmed,
    Unknown,
)
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.probe import OpenQuestion, Report, Verdict
from healthrelay.core.grants.token import Account
from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.flows.grants.probe import probe
from healthrelay.flows.grants.refresh import Grants
from healthrelay.ports.store import Store
from tests.flows.grants.issuer import ACCOUNT, NOW, Issuer, grant, grants_of, stored_token


class FakeProvider:
    """Has three questions, the second of which fails with *trouble*."""

    name = "fitbit"

    def __init__(self, trouble: HealthrelayError | None = None) -> None:
        self._trouble = trouble or TryLater("jack@example.org is 111256657788.")
        self.asked: list[tuple[str, date]] = []

    def probe(self, access: str, today: date) -> Sequence[OpenQuestion]:
        self.asked.append((access, today))
        looks = (lambda: Verdict(True, ("1 of 1",)), self._fail, lambda: Verdict(False))
        return [OpenQuestion(f"q{number}", "So it is.", look) for number, look in enumerate(looks)]

    def _fail(self) -> Verdict:
        raise self._trouble


@pytest.fixture
def store(either_store: Store) -> Store:
    either_store.identities.save("jack", {"methods": "time_series", "resource": "body/weight"})
    grants_of(either_store).connect("jack", grant(1, hours=8), ACCOUNT, NOW - timedelta(days=30))
    return either_store


def ask(
    store: Store, grants: Grants, provider: FakeProvider, user: str = "jack", now: datetime = NOW
) -> Report:
    return probe(
        user,
        now,
        identities=store.identities,
        grants=grants,
        provider=provider,  # type: ignore[arg-type]
        consent=CONSENTS["fitbit"],
    )


def answers(report: Report) -> dict[str, str]:
    return {one.id: one.answer for one in report.findings}


def test_a_question_that_fails_spoils_no_other(store: Store) -> None:
    report = ask(store, grants_of(store), FakeProvider())

    found = {one.id: one for one in report.findings}
    assert (found["q0"].answer, found["q1"].answer, found["q2"].answer) == (
        "holds",
        "cannot tell",
        "does not hold",
    )
    # The sentence of an error may name somebody: only its cause is told.
    assert found["q1"].evidence == ("no answer (try_later)",)


def test_it_refreshes_under_a_lease_saves_and_stores_nothing_else(store: Store) -> None:
    provider = FakeProvider()
    before = stored_token(store)
    coverage, head = store.records.everything("jack"), store.log.head("jack")
    seen: list[object] = []
    issuer = Issuer()
    issuer.meanwhile = lambda: seen.append(stored_token(store).document.get("lease"))

    report = ask(store, grants_of(store, token_endpoint=issuer), provider)

    assert len(issuer.asked) == 1
    assert seen[0]  # the lease
    after = stored_token(store)
    assert "lease" not in after.document
    assert after.document["expires_at"] != before.document["expires_at"]
    # ACCOUNT's zone: at noon UTC it is the same day.
    assert provider.asked == [("access-2", date(2026, 11, 1))]
    assert answers(report)["refresh-token-life"] == "holds"
    assert store.records.everything("jack") == coverage == []
    assert store.log.head("jack") == head == 0
    kept = {"lease", "generation", "expires_at", "sealed", "scopes"}
    assert {k: v for k, v in before.document.items() if k not in kept} == {
        k: v for k, v in after.document.items() if k not in kept
    }


def test_where_a_refresh_must_wait_the_token_that_works_is_used(store: Store) -> None:
    issuer, provider = Issuer(), FakeProvider()
    issuer.trouble = TryLater("Away.")

    report = ask(store, grants_of(store, token_endpoint=issuer), provider)

    assert provider.asked[0][0] == "access-1"
    assert answers(report)["refresh-token-life"] == "cannot tell"


def test_a_refused_login_ends_as_in_a_fetch_at_the_second_refusal(store: Store) -> None:
    issuer = Issuer()
    issuer.trouble = ReconnectNeeded("refused")
    grants = grants_of(store, token_endpoint=issuer)

    assert answers(ask(store, grants, FakeProvider()))["q0"] == "holds"
    with pytest.raises(ReconnectNeeded):
        ask(store, grants, FakeProvider(), now=NOW + timedelta(seconds=61))


def test_nothing_is_asked_of_an_account_that_is_not_known(store: Store) -> None:
    store.identities.save("emma", {})
    grants_of(store).connect("emma", grant(5), Account(""), NOW)
    provider = FakeProvider()

    with pytest.raises(Unconfirmed, match="fetch first"):
        ask(store, grants_of(store), provider, "emma")
    assert provider.asked == []


def test_who_is_unknown_or_only_kept_has_no_account(store: Store) -> None:
    store.identities.save("jack-old", {KEPT_FROM: "jack A1B2C3"})

    with pytest.raises(Unknown):
        ask(store, grants_of(store), FakeProvider(), "stranger")
    with pytest.raises(BadRequest, match="not connected"):
        ask(store, grants_of(store), FakeProvider(), "jack-old")
