"""Children of a nursery are programs of their own, and end as such."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.peers.nursery import Nursery
from tests.peers.process import Process

RUN = """
print(sys.stdin.read() + "to stderr", file=sys.stderr)
print(*sys.argv[1:], os.getcwd(), os.environ["NAME"], random.random(), os.getpgrp() == os.getpid())
sys.stdout.flush()
if sys.argv[1] == "stay":
    import time
    time.sleep(60)
sys.exit(3)
"""


def started(nursery: Nursery, folder: Path, *words: str) -> Process:
    log = folder / f"{words[0]}.out"
    env = {"NAME": words[0]}
    return Process(words, env=env, cwd=folder, log=log, start=nursery.fork)


@pytest.fixture
def nursery() -> Nursery:
    return Nursery(sys.executable, {}, "import time", RUN)


def test_each_child_has_its_own_place_words_and_luck(nursery: Nursery, tmp_path: Path) -> None:
    one, other = started(nursery, tmp_path, "one", "word"), started(nursery, tmp_path, "other")

    assert (one.wait(10), other.wait(10)) == (3, 3)
    assert not one.running
    (one_err, one_out), (other_err, other_out) = (p.output().splitlines() for p in (one, other))
    assert one_err == other_err == "to stderr"
    *said, luck, leads = one_out.split()
    assert said == ["one", "word", str(tmp_path), "one"]
    assert leads == "True"
    assert other_out.startswith(f"other {tmp_path} other 0.")
    assert luck not in other_out


def test_a_child_is_ended_and_the_next_one_starts(nursery: Nursery, tmp_path: Path) -> None:
    killed, ended = started(nursery, tmp_path, "stay"), started(nursery, tmp_path, "stay")
    killed.wait_until(lambda: "True" in killed.output(), 10)
    assert killed.running

    assert killed.kill() == -9
    assert ended.terminate() == -15
    assert started(nursery, tmp_path, "next").wait(10) == 3


def test_a_nursery_that_cannot_load_says_why(tmp_path: Path) -> None:
    broken = Nursery(sys.executable, dict(os.environ), "import nothing_such", RUN)

    with pytest.raises(RuntimeError, match="No module named 'nothing_such'"):
        started(broken, tmp_path, "one")
