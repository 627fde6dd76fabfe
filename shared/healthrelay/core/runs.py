"""When what is done for everybody was last done, and whether that is too long ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from healthrelay.core.errors import Misconfigured
from healthrelay.core.json import instant

FAN_OUT, DELIVER = "fan-out", "deliver"
"""The looks at who is due to be fetched, and what is due to be delivered."""
SCHEDULER, QUEUE = "scheduler", "queue"
"""The threads of ``healthrelay serve``: of the queue's, the one that is silent for longest."""
MAX_SILENCE = {
    FAN_OUT: timedelta(hours=3),
    DELIVER: timedelta(hours=3),
    SCHEDULER: timedelta(minutes=15),
    QUEUE: timedelta(hours=1),
}
"""Several times as long as between two runs, here and in the cloud; what never ran is not late."""
LEASE = timedelta(minutes=3)
"""How long a process that runs everything is believed to live on after its last sign."""
Runs = Mapping[str, datetime]
"""Name → the instant of the last run."""


def served_already() -> Misconfigured:
    """Return the error of a process that begins while another runs the same store."""
    error = Misconfigured("Another `healthrelay serve` or `healthrelay run` works over this store.")
    error.next_step = (
        "Stop that one first; one that was killed on another machine counts for three minutes more."
    )
    return error.with_cause("served_already")


def overdue(runs: Runs, now: datetime) -> Misconfigured | None:
    """Return the error of what has not run for too long at *now*; None when all is well."""
    late = {name: runs[name] for name in MAX_SILENCE if name in runs and _is_late(name, runs, now)}
    if not late:
        return None
    error = Misconfigured(f"Too long ago: {runs_text(late)}.").with_cause("overdue")
    error.next_step = (
        "Look at the log of `healthrelay serve` and start it again; in the cloud, at the jobs of"
        " Cloud Scheduler and the logs of fetch and deliver."
    )
    return error


def _is_late(name: str, runs: Runs, now: datetime) -> bool:
    return now - runs[name] > MAX_SILENCE[name]


def runs_text(runs: Runs) -> str:
    return ", ".join(f"{name} ran at {at:%Y-%m-%d %H:%M} UTC" for name, at in sorted(runs.items()))


def from_document(document: Mapping[str, str]) -> dict[str, datetime]:
    """Return the runs in *document*. Raise `ValueError` and its like for anything else."""
    return {name: instant(at) for name, at in document.items()}


def to_document(runs: Runs) -> dict[str, str]:
    return {name: at.isoformat() for name, at in sorted(runs.items())}
