"""The first runs of four people who have only the docs, step by step.

`pytest -rP tests/e2e/test_first_runs.py` prints each step with its seconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sandbox import Sandbox
from sandbox.wearer import civil
from tests.e2e.owner import Owner, Transcript
from tests.house.measures import HERE as ROOT
from tests.house.shown import TEXTS, commands
from tests.house.test_docs import shows_what_readme_does
from tests.household import Household
from tests.igor.expected import JACK
from tests.igor.old_plugin import ALL, serve, use_old_plugin
from tests.local.test_commands import without_settings
from tests.local.test_wheel import tracked
from tests.peers import install
from tests.peers.igor import Igor

pytest_plugins = ["tests.peers.chromium"]
pytestmark = pytest.mark.peer


@pytest.fixture
def today() -> Iterator[Sandbox]:
    """A Google of today, because processes know no other day."""
    with Sandbox() as running:
        yield running


def typed(page: str, section: str = "") -> list[str]:
    """Return the commands of the page's section, in their order."""
    text = TEXTS[page].partition(section)[2] if section else TEXTS[page]
    return [one.text for one in commands(page, text) if one.typed]


def newest(sandbox: Sandbox) -> str:
    """Return the last day on which the wearer was weighed."""
    return max(civil(weight.at) for weight in sandbox.wearer.weights).date().isoformat()


@pytest.mark.xdist_group("wheel")
def test_a_developer_types_one_command(tmp_path: Path) -> None:
    checkout = tmp_path / "healthrelay"
    for name in tracked():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, checkout / name)
    transcript = Transcript("A developer, in a new checkout")
    first = typed("README.md")[0]
    assert first == "make run"
    before = os.times()

    with transcript.step(first):
        done = subprocess.run(
            first.split(),
            cwd=checkout,
            # What makes these tests is no part of it.
            env={k: v for k, v in without_settings().items() if not k.startswith("MAKE")}
            | {"ARGS": "--once"},
            capture_output=True,
            text=True,
            timeout=280,
        )

    if "No network" in done.stderr:
        install.unavailable("what it needs cannot be installed")
    assert done.returncode == 0, done.stderr
    assert shows_what_readme_does(done.stdout), done.stdout
    after = os.times()
    work = sum(after[2:4]) - sum(before[2:4])
    transcript.show()
    print(f"  {work:5.1f} s  of a processor")
    assert work < 40  # the clock of the wall is that of everything else on the machine, too


def test_a_household_with_the_old_plugin_types_ten_commands(
    make_igor: Callable[..., Igor], today: Sandbox, tmp_path: Path
) -> None:
    igor = make_igor()
    use_old_plugin(igor)
    settings = {"methods": "time_series", "resource": "body/weight", "period": "1m"}
    serve(igor, "jack", ALL, **settings)
    assert "<url>/plugin/fitbit?user=jack</url>" in igor.data_xml("actions")
    with Owner("A household with the old plugin", tmp_path / "owner", igor, today) as owner:
        for line in typed("docs/igor.md", "## From the old plugin"):
            owner.type(line)
            if "internal/stop" in line:
                (igor.database / "plugins" / "copytree").unlink()  # as if it had none
        owner.paste(1)

        assert len(owner.transcript.steps) == 10
        igor.until(lambda: "<value>74.979</value>" in igor.data_xml(JACK))
        assert "/plugin/fitbit?" not in igor.data_xml("actions")
        owner.shell("healthrelay fetch jack")
        igor.admin_get("/action/healthrelay-jack")
        igor.until(lambda: f"<dateTime>{newest(today)}</dateTime>" in igor.data_xml(JACK))


def test_a_home_server_with_igor_on_another_machine(
    make_igor: Callable[..., Igor], today: Sandbox, tmp_path: Path
) -> None:
    igor = make_igor()
    page = "docs/home.md"
    _, set_up, fetch, _, *_ = typed(page, "## Connect a person and Igor")
    reached, polled, *_ = typed(page, "### Igor on another machine")
    setting = "HEALTHRELAY_RELAY_URL=http://nas.local:8080"
    assert f"```\n{setting}\n```" in TEXTS[page]
    with Owner("A home server, Igor on another", tmp_path / "owner", igor, today) as owner:
        # Only the browser comes by 127.0.0.1.
        owner.at_home["http://nas.local:8080"] = f"http://127.0.0.2:{owner.port}"
        owner.type(typed(page)[0])
        owner.write(".env", setting)
        for line in (reached, set_up, fetch, polled):
            owner.type(line)
        assert "127.0.0.2" in owner.printed
        owner.paste(0)
        owner.paste(1)

        assert len(owner.transcript.steps) == 8
        igor.until(lambda: igor.status("sensors/fitbit").get("alive") is True)
        assert f"<dateTime>{newest(today)}</dateTime>" in igor.data_xml(JACK)


@pytest.mark.xdist_group("browser")
def test_a_family_member_opens_a_link_and_presses_once(household: Household, page: Page) -> None:
    household.add("jack", methods="get_bodyweight")
    link = household.invitation()
    transcript = Transcript("A family member, by the link")

    with transcript.step("open the link: the provider asks"):
        page.goto(link)
    with transcript.step("press Allow: connected, with the newest weight"):
        page.get_by_role("button", name="Allow").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Is this you?")
        expect(page.get_by_role("main")).to_contain_text("kg")
    transcript.show()
