"""The programs of others: where each is to be had, and one sentence where it cannot be started."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Any

from deployment.failures import Failed

LINKS = {
    "terraform": "https://developer.hashicorp.com/terraform/install",
    "gcloud": "https://cloud.google.com/sdk/docs/install",
}


def run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run *command*, whose first word is one of LINKS. Raise Failed where it cannot be started."""
    try:
        return subprocess.run(command, text=True, check=False, **options)
    except OSError as error:
        raise Failed(not_installed(command[0], error.strerror or "")) from None


def not_installed(tool: str, why: str = "") -> str:
    """Return the sentence for a *tool* that is not there or cannot be started."""
    return f"{tool} is not installed{why and f' ({why})'}: {LINKS[tool]}"
