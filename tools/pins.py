"""The pins of the functions: which packages, in which versions, go with each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
LICENCES = REQUIREMENTS / "licences.json"
_PIN = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(?: *; *([^\\\n]+))?", re.MULTILINE)


class Pin(NamedTuple):
    """A package in a version; with a *marker* it is installed on some systems only (PEP 508)."""

    name: str
    version: str
    marker: str


def pins(name: str) -> list[Pin]:
    """Return what ``requirements/<name>.txt`` pins, in its order."""
    found = _PIN.findall((REQUIREMENTS / f"{name}.txt").read_text())
    return [Pin(package, version, marker.strip()) for package, version, marker in found]


def deployed() -> list[str]:
    """Return the names of all packages that go with a function or the command line, sorted."""
    files = [path.stem for path in REQUIREMENTS.glob("*.txt") if path.stem != "dev"]
    return sorted({pin.name for file in files for pin in pins(file)})
