"""The project's own bucket: Terraform's state, what was chosen, and the provider's lock file.

It keeps every version. Whoever may deploy reads and writes it from any machine.
"""

from __future__ import annotations

import json
from typing import Any

from deployment.choices import OURS
from deployment.failures import Failed
from deployment.gcloud import NotThere, gcloud

PREFIX = "healthrelay"
CHOICES = "terraform.tfvars.json"
LOCK = "terraform.lock.hcl"
STATE = "default.tfstate"  # so Terraform's backend names it


class Bucket:
    """The bucket of *project*. Every method raises GcloudFailed where gcloud fails."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.name = f"{project}-healthrelay-state"
        self._in = f"--project={project}"

    def exists(self) -> bool:
        """Return whether the project has it: one of that name in another project is not it."""
        listing = ["storage", "buckets", "list", self._in, f"--filter=name={self.name}"]
        return self.name in gcloud(*listing, "--format=value(name)").split()

    def make(self, region: str) -> None:
        """Make it, private and with versions, unless it is there."""
        url = f"gs://{self.name}"
        if not self.exists():
            private = ["--uniform-bucket-level-access", "--public-access-prevention"]
            gcloud("storage", "buckets", "create", url, self._in, f"--location={region}", *private)
        # Also where a run was cut off between the two.
        gcloud("storage", "buckets", "update", url, "--versioning", self._in)

    def read(self, name: str) -> str | None:
        """Return the text of an object; None if there is none."""
        try:
            return gcloud("storage", "cat", self._url(name), self._in)
        except NotThere:
            return None

    def write(self, name: str, text: str) -> None:
        """Replace an object."""
        gcloud("storage", "cp", "-", self._url(name), self._in, stdin=text)

    def choices(self) -> dict[str, Any]:
        """Return what was chosen in earlier runs."""
        found: dict[str, Any] = json.loads(self.read(CHOICES) or "{}")
        return found

    def remember(self, choices: dict[str, Any]) -> None:
        """Keep what was chosen, without what the tools fill."""
        kept = {name: value for name, value in choices.items() if name not in OURS}
        self.write(CHOICES, json.dumps(kept, indent=2, sort_keys=True))

    def state(self) -> State | None:
        """Return the state; None where nothing is, or was, deployed."""
        text = self.read(STATE)
        state = State(json.loads(text)) if text else None
        return state if state and state.project() else None

    def _url(self, name: str) -> str:
        return f"gs://{self.name}/{PREFIX}/{name}"


class State:
    """What Terraform last knew of a deployment (its state file, format 4)."""

    def __init__(self, shown: dict[str, Any]) -> None:
        self._resources: list[dict[str, Any]] = shown.get("resources", [])
        self._outputs: dict[str, Any] = shown.get("outputs", {})

    def project(self) -> str:
        """Return the project that it describes; empty when it describes nothing."""
        projects = {
            one["attributes"]["project"]
            for kind in self._resources
            for one in kind["instances"]
            if one["attributes"].get("project")
        }
        return min(projects, default="")

    def attribute(self, kind: str, name: str) -> str:
        """Return an attribute of the only resource of a *kind*; empty when there is none."""
        for one in self._resources:
            if one["type"] == kind and one["mode"] == "managed" and one["instances"]:
                return str(one["instances"][0]["attributes"].get(name) or "")
        return ""

    def output(self, name: str) -> str:
        """Return an output; raise Failed when it has none of that name."""
        if name not in self._outputs:
            raise Failed("The last deploy did not come to its end: run `make deploy` again.")
        return str(self._outputs[name]["value"])
