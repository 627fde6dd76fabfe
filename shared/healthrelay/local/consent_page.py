"""Filling in the sandbox's consent page automatically."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from healthrelay.core.errors import TryLater

TIMEOUT_SECONDS = 30
CONNECTED = {"auth1": 302, "auth2": 303}


class _Form(HTMLParser):
    """The one form of a consent page: its ticked boxes and hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attributes.get("action") or ""
        ticked = attributes.get("type") != "checkbox" or "checked" in attributes
        if tag == "input" and attributes.get("name") and ticked:
            self.fields.append((str(attributes["name"]), attributes.get("value") or ""))


def _browser() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxy leads back to this machine
    return session


def allow(begin_url: str, account: str = "") -> dict[str, int]:
    """Follow *begin_url* to the consent page, allow all, and come back.

    Sign in as *account*; without one as whom the page proposes. Return the statuses of
    ``auth1`` and ``auth2`` (`CONNECTED` where all went well).
    """
    with _browser() as browser:
        start = browser.get(begin_url, allow_redirects=False, timeout=TIMEOUT_SECONDS)
        if start.status_code != 302:
            return {"auth1": start.status_code}
        page = allow_page(start.headers["Location"], account)
        end = browser.get(page, allow_redirects=False, timeout=TIMEOUT_SECONDS)
        return {"auth1": start.status_code, "auth2": end.status_code}


def allow_page(page_url: str, account: str = "") -> str:
    """Allow what is ticked on the consent page, as *account* if one is named.

    Return the address it redirects to.
    """
    with _browser() as browser:
        page = browser.get(page_url, timeout=TIMEOUT_SECONDS)
        form = _Form(page.text)
        if page.status_code != 200 or form.action is None:
            raise TryLater(f"The consent page cannot be used (status {page.status_code}).")
        target = urljoin(page.url, form.action)
        fields = [pair for pair in form.fields if not account or pair[0] != "account"]
        fields += [("decision", "allow"), *([("account", account)] if account else [])]
        answer = browser.post(target, fields, allow_redirects=False, timeout=TIMEOUT_SECONDS)
        return answer.headers["Location"]
