"""The report of a probe: what questions come to, and what is never in it."""

from __future__ import annotations

import pytest

from healthrelay.core.grants.probe import (
    FAILS,
    HOLDS,
    UNKNOWN,
    OpenQuestion,
    Report,
    Verdict,
    blot,
    finding,
    share,
    together,
)


def question(id_: str = "scale") -> OpenQuestion:
    return OpenQuestion(id_, "The weights of a scale say so.", lambda: Verdict(None))


@pytest.mark.parametrize(("holds", "answer"), [(True, HOLDS), (False, FAILS), (None, UNKNOWN)])
def test_an_answer_is_one_of_three(holds: bool | None, answer: str) -> None:
    assert finding(question(), Verdict(holds)).answer == answer


@pytest.mark.parametrize(("good", "of", "holds"), [(3, 3, True), (2, 3, False), (0, 0, None)])
def test_a_share_of_all(good: int, of: int, holds: bool | None) -> None:
    assert share(good, of, "nights agree") == Verdict(holds, (f"{good} of {of} nights agree",))


@pytest.mark.parametrize(
    ("each", "holds"),
    [([True, None], True), ([True, False, None], False), ([None, None], None), ([], None)],
)
def test_several_looks_come_to_one(each: list[bool | None], holds: bool | None) -> None:
    verdicts = [Verdict(one, (str(number),)) for number, one in enumerate(each)]

    assert together(verdicts) == Verdict(holds, tuple(str(n) for n in range(len(each))))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("name: users/digits(12)/me (3)", "name: users/digits(12)/me (3)"),
        ("10000 of 10000, and more to come", "10000 of 10000, and more to come"),
        ("user 111256657788 is known", "user … is known"),
        ("write to jack@example.org now", "write to … now"),
        ("at 2026-11-01T06:12:00Z it was", "at … it was"),
        ("of 2026-11-01", "of …"),
    ],
)
def test_what_looks_private_is_blotted_out(line: str, shown: str) -> None:
    assert blot(line) == shown
    assert finding(question(), Verdict(None, (line,))).evidence == (shown,)


def test_a_report_can_be_pasted_and_parsed() -> None:
    found = [
        finding(question("scale"), Verdict(True, ("326 weights", "formFactor: SCALE (317)"))),
        finding(question("order"), Verdict(None)),
    ]
    report = Report("google_health", tuple(found))

    assert report.as_text() == (
        "# google_health: 1 holds, 0 does not hold, 1 cannot tell\n\n"
        "## scale: holds\n\nThe weights of a scale say so.\n\n"
        "- 326 weights\n- formFactor: SCALE (317)\n\n"
        "## order: cannot tell\n\nThe weights of a scale say so.\n"
    )
    assert report.as_json() == {
        "provider": "google_health",
        "findings": [
            {
                "id": "scale",
                "assumption": "The weights of a scale say so.",
                "answer": "holds",
                "evidence": ["326 weights", "formFactor: SCALE (317)"],
            },
            {
                "id": "order",
                "assumption": "The weights of a scale say so.",
                "answer": "cannot tell",
                "evidence": [],
            },
        ],
    }
