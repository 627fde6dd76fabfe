"""``/fetch``: read, merge, store, answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from healthrelay.web import fetch
from tests.household import OWNER_KEY, TODAY, WEIGHTS, Clock, Household, answer_of


@pytest.fixture
def jack(household: Household) -> Household:
    """Jack is connected and has weighed himself on three of the last days."""
    wearer = household.sandbox.wearer
    wearer.weights.clear()
    for ago, kg in ((3, "82.4"), (2, "82.1"), (1, "82.6")):
        wearer.weigh(day(ago), kg)
    household.connect(**WEIGHTS)
    return household


def day(ago: int) -> datetime:
    return datetime.combine(TODAY - timedelta(days=ago), datetime.min.time())


def iso(ago: int) -> str:
    return day(ago).date().isoformat()


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_answer_counts_what_arrived(jack: Household) -> None:
    fetched = jack.fetched()

    assert fetched.pop("connection")["state"] == "connected"
    assert fetched == {
        "user": "jack",
        "added": 3,
        "changed": 0,
        "removed": 0,
        "delivered": 0,
        "waiting": 0,
        "series": {"body-weight": {"count": 3, "first": iso(3), "last": iso(1)}},
    }


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_corrected_weight_is_a_change_and_a_deleted_one_goes(
    jack: Household, household_clock: Clock
) -> None:
    jack.fetched()
    oldest, middle, _ = jack.sandbox.wearer.weights
    jack.sandbox.wearer.correct(middle.log_id, "81.9")
    jack.sandbox.wearer.forget(oldest.log_id)

    fetched = jack.fetched()
    assert (fetched["added"], fetched["changed"], fetched["removed"]) == (0, 1, 0)
    household_clock.advance(hours=1)
    fetched = jack.fetched()

    assert (fetched["added"], fetched["changed"], fetched["removed"]) == (0, 0, 1)
    weights = [(record["dateTime"], record["value"]) for record in jack.snapshot()["body-weight"]]
    assert weights == [(iso(2), "81.9"), (iso(1), "82.6")]


def test_what_lies_outside_the_window_is_left_alone(
    jack: Household, household_clock: Clock
) -> None:
    jack.fetched()
    jack.sandbox.wearer.weights.clear()

    assert jack.fetched(base_date=iso(1), end_date="today")["removed"] == 0
    household_clock.advance(hours=1)
    fetched = jack.fetched(base_date=iso(1), end_date="today")

    assert fetched["removed"] == 1
    assert [record["dateTime"] for record in jack.snapshot()["body-weight"]] == [iso(3), iso(2)]


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_failed_call_is_not_read_as_no_data(jack: Household, provider: str) -> None:
    jack.fetched()
    before = jack.poll().content
    for status, ours in ((500, 503), (429, 429), (410, 502), (404, 502)):
        jack.sandbox.fail("/(body|dataTypes)/", status=status)

        answer = jack.fetch()

        assert answer.status_code == ours, answer.text
        assert jack.poll().content == before
    for mode in ("drop", "half"):
        jack.sandbox.fail("/(body|dataTypes)/", mode=mode)
        assert jack.fetch().status_code == 503
        assert jack.poll().content == before


def test_one_failing_series_does_not_spoil_the_others(jack: Household) -> None:
    jack.sandbox.fail("/dataTypes/body-fat/", status=500)

    fetched = jack.fetched(resource="body/weight,body/fat")

    assert set(fetched["series"]) == {"body-weight"}
    assert fetched["unavailable"]["body-fat"]["who"] == "nobody"
    assert set(jack.snapshot()) == {"body-weight"}


def test_pause_of_the_provider_is_passed_on(jack: Household) -> None:
    jack.sandbox.fail("/dataTypes/", status=429, headers={"Retry-After": "77"})

    answer = jack.fetch()

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "77")
    assert answer.json()["who"] == "nobody"


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_due_token_is_refreshed_and_saved_before_its_use(jack: Household) -> None:
    services = jack.services
    before = services.grants.current("jack", services.now())
    jack.change_grant(expires_at=(services.now() + timedelta(minutes=1)).isoformat())
    jack.sandbox.reset()
    jack.sandbox.fail("/(body|dataTypes)/", status=500)

    assert jack.fetch().status_code == 503

    # The data call failed, yet the new token is there already.
    after = services.grants.current("jack", services.now())
    assert after.grant.access != before.grant.access
    token_calls = [r for r in jack.sandbox.journal if r.path.endswith("/token")]
    assert len(token_calls) == 1
    seen = [
        r.headers.get("Authorization", "") for r in jack.sandbox.journal if r.path.count("weight")
    ]
    assert seen == [f"Bearer {after.grant.access}"]


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_token_refused_before_its_time_is_refreshed_once(jack: Household) -> None:
    jack.sandbox.expire_access_tokens()

    assert jack.fetched()["added"] == 3


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_revoked_grant_sends_the_wearer_to_reconnect(jack: Household) -> None:
    jack.fetched()
    before = jack.poll().content
    jack.sandbox.revoke_grants()

    refused_once = jack.fetch()
    assert (refused_once.status_code, refused_once.json()["cause"]) == (503, "refused_once")
    jack.wait_a_minute()
    answer = jack.fetch()

    assert answer.status_code == 502
    assert answer.json()["who"] == "wearer"
    assert answer.json()["connect"] == "/auth1?user=jack"
    assert answer.json()["connection"]["state"] == "needs reconnect"
    assert jack.poll().content == before


def test_token_that_stays_refused_needs_a_reconnect(jack: Household) -> None:
    jack.sandbox.fail("/dataTypes/", status=401, times=2)
    connected = len(jack.sandbox.journal)

    answer = jack.fetch()

    assert (answer.status_code, answer.json()["who"]) == (502, "wearer")
    assert len([r for r in jack.sandbox.journal[connected:] if "dataTypes" in r.path]) == 2


def test_person_who_never_connected(household: Household) -> None:
    household.add("jack")

    answer = household.fetch()

    assert (answer.status_code, answer.json()["who"]) == (502, "wearer")


def test_grant_of_another_provider_does_not_serve(jack: Household) -> None:
    jack.change_grant(provider="fitbit")

    answer = jack.fetch()

    assert answer.status_code == 502
    assert "another provider" in answer.json()["error"]


def test_form_and_json_bodies_are_arguments_too(jack: Household) -> None:
    form = jack.post("fetch", data={"user": "jack", "period": "1w"})
    body = jack.post("fetch", json={"user": "jack", "period": "1d"})

    assert form.json()["added"] == 3
    assert body.json()["series"] == {}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"user": "nobody-here"}, 404),
        ({"user": ""}, 400),
        ({"user": "../x"}, 400),
        ({"methods": "log_activity"}, 400),
        ({"methods": "get_badges"}, 422),
        ({"foo": "1"}, 400),
        ({"base_date": "01.11.2026"}, 400),
        ({"period": "2w"}, 400),
        ({"period": "1w", "end_date": "today"}, 400),
        ({"resource": "body/log/weight"}, 400),
        ({"resource": "a" * 9000}, 414),
    ],
)
def test_bad_words_get_one_sentence_and_cost_no_call(
    jack: Household, query: dict[str, str], status: int
) -> None:
    jack.sandbox.reset()

    answer = jack.get("fetch", {"user": "jack", **query}, OWNER_KEY)

    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "who", "cause"}
    assert answer.json()["error"].endswith(".")
    assert list(jack.sandbox.journal) == []


def test_only_the_owner_may_fetch(jack: Household) -> None:
    for key in ("", "wrong", OWNER_KEY[:-1]):
        answer = jack.get("fetch", {"user": "jack"}, key)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert jack.get("fetch", {"user": "jack", "key": OWNER_KEY}).status_code == 401


def test_bodies_have_a_limit(household: Household) -> None:
    def drip() -> object:
        for _ in range(40):
            yield b"x" * 1024

    form = "application/x-www-form-urlencoded"
    long = household.post("fetch", data={"user": "x" * 20_000})
    chunked = household.post("fetch", data=drip(), kind=form)

    assert long.status_code == 413
    assert chunked.status_code == 413  # gathered by the server of `healthrelay serve`
    coming = {"Transfer-Encoding": "chunked"}
    deployed = answer_of(fetch.view, household.services, "/fetch", "POST", headers=coming)
    assert deployed.status_code == 411
    assert set(chunked.json()) == {"error", "who", "cause"}


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"user": 1}', b"\xff", b'{"user": "\\ud800"}'])
def test_json_that_is_no_object_of_texts_is_refused(household: Household, body: bytes) -> None:
    answer = household.post("fetch", data=body, kind="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_SYSTEM": "en_GB"}])
@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_stones_from_either_provider(jack: Household) -> None:
    jack.fetched()

    stones = [record["value"] for record in jack.snapshot()["body-weight"]]
    assert stones == ["12.976", "12.929", "13.007"]


def test_series_outside_the_consent_is_told_with_the_way_to_allow_it(jack: Household) -> None:
    jack.sandbox.reset()

    fetched = jack.fetched(resource="body/weight,activities/steps")

    assert set(fetched["series"]) == {"body-weight"}
    assert fetched["unavailable"] == {
        "activities-steps": {
            "error": "The consent does not cover steps and other activity:"
            " add the method to the person's settings, connect again and allow it.",
            "who": "wearer",
            "cause": "scope_missing",
            "connect": "/auth1?user=jack",
        }
    }
    assert not [request for request in jack.sandbox.journal if "steps" in request.path]


def test_what_the_provider_has_not_is_named(jack: Household) -> None:
    alone = jack.fetch(methods="get_badges")
    beside = jack.fetched(methods="get_badges,time_series")

    sentence = "Google Health has no badges."
    assert alone.status_code == 422
    assert alone.json() == {"error": sentence, "who": "caller", "cause": "unsupported"}
    assert beside["unavailable"]["badges"]["error"] == sentence
    assert beside["added"] == 3


def test_unattended_fetch_reads_31_days_again(jack: Household) -> None:
    jack.fetched()
    jack.sandbox.reset()

    jack.fetched()

    (request,) = [r for r in jack.sandbox.journal if "weight" in r.path]
    assert f'civil_time >= "{iso(30)}"' in request.query["filter"]


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_fetching_the_same_window_again_and_again_leaves_the_store_as_it_was(
    jack: Household,
) -> None:
    def content() -> list[str]:
        with closing(sqlite3.connect(jack.services.settings.store.path or "")) as connection:
            # The ledger says when the last fetch was.
            others = "handshakes", "sensors/fitbit/jack"
            return [line for line in connection.iterdump() if not any(o in line for o in others)]

    jack.fetched(period="1m")
    before = content()

    for _ in range(3):
        assert jack.fetched(period="1m")["added"] == 0

    assert content() == before


def test_wrong_words_are_refused_before_anything_is_read(household: Household) -> None:
    household.connect()
    household.services.store.close()
    Path(household.services.settings.store.path or "").write_bytes(b"no database")

    assert household.fetch(period="2w").status_code == 400
    assert household.fetch(period="1w").status_code == 502
