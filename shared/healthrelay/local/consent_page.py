"""The person who clicks through the sandbox's consent page when nobody else is there to."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from healthrelay.core.errors import TryLater

SECONDS = 30


class _Form(HTMLParser):
    """The one form of a consent page: its ticked boxes and hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = has.get("action") or ""
        ticked = has.get("type") != "checkbox" or "checked" in has
        if tag == "input" and has.get("name") and ticked:
            self.fields.append((str(has["name"]), has.get("value") or ""))


def allow(begin_url: str) -> dict[str, int]:
    """Follow *begin_url* to the consent page, allow all, and come back.

    Returns the statuses of ``auth1`` and ``auth2``.
    """
    with requests.Session() as browser:
        begun = browser.get(begin_url, allow_redirects=False, timeout=SECONDS)
        if begun.status_code != 302:
            return {"auth1": begun.status_code}
        back = browser.get(allow_page(begun.headers["Location"]), timeout=SECONDS)
        return {"auth1": begun.status_code, "auth2": back.status_code}


def allow_page(page_url: str) -> str:
    """Tick what is ticked on the consent page and allow it; returns where that leads."""
    with requests.Session() as browser:
        page = browser.get(page_url, timeout=SECONDS)
        form = _Form(page.text)
        if page.status_code != 200 or form.action is None:
            raise TryLater(f"The consent page cannot be used (status {page.status_code}).")
        fields = [*form.fields, ("decision", "allow")]
        answer = browser.post(
            urljoin(page.url, form.action), data=fields, allow_redirects=False, timeout=SECONDS
        )
        return answer.headers["Location"]
