"""A receiver's life on the page, with nothing but clicks, and the script of docs/receivers."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from healthrelay.web.setup.links import page_link
from tests.browser.looking import Watched, without_script
from tests.household import WEIGHTS, Household
from tests.peers.process import Process, free_port
from tests.receivers.conftest import env, household_clock
from tests.receivers.test_webhooks import RECEIVERS
from tests.web.setup.test_deliveries import weigh

__all__ = ["env", "household_clock"]  # the clock by which the script looks at what comes
pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]

ANOTHER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
Start = Callable[[str], Process]


@pytest.fixture
def url() -> str:
    return f"http://127.0.0.1:{free_port()}/hook"


@pytest.fixture
def start(url: str, env: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start the script with a secret, in place of the one that runs."""
    running: list[Process] = []

    def act(secret: str) -> Process:
        for process in running:
            process.kill()
        port = url.rpartition(":")[2].partition("/")[0]
        argv = [sys.executable, "-I", "-S", RECEIVERS / "receive.py", port]
        log, given = tmp_path / "receiver.log", env | {"HEALTHRELAY_SECRET": secret}
        process = Process(argv, env=given, cwd=tmp_path, log=log)
        process.wait_until(lambda: _status(url) == 401, 30)
        running.append(process)
        return process

    yield act
    for process in running:
        process.kill()


def _status(url: str) -> int:
    try:
        return requests.post(url, b"{}", timeout=30).status_code
    except requests.ConnectionError:
        return 0


def open_deliveries(page: Page, household: Household) -> None:
    page.goto(page_link(household.services))
    page.get_by_role("navigation").get_by_role("link", name="Set up").click()
    page.get_by_role("navigation").get_by_role("link", name="Deliveries").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deliveries")


def press(page: Page, name: str) -> str:
    """Press one of the target's buttons; return what the page says then."""
    button = page.get_by_role("button", name=re.compile(f"^{name}: node-red, "))
    if not button.is_visible():
        page.get_by_text("Change node-red").click()
    button.click()
    return page.get_by_role("status").inner_text()


def test_a_receiver_from_its_first_day_to_its_last_without_a_script(
    household: Household, chromium: Browser, url: str, start: Start
) -> None:
    household.add(**WEIGHTS)
    receiver = start(ANOTHER_SECRET)
    with without_script(chromium) as page:
        open_deliveries(page, household)
        page.get_by_label("Name").fill("node-red")
        page.get_by_label("Whose measurements").select_option("Jack")
        page.get_by_label("Address", exact=True).fill(url)
        page.get_by_label("It is in this house").check()
        page.get_by_role("button", name="Try it and keep").click()
        secret = page.get_by_label("The secret").input_value()
        page.get_by_role("link", name="I have kept it").click()
        expect(page.get_by_label("The secret")).to_have_count(0)

        refused = "The test did not arrive: node-red answered 401."
        assert press(page, "Send a test") == refused
        start(secret)
        assert press(page, "Send a test") == "The test has arrived: node-red."

        receiver = start(secret)
        receiver.kill()
        weigh(household, 27)
        page.reload()
        expect(
            page.get_by_text(re.compile(r"It has not answered since .*Next try"))
        ).to_be_visible()
        start(secret)
        assert press(page, "Try now") == "Everything has arrived: node-red."
        expect(page.get_by_text("Everything that changed has arrived, last")).to_be_visible()

        press(page, "New secret")
        assert page.get_by_label("The secret").input_value() != secret
        page.reload()
        expect(page.get_by_label("The secret")).to_have_count(0)
        assert press(page, "End the old secret") == "Only the newest secret is good now: node-red."
        assert press(page, "Send a test") == refused
        assert press(page, "Remove") == "Nothing is sent there any more: node-red."
        expect(page.get_by_role("heading", name="node-red")).to_have_count(0)


def test_an_address_that_is_wrong_is_said_beside_its_field(
    household: Household, page: Page, url: str
) -> None:
    household.add(**WEIGHTS)
    watched = Watched(page)
    open_deliveries(page, household)
    watched.check()
    page.get_by_label("Name").fill("node-red")
    page.get_by_label("Address", exact=True).fill(url.replace("http:", "https:"))
    page.get_by_role("button", name="Try it and keep").click()

    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Back to the form").click()
    house = page.get_by_label("It is in this house")
    expect(house).to_be_focused()
    expect(house).to_have_accessible_description(re.compile("That address leads into this house"))
    page.keyboard.press("Space")
    page.get_by_label("Address", exact=True).press("Enter")
    expect(page.get_by_text("Nothing answers there. Does it run").first).to_be_visible()
    expect(page.get_by_label("Address", exact=True)).to_have_value(url.replace("http:", "https:"))
