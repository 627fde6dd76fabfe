"""What holds of every page: its headers, its words, its way on, who may see it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from urllib.parse import quote

import pytest

from healthrelay.config import functions
from healthrelay.web.setup import assets
from healthrelay.web.setup.problems import MAIL, NOBODY, PROBLEMS
from healthrelay.web.setup.router import view_of
from healthrelay.web.setup.routes import ROUTES, Route
from healthrelay.web.setup.texts import choose_language, load_texts
from tests.household import Household
from tests.web.setup.conftest import Visitor

EACH = [pytest.param(route, id=f"{route.method} {route.path}") for route in ROUTES]
PAGES = [route for route in ROUTES if route.view != "assets:show"]


def address(route: Route) -> str:
    """The route's address, for a person who is not there."""
    return re.sub(r"<\w+>", "somebody", route.path)


@pytest.mark.parametrize("route", EACH)
def test_each_row_has_a_view(route: Route) -> None:
    assert callable(view_of(route))
    assert set(route.who) <= set("OPIB-")
    assert route.method in ("GET", "POST")


@pytest.mark.parametrize("who", ["visitor", "owner"])
def test_every_page_has_the_headers_that_keep_it_private(who: str, household: Household) -> None:
    visitor = Visitor(household) if who == "visitor" else Visitor(household).sign_in()
    provider = re.match(r"https?://[^/]+", household.services.authorize_url)
    assert provider
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self';"
        f" connect-src 'self'; form-action 'self' {provider[0]}; base-uri 'none';"
        " frame-ancestors 'none'"
    )

    for route in PAGES:
        path = "/setup" if route.path == "" else address(route)
        get = route.method == "GET"
        answer = visitor.open(path) if get else visitor.press(path, token="")

        assert answer.headers["Content-Security-Policy"] == policy, route
        assert answer.headers["Cache-Control"] == "no-store", route
        assert answer.headers["Referrer-Policy"] == "no-referrer", route
        assert answer.headers["X-Content-Type-Options"] == "nosniff", route
        assert answer.headers["X-Frame-Options"] == "DENY", route
        assert "style=" not in answer.text, route
        assert not re.search(r"<script(?! src)|\son\w+=", answer.text), route


@pytest.mark.parametrize("route", [route for route in ROUTES if not {"-", "I"} & {*route.who}])
def test_a_stranger_sees_nothing_of_what_is_not_for_everybody(
    route: Route, visitor: Visitor
) -> None:
    path = address(route)
    if route.method == "GET":
        answer = visitor.open(path)
        place = f"/setup/sign-in?next={quote(path)}"
        assert (answer.status_code, answer.headers["Location"]) == (303, place)
        assert answer.text == ""
    else:
        assert visitor.press(path, page="sign-in").status_code == 401


def test_files_are_kept_for_good_and_pages_ask_for_nothing_else(visitor: Visitor) -> None:
    page = visitor.open("sign-in").text
    named = re.findall(r'(?:href|src)="(/setup/assets/[^"]+)"', page)

    assert sorted(name.rpartition(".")[2] for name in named) == ["css", "js", "svg"]
    for name in named:
        answer = visitor.open(name)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        kind = assets.TYPES[re.sub(r"\.[0-9a-f]{10}\.", ".", name.rpartition("/")[2])]
        assert answer.headers["Content-Type"] == kind
        assert "Set-Cookie" not in answer.headers
    assert re.findall(r"https?://", page.replace("http://www.w3.org/2000/svg", "")) == []


def test_a_file_of_an_older_page_is_still_there_but_not_kept(visitor: Visitor) -> None:
    answer = visitor.open("assets/style.0123456789.css")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    for name in ("style.css.bak", "..%2Fsession.py", "session.py", "%2E%2E", "style"):
        assert visitor.open(f"assets/{name}").status_code == 404


def test_the_script_is_short_and_sends_nothing_away() -> None:
    script = (assets.FOLDER / "page.js").read_text()

    assert len(script.splitlines()) <= 40
    assert not re.search(r"fetch\(|XMLHttpRequest|sendBeacon|innerHTML|eval", script)


def test_the_case_word_of_a_page_stands_in_the_line_of_the_log(
    visitor: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = visitor.open("no/such/page")

    word = re.search(r"Case ([A-Z0-9]{4}),", answer.text)
    assert word
    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert (line["case"], line["cause"]) == (word[1], "Problem: no-page")


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_failure_says_what_happened_and_has_a_way_on(name: str) -> None:
    row, texts = PROBLEMS[name], load_texts("en", "problem")

    wanted = {"state", "title", "what", "button"} | ({"owner_button"} if row.owner else set())
    wanted |= set() if row.who == NOBODY else {"do"}
    assert {key.partition(".")[2] for key in texts if key.startswith(f"{name}.")} == wanted
    assert row.way == MAIL or not row.way.startswith("http")
    assert 200 <= row.status < 600


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [("", ["nl-NL", "en"], "nl"), ("en", ["nl"], "en"), ("xx", ["tlh"], "en"), ("", [], "en")],
)
def test_the_language_is_the_chosen_one_or_the_first_that_the_browser_takes(
    chosen: str, accepted: list[str], language: str
) -> None:
    assert choose_language(chosen, accepted) == language


def test_no_other_function_loads_anything_of_the_page() -> None:
    others = [f"healthrelay.web.{name}" for name in functions() if name != "setup"]
    code = (
        f"import sys, {', '.join(others)}, healthrelay.assembly.services\n"
        "print(*(name for name in sys.modules if name.startswith('healthrelay.web.setup')))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []
