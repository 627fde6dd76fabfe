"""Files and functions keep their sizes, and promises and decisions their form."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("shared", "functions", "sandbox", "igor", "tools", "benchmarks")
MAX_FILE, MAX_FUNCTION, MAX_ENTRY = 250, 35, 20


def project_files() -> list[Path]:
    output = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in output.stdout.splitlines() if (ROOT / name).is_file()]


def sources() -> list[Path]:
    rooms = [ROOT / room for room in ROOMS]
    return [
        p for p in project_files() if p.suffix == ".py" and any(room in p.parents for room in rooms)
    ]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of *path* with its lines, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None
            doc = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - doc


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_file_fits_a_screen_or_few(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_FILE
    assert {name: lines for name, lines in functions(path) if lines > MAX_FUNCTION} == {}


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_file_begins_with_a_docstring(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_entry_points_are_thin_and_named_like_their_folder() -> None:
    for path in sorted((ROOT / "functions").glob("*/main.py")):
        assert len(path.read_text().splitlines()) <= MAX_ENTRY
        tree = ast.parse(path.read_text())
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert names == [path.parent.name]


# Written so that this file does not name what it looks for.
HOSTS = re.compile(r"py[p]i\.org|python[h]osted|registry\.[n]pmjs|deb\.[d]ebian")
PATHS = re.compile(r"(?<![\w.$}])/(?:home|root|work|Users)/\w")
LATER = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b")


def test_no_registry_no_machine_no_note_for_later() -> None:
    matches = []
    for path in project_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for rule in (HOSTS, PATHS, LATER):
            matches += [f"{path.relative_to(ROOT)}: {m.group()}" for m in rule.finditer(text)]
    assert matches == []


def promises() -> list[dict[str, object]]:
    listed = yaml.safe_load((ROOT / "docs" / "promises.yaml").read_text())
    assert isinstance(listed, list)
    return listed


@pytest.mark.parametrize("promise", promises(), ids=lambda p: str(p["promise"]))
def test_kept_promises_have_tests_and_others_a_reason(promise: dict[str, object]) -> None:
    assert promise["status"] in ("done", "todo", "exempt")
    if promise["status"] == "exempt":
        assert promise["reason"]
    if promise["status"] == "done":
        names = promise["tests"]
        assert isinstance(names, list)
        assert names
        for name in names:
            assert (
                "def test_" in (ROOT / name).read_text() or "Contract" in (ROOT / name).read_text()
            )


def test_every_decision_has_its_number_and_reason() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    numbers = [int(path.name[:4]) for path in decisions]
    assert len(set(numbers)) == len(numbers)
    for number, path in zip(numbers, decisions, strict=True):
        assert path.read_text().startswith(f"# {number}. ")
        assert len(path.read_text().splitlines()) <= 45
