"""Four to seven ticks of 1, 2 or 5, and a frame that ends on them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.web.charts.scale import Scale, around, decimal_steps, from_zero, stone_steps

VALUE = st.decimals(0, 9_999_999, places=1)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        # The least of 2 kg around 82.9: 81.9 to 83.9.
        ("82.4", "83.4", (81.5, 84, 0.5)),
        ("82.4", "82.4", (81, 83.5, 0.5)),
        # Ten kilograms and a tenth of them: 76.5 to 87.5.
        ("77", "87", (76, 88, 2)),
        ("0", "0.5", (0, 2, 0.5)),
    ],
)
def test_the_frame_ends_on_ticks(low: str, high: str, expected: tuple[float, ...]) -> None:
    assert around(Decimal(low), Decimal(high), Decimal(2), decimal_steps()) == expected


def test_steps_of_stones_meet_each_whole_stone() -> None:
    one = around(Decimal("181.7"), Decimal("183.2"), Decimal("4.41"), stone_steps())
    many = around(Decimal(170), Decimal(200), Decimal("4.41"), stone_steps())

    assert one == (180, 185, 1)
    # 168.5 to 201.5 pounds: 12 stones are 168, 14 stones and a half are 203.
    assert many == (168, 203, 7)


def test_bars_begin_at_zero() -> None:
    assert from_zero(Decimal(14022), Decimal(1000), decimal_steps()) == (0, 15000, 5000)
    assert from_zero(Decimal(0), Decimal(1000), decimal_steps()) == (0, 1000, 200)


@given(VALUE, VALUE, st.sampled_from(["2", "4.41", "8"]), st.booleans())
def test_all_values_lie_between_four_to_seven_ticks(
    one: Decimal, other: Decimal, least: str, stones: bool
) -> None:
    low, high = sorted((one, other))
    steps = stone_steps() if stones else decimal_steps()

    found = around(low, high, Decimal(least), steps)

    assert 4 <= len(found.ticks) <= 7
    assert found.ticks[0] == found.low <= low <= high <= found.high == found.ticks[-1]
    assert found.high - found.low >= Decimal(least)
    assert stones or f"{found.step:e}".lstrip("0.").startswith(("1", "2", "5"))
    _is_exact(found)


def _is_exact(found: Scale) -> None:
    assert all(tick == round(tick, found.places) for tick in found.ticks)
