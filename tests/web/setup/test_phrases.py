"""Dates, times and numbers as a page writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.texts import Texts

# Saturday, 17:02 in Amsterdam, where winter is an hour ahead of UTC.
NOW = datetime(2026, 11, 28, 16, 2, tzinfo=UTC)
PHRASES = Phrases(Texts("en"), "Europe/Amsterdam", NOW)
DUTCH = Phrases(Texts("nl"), "Europe/Amsterdam", NOW)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 28, 15, 50, tzinfo=UTC), "16:50"),
        (datetime(2026, 11, 27, 23, 30, tzinfo=UTC), "00:30"),
        (datetime(2026, 11, 22, 17, 20, tzinfo=UTC), "Sunday 18:20"),
        (datetime(2026, 12, 1, 8, 0, tzinfo=UTC), "Tuesday 09:00"),
        (datetime(2026, 11, 21, 17, 20, tzinfo=UTC), "21 November"),
        (datetime(2025, 3, 3, 12, 0, tzinfo=UTC), "3 March 2025"),
        (datetime(2026, 11, 28, 7, 12), "07:12"),
    ],
)
def test_a_moment_is_as_short_as_it_is_clear(at: datetime, words: str) -> None:
    assert PHRASES.moment(at) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 28), "today"),
        (date(2026, 11, 27), "yesterday"),
        (date(2026, 11, 29), "tomorrow"),
        (date(2026, 11, 22), "Sunday"),
        (date(2026, 11, 21), "21 November"),
        (date(2024, 2, 29), "29 February 2024"),
    ],
)
def test_a_day_is_named_as_people_do(day: date, words: str) -> None:
    assert PHRASES.day(day) == words


def test_the_whole_date_has_the_weekday() -> None:
    assert PHRASES.long_date(date(2026, 11, 28)) == "Saturday 28 November"
    assert PHRASES.long_date(date(2025, 3, 3)) == "Monday 3 March 2025"


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (8123, 0, "8,123"),
        (82.44, 1, "82.4"),
        (Decimal("82.45"), 1, "82.5"),
        (80, 1, "80.0"),
        (-0.34, 1, "-0.3"),
        (1234567.5, 1, "1,234,567.5"),
    ],
)
def test_numbers_have_a_comma_at_thousands(value: float, places: int, words: str) -> None:
    assert PHRASES.number(value, places) == words


def test_time_asleep_lists_and_names() -> None:
    assert [PHRASES.minutes(437), PHRASES.minutes(17)] == ["7 h 17 min", "17 min"]
    assert PHRASES.join(["sleep"]) == "sleep"
    assert PHRASES.join(["sleep", "weight", "steps"]) == "sleep, weight and steps"
    assert person_name("jack") == "Jack"


@pytest.mark.parametrize(
    ("at", "words", "dutch"),
    [
        (datetime(2026, 11, 28, 15, 50, tzinfo=UTC), "at 16:50", "om 16:50"),
        (datetime(2026, 11, 22, 17, 20), "on Sunday at 17:20", "zondag om 17:20"),
        (datetime(2025, 3, 3, 12, 0), "on 3 March 2025", "op 3 maart 2025"),
    ],
)
def test_a_sentence_says_when_in_each_language(at: datetime, words: str, dutch: str) -> None:
    assert (PHRASES.when(at), DUTCH.when(at)) == (words, dutch)


@pytest.mark.parametrize(
    ("day", "words", "dutch"),
    [
        (date(2026, 11, 28), "today", "vandaag"),
        (date(2026, 11, 29), "tomorrow", "morgen"),
        (date(2026, 11, 22), "on Sunday", "op zondag"),
        (date(2026, 11, 21), "on 21 November", "op 21 november"),
    ],
)
def test_a_sentence_says_on_which_day(day: date, words: str, dutch: str) -> None:
    assert (PHRASES.on(day), DUTCH.on(day)) == (words, dutch)


def test_dutch_has_a_point_at_thousands_and_a_comma_before_decimals() -> None:
    assert [DUTCH.number(1234567.5, 1), DUTCH.number(8123)] == ["1.234.567,5", "8.123"]
    assert DUTCH.minutes(437) == "7 u 17 min"
    assert DUTCH.long_date(date(2026, 11, 28)) == "zaterdag 28 november"
    assert DUTCH.join(["slaap", "gewicht", "stappen"]) == "slaap, gewicht en stappen"
