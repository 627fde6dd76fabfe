"""Every command and every sample that the pages show.

A page's fenced block is of commands where each of its lines begins with a program, and a sample
otherwise; in prose, what begins with a program and goes on is a command. Each has a row in
tests/house/proofs.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.house.measures import HERE as ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "igor/healthrelay/readme.md")),
    ROOT / "infra" / "terraform" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
TEXTS = {str(page.relative_to(ROOT)): page.read_text() for page in PAGES}
_FENCED = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_IN_CHECKOUT = ".venv/bin/"
_INLINE = re.compile(r"`([^`\n]+)`")
_PROGRAM = re.compile(
    r"(?:\( )?(?:(?:\.venv/bin/)?healthrelay|make|tools/\w+|python3?|pipx?|uvx?|docker|gcloud|git"
    r"|ssh|tailscale|systemctl|journalctl|launchctl|igor(?:Setup|Server)|curl|mkdir|cp|rm|sed|eval|GET|POST"
    r"|npm|npx|node|sh)(?: |$)"
)


class Shown(NamedTuple):
    """A command without its comment, or a sample; *typed* as it stands, or named in prose."""

    page: str
    text: str
    typed: bool = True


def commands(page: str, text: str) -> Iterator[Shown]:
    """Yield each command of a page, those of its blocks first."""
    for block in _blocks(text):
        if _is_typed(block):
            for line in _lines(block):
                yield Shown(page, re.sub(r"\s+#\s.*", "", line.removeprefix(_IN_CHECKOUT)))
    for span in _INLINE.findall(_FENCED.sub("", text)):
        if " " in span and _PROGRAM.match(span):
            yield Shown(page, span.removeprefix(_IN_CHECKOUT), typed=False)


def samples(page: str, text: str) -> Iterator[Shown]:
    """Yield each block of a page that is not typed."""
    yield from (Shown(page, block) for block in _blocks(text) if not _is_typed(block))


def _blocks(text: str) -> list[str]:
    return [block for _, block in _FENCED.findall(text)]


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.splitlines() if line.strip()]


def _is_typed(block: str) -> bool:
    return all(_PROGRAM.match(line) for line in _lines(block))
