"""Roll-ups: from the points in one window to one value."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sandbox.decimals import number
from sandbox.google.points import Point
from sandbox.google.values import Json

RollUp = Callable[[list[Point]], Json]
Write = Callable[[Decimal], object]


def text(amount: Decimal) -> str:
    """Return a 64-bit integer, which JSON has as a string."""
    return str(amount)


def seconds(amount: Decimal) -> str:
    """Return a duration."""
    return f"{amount}s"


def total(member: str, write: Write = text) -> RollUp:
    """Return a roll-up to the sum."""
    return lambda points: {member: write(_sum(points))}


def average(member: str) -> RollUp:
    """Return a roll-up to the mean."""
    return lambda points: {member: number(_sum(points) / len(points))}


def spread(stem: str) -> RollUp:
    """Return a roll-up to the mean, the least and the greatest."""

    def roll(points: list[Point]) -> Json:
        amounts = [point.amount for point in points]
        return {
            f"{stem}Avg": number(_sum(points) / len(points)),
            f"{stem}Min": number(min(amounts)),
            f"{stem}Max": number(max(amounts)),
        }

    return roll


def each(member: str, kind: str, value: str, write: Write) -> RollUp:
    """Return a roll-up to a list with the sum of each part."""
    return lambda points: {
        member: [{kind: part, value: write(amount)} for part, amount in _parts(points).items()]
    }


def zone_minutes(points: list[Point]) -> Json:
    """Active zone minutes, a member for each zone."""
    parts = _parts(points)
    names = {"FAT_BURN": "FatBurn", "CARDIO": "Cardio", "PEAK": "Peak"}
    return {f"sumIn{names[part]}HeartZone": text(parts[part]) for part in names if part in parts}


def _sum(points: list[Point]) -> Decimal:
    return sum((point.amount for point in points), Decimal(0))


def _parts(points: list[Point]) -> dict[str, Decimal]:
    parts: dict[str, Decimal] = {}
    for point in sorted(points, key=lambda point: point.start):
        parts[point.part] = parts.get(point.part, Decimal(0)) + point.amount
    return parts
