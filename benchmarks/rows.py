"""One line of the result: what was measured, against which floor, and whether that will do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

MOST_NOISE = 0.08
"""How far two measurements of the same thing may lie apart before times judge nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """*target* is the most that *ratio* may be or, where there is no floor, *measured*.

    *met* is None when the row is not judged: it has no target, or times were too noisy.
    """

    name: str
    target: float | None
    measured: float
    floor: float | None
    ratio: float | None
    met: bool | None


def timed(
    name: str,
    target: float | None,
    measured: Sequence[float],
    floors: Sequence[float],
    calm: bool = True,
) -> Row:
    """Return the median of the rounds' own ratios: what slows a whole round down cancels out."""
    ratio = median(m / f for m, f in zip(measured, floors, strict=True))
    met = ratio <= target if calm and target is not None else None
    return Row(name, target, median(measured), median(floors), ratio, met)


def counted(name: str, target: float | None, measured: int, floor: int | None = None) -> Row:
    """Return an exact number, judged however noisy the machine is."""
    ratio = measured / floor if floor else None
    judged = measured if ratio is None else ratio
    return Row(name, target, measured, floor, ratio, None if target is None else judged <= target)


def quiet(row: Row) -> bool:
    """Whether *row*, a thing measured against itself, came out near enough to 1."""
    return row.ratio is not None and abs(row.ratio - 1) <= MOST_NOISE


def missed(rows: Iterable[Row]) -> list[str]:
    """Return the names of the judged rows that are over their target."""
    return [row.name for row in rows if row.met is False]


def as_json(rows: Iterable[Row]) -> str:
    """Return a list of objects with the members of `Row`."""
    return json.dumps([asdict(row) for row in rows], indent=2) + "\n"


def table(rows: Iterable[Row]) -> str:
    """Return the rows for people, in columns."""
    lines = [["", "target", "measured", "floor", "ratio", ""], *map(_line, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    # The name and the verdict are words, so they begin in their column; numbers end in theirs.
    ways = "<", ">", ">", ">", ">", "<"
    return "\n".join(
        "  ".join(f"{c:{way}{w}}" for c, way, w in zip(line, ways, widths, strict=True)).rstrip()
        for line in lines
    )


def _line(row: Row) -> list[str]:
    numbers = map(_number, (row.target, row.measured, row.floor, row.ratio))
    return [row.name, *numbers, _verdict(row)]


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _verdict(row: Row) -> str:
    if row.met is None:
        return "not judged"
    return "met" if row.met else "MISSED"
