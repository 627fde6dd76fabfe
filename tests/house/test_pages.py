"""README is the face of the project, and docs/README.md the way to every page."""

from __future__ import annotations

import re
import struct
import tomllib
from pathlib import Path

import pytest

from tests.house.measures import HERE as ROOT

DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
PAGES = sorted(DOCS.glob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_begins_with_whom_it_is_for(page: Path) -> None:
    title, _, rest = page.read_text().partition("\n\n")

    assert title.startswith("# ")
    assert rest.startswith("For ")


def test_the_index_leads_to_every_page() -> None:
    links = set(LINK.findall((DOCS / "README.md").read_text()))

    assert {page.name for page in PAGES} - links == {"README.md"}


def test_the_badges_say_what_the_package_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    python = project["requires-python"].removeprefix(">=")

    assert f"[![Python {python} or newer]" in README
    assert f"python-%E2%89%A5_{python}-" in README
    assert f"[![{project['license']} licence]" in README
    workflows = re.findall(r"actions/workflows/([\w.]+)", README)
    assert workflows
    assert all((ROOT / ".github" / "workflows" / name).is_file() for name in workflows)


def test_every_picture_is_there_small_and_described() -> None:
    for page in (ROOT / "README.md", *PAGES):
        for tag in re.findall(r"<img [^>]+>", page.read_text()):
            source, width, alt = re.fullmatch(
                r'<img src="([^"]+)" width="(\d+)" alt="([^"]+)">', tag
            ).groups()  # type: ignore[union-attr]
            data = (page.parent / source).read_bytes()
            assert data.startswith(b"\x89PNG")
            assert len(data) < 120_000
            assert struct.unpack(">I", data[16:20])[0] >= int(width)
            assert len(alt) > 20
