"""Write the steps in docs/google-setup.md from the page's words: `python tools/google_docs.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from textwrap import fill, indent

from healthrelay.core.grants.console import STEPS, ConsoleStep, to_paste
from healthrelay.web.setup.texts import Texts

PAGE = Path(__file__).resolve().parents[1] / "docs" / "google-setup.md"
BEGIN = "<!-- The steps are written by tools/google_docs.py. -->\n"
END = "<!-- The end of the steps. -->\n"
_LOCAL = "http://127.0.0.1:8080"
_WIDTH = 116


def page(text: str) -> str:
    """Return the page *text* with the steps as the page of the household has them."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    family = _words("family.what")
    steps = "\n".join(_step(number, step) for number, step in enumerate(STEPS, 1))
    told = f"**{_words('family.title')}** {family}"
    return f"{before}{BEGIN}\n{steps}\n{fill(told, _WIDTH)}\n\n{END}{after}"


def _step(number: int, step: ConsoleStep) -> str:
    name = f"steps.{step.name}"
    link = f"[{_words(f'{name}.button')}]({step.link('')})"
    text = f"**{_words(f'{name}.title')}.** {_words(f'{name}.do')} {link}"
    return "\n".join([f"{number}. {fill(text, _WIDTH, subsequent_indent='   ')}", *_paste(step)])


def _paste(step: ConsoleStep) -> Iterator[str]:
    if pasted := to_paste(step, _LOCAL):
        yield from ("", indent(f"```\n{pasted}\n```", "   "), "")


def _words(name: str) -> str:
    text = Texts().text(f"google.{name}")
    return unescape(re.sub(r"</?b>", "**", text))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
