"""Installing a peer once per checkout, also when several test processes ask for it at once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

INSTALL_SECONDS = 300


def cache() -> Path:
    """The checkout's own folder for what tests install; it tells git to ignore it."""
    folder = Path(__file__).resolve().parents[2] / ".cache"
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    return folder


def of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of one test run share, and no other run."""
    base = factory.getbasetemp()
    # With xdist each worker has a folder of its own in the run's.
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(folder: Path, stamp: str, build: Callable[[Path], None]) -> Path:
    """Build *folder* unless it was built from the same *stamp* before.

    The first process builds, the others wait for it. The stamp is written last,
    so a build that was cut short is thrown away and done again.
    """
    mark = folder / ".stamp"
    with locked(folder.with_suffix(".lock")):
        if not mark.is_file() or mark.read_text() != stamp:
            shutil.rmtree(folder, ignore_errors=True)
            build(folder)
            mark.write_text(stamp)
    return folder


def unpacked(package: str) -> Path:
    """Return the root of Debian's *package*, unpacked and not installed: no rights, no trace."""

    def build(folder: Path) -> None:
        folder.mkdir()
        fetch = ["apt-get", "--quiet", "download", package]
        try:
            run(fetch, folder)
        except RuntimeError:  # lists of packages that were never read, or are too old
            lists = folder / "lists"
            lists.mkdir()
            own = ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={folder}/cache"]
            run(["apt-get", *own, "--quiet", "update"], folder)
            run([fetch[0], *own, *fetch[1:]], folder)
        (file,) = folder.glob(f"{package}_*.deb")
        run(["dpkg", "--extract", file, folder / "root"])

    return once(cache() / package, f"{package} of the distribution", build) / "root"


def run(argv: Sequence[str | Path], cwd: Path | None = None) -> None:
    """Run one installation step; a failure carries the end of what it printed."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        command, said = " ".join(map(str, argv)), done.stdout + done.stderr
        raise RuntimeError(f"{command}: exit {done.returncode}\n{said[-2000:]}")


def environment(at: Path, interpreter: str, *wanted: str | Path) -> None:
    """An environment of *interpreter* with what is *wanted*, in pip's own words, and no more.

    By uv, which is many times as fast; where uv reaches nothing, by pip.
    """
    python, uv = at / "bin" / "python", [sys.executable, "-m", "uv"]
    try:
        run([*uv, "venv", "--quiet", "--no-project", "--python", interpreter, at])
        run([*uv, "pip", "install", "--quiet", "--system-certs", "--python", python, *wanted])
    except RuntimeError:
        run([interpreter, "-I", "-m", "venv", "--clear", at])
        pip = [python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--no-input", *wanted])


def unavailable(reason: str) -> NoReturn:
    """Skip the test on a person's machine, fail it in CI, where every peer must be there."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time, among all that name *path*; the others wait."""
    until = time.monotonic() + INSTALL_SECONDS
    with path.open("w") as lock:
        while not _taken(lock.fileno()):
            if time.monotonic() > until:
                raise TimeoutError(f"somebody else holds {path.name} for {INSTALL_SECONDS} s")
            time.sleep(0.1)
        yield  # closing the file lets go of the lock, and so does the end of the process


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
