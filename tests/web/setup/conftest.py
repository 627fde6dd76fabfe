"""A browser without a screen: it keeps cookies, follows nothing, and sends a page's forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
import requests
from requests.cookies import create_cookie

from healthrelay.flows.grants import sessions
from healthrelay.flows.grants.sessions import PERSON, Session
from healthrelay.web.setup.links import page_link
from tests.household import OWNER_KEY, SECONDS, Household

_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class Visitor:
    """Somebody with a browser, at a household's page."""

    def __init__(self, household: Household) -> None:
        self.household = household
        self.session = requests.Session()
        self.session.trust_env = False

    def open(self, path: str = "", **headers: str) -> requests.Response:
        """GET a page below ``/setup``."""
        return self._request("GET", path, headers=headers)

    def get(self, path: str) -> requests.Response:
        """GET any address of the household, such as that of another function."""
        return self._request("GET", path)

    def follow(self, answer: requests.Response) -> requests.Response:
        """GET where *answer* leads."""
        assert answer.status_code == 303, answer.text
        return self._request("GET", answer.headers["Location"])

    def press(
        self, path: str, page: str = "", token: str | None = None, **fields: str
    ) -> requests.Response:
        """POST *fields* to *path* with the token of the form on *page*."""
        if token is None:
            token = token_of(self.open(page or path))
        return self._request("POST", path, data={"csrf": token, **fields})

    def sign_in(self) -> Visitor:
        """By a fresh link."""
        link = page_link(self.household.services)
        answer = self._request("GET", link.replace(self.household.services.public_url, ""))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/setup"), answer.text
        return self

    def be(self, user: str) -> Visitor:
        """Hold the session that *user*'s consent gives, whose like is signed here."""
        services = self.household.services
        begun = sessions.begin(Session(PERSON, user), services.store.identities)
        text = sessions.sign_session(begun, services.owner_key, services.now())
        self.session.cookies.set_cookie(create_cookie("session", text, domain="127.0.0.1"))
        return self

    def type_key(self, key: str = OWNER_KEY, back: str = "") -> requests.Response:
        return self.press("sign-in", owner_key=key, next=back)

    def _request(self, method: str, path: str, **more: object) -> requests.Response:
        address = path if path.startswith("/") else f"/setup/{path}"
        url = f"{self.household.url}{address}"
        return self.session.request(
            method,
            url,
            timeout=SECONDS,
            allow_redirects=False,
            **more,  # type: ignore[arg-type]
        )


def token_of(page: requests.Response) -> str:
    """The token of the first form of *page*."""
    match = _TOKEN.search(page.text)
    assert match, page.text
    return match[1]


def heading(page: requests.Response) -> str:
    """What stands at the head of *page*."""
    match = re.search(r"<h1>(.*?)</h1>", page.text)
    assert match, page.text
    return unescape(match[1])


@pytest.fixture
def somebody(household: Household) -> Callable[[], Visitor]:
    """Make a browser of its own."""
    return lambda: Visitor(household)


@pytest.fixture
def visitor(somebody: Callable[[], Visitor]) -> Visitor:
    """A stranger."""
    return somebody()


@pytest.fixture
def owner(somebody: Callable[[], Visitor]) -> Visitor:
    """The owner, signed in."""
    return somebody().sign_in()
