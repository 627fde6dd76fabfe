"""Measure the words and sizes of a checkout: `python -m tests.house.measures [FOLDER …]`.

Prints a table with a column for each folder (this checkout by default) and one for the aim.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

HERE = Path(__file__).resolve().parents[2]
# The commit before the names were changed; subjects are measured from there on.
FIRST_COMMIT = "e328f00"
SPEECH = re.compile(r"\b(said|told|tells?|hears?|heard|asks?|asked)\b")
WORD = re.compile(r"[A-Za-z]+")
# Participles that do not end in -ed and cannot be read as a verb (as `read`, `cut` and `put` can).
IRREGULAR = re.compile(
    "been|begun|bought|bound|broken|brought|built|caught|chosen|done|drawn|driven|felt|found|frozen"
    "|given|gone|got|grown|heard|held|hung|kept|known|laid|led|left|lent|lost|made|meant|met|paid"
    "|resent|said|seen|sent|shown|sold|spent|spoken|stood|struck|stuck|swept|taken|taught|thought"
    "|told|torn|understood|won|worn|woven|written"
)
REGULAR = re.compile(r"(?!(?:embed|feed|need|seed|shed|speed)$)[a-z]{2,}ed")


def package(root: Path) -> list[Path]:
    return sorted((root / "shared" / "healthrelay").rglob("*.py"))


def speech_per_1000(root: Path) -> float:
    """Return how many of 1,000 words in identifiers, strings and comments are said, told, ask …"""
    text = "\n".join(path.read_text() for path in package(root))
    return 1000 * len(SPEECH.findall(text)) / len(WORD.findall(text))


def function_names(root: Path) -> list[str]:
    """Return the name of each function and method, without leading underscores or dunder names."""
    return [
        node.name.strip("_")
        for path in package(root)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__")
    ]


def is_participle(name: str) -> bool:
    """Return whether *name* is one participle and nothing else: `buried`, `spoken`."""
    return bool(IRREGULAR.fullmatch(name) or REGULAR.fullmatch(name))


def participles(root: Path) -> list[str]:
    return [name for name in function_names(root) if is_participle(name)]


def participle_percent(root: Path) -> float:
    return 100 * len(participles(root)) / len(function_names(root))


def one_word_percent(root: Path) -> float:
    """Return how many of 100 function names have no underscore inside."""
    names = function_names(root)
    return 100 * sum("_" not in name for name in names) / len(names)


def public_classes(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield each class at the top of a module whose name has no leading underscore."""
    for path in package(root):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, path


def shared_class_names(root: Path) -> list[str]:
    """Return the names that two or more public classes of the package have."""
    counts = Counter(name for name, _ in public_classes(root))
    return sorted(name for name, count in counts.items() if count > 1)


def not_imperative(root: Path) -> int:
    """Return how many docstrings ruff's D401 finds not to begin with an imperative."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "D401"]
    command += ["--output-format", "concise", str(root / "shared" / "healthrelay")]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return lines.count(" D401 ")


def subject_lengths(root: Path) -> list[int]:
    """Return the length of each commit subject since FIRST_COMMIT, or up to it where it is last."""
    git = ["git", "-C", str(HERE), "log", "--no-merges", "--format=%s"]
    commits = f"{FIRST_COMMIT}..HEAD" if root == HERE else FIRST_COMMIT
    subjects = subprocess.run([*git, commits], capture_output=True, text=True, check=True).stdout
    return [len(subject) for subject in subjects.splitlines()]


def ninetieth(values: list[int]) -> float:
    return quantiles(values, n=10)[-1] if len(values) > 1 else max(values, default=0)


def lines(root: Path, *parts: str) -> int:
    return sum(len(p.read_text().splitlines()) for p in root.joinpath(*parts).rglob("*.py"))


def readme(root: Path) -> str:
    return (root / "README.md").read_text()


class Measure(NamedTuple):
    """What is measured, how, and the largest value that is wanted."""

    name: str
    of: Callable[[Path], float]
    aim: float


MEASURES = (
    Measure("said / told / tell / hear / ask per 1,000 words", speech_per_1000, 1),
    Measure("functions named by a bare participle, %", participle_percent, 3),
    Measure("one-word function names, %", one_word_percent, 60),
    Measure("docstrings that are not imperative (D401)", not_imperative, 20),
    Measure("names of two or more public classes", lambda root: len(shared_class_names(root)), 0),
    Measure("commit subject, median", lambda root: median(subject_lengths(root) or [0]), 60),
    Measure("commit subject, 90 %", lambda root: ninetieth(subject_lengths(root)), 72),
    Measure("README, lines", lambda root: len(readme(root).splitlines()), 100),
    Measure("README, words", lambda root: len(readme(root).split()), 800),
    Measure(
        "lines of shared/healthrelay", lambda root: lines(root, "shared", "healthrelay"), 15_500
    ),
    Measure("lines of tests", lambda root: lines(root, "tests"), 31_156),
)


def main() -> None:
    roots = [Path(folder).resolve() for folder in sys.argv[1:]] or [HERE]
    rows = [["measure", *(root.name for root in roots), "aim"]]
    for measure in MEASURES:
        values = [f"{measure.of(root):,.1f}".removesuffix(".0") for root in roots]
        rows.append([measure.name, *values, f"≤ {measure.aim:,}"])
    rows.insert(1, ["---", *("---:" for _ in roots), "---:"])
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))


if __name__ == "__main__":
    main()
