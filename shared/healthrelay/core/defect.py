"""An exception that nobody foresaw, as an error of ours: one person's trouble is nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from healthrelay.core.code_path import code_path
from healthrelay.core.errors import Bug, HealthrelayError

T = TypeVar("T")


def isolate(work: Callable[..., T], *args: object) -> T | HealthrelayError:
    """Return what *work* returns, or the error that it raises, also one that nobody foresaw."""
    try:
        return work(*args)
    except Exception as error:  # noqa: BLE001 - whoever loops over people goes on with the next
        return as_error(error)


def as_error(error: Exception) -> HealthrelayError:
    """Return *error* if it is ours, else the `Bug` that it is."""
    if isinstance(error, HealthrelayError):
        return error
    bug = Bug()
    bug.__cause__ = error
    return bug


def log_cause(error: HealthrelayError) -> str:
    """Return what the log has of *error*: the path to a defect, of any other the sentence."""
    if isinstance(error, Bug) and isinstance(error.__cause__, Exception):
        return code_path(error.__cause__)
    return error.sentence
