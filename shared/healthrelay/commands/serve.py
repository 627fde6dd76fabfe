"""``healthrelay serve``: all functions on one port, and everybody fetched when due."""

from argparse import Namespace

from healthrelay import log
from healthrelay.assembly import services
from healthrelay.commands.words import argument, command, port


@command(
    "serve",
    "serve all functions and fetch everybody when due",
    argument("--port", type=port, default=8080),
    begins=True,
)
def run_serve(args: Namespace) -> None:
    from healthrelay.local.scheduler import run_scheduler
    from healthrelay.local.serve import serve_functions, stop_event

    built = services()
    with serve_functions(args.port) as url, run_scheduler(built):
        event = stop_event()
        log.write_text(f"Serving at {url} until Ctrl-C.\n")
        event.wait()
