"""What goes with a bundle is named, with its version and its licence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import licences
import pytest
import sbom

from healthrelay.config import functions
from tests.peers.bundles import ROOT, packed


@pytest.mark.parametrize("function", functions())
def test_a_bill_names_what_is_pinned(function: str) -> None:
    pins = (ROOT / "requirements" / f"{function}.txt").read_text()

    components: list[dict[str, Any]] = sbom.bill(function)["components"]

    assert len(components) == sum("==" in line and line[0].isalnum() for line in pins.splitlines())
    for component in components:
        assert component["purl"] == f"pkg:pypi/{component['name']}@{component['version']}"
        assert f"=={component['version']}" in pins
        assert component["licenses"], component["name"]


def test_a_bundle_has_its_bill_beside_it_and_equal_pins_make_equal_bytes(tmp_path: Path) -> None:
    first = packed("relay", tmp_path / "one").with_name("relay.cdx.json").read_bytes()
    second = packed("relay", tmp_path / "two").with_name("relay.cdx.json").read_bytes()

    assert first == second
    bill = json.loads(first)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "healthrelay-relay"
    flask = next(one for one in bill["components"] if one["name"] == "flask")
    assert flask["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    by_platform = next(one for one in sbom.bill("auth2")["components"] if one["name"] == "cffi")
    assert (flask["scope"], by_platform["scope"]) == ("required", "optional")
    both = next(one for one in bill["components"] if one["name"] == "packaging")
    assert both["licenses"] == [{"expression": "Apache-2.0 OR BSD-2-Clause"}]


def test_the_list_of_licences_is_what_the_packages_say() -> None:
    command = [sys.executable, ROOT / "tools" / "licences.py", "--check"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("expression", "agreed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-2-Clause", True),
        ("MIT AND AGPL-3.0-only", False),
        ("GPL-3.0-or-later", False),
        ("", False),
    ],
)
def test_a_licence_that_nobody_agreed_to_is_noticed(expression: str, agreed: bool) -> None:
    assert licences.is_agreed(expression) is agreed
