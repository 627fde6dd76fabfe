"""One person has one account, and it is nobody else's: every refusal, over real HTTP."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
import requests

from healthrelay.assembly import services
from healthrelay.flows.grants.document import awaits_identity
from healthrelay.local.consent_page import allow_page
from tests.household import SECONDS, WEIGHTS, Household
from tests.web.test_auth2 import is_connected

BOTH = pytest.mark.parametrize("provider", ["google_health", "fitbit"])


@pytest.fixture
def household(household: Household) -> Household:
    """Jack and anna, who are not connected yet."""
    household.add("jack", **WEIGHTS)
    household.add("anna", **WEIGHTS)
    return household


def consent(household: Household, user: str, account: str) -> requests.Response:
    """Go from *user*'s link as *account* to the end of ``auth2``; of a failure to its page."""
    with requests.Session() as browser:
        answer = come_back(browser, household, user, account)
        return answer if is_connected(answer, user) else household.problem(answer)


def come_back(
    browser: requests.Session, household: Household, user: str, account: str
) -> requests.Response:
    begun = browser.get(household.invitation(user), allow_redirects=False, timeout=SECONDS)
    back = allow_page(begun.headers["Location"], account)
    return browser.get(back, allow_redirects=False, timeout=SECONDS)


def connected_page(household: Household, user: str = "jack") -> requests.Response:
    """Return the page after *user*'s own consent."""
    with requests.Session() as browser:
        answer = come_back(browser, household, user, user)
        return browser.get(answer.headers["Location"], timeout=SECONDS)


def connected(household: Household, user: str, account: str) -> None:
    answer = consent(household, user, account)
    assert is_connected(answer, user), answer.text


def nearly_connected(household: Household, user: str, account: str) -> None:
    connected(household, user, account)
    assert awaits_identity(stored(household)[user].document)


def refused(household: Household, user: str, account: str, words: str) -> None:
    """*account* at *user*'s link stores nothing for them, and the page names the two ways on."""
    before = stored(household)
    answer = consent(household, user, account)
    assert (answer.status_code, words in answer.text) == (409, True), answer.text
    assert "Choose the account</button>" in answer.text
    after = stored(household)
    assert (after[user], after[""]) == (before[user], before[""])


def stored(household: Household) -> dict[str, Any]:
    """All grants and bindings."""
    store = household.services.store
    return {user: store.tokens.load(user) for user in store.identities.names()} | {
        "": {user: store.accounts.load().of(user) for user in store.identities.names()}
    }


def weights(household: Household, user: str) -> set[str]:
    records = household.services.store.records.everything(user)
    return {str(record.data["value"]) for record in records}


def no_data_was_read(household: Household) -> bool:
    return not [r for r in household.sandbox.journal if "dataPoints" in r.path]


@BOTH
def test_another_account_is_refused_and_its_grant_ended(household: Household) -> None:
    connected(household, "jack", "jack")

    refused(household, "jack", "anna", "This is another Google account")

    assert not household.sandbox.honours("anna")
    assert household.sandbox.honours("jack")
    assert household.fetch().status_code == 200


@BOTH
def test_one_account_for_two_people_is_refused_and_nothing_is_ended(household: Household) -> None:
    connected(household, "jack", "jack")

    refused(household, "anna", "jack", "This account is someone else’s here")

    assert household.sandbox.honours("jack")
    assert household.fetch().status_code == 200
    connected(household, "anna", "anna")
    assert household.fetch("anna").status_code == 200


def test_the_account_of_another_person_is_not_ended_with_the_wrong_consent(
    household: Household,
) -> None:
    connected(household, "jack", "jack")
    connected(household, "anna", "anna")

    refused(household, "jack", "anna", "This account is someone else’s here")

    for user in ("jack", "anna"):
        assert household.sandbox.honours(user)
        household.sandbox.expire_access_tokens()
        household.change_grant(user, expires_at="2026-11-01T00:00:00+00:00")
        assert household.fetch(user).status_code == 200


@BOTH
def test_the_same_account_may_come_again(household: Household) -> None:
    connected(household, "jack", "jack")
    connected(household, "jack", "jack")

    assert household.fetch().status_code == 200


@BOTH
def test_who_disconnects_stays_who_they_are(household: Household) -> None:
    connected(household, "jack", "jack")
    household.services.disconnect("jack")

    refused(household, "jack", "anna", "This is another Google account")
    refused(household, "anna", "jack", "This account is someone else’s here")
    connected(household, "jack", "jack")


def test_who_is_erased_leaves_their_account_free(household: Household) -> None:
    connected(household, "jack", "jack")
    household.services.store.identities.remove("jack")

    assert household.services.store.accounts.load().people == {}
    connected(household, "anna", "jack")


def test_a_grant_of_an_earlier_version_binds_its_account(household: Household) -> None:
    connected(household, "jack", "jack")
    forget_bindings(household)

    refused(household, "jack", "anna", "This is another Google account")
    refused(household, "anna", "jack", "This account is someone else’s here")
    forget_bindings(household)
    household.services.disconnect("jack")
    refused(household, "anna", "jack", "This account is someone else’s here")


def forget_bindings(household: Household) -> None:
    """As a store that was written before accounts were bound."""
    database = household.services.store._database  # type: ignore[attr-defined]
    with database.write() as connection:
        connection.execute("DELETE FROM documents WHERE path = 'plugindata/accounts'")


def test_google_says_which_fitbit_account_is_whose(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(household, "jack", "jack")
    monkeypatch.setenv("HEALTHRELAY_PROVIDER", "fitbit")
    household.rebuild()
    household = Household(household.url, services(), household.sandbox)

    wrong = consent(household, "jack", "anna")
    other = consent(household, "anna", "jack")

    assert (wrong.status_code, other.status_code) == (409, 409)
    connected(household, "jack", "jack")


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 403},
        {"status": 401},
        {"status": 200, "body": {}},
        {"status": 200, "body": {"healthUserId": ""}},
        {"status": 200, "body": {"healthUserId": "  "}},
        {"status": 200, "body": {"healthUserId": None}},
        {"status": 200, "body": {"healthUserId": 111256657788}},
        {"status": 200, "body": {"healthUserId": {"id": "111256657788"}}},
        {"status": 200, "body": {"healthUserId": "1" * 5000}},
        {"status": 200, "body": [{"healthUserId": "111256657788"}]},
    ],
)
def test_nothing_is_read_until_it_is_known_whose_account_it_is(
    household: Household, answer: dict[str, Any]
) -> None:
    household.sandbox.fail("/identity$", times=2, **answer)

    nearly_connected(household, "jack", "jack")

    assert household.fetch().status_code == 503
    assert no_data_was_read(household)
    assert weights(household, "jack") == set()
    assert household.services.store.accounts.load().people == {}
    assert household.fetch().status_code == 200


@pytest.mark.parametrize("times", [1, 2])
def test_a_later_fetch_asks_again(household: Household, times: int) -> None:
    household.sandbox.fail("/identity$", status=500, times=times)
    nearly_connected(household, "jack", "jack")
    if times == 2:
        answer = household.fetch()
        assert (answer.status_code, answer.json()["cause"]) == (503, "unconfirmed")
        assert answer.json()["connection"]["state"] == "unconfirmed"
    assert no_data_was_read(household)
    assert weights(household, "jack") == set()

    assert household.fetch().status_code == 200

    assert household.services.store.accounts.load().of("jack") == (
        "fitbit A1B2C3",
        "google_health 111256657788",
    )
    assert household.fetched()["connection"]["state"] == "connected"


def test_a_wrong_account_is_found_by_a_later_fetch(household: Household) -> None:
    connected(household, "jack", "jack")
    before = stored(household)["jack"]
    household.sandbox.fail("/identity$", status=500)
    nearly_connected(household, "jack", "anna")

    first = household.fetched()

    assert first["connection"]["state"] == "connected"
    assert not household.sandbox.honours("anna")
    assert household.sandbox.honours("jack")
    assert stored(household)["jack"].document == before.document
    assert household.fetch().status_code == 200


def test_a_first_wrong_account_is_found_by_a_later_fetch(household: Household) -> None:
    connected(household, "anna", "anna")
    household.sandbox.fail("/identity$", status=500)
    nearly_connected(household, "jack", "anna")

    answer = household.fetch()

    assert (answer.status_code, answer.json()["cause"]) == (502, "account_taken")
    assert answer.json()["who"] == "wearer"
    assert weights(household, "jack") == set()
    assert household.services.store.tokens.load("jack") is None
    assert household.sandbox.honours("anna")


def test_the_grant_before_goes_on_while_nobody_can_say_whose_the_new_one_is(
    household: Household,
) -> None:
    connected(household, "jack", "jack")
    household.sandbox.fail("/identity$", status=500, times=2)
    nearly_connected(household, "jack", "anna")

    assert household.fetch().status_code == 200
    household.change_grant(expires_at="2026-11-01T00:00:00+00:00")
    connected(household, "jack", "jack")

    assert household.fetch().status_code == 200


def test_a_second_unconfirmed_consent_replaces_no_first_one(household: Household) -> None:
    household.sandbox.fail("/identity$", status=500, times=2)
    consent(household, "jack", "jack")
    before = stored(household)

    second = consent(household, "jack", "anna")

    assert second.status_code == 503
    assert stored(household) == before
    assert household.fetch().status_code == 200


@pytest.mark.parametrize("provider", ["fitbit"])
def test_the_user_of_a_refresh_proves_nothing(household: Household) -> None:
    connected(household, "jack", "jack")
    household.change_grant(expires_at="2026-11-01T00:00:00+00:00")
    anna = household.sandbox.account("anna").legacy_id
    body = {"access_token": "a", "refresh_token": "r", "user_id": anna}
    household.sandbox.fail("/oauth2/token$", status=200, body=body)
    household.fetch()

    accounts = household.services.store.accounts.load()
    assert accounts.of("jack") == (f"fitbit {household.sandbox.wearer.legacy_id}",)
    assert stored(household)["jack"].document["account"] == household.sandbox.wearer.legacy_id


@BOTH
def test_the_page_shows_what_a_wearer_knows_themselves_by(household: Household) -> None:
    household.add("jack", methods="get_bodyweight,sleep,time_series", resource="activities/steps")
    answer = connected_page(household)

    assert "<h1>Is this you?</h1>" in answer.text
    assert re.search(r'<p class="big">[0-9.]+ <span>kg</span></p>', answer.text)
    assert '<p class="soft">Today.</p>' in answer.text
    assert re.search(r"<dt>Yesterday</dt><dd><b>[0-9,]+</b> steps</dd>", answer.text)
    assert re.search(r"<dt>Last night</dt><dd><b>[0-9]+ h [0-9]+ min</b>", answer.text)


def test_who_could_not_be_named_yet_is_told_so(household: Household) -> None:
    household.sandbox.fail("/identity$", status=500, times=9)

    answer = connected_page(household)

    assert "<h1>Jack is nearly connected</h1>" in answer.text
    assert "read nothing before we know" in answer.text
    assert "Is this you?" not in answer.text


@BOTH
@pytest.mark.parametrize("system", ["en_US", "en_GB"])
def test_the_page_speaks_of_the_households_units(
    household: Household, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    household.sandbox.wearer.weigh(datetime(2026, 11, 28, 12, 30), "82.5")
    monkeypatch.setenv("HEALTHRELAY_SYSTEM", system)
    household.rebuild()
    household.add("jack", methods="get_bodyweight")

    answer = connected_page(household)

    # 82.5 kg are 181.88 lb, which are 12 st 13.9 lb.
    number = {"en_US": "181.9", "en_GB": "12 st 13.9"}[system]
    assert f'<p class="big">{number} <span>lb</span></p>' in answer.text


@BOTH
def test_the_page_asks_for_nothing_that_was_not_allowed(household: Household) -> None:
    connected_page(household)

    asked = " ".join(entry.path for entry in household.sandbox.journal)
    assert "/weight/" in asked
    assert "steps" not in asked
    assert "sleep" not in asked


def test_a_slow_or_broken_provider_delays_no_page(household: Household) -> None:
    household.sandbox.fail("/dataPoints", status=500, times=9)

    answer = connected_page(household)

    assert answer.status_code == 200
    assert "Jack is connected" in answer.text
    assert "No measurement yet" in answer.text


END = {"endTime": "2026-11-28T07:00:00Z", "endUtcOffset": True}


LONG = {
    "summary": {"minutesAsleep": "1e999999999"},  # written out it would fill the memory
    "interval": {"endTime": "2026-11-28T07:00:00Z", "endUtcOffset": "3600s"},
}


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "night", [7, ["hidden-words"], {"summary": {"minutesAsleep": 1}, "interval": END}, LONG]
)
def test_an_odd_answer_is_left_out_of_the_page_and_of_the_log(
    household: Household, capfd: pytest.CaptureFixture[str], night: Any
) -> None:
    household.add("jack", methods="sleep")
    body: dict[str, Any] = {"dataPoints": [{"sleep": night}]}
    household.sandbox.fail("/dataTypes/sleep/", status=200, body=body, times=9)

    answer = connected_page(household)

    assert (answer.status_code, "No measurement yet" in answer.text) == (200, True)
    out, err = capfd.readouterr()
    assert "hidden-words" not in answer.text + out + err
    lines = [json.loads(line) for line in err.splitlines()]
    (line,) = (line for line in lines if line["event"] == "glance")
    # It is the provider's, no defect of ours: nobody need look for one.
    assert line["severity"] == "WARNING"
    assert line["cause"] == "the answer about night cannot be read"
