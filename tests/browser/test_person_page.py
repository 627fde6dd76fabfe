"""A person's page in a real browser: nothing overflows, nothing is asked for elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from healthrelay.web.setup.links import page_link
from tests.household import Household

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]

READ = {
    "methods": "time_series,sleep",
    "resource": "body/weight,body/fat,activities/steps,activities/heart",
    "period": "3m",
}
WIDTHS = (320, 360, 1280)
OUTSIDE = """() => [...document.querySelectorAll('svg.chart')].filter(svg => {
  const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
  return [...svg.querySelectorAll('path, circle, rect, line')].some(shape => {
    const box = shape.getBBox();
    return box.x < -1 || box.y < -1 || box.x + box.width > width + 1
      || box.y + box.height > height + 1;
  });
}).map(svg => svg.getAttribute('aria-labelledby'))"""
STROKES = """() => Object.fromEntries(['points', 'ribbon light', 'complete', 'bar', 'mean'].map(
  name => [name, (shape => shape && [getComputedStyle(shape).stroke, getComputedStyle(shape).fill])
    (document.querySelector(`svg.chart [class="${name}"]`))]))"""


@contextmanager
def opened(browser: Browser, household: Household, **options: object) -> Iterator[Page]:
    """A page of the owner, which must say nothing on the console and ask for nothing elsewhere."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    link = page_link(household.services)
    page.goto(link.replace(household.services.public_url, household.url))
    yield page
    assert said == []
    assert [url for url in asked if not url.startswith(household.url)] == []
    context.close()


@pytest.fixture
def jack(household: Household) -> Household:
    """A household in which jack was read for three months."""
    household.connect(**READ)
    household.fetched()
    return household


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_a_telephone_and_a_desk(
    jack: Household, chromium: Browser, scheme: str
) -> None:
    with opened(chromium, jack, color_scheme=scheme) as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("people/jack?show=90d", "people/jack/charts/sleep"):
                page.goto(f"{jack.url}/setup/{path}")
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                wide = "document.documentElement.scrollWidth"
                assert page.evaluate(wide) <= width, (path, width)
                assert page.evaluate(OUTSIDE) == [], (path, width)


def test_shapes_have_the_colours_of_the_stylesheet(jack: Household, chromium: Browser) -> None:
    with opened(chromium, jack, color_scheme="light") as page:
        page.goto(f"{jack.url}/setup/people/jack")

        assert page.evaluate(STROKES) == {
            "points": ["rgb(111, 154, 146)", "rgb(0, 0, 0)"],
            "ribbon light": ["rgb(109, 127, 199)", "none"],
            "complete": ["rgb(91, 145, 135)", "rgb(0, 0, 0)"],
            "bar": ["none", "rgb(91, 145, 135)"],
            "mean": ["rgb(11, 91, 81)", "none"],
        }


def test_the_choices_lead_to_other_times_and_days(jack: Household, chromium: Browser) -> None:
    with opened(chromium, jack) as page:
        page.goto(f"{jack.url}/setup/people/jack")
        page.get_by_role("navigation", name="Time shown").get_by_role("link", name="Year").click()
        expect(page.get_by_role("img", name="Steps a day by week, last year")).to_be_visible()

        page.get_by_role("link", name="Sleep", exact=True).first.click()
        current = page.get_by_role("navigation", name="What is shown of each day")
        expect(current.locator("[aria-current]")).to_have_text("Sleep")
        expect(page.get_by_role("img", name="Weight, last year")).to_be_visible()

        page.get_by_text("As a table: Weight").click()
        table = page.get_by_role("region", name="Weight, kg as a table")
        expect(table.get_by_role("row").first).to_contain_text("Mean of 7 days")
        page.get_by_role("link", name=re.compile("more rows.*Weight")).click()
        expect(page.get_by_role("heading", name="Weight")).to_be_visible()
        page.get_by_role("link", name="Back to Jack").click()
        expect(page.get_by_role("heading", name="Jack", exact=True)).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_fetch_is_a_press_and_looking_again_another(
    household: Household, chromium: Browser, script: bool
) -> None:
    household.connect(**READ)
    with opened(chromium, household, java_script_enabled=script) as page:
        page.goto(f"{household.url}/setup/people/jack")
        expect(page.get_by_text("Jack is connected.")).to_be_visible()
        page.get_by_role("button", name="Fetch now: Jack").click()

        for _ in range(20):
            again = page.get_by_role("button", name="Look again")
            if not again.count():
                break
            expect(page.get_by_text("Reading now.")).to_be_visible()
            again.click()
            page.wait_for_timeout(200)
        expect(page.get_by_text("Last read at")).to_be_visible()
        expect(page.get_by_role("img", name="Weight, last 30 days")).to_be_visible()
