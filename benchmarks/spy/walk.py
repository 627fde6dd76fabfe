"""Runs ``healthrelay`` with the given words and writes down which of our files call which.

SPY_REPORT names the file to write: the files, and the doors with how often each was gone
through. The caller is the nearest function of ours: what lies between, such as a cached
property, ours with a lock as well as the standard library's, is nobody's file. What runs while a
module is imported belongs to the start of a process and is left out.
"""

import json
import os
import sys
import threading
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import healthrelay
from healthrelay.__main__ import main
from healthrelay.core import once

_OURS = f"{Path(healthrelay.__file__).parent}{os.sep}"
_IS_FUNCTION = 0x1
"""CO_OPTIMIZED: neither a module nor the body of a class (docs.python.org, module ``inspect``)."""

_files: set[str] = set()
_doors: Counter[tuple[str, str, str]] = Counter()


def _listen(frame: FrameType, event: str, _argument: Any) -> None:
    code = frame.f_code
    if event != "call" or not _is_ours(code) or not code.co_flags & _IS_FUNCTION:
        return
    caller, walking = "", frame.f_back
    while walking and walking.f_code.co_filename != __file__:
        if walking.f_code.co_name == "<module>":
            return
        if not caller and _is_ours(walking.f_code):
            caller = _file(walking.f_code)
        walking = walking.f_back
    file = _file(code)
    _files.add(file)
    if caller and caller != file:
        _doors[caller, file, code.co_qualname] += 1


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(_OURS) and code.co_filename != once.__file__


def _file(code: CodeType) -> str:
    return code.co_filename.removeprefix(_OURS)


if __name__ == "__main__":
    threading.setprofile(_listen)
    sys.setprofile(_listen)
    exit_code = main(sys.argv[1:])
    sys.setprofile(None)
    doors = [(*door, moves) for door, moves in sorted(_doors.items())]
    report = {"files": sorted(_files), "doors": doors}
    Path(os.environ["SPY_REPORT"]).write_text(json.dumps(report))
    sys.exit(exit_code)
