"""`healthrelay probe` over real HTTP, against a sandbox of either provider."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from tests.household import Household, result_of, run_command

EVERYTHING = {
    "methods": "time_series,get_bodyweight,sleep,foods_log,user_profile_get,get_devices",
    "resource": "body/weight,activities/steps,activities/heart",
}
HOLD, FAIL, OPEN = "holds", "does not hold", "cannot tell"
GOOGLE = {
    **dict.fromkeys(
        (
            *("scopes", "optional-scopes", "refresh-token-use", "access-token-life"),
            *("token-answer", "identity", "zone", "member-since", "scope-refusal"),
            *("point-ids", "point-names", "reconciled-points", "scale", "offsets"),
            *("civil-filters", "civil-filter-agrees", "daily-reconcile", "unread-types"),
            *("numbers-as-texts", "variability-members", "zone-names", "daily-roll-up"),
            *("level-roll-up", "roll-up-days", "roll-up-empty-days", "zone-minutes"),
            *("night-kinds", "night-awake", "night-asleep", "night-to-fall-asleep"),
            *("exercise-members", "nutrients", "empty-answer", "session-page", "next-page"),
            "order",
        ),
        HOLD,
    ),
    "device-sync": FAIL,  # the scale has none
    **dict.fromkeys(
        (
            "refresh-token-life",  # jack connected a moment ago
            "not-a-number",
            "listed-zeros",
            "night-unfinished",
            "page-size",  # no page is full
        ),
        OPEN,
    ),
}
FITBIT = {
    **dict.fromkeys(
        (
            *("scopes", "refresh-token-use", "access-token-life", "token-answer", "profile"),
            *("log-ids", "zero-days", "values-as-texts", "night-awakenings"),
            *("night-efficiency", "empty-answer"),
        ),
        HOLD,
    ),
    # It is not switched off; the scale syncs nothing; there are no gaps to see; naps and late
    # risers of this sandbox spend time in bed that its sums do not name.
    **dict.fromkeys(("gone", "device-sync", "gap-filling", "night-in-bed"), FAIL),
    **dict.fromkeys(("optional-scopes", "refresh-token-life", "refresh-grace"), OPEN),
}
ASKED = {"google_health": GOOGLE, "fitbit": FITBIT}
both = pytest.mark.parametrize("provider", ["google_health", "fitbit"])


@pytest.fixture
def jack(household: Household) -> Household:
    household.connect(**EVERYTHING)
    return household


def answers(found: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["answer"] for one in found["findings"]}


def evidence(found: dict[str, Any], id_: str) -> list[str]:
    (lines,) = (one["evidence"] for one in found["findings"] if one["id"] == id_)
    return [str(line) for line in lines]


def probe(code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = result_of("probe", "jack", code=code)
    return found


@both
def test_each_question_has_its_answer(jack: Household) -> None:
    assert answers(probe()) == ASKED[jack.services.provider.name]


@both
def test_the_report_holds_nothing_of_jack(jack: Household, sandbox: Sandbox) -> None:
    wearer = sandbox.wearer
    private = {
        wearer.health_id,
        wearer.legacy_id,
        str(wearer.zone),
        *(str(weight.grams) for weight in wearer.weights),
        *(weight.log_id for weight in wearer.weights),
        *(f"{weight.at:%H:%M:%S}" for weight in wearer.weights),
        *(str(day.steps) for day in wearer.days.values() if day.steps > 999),
        *(str(day) for day in wearer.days),
        *(device.id for device in wearer.devices),
    }

    report = run_command("probe", "jack").out

    words = set(re.split(r"[^\w./:@+-]+", report))
    assert not private & words
    token = jack.services.grants.load("jack").grant
    assert token.access not in report
    assert (token.refresh or "-") not in report
    assert "@" not in report
    assert not re.search(r"\d{6}", report)


@both
def test_it_goes_to_a_file_or_is_printed(jack: Household, tmp_path: Path) -> None:
    file = tmp_path / "report.md"

    printed = run_command("probe", "jack", "--output", str(file)).out

    assert printed == ""
    assert file.read_text().startswith(f"# {jack.services.provider.name}: ")
    assert f"## scopes: {HOLD}\n\nEverything that was asked for was granted." in file.read_text()
    run_command("probe", "jack", "--json", "--output", str(file))
    assert answers(json.loads(file.read_text()))["scopes"] == HOLD
    wrong = run_command("probe", "jack", "--output", str(tmp_path / "no" / "file"), code=5).err
    assert "cannot be written (No such file or directory)." in wrong


def rows(folder: Path) -> set[str]:
    """Every row of the store's file, as the statement that makes it."""
    with closing(sqlite3.connect(folder / "healthrelay.db")) as connection:
        return {line for line in connection.iterdump() if line.startswith("INSERT")}


@both
def test_it_stores_a_refreshed_token_and_nothing_else(jack: Household, tmp_path: Path) -> None:
    jack.fetched()
    before, stored = rows(tmp_path), jack.services.store.tokens.load("jack")

    probe()

    (changed,) = rows(tmp_path) - before
    after = jack.services.store.tokens.load("jack")
    assert stored is not None
    assert after is not None
    assert str(after.version) in changed
    # One lease was taken and given back.
    assert after.document["generation"] == int(str(stored.document["generation"])) + 1
    assert "lease" not in after.document
    assert jack.fetched()["added"] == 0


def no_sleep(sandbox: Sandbox) -> None:
    sandbox.fail("/sleep", status=500, times=1000)


def nothing_at_all(sandbox: Sandbox) -> None:
    sandbox.fail("/(dataTypes|user)", status=403, times=1000)


def slow(sandbox: Sandbox) -> None:
    sandbox.fail("/dataTypes/", body="<html>later</html>", status=200, times=1000)


@both
@pytest.mark.parametrize("trouble", [no_sleep, nothing_at_all, slow])
def test_what_fails_spoils_no_other_question(
    jack: Household, sandbox: Sandbox, trouble: Callable[[Sandbox], None]
) -> None:
    trouble(sandbox)

    found = answers(probe())

    assert found.keys() == ASKED[jack.services.provider.name].keys()
    assert found["token-answer"] == HOLD


def test_consents_that_were_not_given_are_no_faults(household: Household) -> None:
    household.connect(methods="time_series", resource="body/weight")

    found = probe()

    assert answers(found)["scopes"] == HOLD
    assert answers(found)["night-kinds"] == OPEN
    assert evidence(found, "night-kinds") == [
        "sleep:reconcile: 403 PERMISSION_DENIED ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    ]
    assert answers(found)["optional-scopes"] == FAIL
    assert answers(found)["point-ids"] == HOLD
    assert "weight: digits(13)" in evidence(found, "point-ids")[0]


def test_another_google_gives_other_answers(jack: Household, sandbox: Sandbox) -> None:
    sandbox.google.activity_level_rolls_up = False
    sandbox.google.page_limit = 7

    found = probe()

    assert answers(found)["level-roll-up"] == FAIL
    assert answers(found)["page-size"] == FAIL
    assert "heart-rate: 7 of 10000, and more to come" in evidence(found, "page-size")
    assert answers(found)["session-page"] == FAIL


def test_a_figure_that_is_none_and_ids_of_another_kind_are_seen(
    jack: Household, sandbox: Sandbox
) -> None:
    night = {"dailySleepTemperatureDerivations": {"baselineTemperatureCelsius": "NaN"}}
    sandbox.fail("sleep-temperature", status=200, body={"dataPoints": [night]}, times=2)
    weight = {"name": "users/1/dataTypes/weight/dataPoints/Too_Odd!", "weight": {}}
    sandbox.fail(r"/weight/dataPoints$", status=200, body={"dataPoints": [weight]}, times=9)

    found = probe()

    assert answers(found)["not-a-number"] == HOLD
    line = "dailySleepTemperatureDerivations.baselineTemperatureCelsius: text NaN (1)"
    assert line in evidence(found, "not-a-number")
    assert answers(found)["point-ids"] == FAIL
    assert evidence(found, "point-ids")[0] == "weight: other(8) (1)"


def test_a_login_of_long_ago_shows_how_long_it_lasts(jack: Household) -> None:
    long_ago = jack.services.now() - timedelta(days=40)
    jack.change_grant(connected_at=long_ago.isoformat())

    assert answers(probe())["refresh-token-life"] == HOLD


@pytest.mark.parametrize("provider", ["fitbit"])
def test_a_fitbit_that_is_gone_is_said_so(jack: Household, sandbox: Sandbox) -> None:
    sandbox.fail("/1/user/", status=410, body="<h1>Gone</h1>", times=100)

    found = probe()

    assert answers(found)["gone"] == HOLD
    assert evidence(found, "gone") == ["410", "whole: null (1)"]
    assert answers(found)["profile"] == OPEN
    assert evidence(found, "profile") == ["/profile: 410"]


def test_who_is_not_connected_is_told_so(household: Household) -> None:
    household.add("jack")

    assert "has not connected yet" in run_command("probe", "jack", code=3).err
    assert "There is no user emma." in run_command("probe", "emma", code=2).err
