"""The pieces of a drawing: numbers, texts, and the picture around them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

WIDE = 300


def number(value: float) -> str:
    """Return a coordinate with at most one decimal: ``40``, ``43.7``."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def picture(name: str, title: str, description: str, height: int, body: Iterable[str]) -> str:
    """Return the drawing *name*, with what somebody who does not see it hears."""
    inside = "\n".join(body)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDE} {height}" role="img"'
        f' aria-labelledby="{name}-t" aria-describedby="{name}-d">\n'
        f'<title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>\n{inside}\n</svg>'
    )


def text(x: float, y: float, words: str, anchor: str = "", css: str = "") -> str:
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += f' class="{css}"' if css else ""
    return f'<text x="{number(x)}" y="{number(y)}"{more}>{escape(words)}</text>'


def line(css: str, left: float, right: float, y: float) -> str:
    """Return a level line."""
    at = number(y)
    return f'<line class="{css}" x1="{number(left)}" x2="{number(right)}" y1="{at}" y2="{at}"/>'


def path(css: str, steps: str) -> str:
    return f'<path class="{css}" d="{steps}"/>' if steps else ""


def bar(left: float, top: float, width: float, foot: float) -> str:
    """Return the steps of a path around an upright bar."""
    x, y, w = number(left), number(top), number(width)
    return f"M{x},{number(foot)}V{y}h{w}V{number(foot)}z"


def hits(areas: Iterable[tuple[float, float, str]], top: int, foot: int) -> str:
    """Return a see-through column for each left edge, width and text: a text on hovering."""
    inside = "".join(
        f'<path d="M{number(left)},{top}h{number(width)}v{foot - top}H{number(left)}z">'
        f"<title>{escape(words)}</title></path>"
        for left, width, words in areas
    )
    return f'<g class="hits">{inside}</g>' if inside else ""
