"""What a page makes of texts that want to be more than texts, and of addresses of other people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests
from requests.cookies import create_cookie

from healthrelay.core.delivery.progress import PAUSED, Progress
from healthrelay.core.measurements.ledger import Days, Device, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.core.trouble import Trouble
from healthrelay.flows.grants.links import invite, link_code
from healthrelay.flows.grants.sessions import PERSON, Session, begin, sign_session
from healthrelay.web.setup.routes import ROUTES, Route
from tests.household import START, Household
from tests.web.setup.conftest import Visitor, heading, token_of
from tests.web.setup.test_today import EVERYTHING, MEASURED, NIGHT

SCRIPT = "<script>alert(1)</script>"
HOSTILE = f"x'\"></textarea></title>{SCRIPT}<img src=x onerror=alert(1)>{{{{7*7}}}}{{person}}\u202e"
BREAK = "x\r\nX-Injected: yes\r\n\r\n<p>"
OF_A_PERSON = [route for route in ROUTES if "<user>" in route.path]
NAMED = ("today", "person", "chart", "people", "igor")


class Markup(HTMLParser):
    """The tags of a page, and its forms: address, and the names of what is filled in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._form: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        inline = tag == "script" and "src" not in names
        led = any((names.get(name) or "").startswith("javascript:") for name in ("href", "action"))
        handler = any(name.startswith("on") or name == "style" for name in names)
        if inline or led or handler or tag in ("img", "iframe", "object", "base"):
            self.live.append(f"<{tag} {names}>")
        if tag == "form" and names.get("method") == "post":
            self._form = {}
            self.forms.append((names["action"] or "", self._form))
        if tag in ("input", "textarea", "select") and names.get("name"):
            self._form[names["name"] or ""] = names.get("type") or "text"


def assert_dead(answer: requests.Response) -> None:
    """See that nothing of what somebody wrote is markup, or was made of a template."""
    assert answer.status_code != 500, answer.text
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        assert Markup(answer.text).live == [], answer.url
        assert "49" not in answer.text.partition("x&#39;")[2][:200], answer.url
    assert "X-Injected" not in answer.headers


def pages(user: str = "jack") -> list[str]:
    """What shows something of *user*."""
    charts = [f"people/{user}/charts/{name}" for name in ("weight", "sleep", "sleep.csv")]
    person = [f"people/{user}", f"people/{user}?show=all", f"people/{user}/settings", *charts]
    found = ("", "/weight", "/body-fat", "/activities-steps", "/sleep", "/sleep.csv")
    person += [f"people/{user}/measurements{name}" for name in found]
    person += [f"people/{user}/days.csv", "igor"]
    return ["/setup", *person, "deliveries", "settings", *starts()]


def starts() -> list[str]:
    return [route.path for route in ROUTES if route.path.startswith("start/")]


Place = Callable[[Household], None]


def _records(household: Household, *records: Record, ledger: Ledger | None = None) -> None:
    store = household.services.store.records
    store.apply("jack", Delta(added=records), START, ledger or store.ledger("jack"))


def _in_records(household: Household) -> None:
    """In every text of every kind of record that a page shows."""
    weight: dict[str, Any] = {"logId": HOSTILE, "date": "2026-11-27", "time": HOSTILE}
    night: dict[str, Any] = {**NIGHT, "logId": HOSTILE, "levels": {"data": [_stage()]}}
    _records(
        household,
        Record("weight", HOSTILE, "2026-11-27T07:00:00", {**weight, "weight": HOSTILE}, "import"),
        Record("body-fat", "f", "2026-11-27", {"dateTime": HOSTILE, "value": HOSTILE}, "import"),
        Record("activities-steps", "s", "2026-11-27", {"value": HOSTILE}, "import"),
        Record("sleep", HOSTILE, "2026-11-27", night, "import"),
    )


def _stage() -> dict[str, Any]:
    return {"dateTime": NIGHT["startTime"], "level": HOSTILE, "seconds": 600}


def _in_devices(household: Household) -> None:
    device = Device("TRACKER", HOSTILE, "2026-11-20T09:00:00", "2026-11-28")
    days = {"activities-steps": Days(date(2026, 11, 20), "ss" + "o" * 7)}
    _records(household, ledger=Ledger(devices={HOSTILE: device}, days=days))


def _in_causes(household: Household) -> None:
    days = {"activities-steps": Days(date(2026, 11, 20), "sf" + "o" * 7)}
    _records(household, ledger=Ledger(days=days, causes={"activities-steps": HOSTILE}))


def _in_a_trouble(household: Household) -> None:
    trouble = {"cause": HOSTILE, "who": "owner", "sentence": HOSTILE, "since": START.isoformat()}
    household.change_grant(health={"refreshing": trouble})


def _in_a_target(household: Household) -> None:
    trouble = Trouble(HOSTILE, "owner", HOSTILE, START)
    log = household.services.store.log
    log.save("jack", f"reader:{HOSTILE}", Progress(0, at=START, trouble=trouble))
    log.save("jack", HOSTILE, Progress(0, PAUSED, at=START, trouble=trouble))


def _in_settings(household: Household) -> None:
    wrong = {**EVERYTHING, "methods": HOSTILE, "resource": HOSTILE, "period": HOSTILE}
    household.services.store.identities.save("jack", {**wrong, HOSTILE: HOSTILE})


def _in_the_zone(household: Household) -> None:
    household.services.store.identities.save("jack", {**EVERYTHING, "timezone": HOSTILE})


PLACES: tuple[Place, ...] = (
    _in_records,
    _in_devices,
    _in_causes,
    _in_a_trouble,
    _in_a_target,
    _in_settings,
    _in_the_zone,
)


@pytest.fixture
def jack(household: Household) -> Household:
    household.connect("jack", **EVERYTHING)
    _records(household, *MEASURED)
    return household


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_what_a_provider_or_igor_sends_stays_text(
    jack: Household, owner: Visitor, place: Place
) -> None:
    place(jack)

    for path in pages():
        assert_dead(owner.open(path))


def test_the_name_of_somebody_stays_text(household: Household, owner: Visitor) -> None:
    """A name like this is refused; a store that somebody wrote to may have it all the same."""
    for name in (HOSTILE.replace("/", ""), "O'Hara", "مريم", "a" * 64):
        household.services.store.identities.save(name, EVERYTHING)

    for name in (HOSTILE.replace("/", ""), "O'Hara", "مريم", "a" * 64):
        for path in pages(quote(name)):
            assert_dead(owner.open(path))


def _forms(visitor: Visitor, paths: list[str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each form of *paths*: where it stands, where it goes, what it has."""
    for path in paths:
        for action, fields in Markup(visitor.open(path).text).forms:
            if not action.endswith(("/sign-out", "/everywhere")):
                yield path, action, fields


@pytest.mark.parametrize("text", [HOSTILE, BREAK], ids=["script", "header"])
def test_what_is_typed_into_any_field_stays_text(
    jack: Household, owner: Visitor, text: str
) -> None:
    settings = ["settings", "people/jack/settings"]
    forms = list(
        _forms(owner, ["/setup", "people/jack", "igor", "deliveries", *settings, *starts()])
    )
    assert {name for _, _, fields in forms for name in fields} >= {"user", "project", "igor"}

    for page, action, fields in forms:
        typed = {name: text for name in fields if name != "csrf"}
        answer = owner.press(action, page=page, **typed)
        assert_dead(answer)
        if answer.status_code == 303:
            assert_dead(owner.follow(answer))
    for path in pages():
        assert_dead(owner.open(path))


@pytest.mark.parametrize("text", [HOSTILE, BREAK], ids=["script", "header"])
def test_what_stands_in_an_address_stays_text(
    jack: Household, owner: Visitor, visitor: Visitor, text: str
) -> None:
    names = ("show", "days", "year", "reading", "next", "lang", "key", "user", text)
    for route in ROUTES:
        if route.method != "GET":
            continue
        filled = re.sub(r"<\w+>", quote(text, safe=""), route.path.replace("<user>", "jack"))
        wild = re.sub(r"<\w+>", quote(text, safe=""), route.path)
        for who in (owner, visitor):
            for path in (filled, wild):
                assert_dead(who.open(path or "/setup"))
            for name in names:
                assert_dead(who.open(f"{filled or '/setup'}?{urlencode({name: text})}"))


def test_a_wrong_key_is_not_said_again(visitor: Visitor) -> None:
    answer = visitor.type_key(HOSTILE, back=HOSTILE)

    assert_dead(answer)
    assert "alert(1)" not in answer.text


def _as_person(visitor: Visitor, user: str) -> Visitor:
    services = visitor.household.services
    begun = begin(Session(PERSON, user), services.store.identities)
    text = sign_session(begun, services.owner_key, services.now())
    visitor.session.cookies.set_cookie(create_cookie("session", text, domain="127.0.0.1"))
    return visitor


@pytest.mark.parametrize("route", OF_A_PERSON, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_reaches_anything_of_another_or_learns_who_there_is(
    jack: Household, visitor: Visitor, route: Route
) -> None:
    jack.add("anna", **EVERYTHING)
    mia = _as_person(visitor, "mia") if jack.add("mia") is None else visitor
    token = token_of(mia.open("people/mia"))
    told = []
    for name in ("anna", "jack", "nobody"):
        path = re.sub(r"<\w+>", "weight.csv", route.path.replace("<user>", name))
        answer = mia.open(path) if route.method == "GET" else mia.press(path, token=token)
        told.append((answer.status_code, heading(answer), answer.headers["Cache-Control"]))

    assert set(told) == {(404, "This is someone else’s page", "no-store")}


def test_a_file_is_neither_kept_nor_taken_for_a_page(jack: Household, owner: Visitor) -> None:
    for kind in ("csv", "json"):
        answer = owner.open(f"people/jack/charts/weight.{kind}")

        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_letters_of_a_link_are_not_found_by_guessing(jack: Household, visitor: Visitor) -> None:
    services = jack.services
    identities = services.store.identities
    made = invite("jack", services.consent, identities, services.now())
    letters = link_code(made.id, services.owner_key)
    assert visitor.open(f"i/{letters}").status_code == 200

    near = [letters[:-1] + ("A" if letters[-1] != "A" else "B"), letters.swapcase(), "A" * 22]
    for guess in near:
        answer = visitor.open(f"i/{guess}")
        assert (answer.status_code, "jack" in answer.text.lower()) == (403, False)
