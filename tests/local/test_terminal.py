"""The command line on a real terminal, and to a pipe, in processes of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.measurements.reading import Delta
from tests.household import WEIGHTS, Household
from tests.local.terminal import Terminal, terminal
from tests.local.test_commands import healthrelay, make_store, without_settings
from tests.stores.contract import weight

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A household of two: jack was imported with a weight, mia is new."""
    make_store(tmp_path)
    store = SqliteStore(str(tmp_path / "data" / "healthrelay.db"))
    store.identities.save("jack", {"methods": "time_series", "resource": "body/weight"})
    store.identities.save("mia", {})
    store.records.apply("jack", Delta(added=(weight("2026-11-01", "82.4"),)), NOW)
    store.close()
    return tmp_path


def on_terminal(folder: Path, *words: str, columns: int = 80, **more: str) -> tuple[int, Terminal]:
    """Run to the end."""
    env = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")} | more
    with terminal(folder, *words, columns=columns, env=env) as screen:
        return screen.finish(), screen


def test_status_is_one_screen(folder: Path) -> None:
    code, screen = on_terminal(folder, "status")

    assert code == 0
    assert screen.lines == [
        "person  weight                 state                         next fetch  targets",
        "jack    82.4 kg on 2026-11-01  not connected: No consent     none        poll",
        "                               was given yet.",
        "mia     none yet               not connected: No consent     none        poll",
        "                               was given yet.",
    ]


@pytest.mark.parametrize(
    ("words", "prompt"),
    [
        (("register", "an-id"), "Client secret: "),
        (("igor", "http://127.0.0.1:1"), "Token: "),
        (("igor", "http://127.0.0.1:1", "--user", "relay"), "Password of relay: "),
    ],
)
def test_the_end_of_what_is_typed_at_a_secret_changes_nothing(
    folder: Path, words: tuple[str, ...], prompt: str
) -> None:
    env = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    with terminal(folder, *words, env=env) as screen:
        screen.wait_for(prompt)
        screen.type("\x04")
        code = screen.finish()

    assert code == 1
    assert screen.lines[-1] == "Nothing was changed."
    assert "went wrong" not in screen.written


def test_on_forty_columns_each_person_is_a_block(folder: Path) -> None:
    code, screen = on_terminal(folder, "status", columns=40)

    assert code == 0
    assert screen.lines == [
        "jack",
        "  weight: 82.4 kg on 2026-11-01",
        "  state: not connected: No consent was",
        "  given yet.",
        "  next fetch: none",
        "  targets: poll",
        "",
        "mia",
        "  weight: none yet",
        "  state: not connected: No consent was",
        "  given yet.",
        "  next fetch: none",
        "  targets: poll",
    ]


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    "words", [["relay", "--help"], ["user", "list"], ["doctor"], ["status", "jack"], ["fetsh"]]
)
def test_nothing_is_wider_than_the_terminal(folder: Path, words: list[str], columns: int) -> None:
    _, screen = on_terminal(folder, *words, columns=columns)

    # What is to be copied is not broken.
    wide = [line for line in screen.lines if "http" not in line and "  healthrelay" not in line]
    assert max(map(len, wide)) <= columns


def test_colours_are_for_terminals_that_want_them(folder: Path) -> None:
    _, coloured = on_terminal(folder, "status")
    _, plain = on_terminal(folder, "status", NO_COLOR="1")

    assert "\x1b[33mnot connected" in coloured.written
    assert not re.search(r"\x1b\[[0-9;]*3\dm", plain.written)
    assert coloured.lines == plain.lines


def test_a_pipe_gets_rows_alone(folder: Path) -> None:
    piped = healthrelay(folder, "status", FORCE_COLOR="1").stdout

    state = "not connected: No consent was given yet."
    assert piped == (
        f"jack\t82.4 kg on 2026-11-01\t{state}\tnone\tpoll\nmia\tnone yet\t{state}\tnone\tpoll\n"
    )


def test_who_reads_one_line_of_many_gets_no_trace(folder: Path) -> None:
    env = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    line = f"{sys.executable} -m healthrelay igor-config jack | head -n 1"
    done = subprocess.run(line, shell=True, cwd=folder, env=env, capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("# Igor and jack\n", "")


def test_a_bar_is_drawn_on_a_terminal_and_nothing_of_it_stays(folder: Path) -> None:
    code, screen = on_terminal(folder, "dump", "all.ndjson")

    assert code == 0
    assert "Writing" in screen.written
    shown = screen.written.rpartition("\x1b[2K")[2]
    assert "Writing" not in shown
    assert "2 people with 1 record." in shown
    piped = healthrelay(folder, "dump", "other.ndjson")
    assert "Writing" not in piped.stdout + piped.stderr


def test_a_fetch_shows_how_far_it_is_and_none_of_the_log(household: Household) -> None:
    household.connect(**WEIGHTS)

    with terminal(Path.cwd(), "fetch", "jack", env=os.environ) as screen:
        code = screen.finish()

    assert code == 0
    assert "Fetching" in screen.written
    assert '"event"' not in screen.written
    assert "added, 0 changed, 0 removed." in screen.written
    with terminal(Path.cwd(), "fetch", "jack", "-v", env=os.environ) as verbose:
        verbose.finish()
    assert '"event": "fetch"' in verbose.written


@pytest.mark.parametrize("words", [["erase", "jack"], ["move-account", "jack", "--remove"]])
def test_a_name_is_typed_before_anything_goes(folder: Path, words: list[str]) -> None:
    env = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    with terminal(folder, *words, env=env) as screen:
        screen.wait_for("Type jack to go on")
        screen.type("jak\n")
        assert screen.finish() == 1

    assert screen.lines[-1] == "Nothing was changed."
    assert "jack\t" in healthrelay(folder, "user", "list").stdout


def test_who_types_the_name_has_it_erased(folder: Path) -> None:
    env = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    with terminal(folder, "erase", "jack", env=env) as screen:
        screen.wait_for("Type jack to go on")
        screen.type("jack\n")
        assert screen.finish() == 0

    assert "Everything of jack was removed" in screen.written
    assert "jack" not in healthrelay(folder, "user", "list").stdout


@pytest.mark.parametrize(
    ("words", "prompt", "code"),
    [(["register", "cid"], "Client secret: ", 130), (["erase", "jack"], "Type jack to go on", 1)],
)
def test_control_c_is_no_trace(folder: Path, words: list[str], prompt: str, code: int) -> None:
    env = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    with terminal(folder, *words, env=env) as screen:
        screen.wait_for(prompt)
        assert screen.interrupt() == code

    assert "Traceback" not in screen.written


@pytest.mark.parametrize(
    "words", [["erase", "jack"], ["disconnect", "jack"], ["move-account", "jack", "--remove"]]
)
def test_who_cannot_be_asked_is_told_of_yes(folder: Path, words: list[str]) -> None:
    done = healthrelay(folder, *words, stdin="jack\n")

    assert done.returncode == 2
    assert done.stderr == ("This asks for the name jack on a terminal; --yes does it unasked.\n")
    assert "jack\t" in healthrelay(folder, "user", "list").stdout
