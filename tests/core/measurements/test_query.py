"""A caller's words and the stored settings become windows."""

from datetime import date

import pytest

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.query import configured_series, parse_request, windows
from healthrelay.core.measurements.reading import Window

TODAY = date(2026, 11, 23)


def test_nothing_said_reads_a_month_of_weights() -> None:
    assert windows({}, {}, TODAY) == [Window("weight", date(2026, 10, 24), TODAY)]


STORED = {"methods": "time_series", "resource": "body/weight", "period": "7d"}


def test_stored_settings_are_the_defaults() -> None:
    assert windows({}, STORED, TODAY) == [Window("body-weight", date(2026, 11, 17), TODAY)]


def test_query_wins_over_stored_settings() -> None:
    wanted = windows({"resource": "body/fat", "period": "1d"}, STORED, TODAY)

    assert wanted == [Window("body-fat", TODAY, TODAY)]


def test_an_end_in_the_query_sets_aside_the_stored_period() -> None:
    wanted = windows({"base_date": "2026-11-01", "end_date": "2026-11-03"}, {"period": "1y"}, TODAY)

    assert wanted == [Window("weight", date(2026, 11, 1), date(2026, 11, 3))]


def test_period_ends_on_the_base_date() -> None:
    wanted = windows({"base_date": "2026-11-10", "period": "1w"}, {}, TODAY)

    assert wanted == [Window("weight", date(2026, 11, 4), date(2026, 11, 10))]


def test_base_date_alone_is_that_day() -> None:
    wanted = windows({"base_date": "2026-11-10"}, {}, TODAY)

    assert wanted == [Window("weight", date(2026, 11, 10), date(2026, 11, 10))]


def test_several_methods_and_resources_are_their_union() -> None:
    query = {
        "methods": "get_bodyweight, time_series,get_bodyweight",
        "resource": "body/weight,activities/steps,body/weight",
        "period": "1d",
    }

    series = [window.series for window in windows(query, {}, TODAY)]
    assert series == ["weight", "body-weight", "activities-steps"]


def test_settings_that_are_no_arguments_do_not_disturb() -> None:
    assert windows({}, {"timezone": "Europe/Amsterdam"}, TODAY)[0].series == "weight"


def test_stored_resource_may_lie_idle() -> None:
    assert windows({"methods": "get_bodyfat"}, {"resource": "body/fat"}, TODAY)[0].series == "fat"


WRONG_WHATEVER_IS_STORED = [
    ({"methods": "log_activity"}, "no such reading method"),
    ({"methods": "__init__"}, "no such reading method"),
    ({"methods": ","}, "Name 1 to 80"),
    ({"methods": ",".join(["get_bodyfat"] * 81)}, "Name 1 to 80"),
    ({"methods": "time_series", "resource": "../../evil"}, "has no such resource"),
    ({"methods": "time_series", "resource": "body/log/weight"}, "has no such resource"),
    ({"methods": "sleep", "detail_level": "1min"}, "takes detail_level"),
    ({"base_date": "2026-13-01"}, "base_date must be 'today' or a date"),
    ({"base_date": "20261101"}, "base_date must be 'today' or a date"),
    ({"base_date": "2026-W01-1"}, "base_date must be 'today' or a date"),
    ({"base_date": "2026-01-01/max"}, "base_date must be 'today' or a date"),
    ({"base_date": "1999-01-01"}, "must lie between"),
    ({"period": "2d"}, "period must be one of"),
    ({"period": "1w", "end_date": "today"}, "not both"),
    ({"base_date": "2026-11-02", "end_date": "2026-11-01"}, "must not lie before"),
]
STEPS_OF_A_DAY = {"methods": "intraday_time_series", "resource": "activities/steps"}
WRONG_TODAY_OR_WITHOUT_SETTINGS = [
    ({"methods": "time_series"}, "needs a resource"),
    ({"resource": "body/weight"}, "None of the methods asked for takes resource"),
    ({"base_date": "2027-01-01"}, "must lie between"),
    ({"base_date": "today", "end_date": "2026-11-01"}, "must not lie before"),
]


@pytest.mark.parametrize(
    ("query", "sentence"), [*WRONG_WHATEVER_IS_STORED, *WRONG_TODAY_OR_WITHOUT_SETTINGS]
)
def test_wrong_words_get_one_sentence(query: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence) as caught:
        windows(query, {}, TODAY)

    assert caught.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        *WRONG_WHATEVER_IS_STORED,
        ({"foo": "bar"}, "No method takes the argument 'foo'"),
        ({"key": "x"}, "No method takes the argument 'key'"),
        ({"start_time": "8:00"}, "start_time must be a time"),
        ({"start_time": "09:00", "end_time": "08:59"}, "must not lie before start_time"),
        ({**STEPS_OF_A_DAY, "detail_level": "1sec"}, "1min, 15min here"),
    ],
)
def test_what_no_setting_can_make_right_is_refused_by_its_words(
    query: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadRequest, match=sentence):
        parse_request("jack", query)


@pytest.mark.parametrize(
    "query",
    [
        *(query for query, _ in WRONG_TODAY_OR_WITHOUT_SETTINGS),
        {},
        {"start_time": "08:00"},
        {"end_time": "08:00"},
        {"methods": "sleep", "date": "today"},
        {"methods": "body", "date": "2026-11-01", "period": "1w", "end_date": "today"},
        {"base_date": "2026-11-01", "end_date": "today"},
    ],
)
def test_what_settings_or_the_day_may_make_right_is_not(query: dict[str, str]) -> None:
    assert parse_request("jack", query) == ("jack", query)


def test_an_empty_word_is_as_if_it_were_not_there() -> None:
    query = {"methods": "", "resource": " ", "date": "today"}

    assert parse_request("jack", query) == ("jack", {"date": "today"})
    with pytest.raises(BadRequest, match="No method takes"):
        parse_request("jack", {"foo": ""})


def test_configured_series_need_no_day() -> None:
    settings = {"methods": "time_series,sleep", "resource": "body/weight", "base_date": "someday"}

    assert configured_series(settings) == {"body-weight", "sleep", "sleep-summary"}
    assert configured_series({"timezone": "Europe/Amsterdam"}) == {"weight"}


def test_stored_period_and_end_date_together_are_refused_too() -> None:
    with pytest.raises(BadRequest, match="not both"):
        windows({}, {"period": "1w", "end_date": "today"}, TODAY)
