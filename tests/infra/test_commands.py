"""Every command of gcloud that the docs, the tools and Terraform's files print is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.infra.commands import verdicts
from tests.peers.bundles import ROOT

_TEXTS = (
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "infra").rglob("*.tf"),
    *(ROOT / "infra").rglob("*.md"),
    *(ROOT / "igor").rglob("*.md"),
    *ROOT.glob("*.md"),
    *(path for path in (ROOT / "tools").iterdir() if path.suffix == ""),
)
# A command ends where the shell, a code span or a sentence ends it, but not within a quoted name.
_COMMAND = re.compile(r"\bgcloud (?:[a-z][\w-]*)(?:='[^'\n]*'|[^`\n|;)])*")
_NO_COMMAND = re.compile(r"gcloud (?:line|failing|needs|meta lint)\b")
_FILLED = {
    r"\$\{var\.region\}": "europe-west1",
    r"\$\{var\.project\}|\$project|\bPROJECT\b": "my-project",
    r"\$1": "client-secret",
    r"…": "",
}


def written(text: str) -> set[str]:
    """Return the commands in *text*, with what the shell or Terraform would fill in."""
    found = set()
    for command in _COMMAND.findall(text.replace("\\\n", " ")):
        if _NO_COMMAND.match(command):
            continue
        for pattern, value in _FILLED.items():
            command = re.sub(pattern, value, command)
        found.add(command.strip().rstrip(".,:"))
    return found


def test_commands_are_found_wherever_they_stand() -> None:
    text = "run `gcloud a b --c='(d)'`, or ( gcloud e f; printf x ) | g; x=$(gcloud h --i=$project)"

    assert written(text) == {"gcloud a b --c='(d)'", "gcloud e f", "gcloud h --i=my-project"}


@pytest.mark.peer
def test_gcloud_understands_every_command_that_is_printed(tmp_path: Path) -> None:
    commands = {
        command for path in _TEXTS if path.is_file() for command in written(path.read_text())
    }

    assert len(commands) > 10
    assert verdicts(commands, tmp_path) == {}
