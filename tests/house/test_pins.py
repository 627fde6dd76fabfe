"""A pin holds what it names: an extra without a pin comes from the newest release."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINS = sorted((Path(__file__).resolve().parents[2] / "requirements").glob("*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([^\]]+)\])?==")


def pins_of(path: Path) -> dict[str, set[str]]:
    matches = (PIN.match(line) for line in path.read_text().splitlines())
    return {
        canonicalize_name(m[1]): set((m[2] or "").replace(" ", "").split(",")) - {""}
        for m in matches
        if m
    }


def requirements_with_extras(package: str) -> list[Requirement]:
    try:
        listed = [Requirement(line) for line in requires(package) or []]
    except PackageNotFoundError:  # a pin for another system or Python
        return []
    return [need for need in listed if need.extras and not need.marker]


@pytest.mark.parametrize("path", PINS, ids=lambda p: p.name)
def test_a_package_wanted_with_an_extra_is_pinned_with_it(path: Path) -> None:
    pins = pins_of(path)

    missing = [
        str(need)
        for name in pins
        for need in requirements_with_extras(name)
        if not need.extras <= pins[canonicalize_name(need.name)]
    ]

    assert missing == []
