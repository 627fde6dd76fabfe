"""Weight, body fat, BMI and blood glucose."""

from collections.abc import Callable
from decimal import Decimal

from healthrelay.adapters.google_health.points import (
    SOURCE,
    Answers,
    Element,
    Row,
    Sample,
    daily,
    samples_of,
)
from healthrelay.adapters.google_health.questions import history, samples
from healthrelay.core.measurements import units

WEIGHT = samples("weight")
FAT = samples("body-fat")
HEIGHT = history("height")
GLUCOSE = samples("blood-glucose")


def weight_log(answers: Answers) -> list[Element]:
    """``get_bodyweight``: every weighing, with BMI and fat where they are known."""
    fat = {sample.day: sample for sample in _fats(answers)}
    height = newest_height(answers)
    elements: list[Element] = []
    for sample in _weights(answers):
        element: Element = {}
        if height:
            element["bmi"] = units.number(units.bmi(sample.value, height))
        element["date"] = sample.day
        if near := fat.get(sample.day):
            element["fat"] = units.number(units.rounded(near.value, 3))
        element |= _log_tail(sample)
        element["weight"] = units.number(units.kilograms(sample.value))
        elements.append(element)
    return elements


def fat_log(answers: Answers) -> list[Element]:
    """``get_bodyfat``: every measurement of body fat, in percent."""
    return [_entry("fat", sample) for sample in _fats(answers)]


def glucose_log(answers: Answers) -> list[Element]:
    """``glucose``: every measurement of blood glucose, in mg/dL."""
    samples = samples_of(answers, GLUCOSE, "bloodGlucoseMilligramsPerDeciliter")
    return [_entry("glucose", sample) for sample in samples]


def weight_days(answers: Answers) -> list[Element]:
    """``body/weight``: the last weight of each day, not Google's average."""
    return _last(_weights(answers), units.kilograms)


def fat_days(answers: Answers) -> list[Element]:
    """``body/fat``: the last body fat of each day."""
    return _last(_fats(answers), lambda percent: units.rounded(percent, 3))


def bmi_days(answers: Answers) -> list[Element]:
    """``body/bmi``: from the day's weight and the newest height; nothing without a height."""
    height = newest_height(answers)
    if not height:
        return []
    return _last(_weights(answers), lambda grams: units.bmi(grams, height))


def body_days(answers: Answers) -> list[Element]:
    """``body``: the last weight, fat and BMI of each day, as far as they are known.

    Girths and goals have no like at Google.
    """
    height = newest_height(answers)
    days: dict[str, Element] = {}
    for sample in _weights(answers):
        day = days.setdefault(sample.day, {"date": sample.day})
        if height:
            day["bmi"] = units.number(units.bmi(sample.value, height))
        day["weight"] = units.number(units.kilograms(sample.value))
    for sample in _fats(answers):
        day = days.setdefault(sample.day, {"date": sample.day})
        day["fat"] = units.number(units.rounded(sample.value, 3))
    members = ("date", "bmi", "fat", "weight")
    return [{m: days[day][m] for m in members if m in days[day]} for day in sorted(days)]


def newest_height(answers: Answers) -> Decimal | None:
    """In millimetres; nobody is less than one high."""
    heights = samples_of(answers, HEIGHT, "heightMillimeters")
    return heights[-1].value if heights and heights[-1].value >= 1 else None


def _weights(answers: Answers) -> list[Sample]:
    return samples_of(answers, WEIGHT, "weightGrams")


def _fats(answers: Answers) -> list[Sample]:
    return samples_of(answers, FAT, "percentage")


def _last(samples: list[Sample], value: Callable[[Decimal], Decimal]) -> list[Element]:
    return daily({sample.day: units.text(value(sample.value)) for sample in samples})


def _entry(name: str, sample: Sample) -> Element:
    value = units.number(units.rounded(sample.value, 3))
    return {"date": sample.day, name: value, **_log_tail(sample)}


def _log_tail(sample: Sample) -> Element:
    notes: Element = {"notes": sample.notes} if sample.notes else {}
    return {"logId": sample.log_id, **notes, "source": SOURCE, "time": f"{sample.at:%H:%M:%S}"}


ROWS: dict[str, Row] = {
    "weight": Row((WEIGHT, HEIGHT, FAT), weight_log),
    "fat": Row((FAT,), fat_log),
    "glucose": Row((GLUCOSE,), glucose_log),
    "body": Row((WEIGHT, HEIGHT, FAT), body_days),
    "body-weight": Row((WEIGHT,), weight_days),
    "body-fat": Row((FAT,), fat_days),
    "body-bmi": Row((WEIGHT, HEIGHT), bmi_days),
}
