"""What must be true of every page in a real browser: nothing foreign, nothing broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NARROW = {"width": 320, "height": 640}
_axe = Axe()


def axe_violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds wrong with *page* as it stands: rule, and where."""
    found = _axe.run(page, options=_RULES).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


class Watched:
    """A page, and what it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        # A colour that is on its way to another has no contrast of its own.
        page.emulate_media(reduced_motion="reduce")
        page.on("console", lambda message: self.troubles.append(message.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self._look_at(request.url))

    def check(self) -> None:
        """See that the page as it stands is one for everybody, on the smallest phone as well."""
        page = self.page
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert axe_violations(page) == [], (scheme, page.url)
        size = page.viewport_size
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        assert page.evaluate(_WIDER) <= 0, page.url
        if size:
            page.set_viewport_size(size)
        assert self.troubles == [], page.url

    def _look_at(self, url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
            self.troubles.append(f"asked for {url}")


@contextmanager
def without_script(chromium: Browser) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
