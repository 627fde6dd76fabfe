"""A function run as a deployment runs it: by the functions framework, in its own process."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.peers.process import Process, answers, free_port
from tests.peers.running import Running

_COVERAGE = "COVERAGE_PROCESS_"  # so that coverage, when it runs, also measures the function


class FunctionProcess(Running):
    """The function *name* of *source* (its `main.py`), on a free port of 127.0.0.1.

        with FunctionProcess("relay", env={"SETTING": "value"}) as relay:
            requests.get(relay.url, params={"user": "jack"}, timeout=10)

    *env* is all of its settings: like a deployed function it sees nothing else of ours.
    *python* is the interpreter of another environment, such as that of a bundle.
    """

    def __init__(
        self,
        name: str,
        *,
        env: Mapping[str, str] | None = None,
        source: Path | None = None,
        python: Path | None = None,
    ) -> None:
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._root = Path(__file__).resolve().parents[2]
        self._source = source or self._root / "functions" / name / "main.py"
        self._python = python or Path(sys.executable)
        # Where a bundle lies is all that it sees: a checkout beside it would lend it our package.
        self._cwd = self._root if python is None else self._source.parent
        self._env = dict(env or {})
        self._process: Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._output = ""

    def start(self) -> None:
        """Start it and wait until it answers; a function that cannot start raises with its log."""
        self._folder = tempfile.TemporaryDirectory(prefix=f"{self.name}-")
        folder = Path(self._folder.name)
        executable = self._python.parent / "functions-framework"
        port = str(self.port)
        options = ["--target", self.name, "--source", str(self._source), "--port", port]
        self._process = Process(
            [executable, *options], env=self._environment(folder), cwd=self._cwd, log=folder / "out"
        )
        # The framework itself answers this path, so the function is not called.
        self._process.wait_until(lambda: answers(f"{self.url}/robots.txt"), 30)

    def stop(self) -> int | None:
        """End it with SIGTERM, as a platform does; its exit code. `output` stays readable."""
        return self._ended(Process.terminate)

    def kill(self) -> int | None:
        """End it at once (SIGKILL), whatever it is doing; it may be started again."""
        return self._ended(Process.kill)

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.running

    def output(self) -> str:
        """All it has printed in all its lives, stdout and stderr together."""
        return self._output + (self._process.output() if self._process else "")

    def _ended(self, by: Callable[[Process], int]) -> int | None:
        process, self._process = self._process, None
        code = None
        if process is not None:
            code = by(process)
            self._output += process.output()
        if self._folder is not None:
            self._folder.cleanup()
        return code

    def _environment(self, home: Path) -> dict[str, str]:
        measured = {name: os.environ[name] for name in os.environ if name.startswith(_COVERAGE)}
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),  # not ours: it may hold credentials for a real cloud
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "HOST": "127.0.0.1",
            "K_SERVICE": self.name,
            **measured,
            **self._env,
        }
