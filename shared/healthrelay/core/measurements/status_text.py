"""How a person's measurements are, in words for the owner: a line, sentences, a small table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from healthrelay.core.measurements.catalogue import SCALE, TRACKER
from healthrelay.core.measurements.ledger import WATCHED_DAYS, Device, State
from healthrelay.core.measurements.status import PersonStatus
from healthrelay.core.plural import count

_KINDS = {TRACKER: "watch", SCALE: "scale"}
STATES = (
    "open: may still change, or was not read yet; settled: changes no more;"
    " empty: settled without data; failed: could not be read"
)
"""What the states mean."""
_HEAD = ("series", "first", "last", "open", "settled", "empty", "failed")


def status_line(status: PersonStatus) -> str:
    """Return one line: when it was read last, when devices synced, and days that are not settled.

    ``last read 20 minutes ago; watch last synced 6 days ago; 8 days open``
    """
    parts = [_last_read(status)]
    parts += [f"{_label(d, status)} {_synced(d, status)}" for d in status.devices if d.synced]
    parts += [
        f"{_label(device, status)} left out, silent since {_last_day(device)}"
        for device in status.silent
    ]
    if days := status.open_days:
        parts.append(f"{_count(days, 'day')} open")
    if days := status.waiting_days:
        parts.append(f"{_count(days, 'day')} further back to be read again")
    if days := status.failed_days:
        parts.append(f"{_count(days, 'day')} failed ({_causes(status)})")
    if number := sum(status.missing.values()):
        parts.append(f"{count(number, 'record')} missing at the provider")
    return "; ".join(parts)


def status_sentences(status: PersonStatus) -> Iterator[str]:
    """Yield what is to be said, a sentence or two each."""
    yield _reading_sentence(status)
    yield from (_device_sentence(device, status) for device in status.devices)
    for device in status.silent:
        yield (
            f"The {_label(device, status)} is left out: it is silent since {_last_day(device)},"
            f" so that no day waits for it."
        )
    if days := status.open_days_of(""):
        names = [n for n, one in status.series.items() if one.configured and not one.waits_for]
        yield (
            f"{_count(days, 'day')} {_are(days)} open of {', '.join(names)}: no device says when"
            f" these are complete, so they settle after {WATCHED_DAYS} days."
        )
    if days := status.waiting_days:
        yield (
            f"{_count(days, 'day')} further back than {WATCHED_DAYS} days"
            f" {_are(days)} to be read again, a few in each fetch, the newest first."
        )
    yield from _failure_sentences(status)
    if status.missing:
        yield _missing_sentence(status)
    if others := [name for name, one in status.series.items() if not one.configured]:
        yield f"Not fetched any more, so that their days stay as they are: {', '.join(others)}."


def lasting_sentence(user: str, status: PersonStatus) -> str:
    """Return what failed for a cause that time does not heal, and the next step; or nothing."""
    if not status.lasting:
        return ""
    names = ", ".join(f"{name} ({cause})" for name, cause in status.lasting.items())
    return f"Not read: {names}. healthrelay fetch {user} says why, and what to do."


def status_rows(status: PersonStatus) -> Iterator[Sequence[str]]:
    """Yield the head of the table and its rows, a series each."""
    yield _HEAD
    for name, one in status.series.items():
        days = one.days.start.isoformat(), one.days.end.isoformat()
        yield name, *days, *(str(one.count(state)) for state in State)


def status_table(status: PersonStatus) -> str:
    """Return a line a series: its first and last day, and how many days are in each state."""
    rows = list(status_rows(status))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    return "\n".join(lines)


def _aligned(row: Iterable[str], widths: Iterable[int]) -> Iterator[str]:
    """Yield the cells: words to the left, the numbers behind them to the right."""
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place <= _HEAD.index("last") else cell.rjust(width)


def _reading_sentence(status: PersonStatus) -> str:
    sentence = _last_read(status)
    if status.read_at:
        sentence += f", on {status.read_at:%Y-%m-%d at %H:%M} UTC"
    trouble = f" Not all of the last fetch succeeded: {status.outcome}." if status.outcome else ""
    return f"{sentence[0].upper()}{sentence[1:]}.{trouble}"


def _device_sentence(device: Device, status: PersonStatus) -> str:
    sentence = f"The {_label(device, status)} {_synced(device, status)}"
    if not device.synced:
        return f"{sentence}."
    days = status.open_days_of(device.kind)
    number = f"{_count(days, 'day')} of what it sends {_are(days)}" if days else "nothing of it is"
    at = datetime.fromisoformat(device.synced)
    return f"{sentence}, on {at:%Y-%m-%d at %H:%M}: {number} open."


def _failure_sentences(status: PersonStatus) -> Iterator[str]:
    if days := status.failed_days:
        names = ", ".join(f"{name} ({cause})" for name, cause in status.causes.items())
        yield f"{_count(days, 'day')} could not be read, of {names}; each fetch tries again."


def _missing_sentence(status: PersonStatus) -> str:
    number = sum(status.missing.values())
    names = ", ".join(f"{name}: {count}" for name, count in status.missing.items())
    return (
        f"{count(number, 'record')} {'is' if number == 1 else 'are'} missing at the provider"
        f" ({names}): kept until another look agrees."
    )


def _last_read(status: PersonStatus) -> str:
    if status.read_at:
        return f"last read {_ago(status.moment.now - status.read_at)}"
    if status.outcome:
        return "nothing could be read yet"
    return "last read by an earlier version" if status.series else "nothing was read yet"


def _label(device: Device, status: PersonStatus) -> str:
    """Return ``watch``, and which one where there are several."""
    alike = [d for d in (*status.devices, *status.silent) if d.kind == device.kind]
    word = _KINDS.get(device.kind, "device")
    return f"{word} ({device.name})" if len(alike) > 1 and device.name else word


def _synced(device: Device, status: PersonStatus) -> str:
    if not device.synced:
        return "does not say when it synced"
    return f"last synced {_ago(status.moment.civil - datetime.fromisoformat(device.synced))}"


def _last_day(device: Device) -> str:
    return (device.synced or device.seen)[:10]


def _ago(age: timedelta) -> str:
    return f"{duration(age)} ago" if age >= timedelta(minutes=1) else "just now"


def duration(time: timedelta) -> str:
    """Return ``20 minutes``, in whole minutes, hours from two on, days from two on."""
    minutes = int(time.total_seconds()) // 60
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes >= 2 * length:
            return f"{minutes // length} {unit}s"
    return count(minutes, "minute")


def _causes(status: PersonStatus) -> str:
    return ", ".join(dict.fromkeys(status.causes.values()))


def _count(days: Collection[object], word: str) -> str:
    return count(len(days), word)


def _are(days: Collection[object]) -> str:
    return "is" if len(days) == 1 else "are"
