"""Settings in a real browser: units for everybody, and what is read of one, by clicks alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from healthrelay.core.household.reads import reads_in
from healthrelay.web.setup.links import page_link
from tests.browser.looking import Watched, without_script
from tests.household import Household
from tests.web.setup.test_today import connect_jack

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]


@pytest.fixture
def home(household: Household) -> Household:
    """Jack, with a weight of 82.4 kg."""
    connect_jack(household)
    return household


def change_units_and_reads(home: Household, page: Page) -> None:
    """From Today to pounds, and to a person whose steps are no longer read."""
    page.goto(page_link(home.services))
    expect(page.locator(".big").first).to_have_text(re.compile(r"^82\.4 kg$"))
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Units").select_option("American: pounds, miles")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved.")

    page.get_by_role("link", name="Settings of Jack").click()
    page.get_by_label("Steps").uncheck()
    page.get_by_label("How often").select_option("Every 15 minutes")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_label("Steps")).not_to_be_checked()

    page.get_by_role("link", name="Back to Jack").click()
    expect(page.locator(".big").first).to_have_text(re.compile(r"^181\.7 lb$"))


def assert_changed(home: Household) -> None:
    settings = home.services.store.identities.settings("jack") or {}
    assert reads_in(settings) == ("weight", "sleep")
    assert settings["interval"] == "900"


def test_units_and_reads_are_chosen(home: Household, page: Page) -> None:
    watched = Watched(page)

    change_units_and_reads(home, page)

    watched.check()
    assert_changed(home)


def test_settings_need_no_script(home: Household, chromium: Browser) -> None:
    with without_script(chromium) as page:
        change_units_and_reads(home, page)

    assert_changed(home)


def test_a_mistake_has_the_focus_and_leads_to_its_field(home: Household, page: Page) -> None:
    page.goto(page_link(home.services))
    page.goto(f"{home.services.public_url}/setup/people/jack/settings")
    page.get_by_label("Time zone").fill("Amsterdam")
    page.keyboard.press("Enter")

    expect(page).to_have_title("Error: Settings of Jack · healthrelay")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Look at what you typed").click()
    expect(page.get_by_label("Time zone")).to_be_focused()
    expect(page.get_by_label("Time zone")).to_have_value("Amsterdam")
    expect(page.get_by_label("Time zone")).to_have_accessible_description(
        re.compile("timezone takes a name like Europe/Amsterdam")
    )
