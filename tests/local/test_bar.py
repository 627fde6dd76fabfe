"""The line that says how far a long work is."""

from __future__ import annotations

import io

from healthrelay.flows.copy_store import Step
from healthrelay.local.bar import bar, line

JACK = Step(2, 4, "jack", 300, 1_200)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_says_what_is_done_and_what_remains() -> None:
    assert line(JACK) == (
        "[#######·················] 2 of 4: jack, 300 of 1,200 records, 900 to go; 2 more to come"
    )
    assert line(Step(1, 1, "jack")) == f"[{'·' * 24}] 1 of 1: jack; 0 more to come"


def test_on_a_terminal_one_line_is_drawn_anew_and_leaves_nothing() -> None:
    screen = Terminal()
    with bar(screen) as tell:
        tell(JACK)
        tell(JACK._replace(done=600))

    assert screen.getvalue().count("\r\x1b[K") == 3
    assert "\n" not in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_in_a_file_each_person_is_a_line() -> None:
    file = io.StringIO()
    with bar(file) as tell:
        for done in (0, 300, 600):
            tell(JACK._replace(done=done))
        tell(Step(3, 4, "second"))

    assert [part.split(": ")[1].split(",")[0] for part in file.getvalue().splitlines()] == [
        "jack",
        "second; 1 more to come",
    ]
