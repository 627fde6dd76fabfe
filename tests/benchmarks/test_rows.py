"""How measurements are judged."""

import json

import pytest

from benchmarks.rows import Row, as_json, counted, missed, quiet, table, timed


def test_a_time_is_the_median_of_the_rounds_own_ratios() -> None:
    # The second round ran on a machine twice as slow: it says the same.
    row = timed("start", 1.5, [1.2, 2.4, 9.0], [1.0, 2.0, 3.0])

    assert row == Row("start", 1.5, measured=2.4, floor=2.0, ratio=1.2, met=True)


def test_a_time_over_its_target_is_missed() -> None:
    assert timed("start", 1.1, [1.2], [1.0]).met is False


def test_times_of_a_noisy_machine_judge_nothing() -> None:
    assert timed("start", 1.1, [9.0], [1.0], calm=False).met is None


@pytest.mark.parametrize(("ratio", "calm"), [(1.07, True), (0.93, True), (1.09, False)])
def test_quiet_is_when_a_thing_measured_twice_is_nearly_itself(ratio: float, calm: bool) -> None:
    assert quiet(Row("A/A", None, ratio, 1.0, ratio, None)) is calm


def test_a_count_is_judged_against_its_floor_when_it_has_one() -> None:
    assert counted("calls", 1.0, 4, floor=4).met is True
    assert counted("calls", 1.0, 5, floor=4).met is False


def test_a_count_without_floor_is_judged_as_it_is() -> None:
    assert counted("writes", 0, 0).met is True
    assert counted("writes", 0, 1).met is False


def test_a_count_without_target_is_told_and_not_judged() -> None:
    assert counted("modules", None, 420, floor=400) == Row("modules", None, 420, 400, 1.05, None)


def test_a_missed_row_is_named_in_every_result() -> None:
    rows = [counted("writes", 0, 0), counted("calls", 1.0, 5, floor=4)]

    assert missed(rows) == ["calls"]
    assert "MISSED" in table(rows).splitlines()[2]
    numbers = {"target": 1.0, "measured": 5, "floor": 4, "ratio": 1.25}
    assert json.loads(as_json(rows))[1] == {"name": "calls", **numbers, "met": False}
