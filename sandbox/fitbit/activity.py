"""The activity of a day, and of the whole life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.decimals import number, round_half_up
from sandbox.fitbit.dates import read_date
from sandbox.fitbit.fixed import DAILY_GOALS
from sandbox.fitbit.guard import USER, Guard
from sandbox.fitbit.heart import zones
from sandbox.fitbit.units import request_units
from sandbox.logs import Exercise
from sandbox.wearer import Day, Levels, Wearer, civil

_IDS = {"WALKING": 90013, "RUNNING": 90009}
_STILL = Levels(sedentary=0, lightly=0, fairly=0, very=0)
_NO_DAY = Day(steps=0, millimeters=0, kcal=0)


class ActivityLog:
    """What was done, day by day, and in sum."""

    def __init__(self, wearer: Wearer, guard: Guard) -> None:
        self._wearer = wearer
        self._guard = guard

    def add_to(self, routes: Blueprint) -> None:
        """Add the day, the lifetime, and recent activities."""
        routes.add_url_rule(f"{USER}/activities/date/<day>.json", "activities", self.day)
        routes.add_url_rule(f"{USER}/activities.json", "lifetime", self.lifetime)
        routes.add_url_rule(f"{USER}/activities/recent.json", "recent", self.recent)

    def day(self, user: str, day: str) -> Response:
        """Return logged activities, goals and totals."""
        self._guard.enter(user, "activity")
        on = read_date(day, "date", self._wearer.today())
        logged = [_entry(e) for e in self._wearer.exercises if e.start.date() == on]
        return jsonify(activities=logged, goals=DAILY_GOALS, summary=self._summary(on))

    def lifetime(self, user: str) -> Response:
        """Best days, and sums over everything."""
        self._guard.enter(user, "activity")
        best = {name: self._best(figure) for name, figure in _FIGURES.items() if self._wearer.days}
        sums: dict[str, Any] = {
            name: number(sum((figure(day) for day in self._wearer.days.values()), Decimal(0)))
            for name, figure in _FIGURES.items()
        }
        sums |= {"activeScore": -1, "caloriesOut": -1}
        return jsonify(
            best={"total": best, "tracker": best}, lifetime={"total": sums, "tracker": sums}
        )

    def recent(self, user: str) -> Response:
        """Return the latest activity of each kind."""
        self._guard.enter(user, "activity")
        latest = {exercise.kind: exercise for exercise in self._wearer.exercises}
        return jsonify([_kind(exercise) for exercise in latest.values()])

    def _best(self, figure: Callable[[Day], Decimal]) -> dict[str, Any]:
        day = max(self._wearer.days, key=lambda day: figure(self._wearer.days[day]))
        return {"date": day.isoformat(), "value": number(figure(self._wearer.days[day]))}

    def _summary(self, on: date) -> dict[str, Any]:
        day, heart = self._wearer.days.get(on, _NO_DAY), self._wearer.hearts.get(on)
        levels, units = day.levels or _STILL, request_units()
        way = number(round_half_up(units.way(day.millimeters), 2))
        summary: dict[str, Any] = {
            "activeScore": -1,
            "activityCalories": _whole(day.active_kcal or 0),
            "caloriesBMR": _whole(day.basal_kcal or 0),
            "caloriesOut": _whole(day.kcal),
            "distances": [{"activity": name, "distance": way} for name in ("total", "tracker")],
            "elevation": number(round_half_up(units.climb(day.climbed_mm or 0), 2)),
            "fairlyActiveMinutes": levels.fairly,
            "floors": day.floors or 0,
            "heartRateZones": zones(heart),
            "lightlyActiveMinutes": levels.lightly,
            "marginalCalories": 0,
            "sedentaryMinutes": levels.sedentary,
            "steps": day.steps,
            "veryActiveMinutes": levels.very,
        }
        if heart is not None and heart.resting is not None:
            summary["restingHeartRate"] = heart.resting
        return summary


_FIGURES: dict[str, Callable[[Day], Decimal]] = {
    "distance": lambda day: round_half_up(request_units().way(day.millimeters), 2),
    "floors": lambda day: Decimal(day.floors or 0),
    "steps": lambda day: Decimal(day.steps),
}


def _whole(kcal: int | Decimal) -> int:
    return int(round_half_up(Decimal(kcal), 0))


def _kind(exercise: Exercise) -> dict[str, Any]:
    return {
        "activityId": _IDS[exercise.kind],
        "calories": exercise.kcal,
        "description": "",
        "distance": number(round_half_up(request_units().way(exercise.millimeters), 2)),
        "duration": exercise.seconds * 1000,
        "name": exercise.name,
    }


def _entry(exercise: Exercise) -> dict[str, Any]:
    start = civil(exercise.start)
    return _kind(exercise) | {
        "activityParentId": _IDS[exercise.kind],
        "activityParentName": exercise.name,
        "hasActiveZoneMinutes": True,
        "hasStartTime": True,
        "isFavorite": False,
        "lastModified": f"{civil(exercise.end).isoformat(timespec='milliseconds')}Z",
        "logId": int(exercise.log_id),
        "startDate": start.date().isoformat(),
        "startTime": start.strftime("%H:%M"),
        "steps": exercise.steps,
    }
