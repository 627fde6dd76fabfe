"""Keep when what is done for everybody was last done; nothing depends on it but what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate, log_cause
from healthrelay.core.errors import HealthrelayError, severity
from healthrelay.core.runs import overdue

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.core.runs import Runs
    from healthrelay.ports.peers import LogEvent
    from healthrelay.ports.store import RunTimes


def record_runs(times: Runs, runs: RunTimes, log_event: LogEvent) -> None:
    """Store *times*; that this fails stops nothing, and the log has it."""
    done = isolate(runs.record, times)
    if isinstance(done, HealthrelayError):
        log_event(severity(done), "run", cause=log_cause(done))


def require_recent(runs: RunTimes, now: datetime) -> Runs:
    """Return when what last ran. Raise `Misconfigured` if anything has not for too long."""
    times = runs.load()
    if error := overdue(times, now):
        raise error
    return times
