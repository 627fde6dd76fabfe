"""The floor of a poll: a function that sends bytes which it holds already."""

import os
from pathlib import Path

from flask import Request, Response

_BODY = Path(os.environ["BENCH_BODY"]).read_bytes()


def same(_request: Request) -> Response:
    return Response(_BODY, mimetype="application/json")
