"""The secrets: made empty by Terraform, filled once, never seen by it."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable

from deployment.gcloud import gcloud, gcloud_json

GENERATED: dict[str, Callable[[str], str]] = {
    "healthrelay-owner-key": lambda _: secrets.token_urlsafe(32),
    # A name of its own, because what moves to another project needs both keys there, side by side.
    "healthrelay-sealing-keys": lambda project: (
        f"{project}-{secrets.token_hex(2)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    ),
}


def fill(project: str) -> list[str]:
    """Generate what can be, once; return the commands that fill what only a person knows.

    Raise GcloudFailed if gcloud fails: that a secret cannot be read does not make it empty.
    """
    waiting = []
    for name in listed(project):
        if _has_value(project, name):
            continue
        given = os.environ.get(name.upper().replace("-", "_"), "")
        value = GENERATED[name](project) if name in GENERATED else given
        add = ["secrets", "versions", "add", name, f"--project={project}", "--data-file=-"]
        if value:
            gcloud(*add, "--format=value(name)", stdin=value)
        else:
            waiting.append(" ".join(["gcloud", *add]))
    return waiting


def listed(project: str) -> list[str]:
    """Return the names of the deployment's secrets."""
    ours = "--filter=labels.part-of=healthrelay"
    shown = gcloud_json("secrets", "list", f"--project={project}", ours)
    return sorted(one["name"].rpartition("/")[2] for one in shown)


def _has_value(project: str, secret: str) -> bool:
    """Return whether the secret has a value that is in use."""
    versions = ["secrets", "versions", "list", secret, f"--project={project}"]
    return bool(gcloud(*versions, "--filter=state=ENABLED", "--limit=1", "--format=value(name)"))
