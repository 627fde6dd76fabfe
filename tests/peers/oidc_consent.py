"""Walking through the sign-in and consent pages as a person with a browser would."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

_STEPS = 12


class _Page(HTMLParser):
    """The one form of a page and the links on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """LogEvent what a person could fill in or click."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = values.get("action", "")
        elif tag == "input" and "name" in values:
            self.fields[values["name"]] = values.get("value", "")
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])


def walk(
    start: str, callback: str, session: requests.Session, user: str, agree: bool = True
) -> str:
    """Open *start*, sign in as *user*, agree or cancel; the address sent to at the end.

    The walk ends at the redirect to *callback*, which is returned and not followed.
    """
    answer = session.get(start, allow_redirects=False, timeout=30)
    for _ in range(_STEPS):
        if answer.is_redirect:
            target = urljoin(answer.url, answer.headers["Location"])
            if target.split("?")[0] == callback:
                return target
            answer = session.get(target, allow_redirects=False, timeout=30)
        else:
            answer = _act(answer, session, user, agree)
    raise RuntimeError(f"not back at {callback} after {_STEPS} steps, but at {answer.url}")


def _act(
    answer: requests.Response, session: requests.Session, user: str, agree: bool
) -> requests.Response:
    page = _Page(answer.text)
    if answer.status_code != 200 or page.action is None:
        raise RuntimeError(f"{answer.status_code} without a form: {answer.text[:1500]}")
    if not agree:
        cancel = next(link for link in page.links if link.endswith("/abort"))
        return session.get(urljoin(answer.url, cancel), allow_redirects=False, timeout=30)
    filled = {**page.fields, "login": user, "password": "any"} if "login" in page.fields else {}
    form = filled or page.fields
    target = urljoin(answer.url, page.action)
    return session.post(target, data=form, allow_redirects=False, timeout=30)
