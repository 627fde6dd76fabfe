"""Run Terraform over one project, stage by stage, and again while Google is catching up."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from deployment.bucket import LOCK, PREFIX, Bucket
from deployment.choices import TERRAFORM, Choices
from deployment.failures import QUEUE_RESTS, Failed, lasting, passing
from deployment.programs import run

LONGEST_PAUSE_SECONDS = 30
# A build needs the rights of its account: Google's own example waits so long before the first.
SETTLE_SECONDS = 60
# Each stage has targets, against which Terraform warns at length.
QUIET = "-compact-warnings"
LOCK_FILE = TERRAFORM / ".terraform.lock.hcl"
_PIN = re.compile(r'version\s*=\s*"=? ?([\d.]+)"')


class QueueRests(Failed):
    """The name of a queue that was deleted lately cannot be used again yet."""


class Change(NamedTuple):
    """One change of a plan: the address of a resource, its kind, and Terraform's actions."""

    address: str
    kind: str
    actions: tuple[str, ...]


class Terraform:
    """Terraform with the state of *project* and *choices*; waits at most *wait* seconds in all."""

    def __init__(self, project: str, choices: Choices, wait: float) -> None:
        self.project = project
        self.choices = choices
        self._wait = wait
        # Of its own for each project: nothing here can meet the state of another.
        self.data = TERRAFORM / ".terraform" / project
        self._environment = os.environ | {
            "TF_DATA_DIR": str(self.data),
            "TF_IN_AUTOMATION": "1",
            # Calls count for the project and not for one that gcloud was once set to.
            "GOOGLE_CLOUD_QUOTA_PROJECT": project,
        }

    def init(self, bucket: Bucket) -> None:
        """Open the state in *bucket*, with the provider as its lock file has it.

        The first run computes the lock file; a machine of another kind adds its own checksum.
        """
        kept = bucket.read(LOCK)
        pinned = _PIN.findall((TERRAFORM / "versions.tf").read_text())
        if kept and _PIN.findall(kept) == pinned:
            LOCK_FILE.write_text(kept + "\n")
        else:
            LOCK_FILE.unlink(missing_ok=True)
        where = [f"-backend-config=bucket={bucket.name}", f"-backend-config=prefix={PREFIX}"]
        self._again("init", "-reconfigure", *where)
        if LOCK_FILE.exists() and LOCK_FILE.read_text() != (kept or "") + "\n":
            bucket.write(LOCK, LOCK_FILE.read_text())

    def plan(
        self, *targets: str, running: bool = True, gone: bool = False, show: bool = True
    ) -> list[Change]:
        """Plan, and return what would change; with *gone*, how *targets* are deleted, no more."""
        only = [f"-target={address}" for address in targets] + ["-destroy"] * gone
        self._again(
            "plan", *self._variables(running), f"-out={self._plan}", *only, QUIET, show=show
        )
        shown = json.loads(self.run("show", "-json", str(self._plan)))
        return [
            Change(one["address"], one["type"], tuple(one["change"]["actions"]))
            for one in shown.get("resource_changes", [])
            if one["mode"] == "managed" and one["change"]["actions"] not in (["no-op"], ["read"])
        ]

    def apply(
        self, *targets: str, running: bool = True, gone: bool = False, planned: bool = False
    ) -> None:
        """Apply a plan; plan and apply again while what fails is known to pass by itself."""
        until = time.monotonic() + self._wait
        attempt = 0
        if not planned:
            self.plan(*targets, running=running, gone=gone, show=False)
        while (error := self._attempt("apply", QUIET, str(self._plan))) is not None:
            self._pause(attempt, error, until)
            attempt += 1
            # What was made before the failure is no longer to be made.
            self.plan(*targets, running=running, gone=gone, show=False)

    def destroy(self) -> None:
        """Destroy all that the state still has."""
        self._again("destroy", *self._variables(running=False), "-auto-approve")

    def outputs(self) -> dict[str, Any]:
        """Return the outputs by name."""
        shown: dict[str, dict[str, Any]] = json.loads(self.run("output", "-json"))
        return {name: one["value"] for name, one in shown.items()}

    def addresses(self) -> list[str]:
        """Return the addresses of all that the state has."""
        return self.run("state", "list").split()

    def run(self, *words: str) -> str:
        """Return what a command prints; raise Failed with its error."""
        done = run(self._command(*words), capture_output=True, env=self._environment)
        if done.returncode != 0:
            raise Failed(f"Terraform stopped at `{words[0]}`: {_flat(done.stderr)}")
        return done.stdout

    def import_(self, address: str, name: str) -> None:
        """Take over under *address* what exists as *name*."""
        self._again("import", *self._variables(running=True), address, name, show=False)

    @property
    def _plan(self) -> Path:
        return self.data / "plan"

    def _variables(self, running: bool) -> list[str]:
        path = self.data / "choices.tfvars.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.choices | {"project": self.project, "running": running}))
        return ["-input=false", f"-var-file={path}"]

    def _again(self, *words: str, show: bool = True) -> None:
        """Run a command until it succeeds, as long as what fails passes by itself."""
        until = time.monotonic() + self._wait
        attempt = 0
        while (error := self._attempt(*words, show=show)) is not None:
            self._pause(attempt, error, until)
            attempt += 1

    def _attempt(self, *words: str, show: bool = True) -> str | None:
        """Return None after success, otherwise what was printed as errors."""
        plain = [] if sys.stdout.isatty() else ["-no-color"]
        done = run(
            self._command(words[0], *plain, *words[1:]),
            stdin=subprocess.DEVNULL,
            stdout=None if show else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self._environment,
        )
        return None if done.returncode == 0 else done.stderr

    def _pause(self, attempt: int, error: str, until: float) -> None:
        """Wait before the next attempt; raise Failed where waiting does not help."""
        if QUEUE_RESTS.search(_flat(error)):
            raise QueueRests(_flat(error))
        reason = passing(error)
        left = until - time.monotonic()
        if reason is None or left <= 0:
            sys.stderr.write(error)
            sentence = lasting(error) or (reason and f"After {self._wait:.0f} s still: {reason}.")
            if sentence:
                raise Failed(f"{sentence} Then run the same command again.")
            raise Failed("Terraform stopped: fix what it says and run the same command again.")
        pause = min(2**attempt, LONGEST_PAUSE_SECONDS, left)
        print(f"      … {reason}; again in {pause:.0f} s", flush=True)
        time.sleep(pause)

    def settle(self) -> None:
        """Wait until rights that were just given are known to those who ask for them."""
        time.sleep(min(SETTLE_SECONDS, self._wait / 10))

    def _command(self, *words: str) -> Sequence[str]:
        return ["terraform", f"-chdir={TERRAFORM}", *words]


def _flat(text: str) -> str:
    return " ".join(re.sub(r"\x1b\[[\d;]*m", "", text).replace("│", " ").split())
