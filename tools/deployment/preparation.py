"""What comes before Terraform: choices, checks, the project's bucket, an earlier state."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from deployment import checks, choices, database, quota
from deployment.bucket import Bucket, State
from deployment.choices import TERRAFORM, Choices
from deployment.database import Database
from deployment.failures import Failed
from deployment.gcloud import GcloudFailed, gcloud
from deployment.terraform import Terraform


class Options(NamedTuple):
    """How a run goes on: NAME=VALUE words, adopting a database, asking, seconds to wait at most,
    and whether it ends once the plan is shown."""

    words: Sequence[str]
    adopt: bool
    yes: bool
    wait: float
    plan_only: bool = False


class Prepared(NamedTuple):
    """A project that can be deployed: its bucket, its Terraform, what was there before."""

    bucket: Bucket
    terraform: Terraform
    state: State | None
    databases: dict[str, Database]

    def remember(self) -> None:
        """Keep the choices for later runs: called before anything is made of them."""
        self.bucket.remember(self.terraform.choices)


def prepare(project: str, options: Options) -> Prepared:
    """Check everything, remember the choices, open the state; make nothing before all is well.

    Raise Failed with everything that is missing, all at once.
    """
    _stop_at([*checks.tools()])
    _stop_at([*checks.login()])
    bucket = Bucket(project)
    state, remembered = _known(project, bucket)
    chosen = choices.changed(remembered, options.words)
    chosen = choices.ask(project, chosen, _billing_account(project))
    databases, problem = checks.answered(lambda: database.existing(project))
    chosen = database.located(chosen, state, databases or {})
    allowed = quota.read(project, chosen["region"])
    _stop_at(
        [
            *([f"the databases of {project} cannot be listed. {problem}"] if problem else []),
            *checks.choices(chosen, choices.callback_url(project, chosen)),
            *checks.project(project),
            *checks.place(chosen, state),
            *database.problems(chosen, state, databases or {}, options.adopt),
            *quota.problems(chosen, allowed),
        ]
    )
    bucket.make(chosen["region"])
    terraform = opened(project, bucket, chosen, options.wait)
    return Prepared(bucket, terraform, state, databases or {})


def opened(project: str, bucket: Bucket, chosen: Choices, wait: float) -> Terraform:
    """Return Terraform over the state in *bucket*, into which a local state was moved."""
    number = gcloud("projects", "describe", project, "--format=value(projectNumber)")
    terraform = Terraform(project, {**chosen, "project_number": number}, wait)
    local = _local_state(project)
    terraform.init(bucket)
    if local is not None:
        if bucket.state() is None:
            # Opening it made an empty one, which is of no deployment.
            terraform.run("state", "push", "-force", str(local))
            print(f"Moved the local state into gs://{bucket.name}.", flush=True)
        local.rename(local.with_suffix(".tfstate.moved"))
    written = TERRAFORM / "terraform.tfvars"
    if written.exists():
        written.rename(TERRAFORM / f"{project}.former.tfvars")
    return terraform


def _known(project: str, bucket: Bucket) -> tuple[State | None, dict[str, Any]]:
    """Return the state and the choices of earlier runs, wherever they are."""
    state, remembered = None, {}
    if bucket.exists():
        state, remembered = bucket.state(), bucket.choices()
    local = _local_state(project)
    if state is None and local is not None:
        state = State(json.loads(local.read_text()))
    if state is not None and state.project() != project:
        raise Failed(f"The state in gs://{bucket.name} is of {state.project()}: not touched.")
    written = TERRAFORM / "terraform.tfvars"
    if written.exists():
        remembered = choices.taken_over(written) | remembered
    return state, remembered


def _local_state(project: str) -> Path | None:
    """Return the state file that an earlier version left in the checkout, if of *project*.

    It is called after its project from then on: Terraform would offer it to every project.
    """
    path = TERRAFORM / "terraform.tfstate"
    if path.is_file():
        owner = State(json.loads(path.read_text() or "{}")).project()
        path.rename(path.with_name(f"{owner or 'empty'}.tfstate"))
    own = path.with_name(f"{project}.tfstate")
    return own if own.is_file() else None


def _billing_account(project: str) -> str:
    """Return the id of the billing account, for a budget; empty if it cannot be read."""
    fields = "--format=value(billingAccountName)"
    try:
        return gcloud("billing", "projects", "describe", project, fields).rpartition("/")[2]
    except GcloudFailed:
        return ""  # checks.project says why


def _stop_at(problems: Sequence[str]) -> None:
    if problems:
        raise Failed("Fix this before you deploy:\n- " + "\n- ".join(problems))
