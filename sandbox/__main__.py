"""`python -m sandbox`: serve until stopped."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from threading import Event

from sandbox import Sandbox, UnknownParticipant
from sandbox.generated import HISTORY_DAYS


def main(arguments: list[str] | None = None) -> int:
    """Serve; the first line on standard output is the address, as JSON."""
    options = _parser().parse_args(arguments)
    try:
        sandbox = Sandbox(
            port=options.port,
            measurements=options.measurements,
            participant=options.participant,
            shift=options.shift,
            latency=options.latency,
            listening=options.listening,
            history=options.history,
            newcomers=options.newcomer,
            folder=options.folder,
        )
    except (UnknownParticipant, ValueError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    sandbox.fitbit.gone = options.fitbit_gone
    _serve(sandbox)
    return 0


def _serve(sandbox: Sandbox) -> None:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    with sandbox:
        first, last = (day.isoformat() for day in sandbox.wearer.span())
        document = {"url": sandbox.url, "settings": sandbox.settings}
        print(json.dumps(document | {"first_day": first, "last_day": last}), flush=True)
        if sys.stdout.isatty():
            print(f"sandbox: serving {sandbox.wearer.name} until Ctrl-C", file=sys.stderr)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--measurements", type=Path, help="folder with recorded CSV files")
    parser.add_argument("--participant", help="whose recording to serve")
    parser.add_argument(
        "--no-shift", dest="shift", action="store_false", help="keep the recorded dates"
    )
    parser.add_argument("--latency", type=float, default=0.0, help="seconds per data answer")
    parser.add_argument("--listening", type=int, help="a listening socket, instead of a port")
    parser.add_argument(
        "--history", type=int, default=HISTORY_DAYS, help="days before today with measurements"
    )
    parser.add_argument(
        "--newcomer", action="append", default=[], help="a name without measurements"
    )
    parser.add_argument("--folder", type=Path, help="where to keep grants and the client's secret")
    parser.add_argument("--fitbit-gone", action="store_true", help="Fitbit answers 410 Gone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
