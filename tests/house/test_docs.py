"""What README and docs print can be typed, followed and found."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from healthrelay.core.grants.consent import CONSENTS
from tests.command_line import parse
from tests.house.measures import HERE as ROOT
from tests.peers.process import free_port

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "igor/healthrelay/readme.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCED = re.compile(r"^( *)```\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEALTHRELAY = re.compile(r"(?:\.venv/bin/)?healthrelay |tools/cloud [\w-]+ ")
# A path of this repository: a folder, or a file of a kind that only we write.
SOURCE = re.compile(
    r"\w[\w.*-]*/(?:[\w.*-]+/)*(?:[\w.*-]+\.(?:py|tf|json|ya?ml|txt|conf|html))?|\w+\.py"
)
SOURCES = (ROOT, ROOT / "shared" / "healthrelay")
BARS = re.compile("[▁▂▃▄▅▆▇█·]{30}")


def typed(page: Path) -> list[str]:
    """Return each line of the page's fenced blocks, without indentation."""
    return [
        line.strip() for _, block in FENCED.findall(page.read_text()) for line in block.split("\n")
    ]


def commands(page: Path, start: re.Pattern[str]) -> set[tuple[str, bool]]:
    """Return what follows *start* on the page, and whether it is a line to be typed as it is."""
    prose = FENCED.sub("", page.read_text())
    return {
        (text[found.end() :], to_type)
        for text, to_type in [
            *((line, True) for line in typed(page)),
            *((span, False) for span in INLINE.findall(prose)),
        ]
        if (found := start.match(text)) and not re.match("[A-Z…]", text[found.end() :])
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_healthrelay_command_parses(page: Path) -> None:
    wrong = []
    for text, to_type in sorted(commands(page, HEALTHRELAY)):
        try:
            parse(shlex.split(text, comments=True))
        except click.exceptions.Exit:
            pass  # --help and --version
        except (click.MissingParameter, click.exceptions.NoArgsIsHelpError) as error:
            if to_type:
                wrong.append(f"{text}: {error.format_message()}")
        except click.UsageError as error:
            wrong.append(f"{text}: {error.format_message()}")
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_make_target_exists(page: Path) -> None:
    for text, _ in sorted(commands(page, re.compile("make (?=[a-z])"))):
        words = ["make", "--dry-run", "PROJECT=p", *shlex.split(text, comments=True)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [urlsplit(link) for link in LINK.findall(page.read_text())]

    # GitHub shows README below the repository's address, where its actions are, too.
    ours = [url.path for url in links if not url.scheme and "../../actions/" not in url.path]
    missing = [path for path in ours if not (page.parent / path).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = {span for span in INLINE.findall(page.read_text()) if SOURCE.fullmatch(span)}

    missing = [path for path in sorted(named) if not any(any(at.glob(path)) for at in SOURCES)]

    assert missing == []


def test_every_scope_to_register_is_listed() -> None:
    listed = re.findall(r"`(\w+\.readonly)`", (ROOT / "docs" / "google-setup.md").read_text())

    prefix = "https://www.googleapis.com/auth/googlehealth."
    assert {f"{prefix}{name}" for name in listed} == CONSENTS["google_health"].scopes.keys()


def shape(text: str) -> list[str]:
    """Return the lines of *text* without keys, numbers and bars."""
    text = re.sub(r"(key(?:=|%3D))[\w-]+", r"\1KEY", BARS.sub("BARS", text))
    return [" ".join(line.split()) for line in re.sub(r"[\d.:-]*\d", "N", text).strip().split("\n")]


def shows_what_readme_does(printed: str) -> bool:
    """Return whether a run printed the table of README, with its own days and values."""
    (block,) = (b for _, b in FENCED.findall((ROOT / "README.md").read_text()) if BARS.search(b))
    return shape(printed) == shape(block)[1:]  # a pipe gets no head


@pytest.mark.peer
def test_the_readme_shows_what_make_run_prints(tmp_path: Path) -> None:
    words = ["-m", "healthrelay", "run", "--once", "--port", str(free_port())]
    env = {name: value for name, value in os.environ.items() if "HEALTHRELAY" not in name}
    env["HEALTHRELAY_HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )

    assert shows_what_readme_does(done.stdout), done.stdout
