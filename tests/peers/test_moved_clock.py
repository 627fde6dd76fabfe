"""`make moved` moves the clock of every Python and Node, and of nothing that waits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.node import node

ROOT = Path(__file__).resolve().parents[2]

NOON = 1835388000
"""Of 29 February 2028 at Kiritimati: `date -u -d '2028-02-28 22:00' +%s` tells it."""
_NOW = "from datetime import datetime; import time; print(datetime.now(), time.time(), flush=True)"
_IN_NODE = "console.log(new Date().getTime(), Date.now(), new Date(86400000).toISOString(), Date())"
_CHILD = f"""
{_NOW}
import subprocess, sys
subprocess.run([sys.executable, "-c", {_NOW!r}], check=True)
"""


def moved(*program: str) -> str:
    """Run a Python *program* on 29 February; return what it prints."""
    env = os.environ | {"DATE": "2028-02-29 12:30", "TZ": "Pacific/Kiritimati"}
    argv = [sys.executable, "-m", "tests.peers.moved_clock", *program]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stderr == "make moved DATE='2028-02-29 12:30' TZ=Pacific/Kiritimati\n"
    return done.stdout


def test_a_program_and_its_children_live_on_another_day() -> None:
    lines = moved("-c", _CHILD).splitlines()

    for line in lines:
        day, hour, seconds = line.split()
        assert (day, hour[:3]) == ("2028-02-29", "12:")
        assert 0 <= float(seconds) - NOON < 3600
    assert len(lines) == 2


@pytest.mark.peer
def test_node_lives_on_that_day_too() -> None:
    child = f"import subprocess; subprocess.run([{node('this test')!r}, '-e', {_IN_NODE!r}])"

    constructed, now, given, text = moved("-c", child).split(maxsplit=3)

    assert 0 <= int(constructed) / 1000 - NOON < 3600
    assert 0 <= int(now) / 1000 - NOON < 3600
    assert given == "1970-01-02T00:00:00.000Z"
    assert "Feb 29 2028" in text
