"""A small Google Health and a small Fitbit on loopback, for trying things out and for tests."""

from sandbox.faults import Fault
from sandbox.journal import Request
from sandbox.measurements import UnknownParticipant
from sandbox.server import Sandbox
from sandbox.wearer import BodyFat, Day, Wearer, Weight

__all__ = [
    "BodyFat",
    "Day",
    "Fault",
    "Request",
    "Sandbox",
    "UnknownParticipant",
    "Wearer",
    "Weight",
]
