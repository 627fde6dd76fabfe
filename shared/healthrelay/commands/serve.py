"""``healthrelay serve``: all functions on one port, and everybody fetched when due."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from healthrelay import log
from healthrelay.assembly import services
from healthrelay.commands.arguments import PORT
from healthrelay.commands.face import Invocation, command
from healthrelay.commands.output import Result
from healthrelay.config import PREFIX
from healthrelay.config.load import LOCAL_URL
from healthrelay.config.readers import settings_in

if TYPE_CHECKING:
    from click.decorators import FC


def serve_options(run: FC) -> FC:
    """Give *run* the options of ``serve``, which ``service install`` passes on."""
    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def other_port(port: int) -> str:
    """Return how other commands come to name *port* in their links; nothing where they do."""
    if port == _PORT or settings_in(os.environ).get("public_url"):
        return ""
    return (
        f"Other commands print links to {LOCAL_URL}, until .env beside the store has"
        f" {PREFIX}PUBLIC_URL=http://127.0.0.1:{port}"
    )


_PORT = 8080
_OPTIONS = (
    click.option(
        "--port",
        metavar="PORT",
        type=PORT,
        default=_PORT,
        show_default=True,
        help="Where to serve.",
    ),
    click.option(
        "--host",
        metavar="ADDRESS",
        default="127.0.0.1",
        show_default=True,
        help="The address to listen at; 0.0.0.0 is every one.",
    ),
    click.option(
        "--trusted-proxy",
        metavar="ADDRESS",
        help="Whose X-Forwarded-For, -Host and -Proto count: the address of a reverse proxy.",
    ),
)


@command("serve", "serve", "serve --host 0.0.0.0 --port 9090", begins=True, logs=True)
@serve_options
@click.pass_obj
def run_serve(invocation: Invocation, /, port: int, host: str, trusted_proxy: str | None) -> None:
    """Serve all functions and fetch everybody when due, until Ctrl-C."""
    from healthrelay.local.scheduler import run_scheduler
    from healthrelay.local.serve import serve_functions, stop_event
    from healthrelay.web.setup.links import page_link

    note = other_port(port)
    os.environ.setdefault(f"{PREFIX}PUBLIC_URL", f"http://127.0.0.1:{port}")
    built = services()
    stop = stop_event()
    served = serve_functions(port, host, trusted_proxy)
    with run_scheduler(built), served as url:
        if invocation.as_json:
            invocation.show(Result({"url": url}, ()))
        log.write_text(f"Serving at {url} until Ctrl-C.\nThe page: {page_link(built)}\n")
        if note:
            log.write_text(f"{note}.\n")
        stop.wait()
        log.write_text("Stopping.\n")
        built.places.close()
