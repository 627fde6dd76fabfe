"""Runs a real function and writes down what its first answer has loaded.

SPY_SOURCE and SPY_TARGET name the function, SPY_REPORT the file to write. It stands between
the framework and the function only while something is counted, never while time is taken.
What it imports itself the framework has loaded already, so it adds no module of its own.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

from flask import Request

_compiled: list[str] = []


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "compile":
        _compiled.append(str(arguments[1]))


def _real() -> Any:
    spec = importlib.util.spec_from_file_location("real", os.environ["SPY_SOURCE"])
    if spec is None or spec.loader is None:
        raise ImportError(os.environ["SPY_SOURCE"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, os.environ["SPY_TARGET"])


# Before the function is loaded, or its own imports would go unheard.
sys.addaudithook(_listen)
_function = _real()


def spied(request: Request) -> Any:
    """Return the real answer; by then the report of the first one is complete."""
    answer = _function(request)
    report = Path(os.environ["SPY_REPORT"])
    if not report.exists():
        report.write_text(json.dumps({"modules": sorted(sys.modules), "compiled": _compiled}))
    return answer
