"""The way of a person through a consent, in a real browser: cookies, redirects, what is to see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from sandbox import Sandbox
from tests.household import OWNER_KEY, Household

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]

provider_of_each = pytest.mark.parametrize("provider", ["google_health", "fitbit"])


@provider_of_each
def test_invited_person_allows_and_is_connected(household: Household, page: Page) -> None:
    household.add("jack", methods="get_bodyweight")

    page.goto(household.invitation())
    page.get_by_role("button", name="Allow").click()

    expect(page.get_by_role("heading")).to_have_text("Jack is connected")
    expect(page.locator("#granted li").first).to_be_visible()
    expect(page.locator("#withheld")).to_have_count(0)
    assert household.fetched()["connection"]["state"] == "connected"
    assert "code=" not in page.content()


def test_owner_types_the_key_once_and_the_browser_remembers(
    household: Household, page: Page
) -> None:
    household.add("jack", methods="get_bodyweight")
    household.add("emma", methods="sleep")

    page.goto(f"{household.url}/auth1?user=jack")
    page.get_by_label("Owner key").fill(OWNER_KEY)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading")).to_have_text("Jack is connected")

    page.goto(f"{household.url}/auth1?user=emma")
    page.locator("input[name=account]").fill("emma")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading")).to_have_text("Emma is connected")


def test_wrong_owner_key_is_told_in_a_sentence(household: Household, page: Page) -> None:
    household.add("jack")

    page.goto(f"{household.url}/auth1?user=jack")
    page.get_by_label("Owner key").fill("a guess")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("main")).to_contain_text("This is not the owner key.")


def test_person_who_denies_is_told_that_nothing_is_read(household: Household, page: Page) -> None:
    household.add("jack")

    page.goto(household.invitation())
    page.get_by_role("button", name="Deny").click()

    expect(page.get_by_role("main")).to_contain_text("Permission was not given")
    assert household.services.store.tokens.load("jack") is None


def test_person_who_unticks_is_told_what_is_not_read(household: Household, page: Page) -> None:
    household.add("jack", methods="get_bodyweight,sleep")

    page.goto(household.invitation())
    page.get_by_label("sleep").first.uncheck()
    page.get_by_role("button", name="Allow").click()

    expect(page.locator("#withheld li")).to_have_text(["sleep"])
    assert household.fetched()["connection"]["state"] == "partly granted"


def test_another_browser_cannot_finish_the_round(
    household: Household, page: Page, sandbox: Sandbox
) -> None:
    household.add("jack")
    page.goto(household.invitation())
    consent_page = page.url
    page.context.clear_cookies()

    page.goto(consent_page)
    page.get_by_role("button", name="Allow").click()

    expect(page.get_by_role("main")).to_contain_text("another browser")
    assert household.services.store.tokens.load("jack") is None


def test_going_back_and_allowing_again_says_that_it_was_used(
    household: Household, page: Page
) -> None:
    household.add("jack")
    page.goto(household.invitation())
    page.get_by_role("button", name="Allow").click()
    done = page.url
    expect(page.get_by_role("heading")).to_have_text("Jack is connected")

    page.goto(done)

    expect(page.get_by_role("main")).to_contain_text("used before")
    assert household.fetched()["user"] == "jack"
