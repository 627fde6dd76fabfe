"""Who runs healthrelay at home: a shell, a browser, an Igor, and a page of the docs to follow."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from healthrelay.local.consent_page import allow
from sandbox import Sandbox
from tests.igor.printed import blocks
from tests.local.terminal import terminal
from tests.local.test_commands import without_settings
from tests.local.test_setup import ENTER, PROJECT, answer
from tests.peers.igor import Igor
from tests.peers.igor_venv import igor_bin
from tests.peers.process import Process, answers, free_port

SECONDS = 60


class Transcript:
    """What a person did, step by step, and how long each took; shown where a test prints."""

    def __init__(self, who: str) -> None:
        self.who, self.steps = who, list[tuple[str, float]]()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Count what the block does as one step."""
        begin = time.monotonic()
        yield
        self.steps.append((what, time.monotonic() - begin))

    def show(self) -> None:
        """Print it."""
        whole = sum(seconds for _, seconds in self.steps)
        print(f"{self.who}: {len(self.steps)} steps, {whole:.1f} s")
        for what, seconds in self.steps:
            print(f"  {seconds:5.1f} s  {what}")


class Owner:
    """A home folder with Igor's in it; *sandbox* is in place of Google's addresses.

    What is printed for *at_home*, example addresses to those of this test, is typed with the
    addresses of this test.
    """

    def __init__(self, who: str, folder: Path, igor: Igor, sandbox: Sandbox) -> None:
        self._folder, self._igor, self._sandbox = folder, igor, sandbox
        self.port, self.transcript, self.printed = free_port(), Transcript(who), ""
        self.stack = ExitStack()
        self.at_home = {"http://localhost:9333": igor.url, "http://igor.local:9333": igor.url}
        folder.mkdir()
        (folder / ".igor").symlink_to(igor.database)
        paths = [Path(sys.executable).parent, igor_bin()]
        self._env = without_settings() | {
            "HOME": str(folder),
            "IGORSERVER_DIR": str(igor.database),  # igorSetup looks up the home in /etc/passwd
            "PATH": os.pathsep.join([*map(str, paths), os.environ["PATH"]]),
            "HEALTHRELAY_HOME": str(folder / "data"),
            "HEALTHRELAY_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            # The client is typed.
            **{name: url for name, url in sandbox.settings.items() if name.endswith("_URL")},
        }

    def __enter__(self) -> Owner:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()
        self.transcript.show()

    def type(self, line: str) -> None:
        """Do what *line* says, as whoever sits before it does."""
        with self.transcript.step(line):
            self._type(line)

    def paste(self, number: int) -> None:
        """Paste a block of what was printed last."""
        with self.transcript.step(f"paste block {number + 1} of what was printed"):
            self.shell(blocks(self.printed)[number])

    def write(self, name: str, text: str) -> None:
        """Write a file of the owner's."""
        with self.transcript.step(f"write into {name}: {text}"):
            (self._folder / name).write_text(self._filled(text) + "\n")

    def shell(self, text: str) -> str:
        """Return what *text* prints in a shell."""
        done = subprocess.run(
            ["sh", "-e"],
            input=self._filled(text),
            cwd=self._folder,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            start_new_session=True,  # without a terminal curl asks for the password in vain
        )
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        return done.stdout

    def _filled(self, text: str) -> str:
        for example, ours in self.at_home.items():
            text = text.replace(example, ours)
        return text

    def _type(self, line: str) -> None:
        match line.split():
            case ["pipx", *_]:  # tests/local/test_wheel.py installs it
                assert (Path(sys.executable).parent / "healthrelay").exists()
            case ["curl", *_, url] if url.endswith("/internal/stop"):
                self.shell(line)
                self._igor.stop()  # it is on its way; this waits
            case ["igorServer"]:
                self._igor.start()
            case ["healthrelay", "serve", *options]:
                self._serve(*options)
            case ["healthrelay", "setup"]:
                self._set_up()
            case _:
                self.printed = self.shell(line)

    def _serve(self, *options: str) -> None:
        argv = [sys.executable, "-m", "healthrelay", "serve", "--port", str(self.port), *options]
        process = Process(argv, env=self._env, cwd=self._folder, log=self._folder / "log")
        self.stack.callback(process.kill)
        url = f"http://127.0.0.1:{self.port}/relay?health"
        process.wait_until(lambda: answers(url), SECONDS)

    def _set_up(self) -> None:
        settings = self._sandbox.settings
        with terminal(self._folder, "setup", env=self._env, columns=200) as screen:
            answer(screen, "Project ID: ", PROJECT)
            for _ in range(4):
                answer(screen, ENTER)
            answer(screen, "Client ID: ", settings["HEALTHRELAY_CLIENT_ID"])
            answer(screen, "Client secret: ", settings["HEALTHRELAY_CLIENT_SECRET"])
            answer(screen, "Enter for nobody: ", "jack")
            screen.wait_for("or now: ")
            link = re.search(r"(http://\S+)\r\n", screen.written)
            assert link
            assert allow(link[1]) == {"auth1": 302, "auth2": 303}
            screen.type("\n")
            assert screen.finish() == 0
        assert screen.lines[-4:-1] == [
            "yes    Google knows the client ID and its secret.",
            "yes    The Google Health API is on.",
            "yes    The project is in production.",
        ]
