"""``python -m benchmarks``: measure, print a table, write ``build/bench.json``."""

from __future__ import annotations

import argparse
import sys

from benchmarks import counters, pages, reading, rounds, walk
from benchmarks.household import household
from benchmarks.rows import as_json, missed, table
from healthrelay.local.parts import ROOT

RESULT = ROOT / "build" / "bench.json"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 when a judged row is over its target."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="default: 15")
    options = parser.parse_args(arguments)
    print(f"{options.rounds} rounds, about 8 seconds each", file=sys.stderr)
    with household() as near, household(rounds.LATENCY) as far:
        counts = [*counters.rows(near), *walk.rows()]
        rows = [
            *rounds.rows(near, far, options.rounds),
            *reading.rows(near, options.rounds),
            *pages.rows(near, options.rounds),
            *counts,
        ]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(as_json(rows))
    print(table(rows))
    for name in missed(rows):
        print(f"over its target: {name}")
    return 1 if missed(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
