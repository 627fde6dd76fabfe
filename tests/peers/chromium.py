"""A real browser: Debian's Chromium without a window, driven by Playwright.

    pytest_plugins = ["tests.peers.chromium"]

    def test_it(page: Page) -> None:
        page.goto(url)

Where the machine has none it is installed from Debian's packages, which only root can; elsewhere
CHROMIUM names one. Every test gets a fresh profile: no cookie of another test. It is the headless
shell, the same engine without the pages of a window's own, each of which costs as much as ours.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.peers.install import cache, once, run, unavailable

_PACKAGE = "chromium-headless-shell"
_QUIET = [
    "--no-sandbox",  # root has no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=_executable(), args=_QUIET)
        yield running
        running.close()


@contextmanager
def stranger(chromium: Browser) -> Iterator[Page]:
    """A page of a person who was never here."""
    context = chromium.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with stranger(chromium) as opened:
        yield opened


@pytest.fixture
def other(chromium: Browser) -> Iterator[Page]:
    """A page in a second browser."""
    with stranger(chromium) as opened:
        yield opened


def _executable() -> str:
    if found := os.environ.get("CHROMIUM") or shutil.which(_PACKAGE):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        once(cache() / "chromium", _PACKAGE, _install)
    found = shutil.which(_PACKAGE) or shutil.which("chromium")
    return found or unavailable("there is no chromium here; install one, or name it in CHROMIUM")


def _install(folder: Path) -> None:
    folder.mkdir()
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", _PACKAGE])
