"""What `healthrelay run` shows, of every method that a person may be given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from healthrelay.core.measurements.catalogue import FITBIT, GOOGLE, SERIES
from healthrelay.core.measurements.methods import METHODS
from healthrelay.igor.guide import PollSetup
from healthrelay.local.demo import collect, connect
from healthrelay.local.report import igor_text, rows, sparkline
from tests.household import Household

LAST = date(2026, 11, 30)


def cases() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield each method with a provider that has it, and its resources → series."""
    for method in METHODS.values():
        if not method.resources:
            fitbits = all(SERIES[one].only == FITBIT for one in method.series)
            yield FITBIT if fitbits else GOOGLE, method.name, {}
            continue
        known = {name: one for name, (one,) in method.resources.items()}
        names = [name for name, one in known.items() if SERIES[one].only in ("", GOOGLE)]
        for some in (names[::2], names[1::2]):  # a setting is not as long as all of them
            yield GOOGLE, method.name, {name: known[name] for name in some}


@pytest.mark.parametrize(("provider", "method", "resources"), [*cases()])
def test_every_method_can_be_shown(
    household: Household, method: str, resources: dict[str, str]
) -> None:
    chosen = {"methods": method} | ({"resource": ",".join(resources)} if resources else {})

    statuses = connect(household.services, "jack", chosen, automatic=True)
    result = collect(household.services, "jack", {}, statuses)

    assert statuses == {"auth1": 302, "auth2": 303, "fetch": 200, "relay": 200}
    shown = rows(result.values, "metric")
    wanted = [SERIES[one].label for one in resources.values() or METHODS[method].series]
    # The sandbox has something of nearly everything.
    assert shown
    assert {row[0] for row in shown} <= {*wanted}
    assert len(shown) > len(wanted) / 2
    assert all(newest and (not spark or on) for _, newest, on, spark in shown)


def test_a_household_that_was_here_before_keeps_its_settings_but_those_named(
    household: Household,
) -> None:
    household.add("jack", methods="time_series", resource="body/weight", period="1w")

    connect(household.services, "jack", {"methods": "sleep"}, automatic=True)

    assert household.services.store.identities.settings("jack") == {
        "methods": "sleep",
        "resource": "body/weight",
        "period": "1w",
    }


def test_weight_is_first_and_its_log_only_where_it_is_alone() -> None:
    log = [{"logId": 7, "date": "2026-11-30", "time": "07:12:00", "weight": 82.4}]
    daily = [{"dateTime": "2026-11-30", "value": "82.4"}]
    steps = [{"dateTime": "2026-11-30", "value": "8123"}]

    every = rows({"activities-steps": steps, "body-weight": daily, "weight": log}, "metric")
    alone = rows({"activities-steps": steps, "weight": log}, "metric")

    assert [row[:2] for row in every] == [("Weight", "82.4 kg"), ("Steps", "8123 steps")]
    assert [row[:2] for row in alone] == [("Weight log", "82.4 kg"), ("Steps", "8123 steps")]


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ({30: 3.0, 28: 1.0, 27: 2.0}, "·" * 26 + "▅▁·█"),
        ({30: 5.0}, "·" * 29 + "▁"),
        ({1: 1.0, 30: 2.0}, "▁" + "·" * 28 + "█"),
        ({}, "·" * 30),
    ],
)
def test_a_sparkline_has_a_place_for_each_of_thirty_days(
    values: dict[int, float], bars: str
) -> None:
    assert sparkline({LAST.replace(day=day): one for day, one in values.items()}, LAST) == bars


def test_who_has_a_key_already_is_told_what_stands_in_its_place() -> None:
    setup = PollSetup("jack", "https://relay.example/relay")

    assert "makes\nanother and ends that one: healthrelay user key jack\n" in igor_text(setup)
    assert "healthrelay user key" not in igor_text(setup._replace(key="k" * 32))
