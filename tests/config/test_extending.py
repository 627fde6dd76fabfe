"""docs/extending.md shows files that exist, and changes that still apply to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text()
SECTIONS = dict(re.findall(r"^## An? (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
FILE = re.compile(r"^ ([\w./-]+)( \(new\))? +\| +\d+ [+-]+$", re.M)
CHANGE = re.compile(r"^@ (\S+)\n(.*?)(?=^@ |^```$)", re.M | re.S)
# Beside its view, its pages, and what the sandbox and its tests serve.
MOST = {"setting": 5, "function": 4, "measurement": 4}
BESIDE = ("docs/", "infra/terraform/README.md", "shared/healthrelay/web/", "sandbox/", "tests/")


def test_the_page_has_a_section_for_each_table() -> None:
    assert list(SECTIONS) == ["setting", "command", "function", "measurement", "provider", "store"]


@pytest.mark.parametrize("thing", SECTIONS)
def test_its_files_exist_unless_they_are_new(thing: str) -> None:
    files = FILE.findall(SECTIONS[thing])

    assert len(files) >= 2
    assert [path for path, new in files if (ROOT / path).is_file() == bool(new)] == []


@pytest.mark.parametrize("thing", MOST)
def test_it_takes_no_more_files_than_promised(thing: str) -> None:
    files = [path for path, _ in FILE.findall(SECTIONS[thing])]

    assert len([path for path in files if not path.startswith(BESIDE)]) <= MOST[thing]


@pytest.mark.parametrize("thing", SECTIONS)
def test_its_changes_apply(thing: str) -> None:
    changes = CHANGE.findall(SECTIONS[thing])

    assert changes
    for path, text in changes:
        lines = text.splitlines()
        before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
        assert {line[:1] for line in lines} <= {" ", "+", "-"}
        assert before
        assert before in (ROOT / path).read_text(), path
