"""Below web an error has a name; what it is over HTTP is nobody's business there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from healthrelay.core import errors

PACKAGE = Path(errors.__file__).parents[1]
BELOW_WEB = ("core", "ports", "flows", "igor")
ERRORS = {status.value for status in HTTPStatus if status >= 400}
ROUND = 500
"""Also a size or a number of days, so it counts only where it is compared or handed over."""


def numbers(source: str) -> set[int]:
    """The HTTP statuses that stand in *source* as numbers."""
    return {number for node in ast.walk(ast.parse(source)) for number in _at(node)}


def _at(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Constant) and node.value in ERRORS - {ROUND}:
        yield int(node.value)
    elif isinstance(node, ast.Compare | ast.Call | ast.keyword):
        inner = ast.iter_child_nodes(node)
        yield from (ROUND for each in inner if getattr(each, "value", None) == ROUND)


@pytest.mark.parametrize("room", BELOW_WEB)
def test_no_status_stands_below_web(room: str) -> None:
    sources = sorted((PACKAGE / room).rglob("*.py"))

    assert sources
    assert {path.name: numbers(path.read_text()) for path in sources} == {
        path.name: set() for path in sources
    }


@pytest.mark.parametrize(
    ("source", "statuses"),
    [
        ('raise BadRequest("There is one.", 409)', {409}),
        ("TOO_MUCH = 413", {413}),
        ("if error.status == 500: pass", {500}),
        ("Error(status=500)", {500}),
        ("MAX_VALUE = 500", set()),
        ('raise TryLater("Soon.", 300)', set()),
    ],
)
def test_a_status_is_noticed(source: str, statuses: set[int]) -> None:
    assert numbers(source) == statuses


def test_a_defect_is_the_owners_to_report_and_not_the_callers() -> None:
    bug = errors.Bug()

    assert not isinstance(bug, errors.BadRequest)
    assert (bug.who, bug.cause) == ("owner", "unexpected")
    assert "Report it" in bug.next_step
