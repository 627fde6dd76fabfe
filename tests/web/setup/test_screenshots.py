"""The pictures of docs/ show the pages as they are: the same landmarks, headings and buttons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from outlines import outline, outline_in, with_outline
from screenshots import FOLDER, PICTURES, Picture

from healthrelay.local.sandbox_people import ANNA, JACK, MIA
from sandbox import Sandbox
from tests.household import START, Clock, Household
from tests.web.setup.conftest import Visitor

SETTINGS = {
    "methods": "time_series,sleep",
    "resource": "body/weight,body/fat,activities/steps,activities/heart",
}


@pytest.fixture
def sandbox(household_clock: Clock) -> Iterator[Sandbox]:
    """As the pictures have it: of mia nothing was measured yet."""
    with Sandbox(clock=household_clock.seconds, history=100, newcomers=(MIA,)) as running:
        yield running


@pytest.fixture
def pictured(household: Household) -> Household:
    """Jack is well, anna's permission ended days ago, mia waits."""
    for user in (JACK, ANNA, MIA):
        household.connect(user, **SETTINGS)
        household.fetched(user, period="3m")
    ended = (START - timedelta(days=9)).isoformat()
    trouble = {"cause": "invalid_grant", "who": "wearer", "sentence": "It was refused."}
    health = {"ended_at": ended, "refreshing": {**trouble, "since": ended}}
    household.change_grant(ANNA, health=health)
    return household


def lines(text: str, *, is_outline: bool = False) -> list[str]:
    """The outline, without what is there on some days only: a watch is not worn each night."""
    found = (text if is_outline else outline(text)).splitlines()
    return [line for line in found if not line.startswith("h3 Last night")]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_has_the_outline_of_its_page(
    picture: Picture, pictured: Household, owner: Visitor
) -> None:
    page = owner.open(picture.path)

    assert pictured.services.store.identities.names() == [ANNA, JACK, MIA]
    stored = outline_in((FOLDER / picture.name).read_bytes())
    assert lines(page.text) == lines(stored, is_outline=True), "changed since: make screenshots"


def test_an_outline_has_what_a_page_is_made_of_and_no_figures() -> None:
    page = (
        '<main><h1>Saturday 28 November</h1><section aria-label="Today"><p>82.4 kg</p>'
        '<h2><a href="/jack">Jack</a></h2><button>Read 3 November again</button>'
        '<a class="button quiet" href="/x">Go\n on</a><a href="/y">Not a button</a>'
        "<h3>Last night: 7 h 17 min asleep</h3></section></main>"
    )

    assert outline(page).splitlines() == [
        "main",
        "h1 #",
        "section Today",
        "h2 Jack",
        "button Read # again",
        "a Go on",
        "h3 Last night: # asleep",
    ]


def test_a_picture_keeps_its_outline() -> None:
    image = (FOLDER / PICTURES[0].name).read_bytes()

    assert outline_in(with_outline(image[: image.index(b"iTXt") - 4] + image[-12:], "h1 “A”")) == (
        "h1 “A”"
    )
    assert outline_in(b"\x89PNG\r\n\x1a\n" + image[-12:]) == ""
