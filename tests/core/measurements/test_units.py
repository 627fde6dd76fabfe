"""Exact conversions."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements import units


@pytest.mark.parametrize(
    ("grams", "text"),
    [("71200", "71.2"), ("85400", "85.4"), ("80000", "80"), ("82123.4", "82.123")],
)
def test_kilograms(grams: str, text: str) -> None:
    assert units.text(units.kilograms(Decimal(grams))) == text


@pytest.mark.parametrize(
    ("system", "text"),
    [("metric", "71.2"), ("en_US", "156.97"), ("en_GB", "11.212"), ("nl_NL", "71.2")],
)
def test_mass_in_each_system(system: str, text: str) -> None:
    assert units.text(units.convert(Decimal("71.2"), "mass", "metric", system)) == text


@given(st.integers(1, 1_000_000))
def test_kilograms_keep_every_gram(grams: int) -> None:
    text = units.text(units.kilograms(Decimal(grams)))

    assert Decimal(text) * 1000 == grams


def test_bmi() -> None:
    assert units.bmi(Decimal(71200), Decimal(1780)) == Decimal("22.47")


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("100", "100"), ("1E+3", "1000"), ("0.500", "0.5")]
)
def test_text_has_no_exponent_and_no_idle_zero(value: str, text: str) -> None:
    assert units.text(Decimal(value)) == text


def test_numbers_are_whole_where_they_can_be() -> None:
    assert repr(units.number(Decimal("73.000"))) == "73"
    assert repr(units.number(Decimal("73.5"))) == "73.5"


@given(st.integers(30_000, 300_000), st.sampled_from(["metric", "en_US", "en_GB"]))
def test_a_mass_comes_back_from_every_unit(grams: int, system: str) -> None:
    factor = {"metric": 1000.0, "en_US": 453.59237, "en_GB": 6350.29318}[system]
    worst = {"metric": 0.0005, "en_US": 0.005, "en_GB": 0.0005}[system] * factor

    converted = units.convert(units.kilograms(Decimal(grams)), "mass", "metric", system)

    assert abs(float(converted) * factor - grams) <= worst * 1.001


@pytest.mark.parametrize(
    ("value", "number"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("56.49", 56), ("-2.5", -3)]
)
def test_halves_go_up(value: str, number: int) -> None:
    assert units.integer(Decimal(value)) == number


@pytest.mark.parametrize(
    "value", ["1e999999999", "-1E+19", "0e999999999", "1e-999999999", "NaN", "Infinity", "", "x"]
)
def test_what_nobody_measures_is_no_number(value: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        units.exact(value)


def test_numbers_of_64_bits_and_of_binary_fractions_are_exact() -> None:
    assert units.exact("9223372036854775807") < units.exact(2**63)
    assert str(units.exact(0.1)) == "0.1"
