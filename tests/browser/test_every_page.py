"""What holds of every page in a real browser, one test a kind; `every_page.PAGES` are the pages."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from healthrelay.web.setup.router import find
from healthrelay.web.setup.routes import ROUTES
from sandbox import Sandbox
from tests.browser.every_page import FIRST, PAGES, fill, is_problem, walking
from tests.browser.looking import axe_violations
from tests.household import Clock, Household, household_at

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]

OPEN_DETAILS = "document.querySelectorAll('details').forEach(one => one.open = true)"
WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.body.querySelectorAll('*')]
    .filter(one => one.getBoundingClientRect().right > room + 1)
    .map(one => one.outerHTML.slice(0, 80));
}"""
CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, li, dd, label, button, .button')]
  .filter(one => !one.closest('.unseen, .scroll') && one.checkVisibility()
    && getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 80))"""
# WCAG 2.2, 1.4.12: line, paragraph, letter and word spacing that a reader may ask for.
SPACED = """() => document.styleSheets[0].insertRule(
  '* { line-height: 1.5 !important; letter-spacing: .12em !important;'
  + ' word-spacing: .16em !important }', document.styleSheets[0].cssRules.length)
  && document.styleSheets[0].insertRule('p { margin-bottom: 2em !important }', 0)"""
LARGE = "document.documentElement.style.setProperty('font-size', '200%')"
USUAL = "document.documentElement.style.removeProperty('font-size')"
UNSEEN_SHAPES = """() => [...document.querySelectorAll('svg.chart :is(path, circle, rect, line)')]
  .filter(one => one.checkVisibility()
    // What is see-through, and what is cut out of a shape below it.
    && !one.closest('.hits, defs, .rem, .failed-x')).filter(one => {
    const {stroke, fill} = getComputedStyle(one);
    const ground = getComputedStyle(document.body).backgroundColor;
    return [stroke, fill].every(colour =>
      ['none', 'transparent', 'rgba(0, 0, 0, 0)', ground].includes(colour));
  }).map(one => one.outerHTML.slice(0, 80))"""
STOPS = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  .filter(one => one.tabIndex >= 0 && one.checkVisibility()
    && (one.type !== 'radio' || one.checked))
  .map(one => one.outerHTML.slice(0, 120))"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    html: one === document.body ? '' : one.outerHTML.slice(0, 120),
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 3,
  };
}"""
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
}"""
NAMES = """selector => [...document.querySelectorAll(selector)]
  .filter(one => one.checkVisibility())
  .map(one => [one.getAttribute('aria-label') || one.textContent.replace(/\\s+/g, ' ').trim(),
    one.href || ''])"""
MADE_HERE = """() => [...document.querySelectorAll('[style], style, script:not([src])')]
  .map(one => one.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """One household for all of these tests: they look, and change nothing."""
    clock, folder = Clock(), tmp_path_factory.mktemp("pages")
    chosen = {"HEALTHRELAY_PROVIDER": "google_health"}
    with (
        pytest.MonkeyPatch.context() as patch,
        Sandbox(clock=clock.seconds) as sandbox,
        household_at(folder, sandbox, chosen, clock, patch) as household,
    ):
        fill(household)
        yield household


def test_no_page_is_left_out() -> None:
    shown = {find("GET", one.path.partition("?")[0])[0] for one in PAGES if not is_problem(one)}
    routes = {route for route in ROUTES if route.method == "GET" and route.view != "assets:show"}

    # Files; the page of a failure, which stands here by each of its names; and one that only who
    # was erased sees (`test_consent.py` looks at it).
    elsewhere = {"people/<user>/export.zip", "people/<user>/days.csv", "problem", "receipts/<word>"}
    assert {route.path for route in routes - shown} == elsewhere


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing(home: Household, chromium: Browser, width: int, scheme: str) -> None:
    looks = {"reduced_motion": "reduce", "viewport": _size(width), "color_scheme": scheme}
    with walking(chromium, home, **looks) as walk:
        for shown in FIRST:
            page = walk.open(shown)
            page.evaluate(OPEN_DETAILS)
            assert axe_violations(page) == [], str(shown)


def test_nothing_is_wider_than_a_telephone(home: Household, chromium: Browser) -> None:
    looks = (("", 320), ("", 360), (LARGE, 640), (f"() => {{ {USUAL}; ({SPACED})() }}", 320))
    with walking(chromium, home) as walk:
        for shown in PAGES:
            page = walk.open(shown)
            page.evaluate(OPEN_DETAILS)
            for change, width in looks if shown in FIRST else looks[-1:]:
                page.set_viewport_size(_size(width))
                if change:
                    page.evaluate(change)
                assert page.evaluate(WIDE) == [], (str(shown), width, change)
                assert page.evaluate(CUT) == [], (str(shown), width, change)


def test_four_times_as_large_on_a_desk_reads_downwards(home: Household, chromium: Browser) -> None:
    # 1280 by 1024 at 400 %: https://www.w3.org/WAI/WCAG22/Understanding/reflow.html
    size = {"width": 320, "height": 256}
    with walking(chromium, home, viewport=size, device_scale_factor=4) as walk:
        for shown in FIRST:
            page = walk.open(shown)
            page.evaluate(OPEN_DETAILS)
            assert page.evaluate(WIDE) == [], str(shown)
            # Nothing stands in the way: no part stays where it is while the page moves.
            fixed = (
                "[...document.querySelectorAll('*')].filter(one => ['fixed', 'sticky'].includes("
            )
            assert page.evaluate(f"{fixed}getComputedStyle(one).position)).length") == 0


def test_a_page_asks_for_its_own_files_and_complains_of_nothing(
    home: Household, chromium: Browser
) -> None:
    with walking(chromium, home) as walk:
        asked: list[str] = []
        said: list[str] = []
        for page in walk.pages.values():
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
        for shown in PAGES:
            asked.clear()
            page = walk.open(shown)
            foreign = [url for url in asked if not url.startswith(f"{home.url}/setup")]
            files = [
                urlsplit(url).path for url in asked if url.startswith(f"{home.url}/setup/assets")
            ]
            kinds = {path.rpartition(".")[2] for path in files}
            assert foreign == [], str(shown)
            assert kinds <= {"css", "js", "svg"}, str(shown)
            assert page.evaluate(MADE_HERE) == [], str(shown)
            # The browser says of a form that came back that it was one.
            assert [text for text in said if "a status of 4" not in text] == [], str(shown)


def test_every_page_goes_by_keyboard_and_shows_where_one_is(
    home: Household, chromium: Browser
) -> None:
    with walking(chromium, home, viewport=_size(1280), reduced_motion="reduce") as walk:
        for shown in FIRST:
            page = walk.open(shown)
            wanted = page.evaluate(STOPS)
            page.evaluate(FROM_THE_TOP)
            reached = []
            for _ in wanted:
                page.keyboard.press("Tab")
                focused = page.evaluate(FOCUSED)
                reached.append(focused["html"])
                assert focused["seen"], (str(shown), focused)
                assert focused["ring"], (str(shown), focused)
            assert reached == wanted, str(shown)


def test_what_is_pressed_has_a_name_of_its_own(home: Household, chromium: Browser) -> None:
    with walking(chromium, home) as walk:
        for shown in PAGES:
            page = walk.open(shown)
            page.evaluate(OPEN_DETAILS)
            buttons = [name for name, _ in page.evaluate(NAMES, "button")]
            assert all(buttons), str(shown)
            assert sorted(buttons) == sorted(set(buttons)), str(shown)
            links = {tuple(one) for one in page.evaluate(NAMES, "a.button")}
            names = [name for name, _ in links]
            assert sorted(names) == sorted(set(names)), str(shown)


def test_colours_of_the_readers_own_hide_no_shape(home: Household, chromium: Browser) -> None:
    with walking(chromium, home, forced_colors="active") as walk:
        for shown in FIRST:
            for scheme in ("light", "dark"):
                page = walk.open(shown)
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                assert page.evaluate(UNSEEN_SHAPES) == [], (str(shown), scheme)


def test_paper_has_what_is_read_and_nothing_to_press(home: Household, chromium: Browser) -> None:
    # A4 between margins of 1 cm.
    size = {"width": 718, "height": 1046}
    with walking(chromium, home, viewport=size, color_scheme="dark") as walk:
        for shown in FIRST:
            page = walk.open(shown)
            page.emulate_media(media="print")
            assert page.get_by_role("heading", level=1).is_visible(), str(shown)
            for part in page.locator("nav, form, button, .button").all():
                assert not part.is_visible(), str(shown)
            assert page.evaluate(WIDE) == [], str(shown)
            ink = "[document.body, document.querySelector('h1')].map(one => getComputedStyle(one))"
            colours = page.evaluate(f"{ink}.map((one, n) => n ? one.color : one.backgroundColor)")
            assert colours == ["rgb(255, 255, 255)", "rgb(24, 33, 30)"], str(shown)
            assert page.pdf().startswith(b"%PDF")


def test_without_script_a_page_says_the_same(home: Household, chromium: Browser) -> None:
    with (
        walking(chromium, home) as scripted,
        walking(chromium, home, java_script_enabled=False) as plain,
    ):
        for shown in FIRST:
            page = plain.open(shown)
            assert _words(page) == _words(scripted.open(shown)), str(shown)
            outside = page.locator("button").count() - page.locator("form button").count()
            assert outside == 0, str(shown)


def _words(page: Page) -> list[str]:
    """What *page* says, without the word of a case, and the button that comes with a script."""
    words = page.locator("body").inner_text().split("\n")
    lines = [line.strip() for line in words if "Case " not in line]
    return [line for line in lines if line and not line.startswith(("Copy", ": "))]


def _size(width: int) -> dict[str, int]:
    return {"width": width, "height": 800}
