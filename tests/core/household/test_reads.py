"""The boxes of a household are settings that a fetch can use."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from healthrelay.core.errors import BadRequest
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.household.reads import READS, USUAL, change_reads, reads_in, settings_for
from healthrelay.core.household.settings import checked_settings
from healthrelay.core.measurements.query import configured_series, windows

SCOPE = "https://www.googleapis.com/auth/googlehealth."
SCOPES = {
    ("weight",): {"health_metrics_and_measurements"},
    ("steps",): {"activity_and_fitness"},
    ("sleep",): {"sleep"},
    ("food",): {"nutrition"},
    ("weight", "steps"): {"health_metrics_and_measurements", "activity_and_fitness"},
}
"""Boxes → what Google asks for, besides the zone and devices."""


@pytest.mark.parametrize("boxes", SCOPES, ids="+".join)
def test_a_person_is_asked_for_what_was_chosen_and_for_no_more(boxes: tuple[str, ...]) -> None:
    consent = CONSENTS["google_health"]

    scopes = consent.scopes_for(configured_series(settings_for(boxes)))

    named = {scope.removeprefix(SCOPE).removesuffix(".readonly") for scope in scopes}
    assert named == SCOPES[boxes] | {"settings"}


def test_every_choice_can_be_fetched() -> None:
    for count in range(1, len(READS) + 1):
        for boxes in combinations(READS, count):
            settings = checked_settings(settings_for(boxes))
            assert windows({}, settings, date(2026, 11, 28))


def test_usual_is_weight_with_fat_and_heart_steps_and_sleep() -> None:
    assert configured_series(settings_for(USUAL)) == {
        "body-weight",
        "body-fat",
        "activities-steps",
        "activities-heart",
        "sleep",
        "sleep-summary",
    }


@pytest.mark.parametrize("boxes", [(), ("friends",), ("weight", "../evil")])
def test_what_is_no_box_is_refused(boxes: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest, match="Choose at least one of weight, steps, sleep, food"):
        settings_for(boxes)


EVERY = [boxes for count in range(1, len(READS) + 1) for boxes in combinations(READS, count)]


@pytest.mark.parametrize("before", EVERY, ids="+".join)
def test_any_choice_leads_to_any_other(before: tuple[str, ...]) -> None:
    settings = settings_for(before) | {"interval": "900"}
    assert reads_in(settings) == before

    for after in EVERY:
        changed = {**settings, **change_reads(settings, after)}
        kept = {name: value for name, value in changed.items() if value}

        assert reads_in(kept) == after
        assert configured_series(kept) == configured_series(settings_for(after))
        assert windows({}, checked_settings(kept), date(2026, 11, 28))
        assert kept["interval"] == "900"


@pytest.mark.parametrize(
    ("settings", "boxes"),
    [
        ({}, ("weight",)),  # as with the old plugin: get_bodyweight
        ({"methods": "get_bodyfat,foods_log_water"}, ("weight", "food")),
        (
            {"methods": "get_sleep", "resource": "body/weight"},
            ("sleep",),
        ),  # idle without its method
        ({"methods": "get_devices"}, ()),
    ],
)
def test_boxes_show_what_the_settings_name(
    settings: dict[str, str], boxes: tuple[str, ...]
) -> None:
    assert reads_in(settings) == boxes


def test_what_has_no_box_stays() -> None:
    settings = {"methods": "get_devices,time_series", "resource": "hrv,body/weight,body/bmi"}

    assert change_reads(settings, ["sleep"]) == {
        "methods": "get_devices,time_series,sleep",
        "resource": "hrv,body/bmi",
    }
    assert change_reads({"methods": "get_devices,sleep"}, []) == {
        "methods": "get_devices",
        "resource": "",
    }
    assert change_reads(settings, ["weight"]) == {}
    own_heart = {"methods": "time_series,sleep", "resource": "body/weight,activities/heart"}
    assert change_reads(own_heart, ["weight"])["resource"] == "body/weight,activities/heart"


@pytest.mark.parametrize("boxes", [[], ["weight", "friends"]])
def test_nothing_to_read_is_refused(boxes: list[str]) -> None:
    with pytest.raises(BadRequest, match="Choose at least one of weight, steps, sleep, food"):
        change_reads(settings_for(["sleep"]), boxes)
