"""Drawings read back: which values and days do the shapes of an SVG stand for?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from xml.etree import ElementTree as Xml

from healthrelay.core.charts.values import METRIC, Units, weight_units
from healthrelay.web.charts.words import ChartWords
from healthrelay.web.setup.texts import Texts, languages

LANGUAGES = languages()
WIDE, LEFT, RIGHT, TOP = 300, 40, 264, 8
STEP = re.compile(r"([MmhvVHlz])([-\d.,]*)")


def words(language: str = "en", system: str = "") -> ChartWords:
    units: Units = weight_units(system) if system else METRIC
    return ChartWords(Texts(language), units)


class Drawing:
    """An SVG, which must be well-formed."""

    def __init__(self, svg: str) -> None:
        self.svg = svg
        self.root = Xml.fromstring(svg)
        self.height = float(self.root.attrib["viewBox"].split()[3])

    def of_class(self, css: str) -> list[Xml.Element]:
        return [one for one in self.root.iter() if one.get("class") == css]

    @cached_property
    def titles(self) -> list[str]:
        """The texts on hovering, without the title of the picture."""
        return [one.text or "" for one in self.root.iter("title")][1:]

    @property
    def title(self) -> str:
        return self.root.findtext("title") or ""

    @property
    def description(self) -> str:
        return self.root.findtext("desc") or ""

    @cached_property
    def labels(self) -> list[str]:
        """The texts beside the ticks of values, from the foot to the top or as they are drawn."""
        return [one.text or "" for one in self.root.iter("text") if one.get("text-anchor") == "end"]

    def value(self, y: float) -> float:
        """The value at *y*, by the first and last of the ticks."""
        ticks = [
            (float(line.attrib["y1"]), float(label.replace(",", "")))
            for line, label in zip(self._levels, self.labels, strict=False)
        ]
        (low_y, low), (high_y, high) = ticks[0], ticks[-1]
        return low + (y - low_y) / (high_y - low_y) * (high - low)

    @property
    def _levels(self) -> list[Xml.Element]:
        return [*self.of_class("base"), *self.of_class("grid-line")]

    @cached_property
    def dots(self) -> list[tuple[float, float]]:
        """x and value of each dot, however they are drawn."""
        circles = [
            (float(one.attrib["cx"]), float(one.attrib["cy"])) for one in self.root.iter("circle")
        ]
        many = [
            (x, y) for path in self.of_class("points") for x, y, _, _ in subpaths(path.attrib["d"])
        ]
        return [(x, self.value(y)) for x, y in many + circles]

    @cached_property
    def lines(self) -> list[list[tuple[float, float]]]:
        """x and value of each bend of the lines of means."""
        return [
            [(x, self.value(y)) for x, y in _pairs(path.attrib["d"][1:])]
            for path in self.of_class("mean")
        ]

    def bars(self, css: str = "bar") -> list[tuple[float, float]]:
        """The middle and the value of each bar of a class."""
        found = []
        for path in self.of_class(css):
            for left, foot, top, width in re.findall(
                r"M([\d.]+),([\d.]+)V([\d.]+)h([\d.]+)V\2z", path.attrib["d"]
            ):
                assert float(foot) == self.height - 24
                found.append((float(left) + float(width) / 2, self.value(float(top))))
        return found

    def coordinates(self) -> Iterator[tuple[float, float]]:
        """Every point of every shape, texts left out."""
        for one in self.root.iter():
            corners = _CORNERS.get(one.tag)
            if corners:
                yield from corners({n: float(v) for n, v in one.attrib.items() if n in _PLACES})
            elif one.tag == "path" and one.get("class") == "mean":
                yield from _pairs(one.attrib["d"][1:])
            elif one.tag == "path":
                for left, top, right, foot in subpaths(one.attrib["d"]):
                    yield from ((left, top), (right, foot))


_PLACES = {"cx", "cy", "x1", "x2", "y1", "y2", "x", "y", "width", "height"}
Corners = Callable[[dict[str, float]], list[tuple[float, float]]]
_CORNERS: dict[str, Corners] = {
    "circle": lambda a: [(a["cx"], a["cy"])],
    "line": lambda a: [(a["x1"], a["y1"]), (a["x2"], a["y2"])],
    "rect": lambda a: [(a["x"], a["y"]), (a["x"] + a["width"], a["y"] + a["height"])],
}


def _pairs(text: str) -> Iterator[tuple[float, float]]:
    for pair in text.split():
        x, y = pair.split(",")
        yield float(x), float(y)


def subpaths(steps: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right and foot of each part of a path."""
    parts: list[list[tuple[float, float]]] = []
    x = y = 0.0
    for letter, numbers in STEP.findall(steps):
        a = [float(n) for n in numbers.split(",") if n]
        if letter in "Mm":
            x, y = (a[0], a[1]) if letter == "M" else (x + a[0], y + a[1])
            parts.append([(x, y)])
            continue
        if letter == "z":
            x, y = parts[-1][0]
        elif letter == "l":
            x, y = x + a[0], y + a[1]
        else:
            x = x + a[0] if letter == "h" else a[0] if letter == "H" else x
            y = y + a[0] if letter == "v" else a[0] if letter == "V" else y
        parts[-1].append((x, y))
    assert "".join(f"{letter}{numbers}" for letter, numbers in STEP.findall(steps)) == steps
    return [
        (
            round(min(x for x, _ in part), 2),
            round(min(y for _, y in part), 2),
            round(max(x for x, _ in part), 2),
            round(max(y for _, y in part), 2),
        )
        for part in parts
    ]


def column(place: int, of: int) -> float:
    """The middle of the column *place*, from 0, of so many."""
    return LEFT + (place + 0.5) * (RIGHT - LEFT) / of
