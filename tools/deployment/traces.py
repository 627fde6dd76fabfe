"""Cloud Trace, which would keep the addresses of requests, and so the keys of polls.

Cloud Run sends it some requests of every service, and cannot be told not to
(https://cloud.google.com/run/docs/trace). Igor's `copytree` can send its key in the address alone.
"""

from __future__ import annotations

from deployment.choices import Choices
from deployment.gcloud import GcloudFailed, gcloud

SERVICE = "cloudtrace.googleapis.com"


def wanted(choices: Choices) -> bool:
    """Return whether somebody chose to keep them."""
    return str(choices.get("keep_traces", "")).lower() == "true"


def switch_off(project: str) -> None:
    """Switch the service off if it is on; where that fails, say what would."""
    on = ["services", "list", "--enabled", f"--filter=config.name={SERVICE}"]
    off = ["services", "disable", SERVICE, f"--project={project}"]
    try:
        if SERVICE in gcloud(*on, f"--project={project}", "--format=value(config.name)"):
            gcloud(*off)
            print("      switched off traces, which would hold the keys of polls", flush=True)
    except GcloudFailed as failed:
        print(
            "      ! Traces are not switched off, and hold the addresses of polls with their keys."
            f" ({failed})\n        Do it by hand: {' '.join(['gcloud', *off])}",
            flush=True,
        )
