"""Many lives, each from its own seed: ``make years``.

Prints one JSON line of figures. A life that fails is made smaller, by leaving out events while it
still fails in the same way, and printed with its seed; then the exit code is 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from tests.years.history import Event, Life, draw
from tests.years.life import Outcome, live

SHRINK_SECONDS = 600


class Result(NamedTuple):
    """One life that went well, or what is left of one that did not."""

    seed: int
    figures: dict[str, Any]
    failure: str = ""


def shrink(life: Life, check: str, seconds: float = SHRINK_SECONDS) -> Life:
    """Return the smallest life that is found in that time which fails in the same *check*."""
    until = time.monotonic() + seconds

    def fails(smaller: Life) -> bool:
        if time.monotonic() > until:
            return False
        return any(violation.check == check for violation in live(smaller).violations)

    by_kind: dict[str, list[Event]] = {}
    for event in life.events:
        by_kind.setdefault(event.kind, []).append(event)
    life = _leave_out(life, list(by_kind.values()), fails)
    return _leave_out(life, [[event] for event in life.events], fails)


def _leave_out(life: Life, groups: list[list[Event]], fails: Callable[[Life], bool]) -> Life:
    """Return *life* without those *groups* of events that it fails without."""
    left_out = {event for group in groups for event in group}
    smaller = life._replace(events=tuple(one for one in life.events if one not in left_out))
    if not left_out or fails(smaller):
        return smaller
    if len(groups) == 1:
        return life
    middle = len(groups) // 2
    return _leave_out(_leave_out(life, groups[:middle], fails), groups[middle:], fails)


def report(life: Life, outcome: Outcome) -> str:
    """Return what was wrong, and the history in which it was."""
    lines = [f"seed {life.seed}, {life.days} days, {life.store}, from {life.start:%F}"]
    lines += [f"  {habits}" for habits in life.people]
    lines += [f"  {_as_text(event)}" for event in life.events]
    lines += [
        f"  ! {one.check} ({one.user}, {one.at:%F %H:%M}): {one.detail}"
        for one in outcome.violations[:12]
    ]
    return "\n".join(lines)


def run_one(seed: int, days: int, small: bool = True) -> Result:
    """Live the life of *seed*."""
    # A life makes millions of values, and hardly any that only name each other.
    gc.set_threshold(50_000, 20, 50)
    life = draw(seed, days)
    outcome = live(life)
    if not outcome.violations:
        return Result(seed, outcome.figures)
    if small:
        life = shrink(life, outcome.violations[0].check)
        outcome = live(life)
    return Result(seed, outcome.figures, report(life, outcome))


def _as_text(event: Event) -> str:
    day, hour = divmod(event.at, 24)
    what = " ".join(part for part in (event.who, event.what) if part)
    return f"day {int(day):3} {hour:5.2f} h  {event.kind} {what} ({event.hours} h, {event.number})"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=40)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--as-drawn", action="store_true", help="do not make failures smaller")
    args = parser.parse_args(arguments)
    began = time.monotonic()
    seeds = range(args.seed, args.seed + args.lives)
    failed = 0
    totals: dict[str, int] = {}
    with ProcessPoolExecutor(args.workers) as pool:
        runs = [pool.submit(run_one, seed, args.days, not args.as_drawn) for seed in seeds]
        for one in runs:
            result = one.result()
            totals = {n: totals.get(n, 0) + result.figures[n] for n in result.figures}
            if result.failure:
                failed += 1
                print(result.failure, flush=True)
    seconds = round(time.monotonic() - began)
    print(json.dumps({"lives": len(seeds), "failed": failed, "seconds": seconds, **totals}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
