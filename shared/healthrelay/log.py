"""One JSON line an event on standard error, as Cloud Logging reads it.

No secret, no measurement and no name of a person is ever in it. ``severity`` and
``logging.googleapis.com/trace`` are Cloud Logging's own fields
(https://cloud.google.com/logging/docs/structured-logging).

| event        | is about                                                              |
|--------------|-----------------------------------------------------------------------|
| request      | one answer of a function: status, milliseconds, cause of a failure    |
| fetch        | one fetch: records read, added, changed, removed, milliseconds        |
| odd data     | points that could not be read: series, local days and numbers          |
| refresh      | one question for a new access token: milliseconds, cause of a failure |
| glance       | an odd answer or a defect, which the page after a consent leaves out  |
| grant lost   | a wearer must connect again                                           |
| stale        | of a person nothing was read for longer than a day                    |
| delivery     | one attempt at a target: changes delivered, waiting, milliseconds     |
| undelivered  | a target has been failing for longer than a day                       |
| dead letters | changes that a target did not take were given up on                   |
| fan-out      | a person for whom no fetch could be enqueued                          |
| scheduler    | a process that could not keep the right to fetch and deliver          |
| run          | when everybody was last looked at could not be stored                 |
| prune        | a person whose old log entries could not be forgotten                 |
| task         | a task that no repeat would heal, or that failed in this process      |
| settings     | settings are missing or wrong; nothing was tried                      |

A line that cannot be written is dropped: its reader is gone or reads no more, or the disk is full,
and what we do goes on. The next line that can be written has their number as ``dropped``.
"""

import hmac
import json
import re
import select
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

# Long runs of key-like characters never belong in a line of ours, whatever brought them there.
KEY_LENGTH = 24
_KEY_LIKE = rf"[A-Za-z0-9_\-+/=.~]{{{KEY_LENGTH},}}"
_NAMED = r"(?i)((?:key|code|state|token|secret|invitation|password)=)[^&\s\"']+"

_trace: ContextVar[str] = ContextVar("trace", default="")
_function: ContextVar[str] = ContextVar("function", default="command")


MAX_LINE_BYTES = getattr(select, "PIPE_BUF", 4096)
"""A pipe that takes more takes so many in one piece; a longer line could wait for its reader."""
GRACE_SECONDS = 1.0
"""How long a line waits for a reader who stopped reading; those behind it do not wait."""


class _Lines:
    """The lines on standard error, and how many were dropped since the last one there."""

    def __init__(self) -> None:
        self._dropped = 0
        self.hidden = False
        """Whether nobody wants to see them: who typed a command reads its sentences."""
        self._lock = threading.Lock()

    def write(self, fields: Mapping[str, object]) -> None:
        """Write *fields* in one piece: the threads of a fetch write at the same time."""
        if self.hidden:
            return
        with self._lock:
            seconds = 0.0 if self._dropped else GRACE_SECONDS
            dropped = {"dropped": self._dropped} if self._dropped else {}
            line = f"{_bounded({**fields, **dropped})}\n"
            self._dropped = 0 if _takes_more(seconds) and write_text(line) else self._dropped + 1


_lines = _Lines()


@contextmanager
def events(*, shown: bool) -> Iterator[None]:
    """Write no lines of events in the block, in any thread, unless they are *shown*."""
    before, _lines.hidden = _lines.hidden, not shown
    try:
        yield
    finally:
        _lines.hidden = before


def follow(header: str, project: str) -> None:
    """Let all lines of this request name its trace; *header* is ``X-Cloud-Trace-Context``."""
    trace = re.match(r"[0-9a-f]{32}", header) if header and project else None
    _trace.set(f"projects/{project}/traces/{trace[0]}" if trace else "")


def set_function(function: str) -> None:
    """Let all lines of this thread name *function*; a line of no function is a command's."""
    _function.set(function)


@lru_cache(maxsize=1000)
def alias(user: str, key: str) -> str:
    """Return what stands for *user* in the log: always the same, not guessed without *key*."""
    from healthrelay.core.derived_keys import derive_key  # noqa: PLC0415 - a poll names nobody

    return hmac.digest(derive_key(key, "log"), user.encode(), "sha256").hex()[:12]


def log_event(severity: str, event: str, *, alias_key: str | None = None, **facts: object) -> None:
    """Write *event* with its *facts*; those that are None stay out.

    With an *alias_key* the *user* among them is named by an alias, with an empty one by nothing:
    anybody could find out by trying who is meant.
    """
    if alias_key is not None and (user := str(facts.pop("user", None) or "")):
        facts = without_name(user, facts)
        facts["user"] = alias(user, alias_key) if alias_key else None
    line = {"severity": severity, "event": event, "function": _function.get()}
    if trace := _trace.get():
        line["logging.googleapis.com/trace"] = trace
    fields = {
        name: redact(value) if isinstance(value, str) else value
        for name, value in facts.items()
        if value is not None
    }
    _lines.write(line | fields)


def _takes_more(seconds: float) -> bool:
    """Return whether standard error takes a line within *seconds*; its pipe may be full."""
    try:
        return bool(select.select([], [sys.stderr], [], seconds)[1])
    except (OSError, ValueError, TypeError):
        return True  # nothing that can be full


def _bounded(fields: Mapping[str, object]) -> str:
    """Return *fields* as JSON of a line; where they are too long, the beginnings of the longest."""
    line = json.dumps(fields)
    if len(line) < MAX_LINE_BYTES:
        return line
    share = (MAX_LINE_BYTES - len(json.dumps(dict.fromkeys(fields, "")))) // len(fields)
    return json.dumps({name: _beginning(value, share) for name, value in fields.items()})


def _beginning(value: object, size: int) -> object:
    """Return *value* if it is at most *size* long as JSON, else the beginning of its text."""
    if len(json.dumps(value)) <= size:
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    while (length := len(json.dumps(f"{text} ..."))) > size:
        text = text[: len(text) * size // length]
    return f"{text} ..."


def write_text(text: str) -> bool:
    """Write *text* to standard error; return whether that was possible. Raise nothing."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    # Its reader is gone or its disk full; it was closed; there never was one (it is None).
    except (OSError, ValueError, AttributeError):
        return False
    return True


def without_name(user: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return *facts* without the name of *user* in any of their texts."""
    named = [fact for fact, value in facts.items() if isinstance(value, str) and user in value]
    if not named:  # as in most lines: an expression costs more than a look
        return dict(facts)
    name = rf"(?<![\w.-]){re.escape(user)}(?![\w-])"
    return {**facts, **{fact: re.sub(name, "the user", str(facts[fact])) for fact in named}}


def redact(value: object) -> object:
    """Return *value*, with all that could be a key or token in its text blotted out."""
    if not isinstance(value, str):
        return value
    if "=" in value:
        value = re.sub(_NAMED, r"\1[redacted]", value)
    return re.sub(_KEY_LIKE, "[redacted]", value) if len(value) >= KEY_LENGTH else value
