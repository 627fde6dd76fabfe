"""What a real account says of each open assumption: shapes and counts, nothing that was measured.

The report is made to be shown to strangers. Whoever answers a question gives shapes
(`healthrelay.core.grants.shape`); what looks like more than that is blotted out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

HOLDS, FAILS, UNKNOWN = "holds", "does not hold", "cannot tell"
BLOTTED = "…"
MAX_LINE = 300

# Numbers as long as an identifier or an instant, and what has an @ in it, are nobody's business.
_PRIVATE = re.compile(r"\S*@\S*|\d{4}-\d\d-\d\d\S*|\S*\d{6,}\S*")


class Verdict(NamedTuple):
    """What was seen: *holds* is None where this account cannot tell."""

    holds: bool | None
    evidence: tuple[str, ...] = ()


class OpenQuestion(NamedTuple):
    """One assumption, in a sentence, and how to look whether it holds."""

    id: str
    assumption: str
    ask: Callable[[], Verdict]


class Finding(NamedTuple):
    """The answer to one question."""

    id: str
    assumption: str
    answer: str
    evidence: tuple[str, ...]


class Report(NamedTuple):
    """All findings about one account of *provider*."""

    provider: str
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, object]:
        findings = [{**one._asdict(), "evidence": list(one.evidence)} for one in self.findings]
        return {"provider": self.provider, "findings": findings}

    def as_text(self) -> str:
        """Return the report as Markdown."""
        answers = [one.answer for one in self.findings]
        counts = ", ".join(f"{answers.count(each)} {each}" for each in (HOLDS, FAILS, UNKNOWN))
        return "\n\n".join([f"# {self.provider}: {counts}", *map(_section, self.findings)]) + "\n"


def finding(question: OpenQuestion, verdict: Verdict) -> Finding:
    """Return the answer to *question*, without anything private in it."""
    answer = {True: HOLDS, False: FAILS, None: UNKNOWN}[verdict.holds]
    return Finding(question.id, question.assumption, answer, tuple(map(blot, verdict.evidence)))


def share(good: int, of: int, what: str) -> Verdict:
    """Return that something holds for so many *of* all; for none at all it cannot be told."""
    return Verdict(good == of if of else None, (f"{good} of {of} {what}",))


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what several looks come to: one that fails is enough, and one at least must hold."""
    seen = list(verdicts)
    known = [one.holds for one in seen if one.holds is not None]
    evidence = tuple(line for one in seen for line in one.evidence)
    return Verdict(all(known) if known else None, evidence)


def blot(line: str) -> str:
    """Return *line* without what may be an instant, an address or an identifier."""
    return _PRIVATE.sub(BLOTTED, line)[:MAX_LINE]


def _section(one: Finding) -> str:
    evidence = "".join(f"\n- {line}" for line in one.evidence)
    return f"## {one.id}: {one.answer}\n\n{one.assumption}" + (f"\n{evidence}" if evidence else "")
