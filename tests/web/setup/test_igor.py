"""The page of Igor: what he has of each person, and an Igor that is tried before it is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
import requests

from healthrelay.core.delivery.progress import Progress, reader_key
from healthrelay.flows.household.application import StoredIgor, save_igor
from tests.household import START, WEIGHTS, Household, run_command
from tests.igor.recorder import Recorder, Say
from tests.local.test_damaged import spoil
from tests.peers.igor import Igor
from tests.peers.process import free_port
from tests.web.setup.conftest import Visitor, heading, token_of
from tests.web.setup.test_deliveries import box, cards, notice, rows, weigh
from tests.web.setup.test_dutch import DUTCH
from tests.web.setup.test_settings import field, wrong_fields
from tests.web.setup.test_start import stored, title

UNSEEN = "Igor may fetch by itself. From here we cannot see when."
KEPT = ("well", "Igor takes this key. From now on it is told when something is new.")
JACK = "/data/sensors/fitbit/jack"


def stands(page: requests.Response) -> list[str]:
    """How Igor stands: the word at the head, the sentence, and its button."""
    word = re.search(r'</h1><span class="state[^>]*>.*?</svg>(.*?)</span>', page.text, re.S)
    (who, *_) = cards(page)
    assert word, page.text
    return [unescape(word[1]), *who[2:]]


def keep(owner: Visitor, url: str, key: str = "") -> requests.Response:
    return owner.press("igor/push", page="igor", igor_url=url, igor_token=key)


def weighed(household: Household, *users: str) -> None:
    """Add *users*, the first of whom is jack, who was weighed yesterday."""
    for user in users:
        household.add(user, **WEIGHTS)
    weigh(household, 27)


def test_without_a_word_of_igor_nothing_is_claimed(owner: Visitor) -> None:
    weighed(owner.household, "jack", "mia")
    assert owner.household.poll().status_code == 200

    page = owner.open("igor")

    assert heading(page) == "Igor"
    assert '<a href="/setup/igor" aria-current="page">Igor</a>' in page.text
    assert stands(page) == ["Not seen", UNSEEN, ""]
    assert rows(page) == [
        ["Jack", "Not seen", "yesterday", "–", "sensors/fitbit/jack"],
        ["Mia", "Nothing to fetch yet", "–", "–", "sensors/fitbit/mia"],
    ]
    assert 'href="/setup/start/igor"' in page.text
    assert owner.press("igor/send", page="igor").status_code == 404


def test_igor_has_it_when_it_said_so(owner: Visitor) -> None:
    household = owner.household
    weighed(household, "jack", "mia")
    ack = {"user": "jack", "key": household.poll_key(), "cursor": "1"}
    assert household.get("relay/ack", ack).status_code == 200

    page = owner.open("igor")

    sentence = "It fetches by itself and has everything, last at 15:00."
    assert stands(page) == ["Igor has it", sentence, ""]
    assert rows(page)[0] == ["Jack", "Igor has it", "yesterday", "15:00", "sensors/fitbit/jack"]
    weigh(household, 28)
    assert stands(owner.open("igor"))[0] == "Waiting for Igor"


def test_of_whom_igor_said_nothing_nothing_is_claimed_for_all(owner: Visitor) -> None:
    weighed(owner.household, "jack")
    owner.household.services.store.log.save("jack", reader_key("igor"), Progress(1, at=START))
    assert stands(owner.open("igor"))[0] == "Igor has it"

    owner.household.connect("mia", **WEIGHTS)
    owner.household.fetched("mia")

    page = owner.open("igor")
    assert stands(page) == ["Not seen", UNSEEN, ""]
    assert [row[1] for row in rows(page)] == ["Igor has it", "Not seen"]


def test_an_igor_that_takes_its_key_is_kept_and_has_everything(
    owner: Visitor, igor: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    household = owner.household
    weighed(household, "jack", "mia")

    page = owner.follow(keep(owner, f"{igor.url}/", "a-key-of-igor"))

    assert notice(page) == KEPT
    *tried, sent = igor.seen
    assert [one.method for one in tried] == ["GET", "GET"], "asked before anything is kept"
    assert (sent.method, sent.target) == ("PUT", JACK)
    assert sent.headers["authorization"] == "Bearer a-key-of-igor"
    assert b"2026-11-27" in sent.body
    everything = "Everything that was read is in Igor, last sent at 15:00."
    assert stands(page) == ["Igor has it", everything, "Send all of it again"]
    assert "One is kept. Type a new one to replace it." in page.text
    assert field(page, "igor_url") == igor.url
    assert stored(household)["igor_url"] == igor.url
    for shown in (page.text, repr(stored(household)), capfd.readouterr().err):
        assert "a-key-of-igor" not in shown
    weigh(household, 28)
    assert igor.seen[-1].target == JACK, "without a restart"


def test_an_empty_key_is_the_kept_one_at_its_own_address_alone(
    owner: Visitor, igor: Recorder
) -> None:
    weighed(owner.household, "jack")
    keep(owner, igor.url, "a-key-of-igor")
    igor.seen.clear()

    assert notice(owner.follow(keep(owner, igor.url))) == KEPT

    assert igor.seen[-1].headers["authorization"] == "Bearer a-key-of-igor"
    with Recorder() as other:
        page = owner.follow(keep(owner, other.url))

        assert notice(page) == KEPT
        assert not any("authorization" in one.headers for one in other.seen)
        # What the first has, the second lacked.
        assert other.seen[-1].target == JACK
    assert "igor_token" not in stored(owner.household)


def test_a_name_and_password_of_the_command_line_stay(owner: Visitor, igor: Recorder) -> None:
    services = owner.household.services
    kept = StoredIgor(igor.url, user="us", password="pw")
    save_igor(kept, services.store.identities, services.vault)

    assert owner.follow(keep(owner, igor.url)).status_code == 200

    assert igor.seen[-1].headers["authorization"] == "Basic dXM6cHc="  # us:pw
    assert stored(owner.household)["igor_user"] == "us"


@pytest.mark.parametrize(
    ("say", "reason", "at"),
    [
        (Say(404, b"no such page"), "What answers at this address is not an Igor", "igor_url"),
        (Say(301, headers={"Location": "/"}), "is not an Igor that can be told.", "igor_url"),
    ],
)
def test_what_is_no_igor_is_not_kept(
    say: Say, reason: str, at: str, owner: Visitor, igor: Recorder
) -> None:
    igor.say = say

    page = keep(owner, igor.url, "a-key-of-igor")

    assert (page.status_code, title(page)) == (422, "Error: Igor · healthrelay")
    assert reason in page.text
    assert wrong_fields(page) == [at]
    assert 'id="summary" tabindex="-1" data-focus' in page.text
    assert field(page, "igor_url") == igor.url
    assert "a-key-of-igor" not in page.text
    assert stored(owner.household).get("igor_url") is None


@pytest.mark.parametrize("url", ["igor", "", "http://us:pw@igor.local:9333", "ftp://igor.local"])
def test_what_is_no_address_comes_back_without_a_password(owner: Visitor, url: str) -> None:
    page = keep(owner, url, "k")

    assert (page.status_code, wrong_fields(page)) == (422, ["igor_url"])
    assert "That is no address. It looks like http://localhost:9333" in page.text
    assert field(page, "igor_url") == ("" if "@" in url else url)
    assert "pw@" not in page.text


def test_a_key_that_is_none_and_an_igor_that_is_silent_are_not_kept(owner: Visitor) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    strange = keep(owner, url, "sleutel\N{EN DASH}één")
    silent = keep(owner, url, "a-key")

    assert (strange.status_code, wrong_fields(strange)) == (422, ["igor_token"])
    assert "Igor does not take this key." in strange.text
    assert (silent.status_code, wrong_fields(silent)) == (503, ["igor_url"])
    assert "Igor does not answer there." in silent.text
    assert stored(owner.household).get("igor_url") is None


@pytest.mark.peer
@pytest.mark.xdist_group("igor")
def test_a_key_that_a_real_igor_does_not_know_is_not_kept(
    owner: Visitor, make_igor: Callable[..., Igor]
) -> None:
    real = make_igor()

    refused = keep(owner, real.url, "made-up")

    assert (refused.status_code, wrong_fields(refused)) == (422, ["igor_token"])
    assert "Igor does not take this key. Is it whole, and of this Igor?" in refused.text
    assert stored(owner.household).get("igor_url") is None
    assert notice(owner.follow(keep(owner, real.url, real.mint_push_token()))) == KEPT


def test_who_refuses_what_is_sent_is_kept_and_that_is_said(owner: Visitor, igor: Recorder) -> None:
    weighed(owner.household, "jack")
    keep(owner, igor.url, "a-key")
    igor.say = Say(401)

    refused = owner.follow(owner.press("igor/send", page="igor"))

    assert notice(refused) == ("need", "Not everything has arrived: Igor. Below it says why.")
    sentence = "Igor has refused our key since 15:00. Give it a new one on the page “Igor”."
    assert stands(refused) == ["Needs you", sentence, "Try now"]
    igor.say = Say(200)
    sent = owner.follow(owner.press("igor/send", page="igor"))
    assert notice(sent) == ("well", "Everything has arrived: Igor.")


@pytest.mark.parametrize("by", ["page", "command line"])
def test_an_igor_that_is_told_no_more_is_not_said_to_have_anything(
    by: str, owner: Visitor, igor: Recorder
) -> None:
    weighed(owner.household, "jack")
    keep(owner, igor.url, "a-key")

    if by == "page":
        page = owner.follow(owner.press("igor/push", page="igor", stop="1"))
        assert notice(page) == ("well", "Igor is told no more. It may go on to fetch.")
    else:
        run_command("igor", "--forget")
        owner.household.services.forget_application()

    assert not [name for name in stored(owner.household) if name.startswith("igor_")]
    assert stands(owner.open("igor")) == ["Not seen", UNSEEN, ""]
    count = len(igor.seen)
    weigh(owner.household, 28)
    assert len(igor.seen) == count


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_IGOR_URL": "http://127.0.0.1:1"}])
def test_the_igor_of_the_environment_wins_and_the_page_says_so(
    owner: Visitor, igor: Recorder
) -> None:
    page = owner.open("igor")

    assert "Igor is told at <b>http://127.0.0.1:1</b>." in page.text
    assert 'name="igor_token"' not in page.text
    for fields in ({"igor_url": igor.url}, {"stop": "1"}):
        refused = owner.press("igor/push", page="igor", **fields)
        assert refused.status_code == 400
        assert "HEALTHRELAY_IGOR_URL is set where healthrelay runs, and wins." in refused.text
    assert igor.seen == []
    assert "igor_url" not in stored(owner.household)


def test_a_key_with_which_a_program_fetches_is_shown_once_and_ends_the_old(owner: Visitor) -> None:
    household = owner.household
    household.add(**WEIGHTS)
    weigh(household, 27)
    old = household.poll_key()

    made = owner.press("igor/key", page="igor", user="jack")

    page = owner.follow(made)
    assert notice(page) == ("well", "There is a new key for Jack. The old one has ended.")
    key = box(page, "key")
    assert len(key) == 32
    assert key not in str(made.headers)
    assert box(owner.open("igor"), "key") == ""
    assert household.poll(key=key).status_code == 200
    assert household.poll(key=old).status_code == 401
    stranger = owner.press("igor/key", page="igor", user="lucy")
    assert heading(stranger) == "There is nobody of that name here"


def test_a_person_sees_nothing_of_it(
    owner: Visitor, igor: Recorder, somebody: Callable[[], Visitor]
) -> None:
    weighed(owner.household, "jack")
    jack = somebody().be("jack")
    token = token_of(jack.open("people/jack"))

    assert jack.open("igor").status_code == 404
    for path in ("igor/send", "igor/push", "igor/key"):
        answer = jack.press(path, token=token, user="jack", igor_url=igor.url)
        assert answer.status_code == 404, path
    assert igor.seen == []


def test_whom_nobody_can_read_is_named(owner: Visitor, tmp_path: Path) -> None:
    owner.household.add("emma", **WEIGHTS)
    weighed(owner.household, "jack")
    spoil(tmp_path / "healthrelay.db", "settings")

    page = owner.open("igor")

    assert "What is stored of Emma cannot be read." in page.text
    assert [row[0] for row in rows(page)] == ["Jack"]


def test_it_is_dutch_too(owner: Visitor) -> None:
    page = owner.open("igor", **DUTCH)

    assert "Misschien haalt Igor zelf op. Vanaf hier is niet te zien wanneer." in page.text
