"""The door of the page: links that open it once, the owner key, sessions and their end."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from requests.cookies import create_cookie

from healthrelay.web.setup.links import page_link
from tests.household import OWNER_KEY, Clock, Household, run_command
from tests.web.setup.conftest import Visitor, heading, token_of

Somebody = Callable[[], Visitor]


def link_of(household: Household) -> str:
    """A new link, as a path."""
    return page_link(household.services).removeprefix(household.services.public_url)


def test_a_link_opens_the_page_without_the_key_in_its_address(visitor: Visitor) -> None:
    answer = visitor.open(link_of(visitor.household))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup")
    assert visitor.open().status_code == 200


def test_the_command_prints_such_a_link(visitor: Visitor) -> None:
    link = run_command("open").out.strip()

    answer = visitor.open(link.removeprefix(visitor.household.services.public_url))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup")


def test_a_link_opens_the_page_once(somebody: Somebody, household: Household) -> None:
    link, first, second = link_of(household), somebody(), somebody()
    first.open(link)

    again = second.open(link)

    assert (again.status_code, heading(again)) == (403, "This link was used already")
    assert second.open().headers["Location"] == "/setup/sign-in"
    # Whoever is in already may press "reload" or "back".
    assert first.open(link).status_code == 303
    assert first.open().status_code == 200


def test_of_many_who_take_a_link_at_once_one_is_let_in(
    somebody: Somebody, household: Household
) -> None:
    link, visitors = link_of(household), [somebody() for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda visitor: visitor.open(link), visitors))

    assert sorted(answer.status_code for answer in answers) == [303] + 7 * [403]


def test_a_link_ends_after_ten_minutes(visitor: Visitor, household_clock: Clock) -> None:
    link = link_of(visitor.household)
    household_clock.advance(minutes=10, seconds=5)

    answer = visitor.open(link)

    assert (answer.status_code, heading(answer)) == (403, "This link has ended")


def test_a_link_that_is_looked_at_is_not_spent(visitor: Visitor) -> None:
    link = link_of(visitor.household)

    looked = visitor.session.head(f"{visitor.household.url}{link}", allow_redirects=False)

    assert "Set-Cookie" not in looked.headers
    assert visitor.open(link).headers["Location"] == "/setup"


@pytest.mark.parametrize(
    "change", [lambda link: link[:-1], lambda link: f"{link[:20]}x{link[21:]}"]
)
def test_a_link_that_was_changed_opens_nothing(
    visitor: Visitor, change: Callable[[str], str]
) -> None:
    assert visitor.open(change(link_of(visitor.household))).status_code == 403


def test_the_owner_key_opens_the_page(visitor: Visitor) -> None:
    answer = visitor.type_key()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup")
    assert visitor.open().status_code == 200


def test_a_wrong_key_is_told_at_its_field(visitor: Visitor) -> None:
    answer = visitor.type_key("a guess")

    assert answer.status_code == 403
    assert "<title>Error: Sign in" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "4 tries are left." in answer.text
    assert "a guess" not in answer.text
    assert visitor.open().status_code == 303


@pytest.mark.parametrize(
    ("back", "place"),
    [
        ("sign-out", "/setup"),
        ("https://elsewhere.example/", "/setup"),
        ("//elsewhere.example", "/setup"),
        ("/\\elsewhere.example", "/setup"),
        ("sign-in?next=sign-in", "/setup"),
        ("assets/x\r\nSet-Cookie: a=b", "/setup/assets/x%0D%0ASet-Cookie:%20a=b"),
        ("assets/style.css", "/setup/assets/style.css"),
    ],
)
def test_the_way_back_after_the_key_is_a_page_of_ours(
    visitor: Visitor, back: str, place: str
) -> None:
    answer = visitor.type_key(back=back)

    assert (answer.status_code, answer.headers["Location"]) == (303, place)


def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it(visitor: Visitor) -> None:
    cookie = visitor.open(link_of(visitor.household)).headers["Set-Cookie"]

    assert cookie.startswith("session=")
    parts = {part.strip().partition("=")[0] for part in cookie.split(";")[1:]}
    assert parts == {"Expires", "Max-Age", "HttpOnly", "Path", "SameSite"}
    assert "Max-Age=43200" in cookie
    assert "Path=/;" in cookie
    assert cookie.endswith("SameSite=Lax")


class TestHttps:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"HEALTHRELAY_PUBLIC_URL": "https://relay.example"}

    def test_the_cookie_is_secure_and_bound_to_its_host(self, visitor: Visitor) -> None:
        cookie = visitor.open(link_of(visitor.household)).headers["Set-Cookie"]

        assert cookie.startswith("__Host-session=")
        assert "Secure;" in cookie
        assert "Path=/;" in cookie
        assert "Domain" not in cookie


def test_a_session_ends_after_twelve_hours(owner: Visitor, household_clock: Clock) -> None:
    household_clock.advance(hours=11, minutes=59)
    assert owner.open().status_code == 200
    household_clock.advance(minutes=1, seconds=5)

    answer = owner.open()

    assert (answer.status_code, heading(answer)) == (401, "Please sign in again")


def test_signing_in_gives_another_session_than_the_one_that_was_there(
    somebody: Somebody, household: Household
) -> None:
    visitor, thief = somebody(), somebody()
    thief.open("sign-in")
    planted = thief.session.cookies["session"]
    visitor.session.cookies.set("session", planted, domain="127.0.0.1")

    visitor.type_key()

    assert visitor.session.cookies.get("session", domain="127.0.0.1") != planted
    assert thief.open().status_code == 303
    assert thief.session.cookies["session"] == planted


def test_signing_out_takes_the_cookie_away(owner: Visitor) -> None:
    answer = owner.press("sign-out", page="/setup")

    assert answer.headers["Location"] == "/setup/sign-in"
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert owner.open().headers["Location"] == "/setup/sign-in"


def test_signing_out_everywhere_ends_every_session_and_every_printed_link(
    somebody: Somebody, owner: Visitor
) -> None:
    other, link = somebody().sign_in(), link_of(owner.household)

    owner.press("sign-out/everywhere", page="/setup")

    assert other.open().status_code == 401
    assert somebody().open(link).status_code == 403
    assert somebody().sign_in().open().status_code == 200


def test_what_a_change_did_is_said_once_and_to_who_made_it(
    somebody: Somebody, owner: Visitor
) -> None:
    said = "Every browser is signed out"
    answer = owner.press("sign-out/everywhere", page="/setup")
    other = somebody().sign_in()
    notice = owner.session.cookies["notice"]
    other.session.cookies.set_cookie(create_cookie("notice", notice, domain="127.0.0.1"))

    assert said not in other.open("/setup").text
    assert f'role="status">{said}' in owner.follow(answer).text
    assert said not in owner.follow(answer).text


def test_a_person_who_signs_out_everywhere_ends_their_own_sessions_alone(
    somebody: Somebody, owner: Visitor
) -> None:
    owner.household.add("jack")
    one, other = somebody().be("jack"), somebody().be("jack")
    assert one.open("/setup").headers["Location"] == "/setup/people/jack"
    owner.household.add("anna")
    not_theirs = one.open("people/anna")
    assert (not_theirs.status_code, heading(not_theirs)) == (404, "This is someone else’s page")

    one.press("sign-out/everywhere", page="people/jack")

    assert other.open("people/jack").status_code == 401
    assert owner.open("/setup").status_code == 200


def test_a_session_ends_with_the_person(somebody: Somebody, household: Household) -> None:
    household.add("jack")
    visitor = somebody().be("jack")
    household.services.store.identities.remove("jack")
    assert visitor.open("people/jack").status_code == 401

    household.add("jack")

    assert visitor.open("people/jack").status_code == 401


def test_one_persons_damage_keeps_nobody_else_out_of_a_browser(
    somebody: Somebody, household: Household
) -> None:
    household.add("jack")
    visitor = somebody().be("jack")
    path = household.services.settings.store.path or ""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        spoil = "UPDATE documents SET data = '{' WHERE path LIKE 'identities/jack/%invitations'"
        assert connection.execute(spoil).rowcount == 1

    assert visitor.open("people/jack").status_code == 401
    assert visitor.sign_in().open("").status_code == 200


def test_another_owner_key_ends_every_session(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTHRELAY_OWNER_KEY", OWNER_KEY[::-1])
    owner.household.rebuild()

    assert owner.open().status_code == 401


@pytest.mark.parametrize("token", ["", "0" * 80, "no token"])
def test_a_form_without_its_token_changes_nothing(owner: Visitor, token: str) -> None:
    answer = owner.press("sign-out/everywhere", token=token)

    assert (answer.status_code, heading(answer)) == (403, "This page was open too long")
    assert owner.open().status_code == 200


def test_the_token_of_another_session_opens_nothing(somebody: Somebody, owner: Visitor) -> None:
    other = somebody().sign_in()

    answer = owner.press("sign-out/everywhere", token=token_of(other.open("/setup")))

    assert answer.status_code == 403
    assert owner.open().status_code == 200


def test_a_token_is_another_one_on_each_page_and_all_of_them_are_good(owner: Visitor) -> None:
    one, other = token_of(owner.open("/setup")), token_of(owner.open("/setup"))

    assert one != other
    assert owner.press("sign-out", token=one).status_code == 303


def test_nobody_signs_in_from_another_site(visitor: Visitor) -> None:
    answer = visitor.press("sign-in", token="", owner_key=OWNER_KEY)

    assert answer.status_code == 403
    assert visitor.open().status_code == 303


def test_who_guesses_must_pause_and_nobody_else(
    somebody: Somebody, visitor: Visitor, household_clock: Clock
) -> None:
    stranger = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    visitor.session.headers.update(stranger)
    said = [visitor.type_key("a guess") for _ in range(5)]
    left = [re.search(r"(\w+) tr\w+ (?:is|are) left", answer.text) for answer in said]
    assert [match and match[1] for match in left] == ["4", "3", "2", "One", "0"]

    # Even the right key is not looked at, and what stands before us knows who it is.
    paused = visitor.type_key()
    visitor.session.headers["X-Forwarded-For"] = "192.0.2.1, 198.51.100.7"
    paused_too = visitor.type_key()

    assert (paused.status_code, paused_too.status_code) == (429, 429)
    assert "Signing in with the key is paused until 15:05 UTC." in paused.text
    assert visitor.open(link_of(visitor.household)).status_code == 303
    assert somebody().type_key().status_code == 303
    guesser = somebody()
    guesser.session.headers.update(stranger)
    household_clock.advance(minutes=5, seconds=5)
    assert guesser.type_key().status_code == 303


def test_a_cookie_of_another_purpose_is_no_session(visitor: Visitor) -> None:
    key = link_of(visitor.household).partition("key=")[2]
    visitor.session.cookies.set_cookie(create_cookie("session", key, domain="127.0.0.1"))

    assert visitor.open().status_code == 401
