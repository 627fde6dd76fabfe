"""The door and Today in a real browser, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from healthrelay.web.setup.links import page_link
from tests.browser.looking import Watched, without_script
from tests.household import OWNER_KEY, Household
from tests.web.setup.test_today import EVERYTHING, connect_jack

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]


@pytest.fixture
def home(household: Household) -> Household:
    """Jack is well, anna must connect, mia is waiting for her first measurement."""
    connect_jack(household)
    household.add("anna", **EVERYTHING)
    household.connect("mia", **EVERYTHING)
    return household


def test_the_owner_comes_in_by_the_link_and_sees_everybody(home: Household, page: Page) -> None:
    watched = Watched(page)
    page.goto(page_link(home.services))

    expect(page).to_have_title("Today · healthrelay")
    assert page.url == f"{home.services.public_url}/setup"
    expect(page.get_by_role("heading", level=2)).to_have_text(["Jack", "Anna", "Mia"])
    watched.check()

    page.get_by_role("link", name="Anna needs you").click()
    assert page.url.endswith("/setup#anna")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    watched.check()


def test_the_key_is_typed_and_a_wrong_one_is_told(home: Household, page: Page) -> None:
    watched = Watched(page)
    page.goto(f"{home.services.public_url}/setup/people/jack")
    expect(page).to_have_title("Sign in · healthrelay")
    watched.check()
    page.get_by_label("Owner key").fill("a guess")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("That is not the owner key.")
    expect(page.get_by_label("Owner key")).to_be_focused()
    # The browser says that the answer was a 403.
    assert [text for text in watched.troubles if "403" not in text] == []
    watched.troubles.clear()
    watched.check()
    page.get_by_label("Owner key").fill(OWNER_KEY)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Jack")


def test_a_link_that_was_used_leads_on(home: Household, page: Page, chromium: Browser) -> None:
    link = page_link(home.services)
    with without_script(chromium) as other:
        other.goto(link)
        expect(other.get_by_role("heading", level=2)).to_have_count(3)

    page.goto(link)

    expect(page.get_by_role("heading", level=1)).to_have_text("This link was used already")
    Watched(page).check()
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("Owner key")).to_be_visible()


def test_nothing_needs_a_script(home: Household, chromium: Browser) -> None:
    with without_script(chromium) as page:
        page.goto(f"{home.services.public_url}/setup")
        page.get_by_label("Owner key").fill(OWNER_KEY)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Saturday 28 November")

        page.get_by_role("button", name="Fetch now: Mia").click()
        page.get_by_role("link", name="healthrelay").click()
        expect(page.get_by_role("heading", level=2)).to_have_text(["Jack", "Anna", "Mia"])
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_keyboard_goes_as_the_page_reads(home: Household, page: Page) -> None:
    page.goto(page_link(home.services))
    names = []
    for _ in range(13):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label')"
                " || document.activeElement.textContent.trim()"
            )
        )

    ordered = ["Skip to the content", "healthrelay sandbox", "Today", "Anna needs you"]
    ordered += ["Jack", "Fetch now: Jack", "Anna", "Send Anna a link: Anna", "Mia"]
    assert [name for name in names if name in ordered][: len(ordered)] == ordered


def test_the_owner_signs_out_everywhere(home: Household, page: Page) -> None:
    watched = Watched(page)
    page.goto(page_link(home.services))
    page.get_by_role("button", name="Sign out everywhere").click()

    expect(page.get_by_role("status")).to_contain_text("Every browser is signed out")
    watched.check()
    page.reload()
    expect(page.get_by_role("status")).to_have_count(0)


def test_an_empty_household_is_welcomed(household: Household, page: Page) -> None:
    watched = Watched(page)
    page.goto(page_link(household.services))

    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody is here yet")
    watched.check()


def test_a_page_that_lay_open_for_hours_says_so(
    home: Household, page: Page, household_clock: object
) -> None:
    page.goto(page_link(home.services))
    household_clock.advance(hours=13)  # type: ignore[attr-defined]
    page.get_by_role("button", name="Fetch now: Jack").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in again")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Owner key").fill(OWNER_KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jack")
