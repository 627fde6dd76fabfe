"""Questions about what a wearer logs: exercises and food."""

from __future__ import annotations

from collections import Counter

from healthrelay.adapters.google_health.probe.client import GoogleProbe, member, objects
from healthrelay.adapters.google_health.questions import sessions
from healthrelay.adapters.probing import ProbeRow
from healthrelay.core.grants.probe import Verdict
from healthrelay.core.grants.shape import tally


def _exercises(probe: GoogleProbe) -> Verdict:
    points = probe.points(sessions("exercise")._replace(how=""), probe.year)
    exercises = [point.get("exercise") for point in points]
    shapes = probe.vocabulary.describe(exercises)
    greatest = any("max" in line.partition(":")[0].lower() for line in shapes)
    return Verdict(not greatest if exercises else None, (f"{len(exercises)} exercises", *shapes))


def _nutrients(probe: GoogleProbe) -> Verdict:
    points = probe.points(sessions("nutrition-log"), probe.month)
    foods = [point.get("nutritionLog") for point in points]
    amounts = [
        member(each, "quantity", "grams")
        for food in foods
        for each in objects(member(food or {}, "nutrients"))
    ]
    kinds = Counter(map(probe.vocabulary.kind, amounts))
    return Verdict(
        kinds.keys() <= {"number", "integer"} if amounts else None,
        (f"grams: {tally(kinds) or 'none'}", *probe.vocabulary.describe(foods)),
    )


ROWS = (
    ProbeRow("exercise-members", "An exercise does not say the highest heart rate.", _exercises),
    ProbeRow("nutrients", "Every nutrient of a food has its amount in grams.", _nutrients),
)
