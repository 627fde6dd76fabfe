"""`make moved` moves the clock of every Python, and of nothing that waits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_NOW = "from datetime import datetime; import time; print(datetime.now(), time.time(), flush=True)"
_CHILD = f"""
{_NOW}
import subprocess, sys
subprocess.run([sys.executable, "-c", {_NOW!r}], check=True)
"""


def test_a_program_and_its_children_live_on_another_day() -> None:
    env = os.environ | {"DATE": "2028-02-29 12:30", "TZ": "Pacific/Kiritimati"}
    argv = [sys.executable, "-m", "tests.peers.moved_clock", "-c", _CHILD]

    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert done.stderr == "make moved DATE='2028-02-29 12:30' TZ=Pacific/Kiritimati\n"
    for line in done.stdout.splitlines():
        day, hour, seconds = line.split()
        assert (day, hour[:3]) == ("2028-02-29", "12:")
        # 2028-02-28 22:00 UTC, which `date -u -d '2028-02-28 22:00' +%s` tells.
        assert 0 <= float(seconds) - 1835388000 < 3600
    assert len(done.stdout.splitlines()) == 2
