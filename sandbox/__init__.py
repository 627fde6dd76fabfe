"""A small Google Health and a small Fitbit on loopback, for trying things out and for tests."""

from sandbox.faults import Fault
from sandbox.heart import Heart, Zone
from sandbox.journal import Request
from sandbox.logs import Device, Drink, Exercise, Food, Vitals
from sandbox.measurements import UnknownParticipant
from sandbox.server import Sandbox
from sandbox.sleep import Sleep, Stage
from sandbox.wearer import BodyFat, Day, Levels, Stay, Wearer, Weight

__all__ = [
    "BodyFat",
    "Day",
    "Device",
    "Drink",
    "Exercise",
    "Fault",
    "Food",
    "Heart",
    "Levels",
    "Request",
    "Sandbox",
    "Sleep",
    "Stage",
    "Stay",
    "UnknownParticipant",
    "Vitals",
    "Wearer",
    "Weight",
    "Zone",
]
