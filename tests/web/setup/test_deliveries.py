"""The page of deliveries: how each target stands, and what its owner may press."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from pathlib import Path

import pytest
import requests
import standardwebhooks

from healthrelay.core.delivery.progress import Progress, reader_key
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.delivery import targets
from healthrelay.flows.delivery.targets import Endpoint
from tests.chaos.receivers import Lenient
from tests.household import START, WEIGHTS, Clock, Household
from tests.igor.recorder import Recorder, Say
from tests.local.test_damaged import spoil
from tests.peers.process import free_port
from tests.web.setup.conftest import Visitor, heading, token_of

TARGET = "deliveries/jack/node-red"


@pytest.fixture
def receiver() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def notice(page: requests.Response) -> tuple[str, str]:
    """The shape of what the page says once, and its words."""
    match = re.search(r'<p class="notice (\w+)" role="status">(.*?)</p>', page.text)
    return (match[1], unescape(match[2])) if match else ("", "")


def box(page: requests.Response, name: str) -> str:
    """What stands in the copy box *name*; nothing where there is none."""
    match = re.search(rf'<textarea class="copy" id="{name}"[^>]*>(.*?)</textarea>', page.text, re.S)
    return unescape(match[1]) if match else ""


def cards(page: requests.Response) -> list[list[str]]:
    """Of each card its name, its word, its sentence, and its button."""
    found = re.findall(r'<section class="card".*?</section>', page.text, re.S)
    parts = [
        r"<h2[^>]*>(.*?)</h2>",
        r'<span class="state[^>]*>.*?</svg>(.*?)</span>',
        r'<div class="status.*?<p>(.*?)</p>',
        r'<div class="status.*?<button[^>]*>(.*?)</button>',
    ]
    matches = [[re.search(part, card, re.S) for part in parts] for card in found]
    return [[unescape(match[1]) if match else "" for match in card] for card in matches]


def rows(page: requests.Response) -> list[list[str]]:
    """The table, as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page.text, re.S)
    assert body, page.text
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        for row in re.findall(r"<tr>(.*?)</tr>", body[1], re.S)
    ]
    return [[unescape(re.sub(r"<[^>]*>", "", cell)) for cell in row] for row in cells]


def weigh(household: Household, day: int) -> None:
    """Let jack be weighed on a day of November, and his targets be told."""
    value = {"dateTime": f"2026-11-{day:02}", "value": "82.4"}
    record = Record("body-weight", value["dateTime"], value["dateTime"], value, "import")
    household.services.store.records.apply("jack", Delta(added=(record,)), household.services.now())
    household.services.enqueue_or_deliver("jack")


def added(owner: Visitor, receiver: Recorder) -> requests.Response:
    """Make the target on the page; return the page after it."""
    owner.household.add(**WEIGHTS)
    fields = {"name": "node-red", "user": "jack", "url": f"{receiver.url}/in?id=of-the-house"}
    return owner.follow(owner.press("deliveries", private="1", **fields))


def test_a_receiver_that_answers_is_kept_and_its_keys_are_shown_once(
    owner: Visitor, receiver: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    page = added(owner, receiver)

    assert notice(page) == ("well", "node-red answers, and gets what changes from now on.")
    secret = box(page, "secret")
    assert secret.startswith("whsec_")
    assert box(page, "public").startswith("whpk_")
    assert "whsk_" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    # What stands behind the host may be a key.
    assert f"<code>{receiver.url}</code>" in page.text
    assert "of-the-house" not in page.text

    again = owner.open("deliveries")

    assert (notice(again), box(again, "secret"), box(again, "public")) == (("", ""), "", "")
    assert "whsec_" not in again.text
    assert cards(again) == [
        ["node-red", "Waiting", "Nothing has changed since it was added.", "Send a test"]
    ]
    weigh(owner.household, 27)
    (seen,) = receiver.seen
    payload = Lenient(secret).verify(seen.body, dict(seen.headers))
    assert payload["data"]["added"]["body-weight"].keys() == {"2026-11-27"}
    assert secret.removeprefix("whsec_") not in capfd.readouterr().err


def test_no_cookie_holds_a_key_and_another_session_is_shown_none(
    owner: Visitor, receiver: Recorder, somebody: Callable[[], Visitor]
) -> None:
    added(owner, receiver)
    made = owner.press(f"{TARGET}/rotate", page="deliveries")
    (cookie,) = [one for one in owner.session.cookies if one.name == "keys"]
    assert cookie.value
    other = somebody().sign_in()
    other.session.cookies.set_cookie(cookie)

    assert box(other.open("deliveries"), "secret") == ""

    secret = box(owner.follow(made), "secret")
    noted = base64.urlsafe_b64decode(cookie.value.partition(".")[0] + "==")
    assert json.loads(noted).keys() == {"user", "target", "session"}
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in str(made.headers)


def test_a_key_that_was_not_fetched_in_five_minutes_is_not_shown(
    owner: Visitor, receiver: Recorder, household_clock: Clock
) -> None:
    added(owner, receiver)
    made = owner.press(f"{TARGET}/rotate", page="deliveries")

    household_clock.advance(minutes=6)

    assert box(owner.follow(made), "secret") == ""


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"name": "my node"}, "name", "A name has 1 to 64 letters, digits, hyphens, dots and"),
        ({"name": "igor"}, "name", "A name has 1 to 64 letters, digits, hyphens, dots and"),
        ({"name": "old"}, "name", "This person has a program of that name already."),
        ({"url": "my house"}, "url", "That is no address. It looks like https://example.org"),
        ({"url": "https://me:pw@example.org"}, "url", "The address must not hold a name and a"),
        ({"url": "http://example.org/hook"}, "url", "Outside the house messages go by https."),
        ({"url": "https://127.0.0.1:1/x"}, "private", "That address leads into this house. Tick"),
    ],
)
def test_a_form_that_is_wrong_comes_back_and_says_where(
    wrong: dict[str, str], field: str, reason: str, owner: Visitor
) -> None:
    household = owner.household
    household.add(**WEIGHTS)
    services = household.services
    hook = Endpoint("https://example.org/hook", private=False)
    targets.add("jack", "old", hook, services.store, services.vault, services.receivers.new_keys)
    form = {"name": "node-red", "user": "jack", "url": "https://example.org/hook", **wrong}

    page = owner.press("deliveries", **form)

    assert page.status_code == (503 if field == "private" else 422)
    assert "<title>Error: Deliveries" in page.text
    assert re.search(rf'<input[^>]* id="{field}"[^>]*aria-invalid="true"', page.text)
    assert reason in unescape(page.text)
    assert (f'value="{escape(form["url"])}"' in page.text) == ("pw" not in form["url"])
    assert "pw@" not in page.text
    assert [*services.store.targets.of("jack")] == ["old"]


def test_what_does_not_answer_is_not_kept(owner: Visitor) -> None:
    owner.household.add(**WEIGHTS)
    url = f"http://127.0.0.1:{free_port()}/hook"

    page = owner.press("deliveries", name="node-red", user="jack", url=url, private="1")

    assert page.status_code == 503
    assert "Nothing answers there. Does it run, and is the address right?" in page.text
    assert owner.household.services.store.targets.of("jack") == {}


def test_one_too_many_is_told_and_so_is_somebody_who_is_not_there(
    owner: Visitor, receiver: Recorder
) -> None:
    household = owner.household
    household.add(**WEIGHTS)
    services = household.services
    hook = Endpoint("https://example.org/hook", private=False)
    for number in range(targets.MAX_TARGETS):
        name = f"n{number}"
        targets.add("jack", name, hook, services.store, services.vault, services.receivers.new_keys)
    fields = {"name": "node-red", "url": receiver.url, "private": "1"}

    assert "A person has 16 at most." in owner.press("deliveries", user="jack", **fields).text
    stranger = owner.press("deliveries", user="lucy", **fields)
    assert (stranger.status_code, heading(stranger)) == (404, "There is nobody of that name here")


def test_an_address_that_answers_oddly_is_kept_and_that_is_said(
    owner: Visitor, receiver: Recorder
) -> None:
    receiver.options = 404

    page = added(owner, receiver)

    assert notice(page) == (
        "need",
        "node-red was kept, but it answered 404. Is the address right? The first change shows it.",
    )
    assert box(page, "secret").startswith("whsec_")


def test_a_test_is_signed_changes_nothing_and_says_what_was_answered(
    owner: Visitor, receiver: Recorder
) -> None:
    secret = box(added(owner, receiver), "secret")
    before = owner.household.services.store.log.following("jack")

    tried = owner.follow(owner.press(f"{TARGET}/test", page="deliveries"))

    assert notice(tried) == ("well", "The test has arrived: node-red.")
    (seen,) = receiver.seen
    assert Lenient(secret).verify(seen.body, dict(seen.headers)) == {
        "type": "measurements.test",
        "timestamp": json.loads(seen.body)["timestamp"],
        "data": {"user": "jack", "test": True},
    }
    receiver.say = Say(401)
    refused = owner.follow(owner.press(f"{TARGET}/test", page="deliveries"))
    assert notice(refused) == ("need", "The test did not arrive: node-red answered 401.")
    one, two = receiver.seen
    assert one.headers["webhook-id"] != two.headers["webhook-id"]
    assert owner.household.services.store.log.following("jack") == before


@pytest.mark.usefixtures("store")
def test_what_did_not_arrive_is_sent_again(
    owner: Visitor, receiver: Recorder, household_clock: Clock
) -> None:
    added(owner, receiver)
    household = owner.household
    receiver.say = Say(404)
    weigh(household, 25)
    weigh(household, 26)

    failed = owner.open("deliveries")

    sentence = "It has answered 404 since 15:00. Is the address still right?"
    assert cards(failed) == [["node-red", "Needs you", sentence, "Try now"]]
    (row,) = rows(failed)
    assert row[:3] == ["node-red", "Jack", "Needs you"]
    assert row[3:8] == ["–", "2", "0", "15:00", "1"]
    for _ in range(10):
        household_clock.advance(hours=27)
        household.services.enqueue_or_deliver("jack")
    owner.sign_in()
    page = owner.open("deliveries")
    # The second waits for the first: what fails is tried ten times, then once a day.
    assert cards(page) == [
        [
            "node-red",
            "Needs you",
            "It has answered 404 since 28 November. Is the address still right?",
            "Send one again",
        ]
    ]
    # Ten days of tries, then thirty.
    assert "kept until 7 January 2027" in page.text
    receiver.seen.clear()

    still = owner.follow(owner.press(f"{TARGET}/replay", page="deliveries"))

    assert notice(still) == ("need", "Not everything has arrived: node-red. Below it says why.")
    receiver.say = Say(204)
    receiver.seen.clear()
    sent = owner.follow(owner.press(f"{TARGET}/replay", page="deliveries"))
    assert notice(sent) == ("well", "Everything has arrived: node-red.")
    days = [[*json.loads(one.body)["data"]["added"]["body-weight"]] for one in receiver.seen]
    assert days == [["2026-11-25"], ["2026-11-26"]]


@pytest.mark.usefixtures("store")
def test_a_new_secret_stands_beside_the_old_until_that_is_ended(
    owner: Visitor, receiver: Recorder
) -> None:
    old = box(added(owner, receiver), "secret")

    page = owner.follow(owner.press(f"{TARGET}/rotate", page="deliveries"))

    new = box(page, "secret")
    assert new.startswith("whsec_")
    assert new != old
    assert "Two secrets are good now." in page.text
    weigh(owner.household, 26)
    for secret in (old, new):
        Lenient(secret).verify(receiver.seen[-1].body, dict(receiver.seen[-1].headers))

    ended = owner.follow(owner.press(f"{TARGET}/rotate/end", page="deliveries"))

    assert notice(ended) == ("well", "Only the newest secret is good now: node-red.")
    assert "End the old secret" not in ended.text
    weigh(owner.household, 27)
    Lenient(new).verify(receiver.seen[-1].body, dict(receiver.seen[-1].headers))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        Lenient(old).verify(receiver.seen[-1].body, dict(receiver.seen[-1].headers))


@pytest.mark.usefixtures("store")
def test_a_target_that_is_removed_gets_nothing_and_other_pages_say_so(
    owner: Visitor, receiver: Recorder
) -> None:
    added(owner, receiver)
    token = token_of(owner.open("deliveries"))

    page = owner.follow(owner.press(f"{TARGET}/remove", token=token))

    assert notice(page) == ("well", "Nothing is sent there any more: node-red.")
    assert cards(page) == []
    weigh(owner.household, 27)
    assert receiver.seen == []
    for path in ("remove", "replay", "test", "rotate", "rotate/end"):
        gone = owner.follow(owner.press(f"{TARGET}/{path}", token=token))
        assert notice(gone) == ("need", "It is not here any more: node-red."), path


def test_a_person_sees_nothing_of_it(
    owner: Visitor, receiver: Recorder, somebody: Callable[[], Visitor]
) -> None:
    added(owner, receiver)
    jack = somebody().be("jack")

    assert jack.open("deliveries").status_code == 404
    own = jack.open("people/jack")
    assert "node-red" not in own.text
    assert "deliveries" not in own.text
    for path in ("replay", "test", "rotate", "rotate/end", "remove"):
        answer = jack.press(f"{TARGET}/{path}", token=token_of(own))
        assert answer.status_code == 404, path
    answer = jack.press("deliveries", token=token_of(own), user="jack")
    assert answer.status_code == 404
    assert receiver.seen == []
    assert [*owner.household.services.store.targets.of("jack")] == ["node-red"]


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """An Igor, or a store, for the tests that name one."""
    if "igor" in request.fixturenames:
        return {"HEALTHRELAY_IGOR_URL": request.getfixturevalue("igor").url}
    if "store" not in request.fixturenames:
        return {}
    found: dict[str, str] = request.getfixturevalue("store")
    return found


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of each store."""
    if request.param == "sqlite":
        return {}
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", request.getfixturevalue("firestore_project"))
    key = base64.b64encode(bytes(32)).decode()
    return {"HEALTHRELAY_STORE": "firestore", "HEALTHRELAY_SEALING_KEYS": f"one:{key}"}


@pytest.fixture
def igor() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def test_igor_is_one_card_for_everybody_and_is_sent_all_of_it(
    igor: Recorder, owner: Visitor
) -> None:
    household = owner.household
    household.add(**WEIGHTS)
    household.add("mia", **WEIGHTS)
    new = ["Igor", "Waiting", "Nothing was sent to Igor yet.", ""]
    assert cards(owner.open("deliveries")) == [new]
    igor.say = Say(401)
    weigh(household, 27)

    refused = owner.open("deliveries")

    sentence = "Igor has refused our key since 15:00. Give it a new one on the page “Igor”."
    assert cards(refused) == [["Igor", "Needs you", sentence, "Try now"]]
    assert [row[:3] for row in rows(refused)] == [
        ["Igor", "Jack", "Needs you"],
        ["Igor", "Mia", "Waiting"],
    ]

    igor.say = Say(200)
    igor.seen.clear()
    owner.press("igor/send", page="deliveries")
    assert [one.target for one in igor.seen] == ["/data/sensors/fitbit/jack"]
    sent = owner.open("deliveries")
    # Of mia there is nothing yet, and so nothing that Igor lacks.
    everything = "Everything that was read is in Igor, last sent at 15:00."
    assert cards(sent) == [["Igor", "Well", everything, "Send all of it again"]]
    assert [row[2] for row in rows(sent)] == ["Well", "Waiting"]


def test_a_reader_that_says_what_it_has_is_shown(owner: Visitor) -> None:
    household = owner.household
    household.add(**WEIGHTS)
    weigh(household, 27)
    log = household.services.store.log
    log.save("jack", reader_key("igor"), Progress(1, at=START))

    page = owner.open("deliveries")

    sentence = "It fetches by itself and has everything, last at 15:00."
    assert cards(page) == [["Igor", "Well", sentence, ""]]
    weigh(household, 28)
    behind = "It fetches by itself, and has not fetched the newest yet."
    assert cards(owner.open("deliveries")) == [["Igor", "Waiting", behind, ""]]


def test_without_anybody_the_page_leads_to_people(owner: Visitor) -> None:
    page = owner.open("deliveries")

    assert heading(page) == "Deliveries"
    assert 'href="/setup/start/people"' in page.text


@pytest.mark.parametrize("kind", ["settings", "targets", "progress"])
def test_whom_nobody_can_read_is_named_and_the_others_are_shown(
    kind: str, owner: Visitor, receiver: Recorder, tmp_path: Path
) -> None:
    added(owner, receiver)
    built = owner.household.services
    owner.household.add("emma", **WEIGHTS)
    hook = Endpoint("https://example.org/hook", private=False)
    targets.add("emma", "script", hook, built.store, built.vault, built.receivers.new_keys)
    spoil(tmp_path / "healthrelay.db", kind)

    page = owner.open("deliveries")

    named = "What is stored of Emma cannot be read. Whoever runs this healthrelay: type healthrelay"
    assert named in unescape(page.text)
    assert cards(page)[0][:2] == ["node-red", "Waiting"]


def test_today_leads_to_a_delivery_that_needs_somebody(owner: Visitor, receiver: Recorder) -> None:
    added(owner, receiver)
    owner.household.connect("jack")
    weigh(owner.household, 27)
    words = "A delivery needs you"
    assert words not in owner.open("/setup").text

    receiver.say = Say(404)
    weigh(owner.household, 28)

    lead = r'<a class="state need" href="/setup/deliveries">.*?A delivery needs you</a>'
    assert re.search(lead, owner.open("/setup").text)


def test_the_page_is_in_the_navigation_and_speaks_dutch(owner: Visitor, receiver: Recorder) -> None:
    added(owner, receiver)
    assert '<a href="/setup/deliveries">Deliveries</a>' in owner.open("start/people").text

    page = owner.open("deliveries", **{"Accept-Language": "nl"})

    assert heading(page) == "Bezorging"
    sentence = "Er is niets veranderd sinds het is toegevoegd."
    assert cards(page) == [["node-red", "Wacht", sentence, "Stuur een proefbericht"]]
