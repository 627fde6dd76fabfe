"""The table of proofs.yaml: which test runs what the pages show."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

HERE = "tests/local/test_shown.py::test_every_command_of_a_page_works"

_TABLE = yaml.safe_load(Path(__file__).with_name("proofs.yaml").read_text())
COMMANDS: list[tuple[str, str]] = [(rule, test) for rule, test in _TABLE["commands"]]
NOBODY: list[tuple[str, str]] = [(rule, reason) for rule, reason in _TABLE["nobody"]]
SAMPLES: list[tuple[str, str, str]] = [(page, text, test) for page, text, test in _TABLE["samples"]]


def proof(text: str) -> str:
    """Return the test that runs a command, or why none does; nothing if it has no row."""
    return next((row[1] for row in (*NOBODY, *COMMANDS) if re.fullmatch(row[0], text)), "")
