"""Where a checkout keeps what belongs to the local run only."""

from __future__ import annotations

from pathlib import Path

from healthrelay.core.errors import NotConfigured

ROOT = Path(__file__).resolve().parents[3]


def function_file(name: str) -> Path:
    """The entry point of function *name* in this checkout."""
    path = ROOT / "functions" / name / "main.py"
    if not path.is_file():
        raise NotConfigured("The local run needs a checkout of healthrelay, with functions/ in it.")
    return path
