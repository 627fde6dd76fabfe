"""An image made without Docker: a Dockerfile's steps in a copy of this machine's own root.

The copy is an overlay in a mount namespace: what is written stays apart, and goes with the test.
In place of the base image stands this machine, with the Python that runs the tests.
"""

from __future__ import annotations

import fnmatch
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.peers import install

KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK"}
KNOWN |= {"ENTRYPOINT", "CMD", "STOPSIGNAL"}
BASE = Path(sys.executable).resolve().parent
OUTER = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOOPBACK = (
    "import fcntl, socket, struct; s = socket.socket();"
    "fcntl.ioctl(s, 0x8914, struct.pack('16sh22x', b'lo', 0x41))"  # SIOCSIFFLAGS: up, running
)


class Step(NamedTuple):
    """One instruction of a Dockerfile, and what follows it."""

    word: str
    text: str

    def words(self) -> list[str]:
        """Return its words: of the JSON form, or as a shell would part them."""
        return json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)


def stages(dockerfile: Path) -> list[list[Step]]:
    """Return the steps of each stage. Raise `ValueError` for what Docker would not take."""
    text = "\n".join(
        line for line in dockerfile.read_text().splitlines() if not line.startswith("#")
    ).replace("\\\n", " ")
    found: list[list[Step]] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        word, _, rest = line.partition(" ")
        if word not in KNOWN or not rest or (word != "FROM" and not found):
            raise ValueError(f"no step of a Dockerfile: {line}")
        if word == "FROM":
            found.append([])
        found[-1].append(Step(word, " ".join(rest.split())))
    return found


def context(root: Path, files: Sequence[str]) -> Iterator[str]:
    """Return those of *files* that go to Docker, by the rules of ``.dockerignore``.

    The last rule that fits decides (docs.docker.com/build/concepts/context).
    """
    rules = [
        line
        for line in (root / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    for name in files:
        above = ["/".join(name.split("/")[:n]) for n in range(1, name.count("/") + 2)]
        left_out = False
        for rule in rules:
            pattern = rule.removeprefix("!")
            patterns = (
                (pattern, pattern.removeprefix("**/")) if pattern[:3] == "**/" else (pattern,)
            )
            if any(fnmatch.fnmatchcase(path, one) for path in above for one in patterns):
                left_out = not rule.startswith("!")
        if not left_out:
            yield name


def loopback_up() -> str:
    """Return the command of a shell that lets a network of its own have its loopback."""
    return shlex.join([sys.executable, "-c", LOOPBACK])


class Image:
    """What the steps of a Dockerfile leave, in *folder*. Only the superuser can make one.

    All stages share one root: a step ``COPY --from`` has nothing to do.
    """

    def __init__(self, folder: Path, source: Path, files: Sequence[str]) -> None:
        self._folder, self._source, self._files = folder, source, files
        self._begin()
        self.health: list[str] = []
        self._command: list[str] = []
        for name in ("upper", "work", "root"):
            (folder / name).mkdir(parents=True)
        if done := self._failure("chmod 755 /root"):  # the Python may lie below it
            install.unavailable(f"no copy of the root can be mounted: {done}")

    def build(self, dockerfile: Path) -> None:
        """Do the steps of *dockerfile*. Raise `ValueError` for one that fails."""
        for step in (step for stage in stages(dockerfile) for step in stage):
            if step.word == "FROM":
                self._begin()
            elif step.word in ("RUN", "WORKDIR"):
                self._run(step)
            elif step.word == "COPY":
                self._copy(*step.words())
            else:
                self._note(step)

    def _run(self, step: Step) -> None:
        made = f"mkdir -p {step.text}" if step.word == "WORKDIR" else step.text
        if failure := self._failure(made):
            raise ValueError(f"{step}: {failure}")
        if step.word == "WORKDIR":
            self._at = step.text

    def _note(self, step: Step) -> None:
        if step.word == "ENV":
            pairs = dict(pair.split("=", 1) for pair in step.words())
            self._env |= {n: v.replace("$PATH", self._env["PATH"]) for n, v in pairs.items()}
        elif step.word == "USER":
            self._user = step.text
        elif step.word == "HEALTHCHECK":
            self.health = Step("CMD", step.text.partition(" CMD ")[2]).words()
        elif step.word in ("ENTRYPOINT", "CMD"):
            self._command += step.words()

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the command as the image's user, in a network of its own."""
        words = self._words(f"exec {shlex.join(self._command)}", f"{loopback_up()} &&", "--net")
        with log.open("wb") as out:
            return subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)

    def beside(self, process: subprocess.Popen[bytes], words: Sequence[str]) -> int:
        """Run *words* where *process* runs, as its user; return the exit code."""
        enter = ["nsenter", "--net", "--mount", "--target", str(process.pid)]
        done = subprocess.run([*enter, *self._inside(shlex.join(words))], capture_output=True)
        return done.returncode

    def _begin(self) -> None:
        # pip's own settings are this machine's: an image is built where packages can be had.
        pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self._env = {"PATH": f"{BASE}:{OUTER}", **pip, "PIP_NO_COMPILE": "1"}
        self._at, self._user = "/", "root"

    def _copy(self, *words: str) -> None:
        *sources, target = words
        inside = self._folder / "upper" / self._at.strip("/") / target
        for name in context(self._source, self._files):
            if any(source == "." or name.startswith(source) for source in sources):
                path = inside / (name if sources == ["."] else Path(name).name)
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self._source / name, path)

    def _failure(self, command: str) -> str:
        """Run *command* in a shell of the image; return what went wrong, or nothing."""
        done = subprocess.run(self._words(command), capture_output=True, text=True, timeout=600)
        return "" if done.returncode == 0 else f"exit {done.returncode}: {done.stderr[-2000:]}"

    def _words(self, command: str, before: str = "", *more: str) -> list[str]:
        layers = ",".join(f"{n}dir={self._folder / n}" for n in ("upper", "work"))
        root = self._folder / "root"
        mount = (
            f"mount -t overlay overlay -o lowerdir=/,{layers} {root} && mount --rbind /dev"
            f" {root}/dev && mount -t proc proc {root}/proc && {before}"
        )
        line = f"{mount} exec {shlex.join(self._inside(command))}"
        return ["unshare", "--mount", *more, "sh", "-c", line]

    def _inside(self, command: str) -> list[str]:
        pairs = [f"{name}={value}" for name, value in self._env.items()]
        user = [] if self._user == "root" else [f"--userspec={self._user}"]
        inner = f"cd {self._at} && {command}"
        return ["chroot", *user, str(self._folder / "root"), "env", "-i", *pairs, "sh", "-c", inner]
