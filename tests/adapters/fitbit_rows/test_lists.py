"""The lists that Fitbit keeps of a wearer: friends, catalogues, favourites."""

from __future__ import annotations

import json
from typing import Any

import pytest

from healthrelay.adapters.fitbit.provider import LegacyFitbit
from healthrelay.adapters.http import Http
from healthrelay.core.measurements.reads import Read
from tests.adapters.fitbit_rows.converting import MONDAY, converted
from tests.adapters.peers import answering, response
from tests.household import Household

WALK = {"activityId": 90013, "description": "", "mets": 3, "name": "Walk"}
WALKS = {"id": 90, "activities": [WALK]}
APPLE = {"foodId": 81409, "name": "Apple", "calories": 95}
FRIEND = {"user": {"displayName": "A friend", "encodedId": "B2C3D4"}}
ANSWERS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "friends": ({"friends": [FRIEND]}, [{"encodedId": "B2C3D4", **FRIEND}]),
    "food-units": ([{"id": 147, "name": "gram"}], [{"id": 147, "name": "gram"}]),
    "activities-list": ({"categories": [WALKS]}, [WALKS]),
    "recent-activities": ([WALK], [WALK]),
    "favorite-activities": ([WALK], [WALK]),
    "frequent-activities": ([WALK], [WALK]),
    "recent-foods": ({"foods": [APPLE]}, [APPLE]),
    "favorite-foods": ([APPLE], [APPLE]),
    "frequent-foods": ({"foods": [APPLE]}, [APPLE]),
    "meals": ({"meals": [{"id": 1, "name": "Breakfast"}]}, [{"id": 1, "name": "Breakfast"}]),
}
METHODS = {
    "friends": "get_friends",
    "meals": "get_meals",
    **{name: name.replace("-", "_") for name in ANSWERS if name not in ("friends", "meals")},
}


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("series", ANSWERS)
def test_what_is_answered_and_what_it_becomes(series: str) -> None:
    body, expected = ANSWERS[series]
    with answering(response(200, json.dumps(body).encode())) as url:
        raw = LegacyFitbit(url, "cid", Http()).read("token", Read(series, MONDAY, MONDAY))

    assert converted(series, {series: raw}) == expected


@pytest.mark.parametrize("provider", ["fitbit"])
def test_every_list_arrives_from_fitbit(household: Household) -> None:
    household.connect(methods=",".join(METHODS.values()))

    fetched = household.fetched()

    assert set(fetched["series"]) == set(ANSWERS)
    assert "unavailable" not in fetched


def test_google_health_says_which_it_has_not(household: Household) -> None:
    household.connect(methods=",".join(METHODS.values()))

    fetched = household.fetched()

    assert set(fetched["series"]) == {"food-units"}
    assert household.snapshot()["food-units"] == [
        {"id": 147, "name": "gram", "plural": "grams"},
        {"id": 209, "name": "milliliter", "plural": "milliliters"},
        {"id": 304, "name": "serving", "plural": "servings"},
    ]
    assert set(fetched["unavailable"]) == set(ANSWERS) - {"food-units"}
    sentences = {why["error"] for why in fetched["unavailable"].values()}
    assert all(sentence.startswith("Google Health has no ") for sentence in sentences)
    assert "Google Health has no list of favourite foods." in sentences
