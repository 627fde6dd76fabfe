"""The exit codes of the command line, by who must act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from healthrelay.core.errors import Bug

if TYPE_CHECKING:
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.core.trouble import Trouble

DONE, OTHER, USAGE, RECONNECT, LATER, CONFIGURATION, STOPPED = 0, 1, 2, 3, 4, 5, 130
EXITS = {
    DONE: "Done.",
    OTHER: "None of these: a defect, an output that was lost, or a question that was not answered.",
    USAGE: "The words are wrong, or name somebody or something that is not there.",
    RECONNECT: "The wearer must connect again.",
    LATER: "Nobody must act: try later.",
    CONFIGURATION: "The owner must act: the configuration, the store or the provider's console.",
    STOPPED: "Stopped with Ctrl-C.",
}
_BY_WHO = {"caller": USAGE, "wearer": RECONNECT, "owner": CONFIGURATION, "nobody": LATER}
_WORST_FIRST = (OTHER, CONFIGURATION, RECONNECT, LATER, USAGE)


def exit_code(trouble: HealthrelayError | Trouble) -> int:
    """Return the exit code of a command that *trouble* ended."""
    return OTHER if trouble.cause == Bug.cause else _BY_WHO[trouble.who]


def worst(troubles: Iterable[HealthrelayError | Trouble]) -> int:
    """Return the exit code of a command that met all *troubles* and went on; 0 for none."""
    codes = {exit_code(trouble) for trouble in troubles}
    return next((code for code in _WORST_FIRST if code in codes), DONE)
