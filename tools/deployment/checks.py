"""Everything that would keep a deploy from its last line, asked before anything is made."""

from __future__ import annotations

import json
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import TypeVar

from deployment.bucket import State
from deployment.choices import TERRAFORM, Choices
from deployment.gcloud import GcloudFailed, gcloud, gcloud_json
from deployment.programs import LINKS, not_installed, run

RIGHTS = (
    "artifactregistry.repositories.create",
    "cloudfunctions.functions.create",
    "cloudscheduler.jobs.create",
    "cloudtasks.queues.create",
    "datastore.databases.create",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.create",
    "logging.exclusions.create",
    "monitoring.alertPolicies.create",
    "resourcemanager.projects.setIamPolicy",
    "run.services.setIamPolicy",
    "secretmanager.versions.add",
    "serviceusage.services.disable",
    "serviceusage.services.enable",
    "serviceusage.services.use",
    "storage.buckets.create",
)
_MANAGER = "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER"
_OLDEST = re.compile(r'required_version = ">= ([\d.]+)"')

T = TypeVar("T")


def tools() -> Iterator[str]:
    """Yield what is not installed, or too old."""
    for tool in LINKS:
        if shutil.which(tool) is None:
            yield not_installed(tool)
    if shutil.which("terraform") is None:
        return
    done = run(["terraform", "version", "-json"], capture_output=True)
    oldest = _OLDEST.findall((TERRAFORM / "versions.tf").read_text())[0]
    try:
        version = str(json.loads(done.stdout)["terraform_version"])
    except (ValueError, KeyError):
        yield f"`terraform version -json` gave no answer: {(done.stderr or done.stdout)[:200]}"
        return
    if _numbers(version) < _numbers(oldest):
        yield f"Terraform {version} is too old, {oldest} is needed: {LINKS['terraform']}"


def login() -> Iterator[str]:
    """Yield who is not signed in, or why gcloud cannot say."""
    for words, sentence in (
        (["auth"], "nobody is signed in: gcloud auth login"),
        (
            ["auth", "application-default"],
            "Terraform may not act for you: gcloud auth application-default login",
        ),
    ):
        try:
            if not gcloud(*words, "print-access-token"):
                yield sentence
        except GcloudFailed as failed:
            yield f"{sentence} (gcloud: {failed})"


def project(name: str) -> Iterator[str]:
    """Yield what the project lacks: billing, rights of who is signed in, leave by policy."""
    billing, problem = answered(
        lambda: gcloud("billing", "projects", "describe", name, "--format=value(billingEnabled)")
    )
    if problem:
        yield f"whether {name} has billing cannot be read. {problem}"
    elif billing is None or billing.lower() != "true":
        page = f"https://console.cloud.google.com/billing/linkedaccount?project={name}"
        yield f"{name} has no billing account: {page}"
    granted, problem = answered(lambda: _granted(name))
    if granted is None:
        yield f"your rights in {name} cannot be read. {problem}"
    elif lacking := sorted(set(RIGHTS) - granted):
        yield f"in {name} you lack {', '.join(lacking)}: the role Owner has them all"
    if _policy_forbids_anybody(name):
        yield (
            "an organisation policy forbids functions that anybody may call (allUsers), without"
            " which no browser reaches the login: docs/deploy.md has the way out, under Troubles"
        )


def place(choices: Choices, state: State | None) -> Iterator[str]:
    """Yield why the chosen places cannot be had: a deployment stays in its region."""
    region = state.attribute("google_cloud_tasks_queue", "location") if state else ""
    if region and choices["region"] != region:
        yield (
            f"this deployment is in {region} and cannot move, because its callback address and"
            f" every reader's address begin with it: go back to region={region}, or deploy into"
            " another project and move everything there (docs/operations.md, From one project into"
            " another)"
        )


def choices(chosen: Choices, callback_url: str) -> Iterator[str]:
    """Yield what a person must still choose."""
    if not chosen.get("client_id"):
        yield (
            "no client id: register with Google (docs/google-setup.md), with the redirect address"
            f" {callback_url}, then add client_id=… to ARGS"
        )


def answered(question: Callable[[], T]) -> tuple[T | None, str]:
    """Return an answer, or None and why there is none, in gcloud's own sentence."""
    try:
        return question(), ""
    except GcloudFailed as failed:
        return None, str(failed)


def _granted(name: str) -> set[str]:
    """Return those of RIGHTS that the person who is signed in has."""
    base = os.environ.get(_MANAGER, "https://cloudresourcemanager.googleapis.com/").rstrip("/")
    request = urllib.request.Request(  # noqa: S310 - the address is Google's, or one that gcloud uses too
        f"{base}/v1/projects/{name}:testIamPermissions",
        json.dumps({"permissions": RIGHTS}).encode(),
        {
            "Authorization": f"Bearer {gcloud('auth', 'print-access-token')}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return set(json.load(answer).get("permissions", []))
    except (OSError, ValueError) as failed:
        detail = failed.read().decode()[:300] if isinstance(failed, urllib.error.HTTPError) else ""
        raise GcloudFailed(" ".join(f"{failed} {detail}".split())) from None


def _policy_forbids_anybody(name: str) -> bool:
    """Return whether a policy restricts members; who may not read policies learns it later.

    Both constraints can forbid allUsers: the older is enforced in organisations made since May 2024
    (https://cloud.google.com/resource-manager/docs/secure-by-default-organizations).
    """
    where = ["--effective", f"--project={name}"]
    older, _ = answered(
        lambda: gcloud_json(
            *("resource-manager", "org-policies", "describe", "iam.allowedPolicyMemberDomains"),
            *where,
        )
    )
    newer, _ = answered(
        lambda: gcloud_json("org-policies", "describe", "iam.managed.allowedPolicyMembers", *where)
    )
    listed = (older or {}).get("listPolicy", {})
    rules = (newer or {}).get("spec", {}).get("rules", [])
    restricted = bool(listed) and listed.get("allValues") != "ALLOW"
    return restricted or any(
        rule.get("enforce") and "allUsers" not in json.dumps(rule) for rule in rules
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
