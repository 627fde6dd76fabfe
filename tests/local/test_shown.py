"""The commands of README and docs, run as they stand by a household that lives."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from tests.command_line import parse
from tests.house.proofs import HERE, proof
from tests.house.shown import TEXTS, Shown, commands
from tests.household import WEIGHTS, Household, run_command
from tests.local.test_trials import Receiver

OLD_PLUGIN = "<data><identities><jack><plugindata><fitbit/></plugindata></jack></identities></data>"
ASKED = {"erase", "disconnect", "move-account"}
"""They ask for the name; whoever has no terminal answers with --yes."""


def shown(page: str) -> list[Shown]:
    """Return each command of the page that is run here, once."""
    return [one for one in dict.fromkeys(commands(page, TEXTS[page])) if proof(one.text) == HERE]


class House(NamedTuple):
    """A household in which each command of a page may be typed next."""

    household: Household
    receiver: str

    def type(self, command: Shown) -> None:
        """Make what *command* presumes, and run it; it must be done, code 0."""
        words = shlex.split(self._at_hand(command.text))[1:]
        try:
            parse(words)
        except click.exceptions.Exit:
            return  # --help
        except (click.MissingParameter, click.exceptions.NoArgsIsHelpError):
            assert not command.typed, command
            return  # only named
        if words[0] in ASKED and "--yes" not in words:
            words.append("--yes")
        self._prepare(words)
        run_command(*words)

    def _at_hand(self, text: str) -> str:
        """Return *text* with files, peers and people of this test in place of examples."""
        for example, ours in (
            (r"https://example\.org/hook", f"{self.receiver} --allow-private"),
            (r"https://relay\.example", self.household.url),
            (r"CLIENT_ID|\S+\.apps\.googleusercontent\.com", "sandbox-client.apps.example"),
            (r"/backup/", ""),
            # What prose only names, with the least that it needs.
            (r"(?<=healthrelay dump)$", " household.ndjson"),
            (r"(?<=healthrelay igor)$", " --forget"),
            (r"(?<=move-account jack)$", " --continue"),
            (r"\b(NAME|USER)\b", "jack"),
        ):
            text = re.sub(example, ours, text)
        return text

    def _prepare(self, words: list[str]) -> None:
        if words[:2] == ["user", "add"]:
            self._remove(words[2])
            return
        self._connect()
        for name in self.household.services.store.identities.names():
            if name not in ("jack", *words):
                self._remove(name)
        match words:
            case ["load", file, *_]:
                run_command("dump", file)
                self._remove("jack")
            case ["relay", *_]:
                self._receive(words)
            case ["export", *_]:
                shutil.rmtree(words[words.index("--to") + 1], ignore_errors=True)
            case ["move-account", *_]:
                self._remove("jack-old")

    def _connect(self) -> None:
        """See that jack is there, connected and fetched."""
        if self.household.services.store.tokens.load("jack") is None:
            self.household.connect("jack", **WEIGHTS)
            self.household.fetched("jack")

    def _receive(self, words: list[str]) -> None:
        """See that jack has the receiver node-red, unless it is what is added."""
        there = "node-red" in self.household.services.store.targets.of("jack")
        if words[1] == "add" and there:
            run_command("relay", "remove", "jack", "node-red")
        if words[1] != "add" and not there:
            at = [self.receiver, "--name", "node-red", "--allow-private"]
            run_command("relay", "add", "jack", *at)
        if "--end" in words:
            run_command("relay", "rotate", "jack", "node-red")

    def _remove(self, name: str) -> None:
        if self.household.services.store.identities.settings(name) is not None:
            self.household.services.store.identities.remove(name)


@pytest.fixture
def house(household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.chdir(tmp_path)
    Path("database.xml").write_text(OLD_PLUGIN)
    secret = household.sandbox.settings["HEALTHRELAY_CLIENT_SECRET"]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{secret}\n" * 9))
    with Receiver(200) as receiver:
        yield House(household, receiver.url)


@pytest.mark.parametrize("page", [page for page in TEXTS if shown(page)])
def test_every_command_of_a_page_works(house: House, page: str) -> None:
    for command in shown(page):
        house.type(command)


def test_the_sealing_key_is_changed_as_the_page_says(household: Household, tmp_path: Path) -> None:
    page = TEXTS["docs/security.md"].partition("## Changing the sealing key")[2]
    assert "line\n   is `HEALTHRELAY_SEALING_KEYS=second:…,local:…`. Restart what runs." in page
    household.connect("jack", **WEIGHTS)
    keys = tmp_path / "keys.env"
    before = run_command("rotate-keys").out
    assert before.endswith(
        "There is no other key. To change it, begin with: healthrelay new-key NAME\n"
    )

    entry = run_command("new-key", "second").out.strip()
    keys.write_text(re.sub("(?<=SEALING_KEYS=)", f"{entry},", keys.read_text()))
    household.rebuild()
    rotated = run_command("rotate-keys").out
    keys.write_text(re.sub(",local:.*", "", keys.read_text()))
    household.rebuild()

    assert rotated.startswith("1 secret sealed again with 'second'.\n")
    assert "local may go from HEALTHRELAY_SEALING_KEYS" in rotated
    assert household.fetched("jack")["added"] > 0


def test_the_keys_of_a_file_follow_those_of_the_cloud(household: Household, tmp_path: Path) -> None:
    """The line of docs/operations.md, where gcloud prints what Secret Manager would."""
    (line,) = {
        one.text for one in commands("", TEXTS["docs/operations.md"]) if "> keys" in one.text
    }
    gcloud = tmp_path / "bin" / "gcloud"
    gcloud.parent.mkdir()
    gcloud.write_text("#!/bin/sh\nprintf cloud:AAAA\n")
    gcloud.chmod(0o755)
    (tmp_path / "data").mkdir()
    kept = "HEALTHRELAY_OWNER_KEY=o\nHEALTHRELAY_SEALING_KEYS=local:BBBB\n"
    (tmp_path / "data" / "keys.env").write_text(kept)

    env = {"PATH": f"{gcloud.parent}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-ec", line], cwd=tmp_path, env=env, check=True)

    assert (tmp_path / "keys").read_text() == "cloud:AAAA,local:BBBB"


def test_a_command_that_does_not_work_is_seen(house: House) -> None:
    with pytest.raises(AssertionError):
        house.type(Shown("a page", "healthrelay fetch nobody"))
