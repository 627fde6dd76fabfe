"""Every page of the household, each in the states that it can be in.

One row a page and state; a page that is missing here fails a test, so that what holds of all of
them is looked at on a new one, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import count
from typing import NamedTuple

from flask import Flask, request
from playwright.sync_api import Browser, BrowserContext, Page

from healthrelay.core.delivery.progress import FAILING, DeadLetters, Progress
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.core.trouble import Trouble
from healthrelay.flows.delivery import targets
from healthrelay.flows.grants.links import invite, link_code, newest_link
from healthrelay.flows.grants.sessions import PERSON, Session, begin, sign_session
from healthrelay.web.setup.links import page_link
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.problems import PROBLEMS, render_problem
from healthrelay.web.setup.texts import load_texts
from healthrelay.web.setup.visit import Visit
from tests.household import START, TODAY, Household

EVERYTHING = {
    "methods": "time_series,sleep",
    "resource": "body/weight,body/fat,activities/steps,activities/heart",
    "period": "1m",
    "timezone": "Europe/Amsterdam",
}
LONG = "a" * 60
"""A name without a place to break."""
_PROBLEMS = "problem-page/"
_LOOK_ONCE = "if (location.protocol === 'http:') sessionStorage.setItem('look', '1')"
"""For a page that would load itself again: as if it had done so for minutes."""
_places = count(1)


class Shown(NamedTuple):
    """A page as *who* sees it: ``owner``, ``jack``, or nobody; *act* brings it into its state."""

    who: str
    path: str
    act: Callable[[Page], None] | None = None
    again: bool = False
    """Whether one with the same template and parts stands here already."""

    def __str__(self) -> str:
        return f"{self.path or 'today'} of {self.who or 'a visitor'}"


def _make_a_paste(page: Page) -> None:
    button = page.get_by_role("button", name="Make the paste")
    if button.count():  # it stays until the keys were taken
        button.click()
    page.get_by_label("Command to paste").wait_for()


def _type_a_wrong_address(page: Page) -> None:
    page.get_by_label("Igor’s address").fill("no address")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").first.wait_for()


def _type_a_wrong_key(page: Page) -> None:
    page.get_by_label("Owner key").fill("a guess")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").first.wait_for()


def _make_keys(page: Page) -> None:
    page.get_by_text("Change node-red").click()
    page.get_by_role("button", name="New secret").click()
    page.get_by_label("The secret").wait_for()


def _make_a_poll_key(page: Page) -> None:
    page.get_by_role("button", name="Make a new key").click()
    page.get_by_label("The key", exact=True).wait_for()


def _type_a_wrong_name(page: Page) -> None:
    page.get_by_label("Name").fill("my node")
    page.get_by_label("Address", exact=True).fill("https://example.org/hook")
    page.get_by_role("button", name="Try it and keep").click()
    page.get_by_role("alert").first.wait_for()


def _type_a_wrong_igor(page: Page) -> None:
    page.get_by_label("Igor’s address").fill("igor")
    page.get_by_role("button", name="Check and keep").click()
    page.get_by_role("alert").first.wait_for()


def _type_a_wrong_zone(page: Page) -> None:
    page.get_by_label("Time zone").fill("Amsterdam")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").first.wait_for()


PAGES = (
    Shown("", "sign-in"),
    Shown("", "sign-in?next=people/jack", _type_a_wrong_key),
    Shown("owner", ""),
    Shown("owner", "people/jack"),
    Shown("owner", "people/jack?show=1y&days=sleep", again=True),
    Shown("owner", "people/jack?show=all&year=2025", again=True),
    Shown("owner", f"people/jack?reading={int(START.timestamp()) // 60 + 1}", again=True),
    Shown("owner", "people/anna", again=True),
    Shown("owner", "people/mia"),
    Shown("owner", f"people/{LONG}", again=True),
    Shown("owner", "people/jack/charts/sleep?show=90d"),
    Shown("owner", "people/jack/measurements"),
    Shown("owner", "people/jack/measurements/weight?page=2"),
    Shown("owner", "people/jack/measurements/activities-heart", again=True),
    Shown("owner", f"people/{LONG}/measurements/sleep", again=True),
    Shown("owner", "start/google"),
    Shown("owner", "start/client"),
    Shown("owner", "start/people"),
    Shown("owner", "start/igor", _type_a_wrong_address),
    Shown("owner", "start/igor", _make_a_paste),
    Shown("owner", "igor", _make_a_poll_key),
    Shown("owner", "igor", _type_a_wrong_igor),
    Shown("owner", "deliveries", _type_a_wrong_name),
    Shown("owner", "deliveries", _make_keys),
    Shown("owner", "settings"),
    Shown("owner", "people/jack/settings", _type_a_wrong_zone),
    Shown("owner", f"people/{LONG}/settings", again=True),
    Shown("", "i/{letters}"),
    Shown("jack", "people/jack", again=True),
    Shown("jack", "people/jack/connect", again=True),
    Shown("jack", "people/jack/connected"),
    Shown("owner", "people/mia/not-me"),
    Shown("jack", "people/jack/erase"),
    Shown("jack", "people/jack/settings"),
    *(Shown("", f"{_PROBLEMS}{name}", again=name != "other-account") for name in PROBLEMS),
)
FIRST = [one for one in PAGES if not one.again]


def is_problem(shown: Shown) -> bool:
    return shown.path.startswith(_PROBLEMS)


def fill(household: Household) -> None:
    """Let jack be well for a year, anna have to connect again, mia wait; of one there is a name."""
    household.connect("jack", **EVERYTHING)
    household.fetched()
    _add_a_year(household)
    household.connect("anna", **EVERYTHING)
    ended = (START - timedelta(days=3)).isoformat()
    trouble = {"cause": "invalid_grant", "who": "wearer", "sentence": "It was refused."}
    household.change_grant(
        "anna", health={"ended_at": ended, "refreshing": {**trouble, "since": ended}}
    )
    household.connect("mia", **EVERYTHING)
    household.add(LONG, **EVERYTHING)
    services = household.services
    identities = services.store.identities
    invite(LONG, services.consent, identities, services.now())
    _add_receivers(household)


def _add_receivers(household: Household) -> None:
    """Let a receiver of jack's have refused for days, and one with a long name be new."""
    built = household.services
    for name in ("node-red", LONG):
        hook = targets.Endpoint("https://example.org/hook", private=False)
        targets.add("jack", name, hook, built.store, built.vault, built.receivers.new_keys)
    refused = Trouble("address_refused", "nobody", "node-red took nothing (status 404).", START)
    due, died = START + timedelta(days=1), START - timedelta(days=3)
    letters = (DeadLetters(1, 1),)
    progress = Progress(1, FAILING, 10, due, refused, dead=letters, died=died)
    built.store.log.save("jack", "node-red", None)
    built.store.log.save("jack", "node-red", progress)


def _add_a_year(household: Household) -> None:
    """Add weights of a year before, and days in every state."""
    store = household.services.store.records
    days = [TODAY - timedelta(n) for n in range(40, 400, 3)]
    weights = [
        Record("weight", f"y{n}", f"{day}T07:00:00", _weight(n, f"{day}"), "import")
        for n, day in enumerate(days)
    ]
    ledger: Ledger = store.ledger("jack")
    states = {name: _in_every_state(known) for name, known in ledger.days.items()}
    store.apply("jack", Delta(added=tuple(weights)), START, ledger._replace(days=states))


def _in_every_state(days: Days) -> Days:
    """Return *days* with some that are open, empty, and failed."""
    return days._replace(states="soef" + days.states[4:])


def _weight(number: int, day: str) -> dict[str, object]:
    return {"logId": number, "date": day, "time": "07:00:00", "weight": 82 + number % 7 / 10}


class Walk:
    """Browsers of everybody who may look."""

    def __init__(self, household: Household, contexts: Mapping[str, BrowserContext]) -> None:
        self.household, self.contexts = household, contexts
        services = household.services
        link = newest_link(services.store.identities.invitations(LONG), services.now())
        assert link
        self.letters = link_code(link.invitation, services.owner_key)
        self.pages = {who: context.new_page() for who, context in contexts.items()}

    def open(self, shown: Shown) -> Page:
        """Return the browser's page, as *shown*."""
        page = self.pages[shown.who]
        page.emulate_media(media="screen")
        path = shown.path.format(letters=self.letters)
        page.goto(f"{self.household.url}/setup/{path}".rstrip("/"))
        if shown.act:
            shown.act(page)
            page.wait_for_load_state()
        return page


@contextmanager
def walking(browser: Browser, household: Household, **options: object) -> Iterator[Walk]:
    """Browsers with these *options*, signed in; failures stand at addresses of their own."""
    with ExitStack() as stack:
        contexts = {}
        # Each time from another place: who guesses a key too often must pause.
        place = {"X-Forwarded-For": f"192.0.2.{next(_places)}"}
        for who in ("", "owner", "jack"):
            context = browser.new_context(extra_http_headers=place, **options)  # type: ignore[arg-type]
            stack.callback(context.close)
            context.set_default_timeout(15_000)
            context.add_init_script(_LOOK_ONCE)
            context.route(f"**/setup/{_PROBLEMS}*", lambda route: _fulfil(route, household))
            contexts[who] = context
        _sign_in(contexts, household)
        yield Walk(household, contexts)


def _sign_in(contexts: Mapping[str, BrowserContext], household: Household) -> None:
    services = household.services
    opening = contexts["owner"].new_page()
    opening.goto(page_link(services).replace(services.public_url, household.url))
    opening.close()
    begun = begin(Session(PERSON, "jack"), services.store.identities)
    jack = sign_session(begun, services.owner_key, services.now())
    cookie = {"name": "session", "value": jack, "url": household.url}
    contexts["jack"].add_cookies([cookie])  # type: ignore[list-item]


def _fulfil(route: object, household: Household) -> None:
    """Answer with the page of a failure, as the function would."""
    name = route.request.url.rpartition("/")[2]  # type: ignore[attr-defined]
    with Flask("page").test_request_context("/"):
        visit = Visit(request._get_current_object(), household.services)  # type: ignore[attr-defined]
        texts = " ".join(map(str, load_texts("en", "problem").values()))
        values = dict.fromkeys(re.findall(r"\{(\w+)\}", texts), "Saturday 5 December")
        problem = Problem(name, "people/jack", sentence="It does not answer.", **values)
        answer = visit.finish(render_problem(problem, visit))
    headers = dict(answer.headers)
    route.fulfill(status=200, body=answer.get_data(as_text=True), headers=headers)  # type: ignore[attr-defined]
