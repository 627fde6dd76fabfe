"""From an empty database to a connected person and an Igor that has it, with nothing but clicks."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from healthrelay.core.delivery.progress import reader_key
from healthrelay.web.setup.links import page_link
from tests.browser.looking import Watched, without_script
from tests.household import Household
from tests.igor.printed import run_commands
from tests.peers.igor import Igor

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]

ID = "sandbox-client.apps.example"


@pytest.fixture
def settings() -> dict[str, str]:
    """No client comes from the environment."""
    return {"HEALTHRELAY_CLIENT_ID": "", "HEALTHRELAY_CLIENT_SECRET": ""}


class Hand:
    """Clicks and types, and counts."""

    def __init__(self) -> None:
        self.clicks = self.typed = 0

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

    def type(self, place: Locator, text: str) -> None:
        self.typed += 1
        place.fill(text)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=name, exact=True)


def secret_of(household: Household) -> str:
    found: str = household.sandbox.settings["HEALTHRELAY_CLIENT_SECRET"]
    return found


def test_from_nothing_to_igor_without_a_script(
    household: Household,
    make_igor: Callable[..., Igor],
    chromium: Browser,
    capsys: pytest.CaptureFixture[str],
) -> None:
    igor, hand = make_igor(capabilities=True), Hand()
    igor.make_parent()
    began = time.monotonic()
    with without_script(chromium) as owner, without_script(chromium) as mia:
        owner.goto(page_link(household.services))
        hand.click(link(owner, "Set up"))

        _project(owner, hand)
        _client(owner, hand, household)
        _person(owner, mia, hand)
        household.fetched("mia")
        _igor(owner, hand, household, igor)

        hand.click(link(owner, "Finish"))
        expect(owner.get_by_role("heading", level=2)).to_have_text(["Mia"])
        expect(owner.get_by_role("main")).to_contain_text("kg")
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(f"\nset-up: {hand.clicks} clicks, {hand.typed} fields, {seconds:.1f} s")
    assert hand.clicks <= 16
    assert "healthrelay-mia" in igor.data_xml("actions/action[name='healthrelay-mia']/name")


def _project(owner: Page, hand: Hand) -> None:
    expect(owner).to_have_title("Step 1 of 4: Google project · healthrelay")
    hand.type(owner.get_by_label("Project ID"), "our-house-4711")
    hand.click(button(owner, "Save"))
    expect(owner.get_by_role("status")).to_have_text("The links below open your project.")
    opened = link(owner, "Open “Audience”").get_attribute("href")
    assert opened == "https://console.cloud.google.com/auth/audience?project=our-house-4711"
    hand.click(link(owner, "Continue"))


def _client(owner: Page, hand: Hand, household: Household) -> None:
    expect(owner.get_by_role("heading", level=1)).to_have_text("The client")
    callback = owner.get_by_label("Redirect address").input_value()
    assert callback == f"{household.services.public_url}/auth2"
    hand.type(owner.get_by_label("Client ID"), ID)
    hand.type(owner.get_by_label("Client secret"), secret_of(household))
    hand.click(button(owner, "Check and keep"))
    expect(owner.get_by_role("status")).to_contain_text("knows this client")
    hand.click(link(owner, "Continue"))


def _person(owner: Page, mia: Page, hand: Hand) -> None:
    hand.type(owner.get_by_label("Name"), "mia")
    hand.click(button(owner, "Add and make a link"))
    expect(owner.get_by_role("status")).to_have_text("Mia was added. Send the link below.")
    address = owner.get_by_role("textbox", name="Link for Mia").input_value()
    assert "mia" not in address

    mia.goto(address)
    hand.click(mia.get_by_role("button", name="Go on to Google Health"))
    hand.type(mia.locator("input[name=account]"), "mia")
    hand.click(mia.get_by_role("button", name="Allow"))
    expect(mia.get_by_role("heading", level=1)).to_have_text("Is this you?")

    hand.click(button(owner, "Look again: Mia"))
    expect(owner.get_by_role("main")).to_contain_text("Mia is connected.")
    hand.click(link(owner, "Continue"))


def _igor(owner: Page, hand: Hand, household: Household, igor: Igor) -> None:
    hand.type(owner.get_by_label("Igor’s address"), igor.url)
    hand.click(button(owner, "Save"))
    expect(owner.get_by_role("main")).to_contain_text("Waiting for Igor")
    hand.click(button(owner, "Make the paste"))
    run_commands(owner.get_by_label("Command to paste").input_value())
    log = household.services.store.log
    igor.until(lambda: log.following("mia").progress(reader_key("igor")).sequence > 0)
    hand.click(button(owner, "I have pasted it"))
    expect(owner.get_by_role("main")).to_contain_text("Igor has it")
    expect(owner.get_by_role("main")).to_contain_text("Mia: it came at 16:0")
    expect(owner.get_by_label("Command to paste")).to_have_count(0)


def test_every_screen_is_one_for_everybody(household: Household, page: Page) -> None:
    """With its mistakes, and with everybody in every state."""
    watched = Watched(page)
    url = f"{household.services.public_url}/setup"
    page.goto(page_link(household.services))
    for step in ("google", "client", "people", "igor"):
        page.goto(f"{url}/start/{step}")
        watched.check()
    page.goto(f"{url}/start/google")
    page.get_by_label("Project ID").fill("Our House")
    button(page, "Save").click()
    _mistake(watched, "Error: Step 1 of 4: Google project")
    page.goto(f"{url}/start/client")
    page.get_by_label("Client ID").fill(ID)
    page.get_by_label("Client secret").fill("made-up")
    button(page, "Check and keep").click()
    _mistake(watched, "Error: Step 2 of 4: Client")
    assert page.get_by_label("Client secret").input_value() == ""
    page.goto(f"{url}/start/igor")
    page.get_by_label("Igor’s address").fill("igor at home")
    button(page, "Save").click()
    _mistake(watched, "Error: Step 4 of 4: Igor")
    page.goto(f"{url}/start/client")
    page.get_by_label("Client ID").fill(ID)
    page.get_by_label("Client secret").fill(secret_of(household))
    button(page, "Check and keep").click()
    watched.check()
    page.goto(f"{url}/start/people")
    page.get_by_label("Name").fill("Mia Of The House")
    button(page, "Add and make a link").click()
    _mistake(watched, "Error: Step 3 of 4: People")
    page.get_by_label("Name").fill("mia")
    button(page, "Add and make a link").click()
    page.get_by_label("Name").fill("anna")
    button(page, "Add and make a link").click()
    button(page, "End the link: Mia").click()
    watched.check()
    opened = page.get_by_role("textbox", name="Link for Anna").input_value()
    page.goto(f"{url}/start/igor")
    page.get_by_label("On another machine in the house").check()
    button(page, "Save").click()
    expect(page.get_by_role("main")).to_contain_text("Igor on another machine cannot reach")
    button(page, "Make the paste").click()
    watched.check()
    page.goto(opened)
    watched.check()


def test_copy_copies_also_where_the_browser_keeps_its_clipboard_from_pages(
    household: Household, page: Page
) -> None:
    """As from another machine in the house, which reaches us over http."""
    watched = Watched(page)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(page_link(household.services))
    page.goto(f"{household.services.public_url}/setup/start/igor")
    copy = page.get_by_role("button", name="Command to type")

    copy.click()

    expect(copy).to_contain_text("Copied")
    field = page.get_by_label("Igor’s address")
    field.fill("")
    field.press("Control+V")
    expect(field).to_have_value("igorSetup addstd copytree")
    assert watched.troubles == []


def test_what_could_not_be_copied_is_not_said_to_be(household: Household, page: Page) -> None:
    watched = Watched(page)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.add_init_script("document.execCommand = () => false")
    page.goto(page_link(household.services))
    page.goto(f"{household.services.public_url}/setup/start/igor")
    copy = page.get_by_role("button", name="Command to type")

    copy.click()

    # Whoever presses Control+C has it.
    assert page.evaluate("getSelection().toString()") == "igorSetup addstd copytree"
    expect(copy).to_contain_text("Copy")
    assert watched.troubles == []


def _mistake(watched: Watched, title: str) -> None:
    page = watched.page
    expect(page).to_have_title(f"{title} · healthrelay")
    expect(page.get_by_role("alert")).to_be_focused()
    # The browser says that the answer was a 422.
    assert [text for text in watched.troubles if "422" not in text] == []
    watched.troubles.clear()
    watched.check()
