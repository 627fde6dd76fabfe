"""Children of a fork server are programs of their own, and end as such."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.peers.fork_server import ForkServer
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


def started(fork_server: ForkServer, folder: Path, *words: str) -> Process:
    log = folder / f"{words[0]}.out"
    env = {"NAME": words[0]}
    return Process(words, env=env, cwd=folder, log=log, start=fork_server.fork)


@pytest.fixture
def fork_server() -> ForkServer:
    return ForkServer(sys.executable, {}, "import time", RUN)


def test_each_child_has_its_own_folder_words_and_seed(
    fork_server: ForkServer, tmp_path: Path
) -> None:
    one, other = (
        started(fork_server, tmp_path, "one", "word"),
        started(fork_server, tmp_path, "other"),
    )

    assert (one.wait(10), other.wait(10)) == (3, 3)
    assert not one.running
    (one_err, one_out), (other_err, other_out) = (p.output().splitlines() for p in (one, other))
    assert one_err == other_err == "to stderr"
    *said, luck, leads = one_out.split()
    assert said == ["one", "word", str(tmp_path), "one"]
    assert leads == "True"
    assert other_out.startswith(f"other {tmp_path} other 0.")
    assert luck not in other_out


def test_a_child_is_ended_and_the_next_one_starts(fork_server: ForkServer, tmp_path: Path) -> None:
    killed, ended = started(fork_server, tmp_path, "stay"), started(fork_server, tmp_path, "stay")
    killed.wait_until(lambda: "True" in killed.output(), 10)
    assert killed.running

    assert killed.kill() == -9
    assert ended.terminate() == -15
    assert started(fork_server, tmp_path, "next").wait(10) == 3


def test_a_nursery_that_cannot_load_says_why(tmp_path: Path) -> None:
    broken = ForkServer(sys.executable, dict(os.environ), "import nothing_such", RUN)

    with pytest.raises(RuntimeError, match="No module named 'nothing_such'"):
        started(broken, tmp_path, "one")
