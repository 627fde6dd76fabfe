"""Take the pictures in docs/screenshots from the sandbox: `make screenshots`.

Starts `healthrelay --sandbox serve` as a person does, opens the link that it prints in Chromium
(this machine's, or the one that CHROMIUM names), and takes each page as it stands.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import NamedTuple

from outlines import outline, with_outline
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
_LINK = re.compile(r"http\S+/setup\S+")


class Picture(NamedTuple):
    """A page by its path, and how large the window is."""

    name: str
    path: str
    width: int
    height: int


PICTURES = (
    Picture("today.png", "/setup", 900, 730),
    Picture("person.png", "/setup/people/jack", 900, 990),
)


@contextmanager
def running() -> Iterator[str]:
    """Serve the sandbox's household, made anew, and yield the link that opens the page."""
    with TemporaryDirectory() as home, socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        clean = {name: value for name, value in os.environ.items() if "HEALTHRELAY" not in name}
        argv = [sys.executable, "-m", "healthrelay", "--sandbox", "serve", "--port", str(port)]
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=clean | {"HEALTHRELAY_HOME": home},
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                lines = process.stderr or ()
                yield next(found[0] for line in lines if (found := _LINK.search(line)))
            finally:
                process.terminate()


def take(browser: Browser, link: str, folder: Path) -> list[Path]:
    """Take every picture into *folder*, signed in by *link*, and return their paths.

    Each has the outline of its page in it.
    """
    page = browser.new_page()
    page.goto(link)
    home = page.url.partition("/setup")[0]
    for picture in PICTURES:
        page.set_viewport_size({"width": picture.width, "height": picture.height})
        page.goto(home + picture.path)
        image = page.screenshot()
        path = folder / picture.name
        path.write_bytes(with_outline(image, outline(page.content())))
    page.close()
    return [folder / picture.name for picture in PICTURES]


def main() -> None:
    """Replace the pictures in `FOLDER`."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("There is no chromium here: install it, or name one in CHROMIUM.")
    with running() as link, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in take(browser, link, FOLDER):
            print(f"{path.name}: {path.stat().st_size} bytes")
        browser.close()


if __name__ == "__main__":
    main()
