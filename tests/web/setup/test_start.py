"""The screens of the set-up: what they try, keep, show, and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
import requests

from healthrelay.flows.household.erase import erase
from healthrelay.local.consent_page import CONNECTED, allow
from tests.household import WEIGHTS, Clock, Household
from tests.local.test_damaged import spoil
from tests.peers.process import free_port
from tests.web.setup.conftest import Visitor, heading

ID = "sandbox-client.apps.example"
OUR_CLIENT = {"HEALTHRELAY_CLIENT_ID": "", "HEALTHRELAY_CLIENT_SECRET": ""}
NO_CLIENT = pytest.mark.parametrize("settings", [OUR_CLIENT])


def stored(household: Household) -> dict[str, str]:
    return household.services.store.identities.application()


def secret_of(household: Household) -> str:
    found: str = household.sandbox.settings["HEALTHRELAY_CLIENT_SECRET"]
    return found


def title(page: requests.Response) -> str:
    match = re.search(r"<title>(.*?)</title>", page.text)
    assert match
    return unescape(match[1])


def box(page: requests.Response, name: str) -> str:
    """What stands in the copy box *name*."""
    match = re.search(rf'<textarea class="copy" id="{name}"[^>]*>(.*?)</textarea>', page.text, re.S)
    assert match, page.text
    return unescape(match[1])


def said(page: requests.Response) -> str:
    """What the page says once."""
    match = re.search(r'role="status">(.*?)</p>', page.text)
    return unescape(match[1]) if match else ""


def test_a_project_goes_into_the_links(owner: Visitor) -> None:
    assert "?project=" not in owner.open("start/google").text

    done = owner.press("project", page="start/google", project=" our-house-4711 ")

    assert done.headers["Location"] == "/setup/start/google"
    page = owner.follow(done)
    assert said(page) == "The links below open your project."
    for path in ("apis/library/health.googleapis.com", "auth/scopes", "auth/audience"):
        assert f'"https://console.cloud.google.com/{path}?project=our-house-4711"' in page.text
    assert box(page, "scopes").split() == [*owner.household.services.consent.scopes]
    assert "auth/clients?project=our-house-4711" in owner.open("start/client").text


@pytest.mark.parametrize("typed", ["Our House", "../x", '"><script>alert(1)</script>'])
def test_what_is_no_project_is_not_kept(owner: Visitor, typed: str) -> None:
    page = owner.press("project", page="start/google", project=typed)

    assert (page.status_code, title(page)[:7]) == (422, "Error: ")
    assert "<script>alert" not in page.text
    assert 'aria-invalid="true"' in page.text
    assert "project" not in stored(owner.household)


@NO_CLIENT
def test_a_client_is_kept_when_google_knows_it_and_counts_at_once(
    owner: Visitor, household_clock: Clock
) -> None:
    household = owner.household
    assert box(owner.open("start/client"), "callback") == f"{household.services.public_url}/auth2"

    done = owner.press(
        "client", page="start/client", client_id=f" {ID}\n", client_secret=secret_of(household)
    )

    page = owner.follow(done)
    assert said(page) == "Google Health knows this client. Next: people."
    assert "Kept since 28 November. Type a new one to replace it." in page.text
    assert secret_of(household) not in page.text
    assert secret_of(household) not in repr(stored(household))
    household.connect(**WEIGHTS)  # with services that knew no client before
    assert "The Google Health API is on" in owner.open("start/client").text
    assert "The project is in production" in owner.open("start/client").text


@NO_CLIENT
@pytest.mark.parametrize(
    ("client_id", "heading_", "wrong_fields"),
    [
        ("nobody.example", "Google Health does not know this client ID", ["client"]),
        (ID, "Google Health refuses this secret", ["secret"]),
    ],
)
def test_a_client_that_google_refuses_is_not_kept(
    owner: Visitor, client_id: str, heading_: str, wrong_fields: list[str]
) -> None:
    page = owner.press(
        "client", page="start/client", client_id=client_id, client_secret="GOCSPX-made-up"
    )

    assert page.status_code == 422
    assert title(page) == "Error: Step 2 of 4: Client · healthrelay"
    assert heading_ in page.text
    assert "Nothing was kept." in page.text
    assert re.findall(r'<input id="(\w+)"[^>]*aria-invalid', page.text) == wrong_fields
    assert f'value="{client_id}"' in page.text
    assert "GOCSPX-made-up" not in page.text
    assert "client_id" not in stored(owner.household)


@NO_CLIENT
def test_the_kept_client_stays_while_another_is_refused(owner: Visitor) -> None:
    right = secret_of(owner.household)
    owner.press("client", page="start/client", client_id=ID, client_secret=right)
    before = stored(owner.household)

    refused = owner.press("client", page="start/client", client_id=ID, client_secret="wrong")
    again = owner.press("client", page="start/client", client_id=ID, client_secret="")

    assert (refused.status_code, again.status_code) == (422, 303)
    assert stored(owner.household)["client_id"] == before["client_id"]
    owner.household.connect()


@pytest.mark.parametrize(
    "settings",
    [OUR_CLIENT | {"HEALTHRELAY_GOOGLE_TOKEN_URL": f"http://127.0.0.1:{free_port()}/token"}],
)
def test_what_nobody_could_be_asked_about_is_not_kept(owner: Visitor) -> None:
    page = owner.press("client", page="start/client", client_id=ID, client_secret="x")

    assert page.status_code == 503
    assert "Google Health could not be reached" in page.text
    assert "Nothing was kept." in page.text
    assert re.search(r'<span lang="en">[^<]+ does not answer. Does it run\?</span>', page.text)
    assert "client_id" not in stored(owner.household)


def test_a_client_from_the_environment_is_named_and_checked(owner: Visitor) -> None:
    page = owner.open("start/client")

    assert f"The client <b>{ID}</b> comes from where healthrelay was installed" in page.text
    assert 'name="client_secret"' not in page.text
    checked = owner.press("client", page="start/client", client_id="another", client_secret="x")
    page = owner.follow(checked)
    assert said(page) == "Google Health knows this client. Next: people."
    assert "Google knows the client ID and its secret" in page.text
    assert "client_id" not in stored(owner.household)


def test_testing_is_seen_when_somebody_has_connected(owner: Visitor) -> None:
    assert "In production: seen when the first person connects" in owner.open("start/client").text
    owner.household.sandbox.google.testing = True
    owner.household.connect()

    assert "The project is in Testing: every permission" in owner.open("start/client").text


def add(owner: Visitor, user: str = "mia", **fields: str) -> requests.Response:
    return owner.press("people", page="start/people", **{"user": user, "read": "weight"} | fields)


def link_of(owner: Visitor, user: str = "mia") -> str:
    """The letters of the link that is shown."""
    address = box(owner.open("start/people"), f"link-{user}")
    start = f"{owner.household.services.public_url}/setup/i/"
    assert address.startswith(start)
    return address.removeprefix(start)


def test_a_person_gets_a_link_that_says_nothing_of_them(owner: Visitor) -> None:
    page = owner.follow(add(owner))

    assert said(page) == "Mia was added. Send the link below."
    letters = link_of(owner)
    assert re.fullmatch(r"[\w-]{22}", letters)
    assert link_of(owner) == letters
    assert letters in unescape(box(page, "text-mia"))
    assert 'aria-label="QR code of the link for Mia"' in page.text
    assert "Saturday 5 December, 15:0" in page.text
    assert owner.household.services.store.identities.settings("mia") == {
        "methods": "time_series",
        "period": "1m",
        "resource": "body/weight,body/fat",
    }


def test_who_reads_the_store_has_no_link(owner: Visitor) -> None:
    add(owner)

    assert link_of(owner) not in repr(stored(owner.household))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"user": "Mia Of The House"}, "A name has letters, digits, hyphens and underscores"),
        ({"user": "<script>alert(1)</script>"}, "A name has letters, digits"),
        ({"user": "jack"}, "There is somebody of that name already."),
        ({"read": ""}, "Tick at least one thing to read."),
        ({"read": "friends"}, "Tick at least one thing to read."),
    ],
)
def test_nobody_is_added_by_mistake(owner: Visitor, fields: dict[str, str], sentence: str) -> None:
    owner.household.add("jack")

    page = add(owner, **fields)

    assert page.status_code == 422
    assert sentence in page.text
    assert "<script>alert" not in page.text
    assert owner.household.services.store.identities.names() == ["jack"]


def test_looking_at_a_link_spends_nothing(owner: Visitor, visitor: Visitor) -> None:
    """A messenger looks at each link that is sent."""
    add(owner)
    letters = link_of(owner)
    before = stored(owner.household)

    for _ in range(3):
        assert heading(visitor.open(f"i/{letters}")) == "Mia, may we read these?"
        head = visitor.session.head(f"{owner.household.url}/setup/i/{letters}", timeout=30)
        assert head.status_code == 200
    assert stored(owner.household) == before
    assert connected(visitor, letters)


def connected(visitor: Visitor, letters: str, account: str = "mia") -> bool:
    """Press the button, and allow everything as *account*."""
    pressed = go_on(visitor, letters)
    assert pressed.status_code == 303, pressed.text
    place = f"{visitor.household.services.public_url}{pressed.headers['Location']}"
    return allow(place, account) == CONNECTED


def go_on(visitor: Visitor, letters: str, page: str = "") -> requests.Response:
    """Press the button of the invitation."""
    page = page or f"i/{letters}"
    return visitor.press("people/mia/connect", page=page, invitation=letters)


def test_a_link_is_good_for_one_connection(owner: Visitor, visitor: Visitor) -> None:
    add(owner)
    letters = link_of(owner)
    handed_on = go_on(visitor, letters).headers["Location"]
    assert connected(visitor, letters)

    page = visitor.open(f"i/{letters}")

    assert (page.status_code, heading(page)) == (403, "This link is not good any more")
    # Begun before, it is no second way in.
    again = allow(f"{owner.household.services.public_url}{handed_on}", "mia")
    assert again == {"auth1": 302, "auth2": 403}
    assert "Mia is connected." in owner.open("start/people").text


def test_who_is_damaged_gets_no_link_that_would_invite_nobody(
    owner: Visitor, tmp_path: Path
) -> None:
    owner.household.add("emma", **WEIGHTS)
    spoil(tmp_path / "healthrelay.db", "settings")

    page = owner.open("start/people").text

    assert "What is stored of Emma cannot be read." in page
    assert "people/emma/invite" not in page


def test_a_link_ends_after_a_week_and_says_when(
    owner: Visitor, visitor: Visitor, household_clock: Clock
) -> None:
    add(owner)
    letters = link_of(owner)
    household_clock.advance(days=6, hours=23)
    assert visitor.open(f"i/{letters}").status_code == 200

    household_clock.advance(hours=2)
    page = visitor.open(f"i/{letters}")

    assert (page.status_code, heading(page)) == (403, "This link has ended")
    assert "It worked until Saturday 5 December." in page.text
    household_clock.advance(days=31)
    assert visitor.open(f"i/{letters}").status_code == 403


@pytest.mark.parametrize(
    ("letters", "status"), [("A" * 22, 403), ("A" * 21, 400), ("A" * 23, 400), ("%2e%2e", 400)]
)
def test_what_was_never_given_out_opens_nothing(
    visitor: Visitor, letters: str, status: int
) -> None:
    assert visitor.open(f"i/{letters}").status_code == status
    pressed = go_on(visitor, letters, page="sign-in")
    assert pressed.status_code == status


def test_another_link_ends_the_one_before(owner: Visitor, visitor: Visitor) -> None:
    add(owner)
    first = link_of(owner)

    made = owner.press("people/mia/invite", page="start/people")

    assert said(owner.follow(made)) == "Mia has a new link."
    second = link_of(owner)
    assert first != second
    assert visitor.open(f"i/{first}").status_code == 403
    assert visitor.open(f"i/{second}").status_code == 200
    ended = owner.press("people/mia/invite/end", page="start/people")
    assert "No open link." in owner.follow(ended).text
    assert visitor.open(f"i/{second}").status_code == 403


def test_who_is_erased_leaves_no_link(owner: Visitor, visitor: Visitor) -> None:
    add(owner)
    letters = link_of(owner)
    services = owner.household.services
    erase("mia", services.store, lambda _user: None, services.now())
    owner.household.add("mia")

    assert "mia" not in repr(stored(owner.household))
    assert visitor.open(f"i/{letters}").status_code == 403


def test_what_is_handed_on_is_good_for_minutes(
    owner: Visitor, visitor: Visitor, household_clock: Clock
) -> None:
    add(owner)
    letters = link_of(owner)
    place = go_on(visitor, letters).headers["Location"]
    assert place.startswith("/auth1?user=mia&pass=")

    household_clock.advance(minutes=11)

    answer = requests.get(f"{owner.household.url}{place}", timeout=30)
    page = requests.get(answer.headers["Refresh"].partition("url=")[2], timeout=30)
    assert (page.status_code, heading(page)) == (403, "That took more than ten minutes")
    assert f'href="/setup/i/{letters}"' in page.text
    assert connected(visitor, letters)


def igor_page(owner: Visitor) -> requests.Response:
    return owner.open("start/igor")


def make_paste(owner: Visitor) -> str:
    return box(owner.follow(owner.press("igor/paste", page="start/igor")), "paste")


def keys(paste: str) -> list[tuple[str, str]]:
    """Whom the paste is for, and their keys."""
    return re.findall(r"relay%3Fuser%3D(\w+)%26key%3D([\w-]+?)%26", paste)


def test_one_paste_has_everybodys_keys_and_they_open_their_numbers(
    owner: Visitor, somebody: Callable[[], Visitor], household_clock: Clock
) -> None:
    household = owner.household
    for user in ("jack", "mia"):
        household.connect(user, **WEIGHTS)
        household.fetched(user)

    paste = make_paste(owner)

    found = dict(keys(paste))
    assert sorted(found) == ["jack", "mia"]
    assert all(len(key) == 32 for key in found.values())
    for user, key in found.items():
        assert household.poll(user, key).status_code == 200
    assert box(igor_page(owner), "paste") == paste, "a reload shows it again"
    assert 'id="paste"' not in igor_page(somebody().sign_in()).text
    assert not any(key in repr(stored(household)) for key in found.values())
    household_clock.advance(hours=2)
    assert 'id="paste"' not in igor_page(owner).text
    assert household.poll("jack", found["jack"]).status_code == 200


def test_who_has_pasted_sees_the_keys_no_more(owner: Visitor) -> None:
    owner.household.connect(**WEIGHTS)
    first = dict(keys(make_paste(owner)))
    second = dict(keys(make_paste(owner)))

    closed = owner.follow(owner.press("igor/kept", page="start/igor"))

    assert said(closed) == "The keys are not shown any more."
    assert 'id="paste"' not in closed.text
    owner.household.fetched()
    assert owner.household.poll("jack", first["jack"]).status_code == 401
    assert owner.household.poll("jack", second["jack"]).status_code == 200


def test_a_paste_names_whom_it_is_for(owner: Visitor, household_clock: Clock) -> None:
    """Whom there is no key of in it comes with the next one."""
    owner.household.add("jack", **WEIGHTS)
    make_paste(owner)
    owner.household.add("mia", **WEIGHTS)

    shown = igor_page(owner).text

    assert [user for user, _ in keys(box(igor_page(owner), "paste"))] == ["jack"]
    assert "One paste for Jack." in shown
    household_clock.advance(hours=2)
    assert "One paste for Jack and Mia." in igor_page(owner).text


def test_it_came_when_igor_says_so(owner: Visitor) -> None:
    household = owner.household
    household.connect(**WEIGHTS)
    (_, key), *_ = keys(make_paste(owner))
    assert "There is nothing to fetch yet" in igor_page(owner).text
    household.fetched()
    assert "Nothing has come since 16:0" in igor_page(owner).text

    assert household.poll("jack", key).status_code == 200
    assert "Waiting for Igor" in igor_page(owner).text, "a poll alone proves nothing"
    ack = {"user": "jack", "key": key, "cursor": "1"}
    assert household.get("relay/ack", ack).status_code == 200

    page = igor_page(owner)
    assert "Igor has it" in page.text
    assert "Jack: it came at 16:0" in page.text
    assert "All times are Europe/Amsterdam." in page.text


def test_igors_times_are_those_of_the_people(owner: Visitor) -> None:
    household = owner.household
    household.connect(**WEIGHTS, timezone="Asia/Tokyo")
    (_, key), *_ = keys(make_paste(owner))
    household.fetched()
    assert "Nothing has come since 00:0" in igor_page(owner).text

    ack = {"user": "jack", "key": key, "cursor": "1"}
    assert household.get("relay/ack", ack).status_code == 200

    page = igor_page(owner).text
    assert "Jack: it came at 00:0" in page
    assert "All times are Asia/Tokyo." in page


@pytest.mark.parametrize(
    "typed", ["igor", "http://x/$(rm)", "javascript:alert(1)", "http://a'b", "http://u:p@igor"]
)
def test_what_is_no_address_of_igor_is_not_kept(owner: Visitor, typed: str) -> None:
    page = owner.press("igor", page="start/igor", where="here", igor=typed)

    assert (page.status_code, title(page)) == (422, "Error: Step 4 of 4: Igor · healthrelay")
    assert "igor_at" not in stored(owner.household)


@pytest.mark.parametrize("where", ["here", "house", "away"])
def test_a_wrong_address_leaves_where_igor_is_as_it_was_chosen(owner: Visitor, where: str) -> None:
    page = owner.press("igor", page="start/igor", where=where, igor="-").text

    assert re.findall(r'value="(\w+)" checked', page) == [where]


@pytest.mark.parametrize(
    ("settings", "where", "place"),
    [
        ({"HEALTHRELAY_RELAY_URL": "http://health.local:8080"}, "house", "health.local%3A8080"),
        ({"HEALTHRELAY_RELAY_URL": "http://health.local:8080"}, "here", "127.0.0.1%3A"),
    ],
)
def test_igor_fetches_from_where_it_reaches_us(owner: Visitor, where: str, place: str) -> None:
    owner.household.add("jack", **WEIGHTS)

    done = owner.press("igor", page="start/igor", where=where, igor="http://igor.local:9333/")

    assert "cannot reach" not in owner.follow(done).text
    paste = make_paste(owner)
    assert f"src=http%3A%2F%2F{place}" in paste
    assert "http://igor.local:9333/data/actions" in paste
    household_igor = owner.household.services.shared_targets
    assert household_igor == [], "an address to paste at is none to push to"


def test_who_cannot_be_reached_is_told_how(owner: Visitor) -> None:
    done = owner.press("igor", page="start/igor", where="house", igor="http://igor.local:9333")

    assert "Igor on another machine cannot reach http://127.0.0.1:" in owner.follow(done).text
