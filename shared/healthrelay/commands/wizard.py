"""What walks somebody on a terminal through steps: it explains, and waits."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

import click

from healthrelay.commands.output import Verbatim

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.commands.face import Invocation
    from healthrelay.core.grants.console import ConsoleStep
    from healthrelay.web.setup.texts import Texts


class Wizard(NamedTuple):
    """One walk through the steps; without being *interactive* flags say everything."""

    built: Services
    texts: Texts
    invocation: Invocation
    interactive: bool
    no_check: bool

    def explain(self, step: ConsoleStep, number: int, project: str) -> None:
        """Say what to do in the console, where, and what to paste; wait until it is done."""
        from healthrelay.core.grants.console import STEPS, to_paste

        text = self.texts.text
        head = text(f"google.steps.{step.name}.title")
        self.invocation.announce(f"\n{number} of {len(STEPS)}  {head}")
        self.invocation.announce(plain(text(f"google.steps.{step.name}.do")))
        if pasted := to_paste(step, self.built.public_url):
            self.invocation.announce(Verbatim(f"\n{pasted}\n"))
        self.invocation.announce(Verbatim(step.link(project)))
        if self.interactive and step.name not in ("project", "client"):
            click.prompt("Enter when it is done", default="", show_default=False, err=True)

    def prompt(self, question: str, known: str = "") -> str:
        """Return what is typed; Enter, or no terminal, means what is *known*."""
        if not self.interactive:
            return known
        return str(click.prompt(question, default=known or None, err=True)).strip()


def plain(text: str) -> str:
    """Return a text of the page without its markup."""
    return unescape(re.sub(r"<[^>]+>", "", text))
