"""A wearer's own pages: before the provider, after it, and "that is not me"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
import requests

from healthrelay.core.delivery.tasks import Task
from healthrelay.core.grants.consent import CONSENTS, scope_name
from healthrelay.flows.grants.links import end_links, invite, link_code
from healthrelay.local.consent_page import allow_page
from healthrelay.web.setup.texts import load_texts
from tests.household import OWNER_KEY, Clock, Household
from tests.web.setup.conftest import Visitor, heading, token_of

BOTH = {"methods": "time_series,sleep", "resource": "body/weight,activities/steps", "period": "1w"}
Somebody = Callable[[], Visitor]


class Tasks:
    """A queue that keeps what it is given."""

    dedup_window = timedelta(hours=1)

    def __init__(self) -> None:
        self.names: list[str] = []

    def enqueue(self, task: Task) -> bool:
        self.names.append(f"{task.function} {task.user} {task.name}")
        return self.names.count(self.names[-1]) == 1


@pytest.fixture
def queue(household: Household) -> Tasks:
    """The household's queue, which runs nothing by itself."""
    household.services.queue = tasks = Tasks()
    return tasks


@pytest.fixture
def link(household: Household, queue: Tasks) -> str:
    """Where jack's invitation is opened."""
    household.add("jack", **BOTH)
    return new_link(household)


def new_link(household: Household, user: str = "jack", *, reusable: bool = False) -> str:
    services = household.services
    made = invite(
        user, services.consent, services.store.identities, services.now(), reusable=reusable
    )
    return f"i/{link_code(made.id, OWNER_KEY)}"


def go_on(visitor: Visitor, link: str, user: str = "jack", account: str = "") -> requests.Response:
    """Open *link*, go on to the provider, allow all, and come back."""
    code = link.removeprefix("i/")
    away = visitor.press(f"people/{user}/connect", page=link, invitation=code)
    assert away.status_code == 303, away.text
    consent = visitor.get(away.headers["Location"])
    back = allow_page(consent.headers["Location"], account)
    return visitor.session.get(back, allow_redirects=False, timeout=20)


def connect(visitor: Visitor, link: str, user: str = "jack", account: str = "") -> str:
    """Do so, and return the path of the page behind it."""
    answer = go_on(visitor, link, user, account)
    assert answer.status_code == 303
    return urlsplit(answer.headers["Location"]).path


def test_before_the_provider_everything_is_said_and_nothing_is_spent(
    link: str, visitor: Visitor
) -> None:
    for _ in range(3):
        page = visitor.open(link)
        assert (page.status_code, heading(page)) == (200, "Jack, may we read these?")
    for words in (
        "Health metrics and measurements",
        "Your steps",
        "When you slept",
        "not verified",
    ):
        assert words in page.text
    assert "Food" not in page.text
    assert "works until Saturday 5 December" in page.text
    assert visitor.session.head(f"{visitor.household.url}/setup/{link}").status_code == 200

    assert connect(visitor, link) == "/setup/people/jack/connected"


@pytest.mark.parametrize("provider", list(CONSENTS))
def test_every_permission_has_plain_words(provider: str) -> None:
    texts = load_texts("en", "wearer")

    for scope in CONSENTS[provider].scopes:
        assert texts[f"scope.{provider}.{scope_name(scope)}"]
        assert texts[f"means.{provider}.{scope_name(scope)}"]


def test_the_page_after_it_is_shown_as_often_as_it_is_loaded_and_reads_once(
    link: str, visitor: Visitor, queue: Tasks
) -> None:
    path = connect(visitor, link)
    stranger = Visitor(visitor.household)

    pages = [visitor.open(path) for _ in range(3)]

    assert [heading(page) for page in pages] == ["Is this you?"] * 3
    # The first fetch is one task, however often somebody looks.
    assert (len(queue.names), len(set(queue.names))) == (3, 1)
    assert queue.names[0].startswith("fetch jack ")
    assert stranger.open(path).headers["Location"].startswith("/setup/sign-in")
    visitor.household.fetched()
    visitor.open(path)
    assert len(queue.names) == 3


def test_a_person_sees_only_themselves(link: str, visitor: Visitor) -> None:
    visitor.household.add("anna", **BOTH)
    connect(visitor, link)

    for path in (
        "people/anna",
        "people/anna/connected",
        "people/anna/not-me",
        "people/anna/connect",
    ):
        page = visitor.open(path)
        assert (page.status_code, heading(page)) == (404, "This is someone else’s page")
    for path in ("people/anna/me", "people/anna/disconnect"):
        assert visitor.press(path, page="people/jack", me="no").status_code == 404
    token = token_of(visitor.open("people/jack"))
    refused = visitor.press("people/anna/connect", token=token)
    assert (refused.status_code, heading(refused)) == (404, "This is someone else’s page")
    assert "Anna" not in visitor.open("people/jack/connected").text


def test_the_owner_stays_the_owner(link: str, owner: Visitor) -> None:
    connect(owner, link)

    assert owner.open("people/jack/connected").status_code == 200
    assert owner.open("/setup").status_code == 200


def test_yes_ends_the_question(link: str, visitor: Visitor) -> None:
    path = connect(visitor, link)

    answer = visitor.press("people/jack/me", page=path, me="yes")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup/people/jack")
    page = visitor.open(path)
    assert heading(page) == "Jack is connected"
    assert "Yes, that is me" not in page.text


def test_no_undoes_the_first_consent_and_the_link_works_again(
    link: str, visitor: Visitor, somebody: Somebody, queue: Tasks
) -> None:
    household = visitor.household
    path = connect(visitor, link, account="petra")
    household.fetched()
    other = somebody().be("jack")
    asked = visitor.open("people/jack/not-me")
    assert "everything that came from it goes" in asked.text
    assert household.services.store.records.everything("jack")

    answer = visitor.press("people/jack/me", page="people/jack/not-me", me="no")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/setup/{link}")
    page = visitor.follow(answer)
    assert heading(page) == "Jack, may we read these?"
    assert "Everything that came from that account is gone." in page.text
    store = household.services.store
    assert store.records.everything("jack") == []
    assert store.tokens.load("jack") is None
    assert store.accounts.load().people == {}
    assert not household.sandbox.honours("petra")
    # Whoever was signed in as jack is out, here and elsewhere; the targets are told.
    for one in (visitor, other):
        assert one.open("people/jack").status_code in (303, 401)
    assert queue.names[-1].startswith("deliver jack ")
    assert connect(visitor, link, account="jack") == path


def test_a_day_later_no_only_disconnects(
    link: str, visitor: Visitor, household_clock: Clock
) -> None:
    household = visitor.household
    connect(visitor, link)
    household.fetched()
    household_clock.advance(hours=25)
    himself = Visitor(household).be("jack")
    count = len(household.services.store.records.everything("jack"))
    assert "what was read stays" in himself.open("people/jack/not-me").text

    answer = himself.press("people/jack/me", page="people/jack/not-me", me="no")

    assert answer.headers["Location"] == "/setup/people/jack"
    assert "Jack is disconnected." in himself.follow(answer).text
    assert len(household.services.store.records.everything("jack")) == count > 0
    assert household.services.store.accounts.load().of("jack")


def test_disconnect_ends_the_permission_and_connect_gives_it_again(
    link: str, visitor: Visitor
) -> None:
    visitor.press("people/jack/me", page=connect(visitor, link), me="yes")

    answer = visitor.press("people/jack/disconnect", page="people/jack")

    assert answer.status_code == 303
    assert not visitor.household.sandbox.honours("jack")
    assert visitor.open("people/jack/connected").headers["Location"].endswith("/connect")
    away = visitor.press("people/jack/connect", page="people/jack/connect")
    consent = visitor.get(away.headers["Location"])
    back = allow_page(consent.headers["Location"])
    done = visitor.session.get(back, allow_redirects=False, timeout=20)
    assert urlsplit(done.headers["Location"]).path == "/setup/people/jack/connected"
    # It is the account of before: no question.
    assert heading(visitor.open("people/jack/connected")) == "Jack is connected"


def test_whose_permission_ended_is_not_said_to_be_connected(link: str, visitor: Visitor) -> None:
    path = connect(visitor, link)
    ended = visitor.household.services.now().isoformat()
    trouble = {"cause": "invalid_grant", "who": "wearer", "sentence": "No.", "since": ended}
    visitor.household.change_grant(health={"ended_at": ended, "refreshing": trouble})

    answer = visitor.open(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup/people/jack")
    assert "Jack must allow it again" in visitor.follow(answer).text


def test_an_account_without_measurements_says_so(link: str, visitor: Visitor) -> None:
    connect(visitor, link)
    trouble = {"cause": "account_not_linked", "who": "wearer", "sentence": "No data."}
    visitor.household.change_grant(health={"reading": trouble})

    page = visitor.open("people/jack/connected")

    assert (page.status_code, heading(page)) == (409, "This account has no measurements")
    assert 'action="/setup/people/jack/connect"' in page.text


@pytest.mark.parametrize(
    ("spoil", "status", "title"),
    [
        (lambda link: link[:-1], 400, "The link is incomplete"),
        (lambda link: link + "x", 400, "The link is incomplete"),
        (lambda link: "i/" + "A" * 22, 403, "This link is not good any more"),
        (lambda link: "i/" + "é" * 22, 403, "This link is not good any more"),
    ],
)
def test_what_is_no_link_opens_nothing(
    link: str, visitor: Visitor, spoil: Callable[[str], str], status: int, title: str
) -> None:
    page = visitor.open(spoil(link))

    assert (page.status_code, heading(page)) == (status, title)
    assert 'class="button" href="mailto:?subject=' in page.text


def test_a_used_link_is_good_for_nobody_else(
    link: str, visitor: Visitor, somebody: Somebody
) -> None:
    connect(visitor, link)

    stranger = somebody()
    page = stranger.open(link)
    assert (page.status_code, heading(page)) == (403, "This link is not good any more")
    code = link.removeprefix("i/")
    again = stranger.press("people/jack/connect", page="sign-in", invitation=code)
    assert again.status_code == 403
    # Who it connected is led to their own page.
    assert visitor.open(link).headers["Location"] == "/setup/people/jack"


def test_a_link_ends_after_a_week_or_when_the_owner_ends_it(
    household: Household, link: str, visitor: Visitor, household_clock: Clock
) -> None:
    other = new_link(household)
    end_links("jack", household.services.store.identities, household.services.now())
    assert [visitor.open(one).status_code for one in (link, other)] == [403, 403]
    late = new_link(household, reusable=True)
    assert visitor.open(late).status_code == 200
    household_clock.advance(days=7, minutes=1)

    page = visitor.open(late)

    assert heading(page) == "This link has ended"
    assert "It worked until Saturday 5 December." in page.text


def test_a_link_of_one_person_connects_no_other(link: str, visitor: Visitor) -> None:
    visitor.household.add("anna", **BOTH)
    code = link.removeprefix("i/")

    page = visitor.press("people/anna/connect", page=link, invitation=code)

    assert (page.status_code, heading(page)) == (400, "The link is incomplete")


def test_a_form_that_was_open_too_long_leads_back_to_the_invitation(
    link: str, visitor: Visitor
) -> None:
    code = link.removeprefix("i/")

    page = visitor.press("people/jack/connect", token="old", invitation=code)

    assert (page.status_code, heading(page)) == (403, "This page was open too long")
    assert f'href="/setup/{link}"' in page.text


@pytest.mark.parametrize("note", ["", "x", "https://evil.example/"])
def test_a_note_of_a_failure_that_is_not_ours_is_no_page(visitor: Visitor, note: str) -> None:
    page = visitor.open(f"problem?note={note}")

    assert page.status_code == 404
    assert "//evil" not in page.text


def test_a_failure_was_when_it_was_however_often_it_is_loaded(
    link: str, visitor: Visitor, household_clock: Clock
) -> None:
    household = visitor.household
    place = urlsplit(household.invitation()).query
    household.sandbox.fail("/token$", status=429, headers={"Retry-After": "600"})
    consent = visitor.get(f"/auth1?{place}")
    back = allow_page(consent.headers["Location"])
    led = visitor.session.get(back, allow_redirects=False, timeout=20)
    problem = led.headers["Refresh"].partition("url=")[2].removeprefix(household.url)

    times = []
    for _ in range(2):
        times.append(re.findall(r"at (\d\d:\d\d) UTC", visitor.open(problem).text))
        household_clock.advance(minutes=7)

    assert times == [["15:10", "15:00"]] * 2


def test_what_a_provider_says_of_a_failure_is_text(link: str, visitor: Visitor) -> None:
    away = visitor.press("people/jack/connect", page=link, invitation=link.removeprefix("i/"))
    consent = visitor.get(away.headers["Location"])
    state = re.findall(r"state=([^&]+)", consent.headers["Location"])[0]
    url = f"{visitor.household.url}/auth2?state={state}&error=%3Cscript%3Ealert(1)%3C/script%3E"

    answer = visitor.session.get(url, timeout=20)

    assert answer.status_code == 502
    assert "alert" not in unescape(answer.text)
