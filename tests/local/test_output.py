"""Standard error and output that take nothing: what a command does goes on, or says so."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from tests.local.test_commands import healthrelay, make_store, without_settings
from tests.peers.process import free_port

SECONDS = 30


@contextmanager
def opened(place: str) -> Iterator[int]:
    """Yield what takes no byte: a full disk, or a pipe whose reader is gone."""
    if place == "full":
        end = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, end = os.pipe()
        os.close(reader)
    try:
        yield end
    finally:
        os.close(end)


def start(folder: Path, *words: str, out: int, err: int) -> subprocess.Popen[bytes]:
    clean = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    argv = [sys.executable, "-m", "healthrelay", *words]
    return subprocess.Popen(argv, cwd=folder, env=clean, stdout=out, stderr=err)


@pytest.mark.parametrize("place", ["full", "reader gone"])
def test_functions_answer_although_no_line_can_be_written(tmp_path: Path, place: str) -> None:
    healthrelay(tmp_path, "user", "add", "jack")
    port = free_port()
    fetch = f"http://127.0.0.1:{port}/fetch"

    with opened(place) as end:
        process = start(tmp_path, "serve", "--port", str(port), out=end, err=end)
        try:
            statuses = [status(fetch, process) for _ in range(3)]
        finally:
            process.terminate()
            code = process.wait(SECONDS)

    assert statuses == [401, 401, 401]
    assert code == 0


def status(url: str, process: subprocess.Popen[bytes]) -> int:
    """Return the status of the first answer that *process* gives."""
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        with suppress(requests.ConnectionError):
            return requests.get(url, timeout=SECONDS).status_code
        time.sleep(0.05)
    return 0


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("full", "The output cannot be written (No space left on device).\n"), ("reader gone", "")],
)
@pytest.mark.parametrize("words", [["user", "list"], ["dump"]])
def test_an_output_that_is_lost_is_a_failure(
    tmp_path: Path, place: str, sentence: str, words: list[str]
) -> None:
    healthrelay(tmp_path, "user", "add", "jack")

    with opened(place) as end:
        process = start(tmp_path, *words, out=end, err=subprocess.PIPE)
        _, printed = process.communicate(timeout=SECONDS)

    assert process.returncode == 1
    assert printed.decode().endswith(sentence)
    assert b"Traceback" not in printed
    assert b"Exception" not in printed


def test_an_error_has_its_exit_code_where_nobody_can_read_it(tmp_path: Path) -> None:
    make_store(tmp_path)

    with opened("full") as end:
        process = start(tmp_path, "invite", "jack", out=subprocess.DEVNULL, err=end)

        assert process.wait(SECONDS) == 2
