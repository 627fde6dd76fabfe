"""The method table: what a caller may name, and what it gives."""

from datetime import date

import fitbit
import pytest

from healthrelay.core.errors import BadRequest, Unsupported
from healthrelay.core.measurements.catalogue import EPOCH, SERIES
from healthrelay.core.measurements.methods import METHODS, UNREAD, method
from healthrelay.core.measurements.query import windows
from healthrelay.core.measurements.reading import Window

TODAY = date(2026, 11, 23)
WRITING = [
    *("log_activity", "log_sleep", "add_alarm", "update_alarm", "create_food", "accept_invite"),
    *("add_favorite_activity", "add_favorite_food", "subscription", "user_profile_update"),
    *("invite_friend", "invite_friend_by_email", "invite_friend_by_userid", "respond_to_invite"),
    *("reject_invite", "make_request", "client", "__init__"),
    *(f"delete_{what}" for what in ("activities", "alarm", "bp", "favorite_activity")),
    *(f"delete_{what}" for what in ("favorite_food", "foods_log", "foods_log_water", "heart")),
    "delete_sleep",
]


def test_every_method_is_one_of_python_fitbit() -> None:
    api = fitbit.Fitbit("id", "secret")

    assert all(callable(getattr(api, name)) for name in METHODS)


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_reading_methods_that_mean_nothing_any_more_are_refused_by_name(name: str) -> None:
    assert callable(getattr(fitbit.Fitbit("id", "secret"), name))
    with pytest.raises(Unsupported, match=f"{name} cannot be read: "):
        method(name)


def test_no_reading_method_of_python_fitbit_goes_unmentioned() -> None:
    api = fitbit.Fitbit("id", "secret")
    known = set(METHODS) | set(UNREAD) | set(WRITING)
    names = {name for name in dir(api) if not name.startswith("_") and callable(getattr(api, name))}

    assert names - known == set()


@pytest.mark.parametrize("name", WRITING)
def test_nothing_that_writes_can_be_named(name: str) -> None:
    with pytest.raises(BadRequest, match="no such reading method"):
        method(name)


def test_every_series_can_be_asked_for_by_some_method() -> None:
    given = {series for row in METHODS.values() for series in row.series}
    for row in METHODS.values():
        given.update(*(row.resources or {}).values())

    assert given == set(SERIES)


@pytest.mark.parametrize(
    ("resource", "series"),
    [
        ("body/weight", "body-weight"),
        ("activities/tracker/minutesVeryActive", "activities-tracker-minutesVeryActive"),
        ("activities/active-zone-minutes", "activities-active-zone-minutes"),
        ("activities/heart", "activities-heart"),
        ("foods/log/caloriesIn", "foods-log-caloriesIn"),
        ("sleep/minutesAsleep", "sleep-minutesAsleep"),
        ("hrv", "hrv"),
        ("temp/skin", "tempSkin"),
        ("cardioscore", "cardioScore"),
    ],
)
def test_resources_are_the_legacy_paths(resource: str, series: str) -> None:
    assert method("time_series").gives(resource) == (series,)


def windows_of(**query: str) -> list[Window]:
    return windows(query, {}, TODAY)


def test_day_methods_take_a_date_or_a_period() -> None:
    day = date(2026, 11, 1)

    assert windows_of(methods="sleep", date="2026-11-01") == [
        Window("sleep", day, day),
        Window("sleep-summary", day, day),
    ]
    assert windows_of(methods="get_sleep", period="1w")[0].start == date(2026, 11, 17)


def test_each_method_gets_the_arguments_it_takes() -> None:
    wanted = {
        window.series: window
        for window in windows_of(
            methods="get_bodyweight,intraday_time_series,get_devices,time_series",
            resource="activities/steps,body/fat",
            detail_level="15min",
            period="1w",
        )
    }

    week = date(2026, 11, 17)
    assert wanted == {
        "weight": Window("weight", week, TODAY),
        "activities-steps-intraday": Window("activities-steps-intraday", week, TODAY, "15min"),
        "devices": Window("devices", EPOCH, EPOCH),
        "activities-steps": Window("activities-steps", week, TODAY),
        "body-fat": Window("body-fat", week, TODAY),
    }


def test_intraday_is_today_when_nobody_names_dates() -> None:
    assert windows_of(methods="intraday_time_series", resource="activities/heart") == [
        Window("activities-heart-intraday", TODAY, TODAY, "1min")
    ]


def test_hours_are_for_the_points_of_a_day() -> None:
    wanted = windows_of(
        methods="intraday_time_series,time_series",
        resource="activities/steps",
        start_time="08:00",
        end_time="09:30",
        period="1d",
    )

    assert wanted == [
        Window("activities-steps-intraday", TODAY, TODAY, "1min", ("08:00", "09:30")),
        Window("activities-steps", TODAY, TODAY),
    ]


HOURS = {"methods": "intraday_time_series", "resource": "activities/steps"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({**HOURS, "start_time": "08:00"}, "start_time and end_time together"),
        ({**HOURS, "end_time": "08:00"}, "start_time and end_time together"),
        ({**HOURS, "start_time": "8:00", "end_time": "09:00"}, "start_time must be a time"),
        ({**HOURS, "start_time": "08:00", "end_time": "24:00"}, "end_time must be a time"),
        ({**HOURS, "start_time": "08:00", "end_time": "09:00:00"}, "end_time must be a time"),
        ({**HOURS, "start_time": "08:00", "end_time": "٠٩:٠٠"}, "end_time must be a time"),
        ({**HOURS, "start_time": "09:00", "end_time": "08:59"}, "must not lie before start_time"),
        ({"methods": "sleep", "start_time": "08:00", "end_time": "09:00"}, "takes start_time"),
        ({"methods": "get_devices", "period": "1w"}, "None of the methods asked for takes period"),
        ({"methods": "get_bodyweight", "date": "today"}, "takes date"),
        ({"methods": "sleep", "detail_level": "1min"}, "takes detail_level"),
        ({**HOURS, "detail_level": "1sec"}, "1min, 15min here"),
        ({"methods": "intraday_time_series", "resource": "body/weight"}, "no such resource"),
        ({"methods": "time_series,intraday_time_series", "resource": "x/y"}, "no such resource"),
    ],
)
def test_wrong_words_get_one_sentence(query: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        windows(query, {}, TODAY)


def test_second_detail_is_for_the_heart() -> None:
    (window,) = windows_of(
        methods="intraday_time_series", resource="activities/heart", detail_level="1sec"
    )

    assert window.detail == "1sec"
