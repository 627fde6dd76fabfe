"""`healthrelay --sandbox`: every command that the docs print can be tried without an account."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests

from tests.house.measures import HERE as ROOT
from tests.house.test_docs import FENCED
from tests.local.test_commands import healthrelay, without_settings
from tests.peers.fork_server import fork_server
from tests.peers.process import Process, free_port

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("sandbox home")]

SECONDS = 60
REFERENCE = "<!-- What follows is written by"
"""Behind it docs/cli.md has examples; before it what is done, in the order in which it is done."""
START = re.compile(r"(?:\.venv/bin/)?healthrelay (?:--sandbox )?(?!--)")
_LOAD = """
import healthrelay.__main__, requests
from healthrelay import assembly
from healthrelay.commands import arguments, doctor, fetch, output, probe, store
from healthrelay.adapters import local_queue, oauth2, vault
from healthrelay.adapters.google_health import provider
from healthrelay.adapters.sqlite import store
from healthrelay.flows.measurements import fetch
from healthrelay.local import sandbox_home
"""
_RUN = "sys.exit(healthrelay.__main__.main(sys.argv[1:]))"

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the sandbox's household was made by the first command, with a target."""
    folder = tmp_path_factory.mktemp("sandbox")
    words = ["relay", "add", "jack", "https://hook.invalid", "--name", "node-red", "--no-check"]
    first = healthrelay(folder, "--sandbox", *words)
    assert first.returncode == 0, first.stderr
    assert first.stderr.startswith("Making the sandbox's household: jack, anna and mia …\n")
    return folder / "data"


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "data"))


@pytest.fixture
def run(home: Path) -> Run:
    """Run one command over that home; return its exit code and all that it printed."""
    settings = {**without_settings(), "HEALTHRELAY_HOME": str(home)}
    program = fork_server(sys.executable, frozenset(without_settings().items()), _LOAD, _RUN)
    names = (home.parent / f"log-{number}" for number in range(100))

    def run(*words: str, **more: str) -> tuple[int, str]:
        log = next(names)
        one = program.fork(words, env=settings | more, cwd=home.parent, log=log)
        return one.wait(SECONDS), log.read_text()

    return run


def typed(text: str) -> list[str]:
    """Return the lines of the fenced blocks of *text*."""
    return [line.strip() for _, block in FENCED.findall(text) for line in block.split("\n")]


def printed() -> Iterator[str]:
    """The commands that README and the first part of the page of commands print."""
    lines = typed((ROOT / "README.md").read_text())
    lines += typed((ROOT / "docs" / "cli.md").read_text().partition(REFERENCE)[0])
    for line in lines:
        if (found := START.match(line)) and not SERVES.match(words := line[found.end() :]):
            yield words.partition("#")[0].strip()


SERVES = re.compile("serve|run|service")
"""What serves until it is stopped; see below, and test_run.py. The real service is not touched."""
UNASKED = re.compile("erase|disconnect|move-account")
"""What asks for the name on a terminal."""
OTHERWISE = {
    "doctor": (3, "anna: needs reconnect since"),
    "igor https": (4, "igor.example:9333 has no address."),
    "import igor": (2, "database.xml cannot be read"),
    "load": (2, "household.ndjson cannot be read"),
    "register": (2, "HEALTHRELAY_CLIENT_ID is set, and wins over what is kept."),
    "relay add": (2, "jack has a target node-red already."),
    "relay test": (4, "The name hook.invalid was not found"),
    "setup": (2, "Without a terminal --project must be given."),
    "user add jack": (2, "There is a user jack already."),
}
"""How a command begins that needs what the sandbox cannot give → its exit code, and why."""


@pytest.mark.parametrize("line", sorted(set(printed())))
def test_every_printed_command_can_be_tried(run: Run, line: str) -> None:
    words = shlex.split(line) + (["--yes"] if UNASKED.match(line) else [])
    whole = {begin: otherwise for begin, otherwise in OTHERWISE.items() if line.startswith(begin)}
    code, text = whole.popitem()[1] if whole else (0, "")

    done, output = run("--sandbox", *words)

    assert done == code, output
    assert text in output
    assert "Traceback" not in output


def test_the_three_are_as_the_page_says(run: Run) -> None:
    _, output = run("status", "--sandbox", "--json")

    people = json.loads(output)["result"]
    states = {name: one["connection"]["state"] for name, one in people.items()}
    assert states == {"jack": "connected", "anna": "needs reconnect", "mia": "connected"}
    day = datetime.fromisoformat
    jack, anna = (people[name]["weight"]["day"] for name in ("jack", "anna"))
    # One weighs himself most days, the other was last read nine days ago.
    now = datetime.now(ZoneInfo("Europe/Amsterdam")).replace(tzinfo=None)  # where they live
    assert now - day(jack) < timedelta(5) < timedelta(9) <= now - day(anna) < timedelta(20)
    assert people["mia"]["weight"] is None


def test_no_setting_and_no_folder_of_the_real_household_is_used(run: Run, home: Path) -> None:
    (home.parent / ".env").write_text("HEALTHRELAY_CLIENT_ID=real\nHEALTHRELAY_PROVIDER=fitbit\n")

    done, output = run("fetch", "--sandbox", "mia", HEALTHRELAY_STORE="firestore:real")

    assert (done, output) == (0, "mia: 0 records read; 0 added, 0 changed, 0 removed.\n")
    assert [one.name for one in home.iterdir()] == ["sandbox"]
    done, output = run("user", "list")
    assert done == 5
    assert "There is no store at" in output


def test_a_household_that_was_left_for_days_is_brought_up_to_date(run: Run, home: Path) -> None:
    mark = home / "sandbox" / "settings.json"
    before = datetime.now(UTC).timestamp() - 3 * 86_400
    os.utime(mark, (before, before))

    def read_at() -> datetime:
        done, output = run("--sandbox", "status", "jack", "--json")
        assert done == 0
        return datetime.fromisoformat(json.loads(output)["result"]["read_at"])

    begun = datetime.now(UTC).replace(microsecond=0)
    first = read_at()
    assert first >= begun
    assert read_at() == first


def test_serve_shows_the_page_to_who_opens_the_link(home: Path, stack: ExitStack) -> None:
    port = free_port()
    env = without_settings() | {"HEALTHRELAY_HOME": str(home)}
    words = [sys.executable, "-m", "healthrelay", "serve", "--sandbox", "--port", str(port)]
    process = Process(words, env=env, cwd=home.parent, log=home.parent / "log")
    stack.callback(process.kill)
    process.wait_until(lambda: "The page: " in process.output(), SECONDS)
    link = re.findall(r"The page: (\S+)", process.output())[0]
    browser = stack.enter_context(requests.Session())

    page = browser.get(link, timeout=SECONDS)

    assert link.startswith(f"http://127.0.0.1:{port}/setup?key=")
    assert page.status_code == 200
    assert all(name in page.text for name in ("Jack", "Anna", "Mia"))
    assert "Jack" not in requests.get(link, timeout=SECONDS).text
    assert process.terminate() == 0
