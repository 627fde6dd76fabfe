"""A whole consent with a certified authorization server that forgives nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.oauth.measurements import WEIGHT
from tests.oauth.round import Round
from tests.web.test_auth2 import is_connected

pytestmark = pytest.mark.peer


def code_of(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["code"][0]


def secrets_of(finished: Round, callback: str) -> list[str]:
    """Return the tokens, the code and the verifier of a round."""
    verifier = finished.gateway.asked[0]["code_verifier"]
    return [*finished.gateway.secrets, code_of(callback), verifier]


def with_code(callback: str, code: str) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
    return f"{callback.partition('?')[0]}?{urlencode(query | {'code': code})}"


def test_a_consent_connects_and_opens_the_data(new_round: Round) -> None:
    page = new_round.open(new_round.agree())

    assert is_connected(page)
    assert page.headers["Cache-Control"] == "no-store"
    page = new_round.browser.get(page.headers["Location"], timeout=30)
    assert "Jack is connected" in page.text
    assert "weight" in page.text
    assert "time zone" in page.text
    assert "Not allowed" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert [form["grant_type"] for form in new_round.gateway.asked] == ["authorization_code"]
    new_round.household.fetched()  # what the page has asked for may have come before
    assert new_round.household.snapshot() == WEIGHT
    assert len(new_round.gateway.asked) == 1


def test_the_secrets_go_where_each_provider_wants_them(new_round: Round, provider: str) -> None:
    new_round.connect()

    (form,) = new_round.gateway.asked
    assert set(form) >= {"grant_type", "code", "redirect_uri", "code_verifier"}
    assert ("client_secret" in form) == (provider == "google_health")
    assert form["redirect_uri"] == f"{new_round.household.url}/auth2"
    assert len(form["code_verifier"]) == 43


def test_tokens_are_nowhere_in_the_store_as_they_are(new_round: Round, tmp_path: Path) -> None:
    callback = new_round.agree()
    new_round.open(callback)
    new_round.household.fetched()

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("healthrelay.db*"))
    assert b"identities/jack/plugindata/fitbit/token" in kept
    secrets = secrets_of(new_round, callback)
    assert len(secrets) == 4
    assert [secret for secret in secrets if secret.encode() in kept] == []


def test_neither_page_nor_log_shows_a_secret(
    new_round: Round, capfd: pytest.CaptureFixture[str]
) -> None:
    callback = new_round.agree()
    page = new_round.open(callback).text + new_round.open(callback).text
    new_round.household.fetched()

    printed = capfd.readouterr()
    shown = page + printed.out + printed.err
    assert '"function": "auth2"' in shown
    assert [secret for secret in secrets_of(new_round, callback) if secret in shown] == []


def test_a_callback_opened_twice_is_redeemed_once_and_stays_good(new_round: Round) -> None:
    callback = new_round.agree()
    first = new_round.open(callback)
    stored = new_round.household.services.store.tokens.load("jack")

    second = new_round.open(callback)

    assert is_connected(first)
    assert "Jack is connected already" in second.text
    assert new_round.household.services.store.tokens.load("jack") == stored
    # A second redemption would have killed the grant at the provider.
    assert len(new_round.gateway.asked) == 1
    assert new_round.gateway.opens(new_round.gateway.answered[0]["access_token"])
    assert new_round.household.fetched()["added"] == 1


def test_a_callback_opened_many_times_at_once_is_redeemed_once(new_round: Round) -> None:
    callback = new_round.agree()

    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(new_round.open, [callback] * 4))

    assert [is_connected(page) for page in pages].count(True) == 1
    assert len(new_round.gateway.asked) == 1
    assert new_round.household.fetched()["added"] == 1


def test_another_browser_cannot_finish_a_consent(new_round: Round) -> None:
    callback = new_round.agree()

    page = requests.get(callback, timeout=30)

    assert page.status_code == 403
    assert "This consent was started in another browser." in page.text
    assert new_round.gateway.asked == []
    assert new_round.household.services.store.tokens.load("jack") is None
    assert is_connected(new_round.open(callback))


def test_a_code_of_another_round_is_refused(new_round: Round) -> None:
    other, mine = new_round.agree(), new_round.agree()

    page = new_round.open(with_code(mine, code_of(other)))

    assert page.status_code == 400
    assert "no longer accepts this consent. Please connect again." in page.text
    assert [answer.get("error") for answer in new_round.gateway.answered] == ["invalid_grant"]
    assert new_round.household.services.store.tokens.load("jack") is None
    assert new_round.household.fetch().status_code == 502


def test_who_refuses_is_told_so_and_nothing_is_stored(new_round: Round) -> None:
    page = new_round.open(new_round.refuse())

    assert "Nothing was allowed" in page.text
    assert new_round.gateway.asked == []
    assert new_round.household.services.store.tokens.load("jack") is None


def test_who_refused_may_begin_anew(new_round: Round) -> None:
    new_round.open(new_round.refuse())

    new_round.connect()

    assert new_round.household.fetched()["added"] == 1


def test_a_second_consent_replaces_the_first(new_round: Round) -> None:
    new_round.connect()
    new_round.connect()

    assert new_round.household.fetched()["added"] == 1
    codes = [form["code"] for form in new_round.gateway.asked]
    assert len(set(codes)) == 2


@pytest.mark.parametrize("client_secret", ["guessed"])
def test_a_wrong_client_secret_is_the_owners_to_mend(new_round: Round) -> None:
    page = new_round.open(new_round.agree())

    assert page.status_code == 502
    assert "refuses this healthrelay" in page.text
    assert "Tell the owner" in page.text
    assert [answer.get("error") for answer in new_round.gateway.answered] == ["invalid_client"]
    assert new_round.household.services.store.tokens.load("jack") is None
