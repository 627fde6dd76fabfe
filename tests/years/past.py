"""What Igor's old plugin left of a person: months in pounds, taken over before anything is read."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from healthrelay.igor.old_plugin import LegacyPerson
from healthrelay.igor.takeover import take_over
from tests.years import consents
from tests.years.account import Place

if TYPE_CHECKING:
    from tests.years.household import Household

DAYS = 100
_POUND = Decimal("0.45359237")


def take_over_past(household: Household, user: str) -> None:
    """Import the past of *user*, and know what must stay of it."""
    process, person = household.process, household.people[user]
    days = list(person.wearer.past(DAYS))
    series = {
        "body-weight": [_element(day, str(_pounds(grams))) for day, grams, _ in days],
        "activities-steps": [_element(day, str(steps)) for day, _, steps in days],
    }
    legacy = LegacyPerson(user, consents.settings_of(household, user), series)
    for day, grams, steps in days:
        kilograms = (_pounds(grams) * _POUND).quantize(Decimal("0.001"), ROUND_HALF_UP)
        person.imported[Place("body-weight", day.isoformat(), "")] = kilograms
        person.imported[Place("activities-steps", day.isoformat(), "")] = steps
    take_over(legacy, process.store, "en_US", process.now())


def _element(day: date, value: str) -> dict[str, str]:
    return {"dateTime": day.isoformat(), "value": value}


def _pounds(grams: int) -> Decimal:
    return (Decimal(grams) / 1000 / _POUND).quantize(Decimal("0.01"), ROUND_HALF_UP)
