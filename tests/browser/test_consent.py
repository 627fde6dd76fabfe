"""The way of a person through a consent, in a real browser: cookies, redirects, what is to see.

All of it goes with and without a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from healthrelay.flows.grants.links import invite, link_code
from healthrelay.web.setup.links import page_link
from tests.browser.looking import Watched, without_script
from tests.household import OWNER_KEY, Household
from tests.peers.chromium import stranger

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]

provider_of_each = pytest.mark.parametrize("provider", ["google_health", "fitbit"])
BOTH = {"methods": "get_bodyweight,sleep", "period": "1w"}


@pytest.fixture
def household(household: Household) -> Household:
    household.add("jack", **BOTH)
    return household


class Unwatched(Watched):
    """Of a page without a script, which cannot be looked through; test_every_page.py does both."""

    def check(self) -> None:
        """Leave it to that."""


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(chromium: Browser, scripted: bool) -> Iterator[Page]:
    with (stranger if scripted else without_script)(chromium) as opened:
        yield opened


@pytest.fixture
def other(chromium: Browser, scripted: bool) -> Iterator[Page]:
    """A page in a second browser."""
    with (stranger if scripted else without_script)(chromium) as opened:
        yield opened


@pytest.fixture
def watched(page: Page, scripted: bool) -> Watched:
    return Watched(page) if scripted else Unwatched(page)


def link_of(household: Household, user: str = "jack") -> str:
    services = household.services
    made = invite(user, services.consent, services.store.identities, services.now())
    return f"{household.url}/setup/i/{link_code(made.id, OWNER_KEY)}"


def go_on(page: Page, link: str) -> None:
    """From the invitation to the provider's own page."""
    page.goto(link)
    page.get_by_role("button", name=re.compile("^Go on to")).click()


def allow(page: Page, account: str = "") -> None:
    if account:
        page.locator("input[name=account]").fill(account)
    page.get_by_role("button", name="Allow").click()


def see(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def check(watched: Watched) -> None:
    """Check the page; that one has the status of a failure, and the provider no icon, is known."""
    watched.troubles[:] = [
        one for one in watched.troubles if not re.search(r"responded with a status of 4\d\d", one)
    ]
    watched.check()


def no_grant(household: Household) -> bool:
    return household.services.store.tokens.load("jack") is None


@provider_of_each
def test_invited_person_allows_and_is_connected(household: Household, watched: Watched) -> None:
    page = watched.page
    page.goto(link_of(household))
    see(page, "Jack, may we read these?")
    check(watched)

    page.get_by_role("button", name=re.compile("^Go on to")).click()
    allow(page)

    see(page, "Is this you?")
    expect(page.get_by_text(re.compile("^Your weight"))).to_be_visible()
    expect(page.get_by_text("Not allowed")).to_have_count(0)
    assert "code=" not in page.content() + page.url
    check(watched)
    page.reload()
    see(page, "Is this you?")
    page.get_by_role("button", name="Yes, that is me").click()
    see(page, "Jack")
    assert household.fetched()["connection"]["state"] == "connected"


def test_the_old_way_of_an_invitation_still_leads_there(household: Household, page: Page) -> None:
    page.goto(household.invitation())
    allow(page)

    see(page, "Is this you?")


def test_owner_signs_in_and_connects(household: Household, page: Page) -> None:
    page.goto(f"{household.url}/auth1?user=jack")
    page.get_by_label("Owner key").fill(OWNER_KEY)
    page.get_by_role("button", name="Sign in").click()
    see(page, "Jack, may we read these?")
    page.get_by_role("button", name=re.compile("^Go on to")).click()
    allow(page)

    see(page, "Is this you?")
    page.goto(f"{household.url}/setup")
    expect(page.get_by_role("heading", level=2, name="Jack")).to_be_visible()


def test_person_who_denies_is_led_back_to_their_link(
    household: Household, watched: Watched
) -> None:
    page, link = watched.page, link_of(household)
    go_on(page, link)
    page.get_by_role("button", name="Deny").click()

    see(page, "Nothing was allowed")
    check(watched)
    assert no_grant(household)
    page.get_by_role("link", name="Connect").click()
    assert page.url == link


def test_person_who_unticks_is_told_what_is_not_read(household: Household, page: Page) -> None:
    go_on(page, link_of(household))
    page.get_by_label("sleep").first.uncheck()
    allow(page)

    expect(page.get_by_text("Not allowed, so never read: Sleep.")).to_be_visible()
    assert household.fetched()["connection"]["state"] == "partly granted"
    page.get_by_role("link", name="Allow it: Sleep").click()
    page.get_by_role("button", name=re.compile("^Go on to")).click()
    allow(page)
    expect(page.get_by_text("Not allowed")).to_have_count(0)


def test_another_browser_starts_over_from_the_same_link(
    household: Household, page: Page, other: Page
) -> None:
    link = link_of(household)
    go_on(page, link)

    other.goto(page.url)
    allow(other)

    see(other, "Go on in one browser")
    assert no_grant(household)
    other.get_by_role("link", name="Start here").click()
    assert other.url == link
    other.get_by_role("button", name=re.compile("^Go on to")).click()
    allow(other)
    see(other, "Is this you?")


def test_a_link_that_was_used_opens_nothing_in_another_browser(
    household: Household, page: Page, other: Page
) -> None:
    link = link_of(household)
    other.goto(link)
    go_on(page, link)
    allow(page)
    see(page, "Is this you?")

    other.get_by_role("button", name=re.compile("^Go on to")).click()

    see(other, "This link is not good any more")
    expect(other.get_by_role("link", name="Ask for a new link")).to_be_visible()


def test_a_wrong_account_is_refused_and_the_right_one_taken(
    household: Household, watched: Watched
) -> None:
    page = watched.page
    household.connect("jack")
    household.services.disconnect("jack")
    go_on(page, link_of(household))
    allow(page, "petra")

    see(page, "This is another Google account")
    check(watched)
    assert not household.sandbox.honours("petra")
    page.get_by_role("button", name="Choose the account").click()
    allow(page, "jack")
    see(page, "Is this you?")


def test_that_is_not_me_undoes_it_and_another_account_may_come(
    household: Household, watched: Watched
) -> None:
    page = watched.page
    go_on(page, link_of(household))
    allow(page, "petra")
    page.get_by_role("link", name="No, someone else").click()
    see(page, "Not you?")
    check(watched)
    page.get_by_role("button", name="Remove it, and choose again").click()

    see(page, "Jack, may we read these?")
    expect(page.get_by_role("status")).to_contain_text("Everything that came from that account")
    assert household.services.store.records.everything("jack") == []
    page.get_by_role("button", name=re.compile("^Go on to")).click()
    allow(page, "jack")
    see(page, "Is this you?")


def test_who_ended_it_at_the_provider_connects_again(household: Household, page: Page) -> None:
    household.connect("jack")
    household.fetched()
    household.sandbox.revoke("jack")
    household.change_grant(expires_at="2026-11-01T00:00:00+00:00")
    assert household.fetch().status_code == 503
    household.wait_a_minute()
    assert household.fetch().status_code == 502

    page.goto(page_link(household.services).replace(household.services.public_url, household.url))
    page.goto(f"{household.url}/setup/people/jack/connect")
    page.get_by_role("button", name=re.compile("^Go on to")).click()
    allow(page)

    expect(page.get_by_text("Jack is connected").first).to_be_visible()
    assert household.fetch().status_code == 200


def test_who_types_their_name_is_erased_and_has_a_receipt(
    household: Household, watched: Watched
) -> None:
    page = watched.page
    go_on(page, link_of(household))
    allow(page)
    page.get_by_role("link", name="See my page").click()
    page.get_by_role("link", name="Erase Jack").click()
    page.get_by_label("Type jack to erase").fill("mia")
    page.get_by_role("button", name="Erase Jack").click()
    see(page, "Erase Jack?")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was erased.")
    page.get_by_label("Type jack to erase").fill("jack")
    page.get_by_role("button", name="Erase Jack").click()

    see(page, "Jack is erased")
    check(watched)
    page.reload()
    see(page, "Jack is erased")
    assert household.services.store.identities.names() == []


def test_going_back_and_allowing_again_says_that_all_is_well(
    household: Household, page: Page
) -> None:
    go_on(page, link_of(household))
    back: list[str] = []
    page.on("request", lambda request: back.append(request.url))
    allow(page)
    see(page, "Is this you?")
    (done,) = [url for url in back if "/auth2?" in url]

    page.goto(done)

    see(page, "Jack")
    expect(page.get_by_role("status")).to_have_text("Jack is connected. Nothing was changed.")
