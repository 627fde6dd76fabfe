"""Every error of ours, whoever meets it, is a page: what happened, who acts, one way on."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from html import unescape
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from flask import Flask, Response, g, request

import healthrelay
from healthrelay.adapters.probing import Reply
from healthrelay.core.errors import HealthrelayError
from healthrelay.flows.grants.sessions import OWNER, PERSON, VISITOR, Session
from healthrelay.web.failure import as_problem, lead_back
from healthrelay.web.problem_names import BY_CAUSE, problem_name
from healthrelay.web.setup import failure
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.problems import AGAIN, NOBODY, OWNER_ACTS, PROBLEMS, render_problem
from healthrelay.web.setup.router import has_page
from healthrelay.web.setup.texts import Texts
from healthrelay.web.setup.visit import Visit
from tests.household import START, Household

SENTENCE = "Only English has this."
ARGUMENTS: dict[str, Any] = {
    "sentence": SENTENCE,
    "what": SENTENCE,
    "reason": "so it is",
    "user": "jack",
    "next_step": "Do that.",
    "part": "redirect",
    "place": "grant, of jack",
    "series": "weight",
    "days": {"2026-11-28": 2},
    "until": START - timedelta(days=7),
    "reply": Reply(500, None),
}
"""With what an error is made, by the name of the argument."""
WHO_LOOKS = ((Session(VISITOR), "nl"), (Session(PERSON, "jack"), "en"), (Session(OWNER), "nl"))
Show = Callable[[HealthrelayError, Session, str], Response]


class Raised(NamedTuple):
    """An error that somebody may meet, and its name for who reads what failed."""

    name: str
    error: HealthrelayError


def modules() -> Iterator[ModuleType]:
    """Every module of ours."""
    for found in pkgutil.walk_packages(healthrelay.__path__, "healthrelay."):
        if not found.name.endswith("__main__"):
            yield import_module(found.name)


def make(kind: type[HealthrelayError]) -> HealthrelayError:
    needed = [
        name
        for name, one in inspect.signature(kind).parameters.items()
        if one.default is inspect.Parameter.empty
    ]
    return kind(*(ARGUMENTS[name] for name in needed))


def kinds(kind: type[HealthrelayError] = HealthrelayError) -> Iterator[type[HealthrelayError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def with_causes(module: ModuleType) -> Iterator[Raised]:
    """Each ``Kind(…).with_cause(cause)`` in *module*, unless an answer of a provider names it."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(ast.Attribute(ast.Call(kind), "with_cause"), [cause]):
                try:
                    word = look_up(cause, module)
                except (KeyError, AttributeError):
                    continue
                error = make(look_up(kind, module)).with_cause(word)
                yield Raised(f"{type(error).__name__} {word}", error)


def look_up(node: ast.expr, module: ModuleType) -> Any:
    """What a word, a name, or an attribute stands for in *module*."""
    match node:
        case ast.Constant(word):
            return word
        case ast.Attribute(of, name):
            return getattr(look_up(of, module), name)
        case ast.Name(name):
            return vars(module)[name]
    raise TypeError(ast.dump(node))


@cache
def every_error() -> list[Raised]:
    """All that may be raised: each class, each with the causes that our code gives it."""
    ours = [module for module in modules() if "with_cause" in inspect.getsource(module)]
    by_cause = [raised for module in ours for raised in with_causes(module)]
    by_class = [
        Raised(kind.__name__, make(kind))
        for kind in kinds()
        if kind is not Problem and kind.__module__.startswith("healthrelay.")
    ]
    others = [Raised(cause, HealthrelayError(SENTENCE).with_cause(cause)) for cause in BY_CAUSE]
    assert len(by_class) > 30
    assert len(by_cause) > 15
    return [*by_class, *by_cause, *others]


@pytest.fixture
def in_setup(household: Household) -> Show:
    """Show an error that a page of ``setup`` met, at ``people/jack``."""

    def show(error: HealthrelayError, session: Session, language: str) -> Response:
        visit = _visit(household, session)
        visit.texts, visit.args, visit.back = Texts(language), {"user": "jack"}, "people/jack"
        return visit.finish(render_problem(error, visit))

    return show


@pytest.fixture
def on_the_way(household: Household) -> Show:
    """Show an error that ``auth1`` or ``auth2`` met, on the page to which they lead."""
    household.add("jack")

    def show(error: HealthrelayError, session: Session, language: str) -> Response:
        lead_back(household.services, "jack")
        place = as_problem(error).headers["Refresh"].partition("url=")[2]
        with Flask("page").test_request_context(place):
            visit = _visit(household, session)
            visit.texts = Texts(language)
            return visit.finish(failure.show(visit))

    return show


def _visit(household: Household, session: Session) -> Visit:
    visit = Visit(request._get_current_object(), household.services)  # type: ignore[attr-defined]
    visit.session = session._replace(id="a" * 22)
    return visit


def check(answer: Response, language: str) -> None:
    """What holds of each page of a failure."""
    page = answer.get_data(as_text=True)
    main = page[page.index("<main") : page.index("</main>")]
    text = Texts(language).text
    assert re.findall(r"<h1>(.+?)</h1>", main) == re.findall(r"<title>(.+) · healthrelay<", page)
    assert main.count(text("problem.you_can")) == 1
    ways = re.findall(r'<a[^>]* href="([^"]*)"|<form[^>]* action="([^"]*)"', main)
    assert len(ways) == 1, main
    assert main.count("<button") + main.count('class="button"') == 1
    address = unescape("".join(ways[0]))
    path = address.partition("?")[0].removeprefix("/setup").strip("/")
    assert address.startswith("mailto:?subject=") or has_page(path), address
    assert re.search(rf"\b{g.case}\b", main)
    foreign = re.sub(r'<span lang="en">.*?</span>', "", main)
    assert SENTENCE not in foreign
    assert not re.search(r"\{\w+\}|None", foreign), foreign


@pytest.mark.parametrize("place", ["in_setup", "on_the_way"])
def test_every_error_is_a_page_with_one_way_on(place: str, request: pytest.FixtureRequest) -> None:
    show: Show = request.getfixturevalue(place)

    for raised in every_error():
        for session, language in WHO_LOOKS:
            with Flask("page").test_request_context("/people/jack"):
                answer = show(raised.error, session, language)
                try:
                    check(answer, language)
                except AssertionError as wrong:
                    wrong.add_note(f"{raised.name}, {session.kind or 'a visitor'}, {language}")
                    raise


def test_a_page_says_the_same_as_its_error_of_who_must_act() -> None:
    for name, error in every_error():
        row = PROBLEMS[problem_name(error)]

        if error.who == "owner":
            assert row.who == OWNER_ACTS, name
        if error.who == "nobody" and error.cause not in BY_CAUSE:
            assert row.who == NOBODY or row.way == AGAIN, name


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_words_of_a_failure_name_who_acts(name: str) -> None:
    row, texts = PROBLEMS[name], Texts("en")

    assert texts.has(f"problem.{name}.do") == (row.who != NOBODY)
    if row.who == OWNER_ACTS:
        assert re.search("Whoever runs|the owner", str(texts.raw(f"problem.{name}.do", {})))
