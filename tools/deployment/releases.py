"""Go back: all functions, to the revisions that served after an earlier deploy that was well.

Cloud Run keeps the revisions of a function, and the repository the images of the last three: going
back builds nothing and takes seconds. Which revisions belong together is remembered in the
project's bucket. The next deploy sends the traffic to what is newest again.
"""

from __future__ import annotations

import json
from typing import Any

from deployment.bucket import Bucket
from deployment.choices import ROOT
from deployment.failures import Failed
from deployment.gcloud import gcloud, gcloud_json

RELEASES = "releases.json"
KEPT = 5
FUNCTIONS = json.loads((ROOT / "shared/healthrelay/config/functions.json").read_text())
Serving = dict[str, str]
"""Function → the revision that gets all of its traffic."""


def remember(bucket: Bucket) -> None:
    """Keep what serves now, unless that is known already: it is well."""
    now, known = _serving(_services(bucket.project)), _read(bucket)
    if now and now not in known[-1:]:
        bucket.write(RELEASES, json.dumps([*known, now][-KEPT:], indent=2))


def known(bucket: Bucket) -> bool:
    """Return whether something served before that was well."""
    return bool(_former(_serving(_services(bucket.project)), _read(bucket)))


def go_back(bucket: Bucket) -> None:
    """Send all traffic to what served before, and print it. Raise Failed where none is known."""
    found = _services(bucket.project)
    now = _serving(found)
    target = _former(now, _read(bucket))
    changes = {name: one for name, one in target.items() if now.get(name, one) != one}
    if not changes:
        raise Failed(f"Nothing is remembered that served in {bucket.project} before this.")
    for name, revision in changes.items():
        region = found[name]["metadata"]["labels"]["cloud.googleapis.com/location"]
        send = ["run", "services", "update-traffic", name, f"--to-revisions={revision}=100"]
        gcloud(*send, f"--region={region}", f"--project={bucket.project}")
        print(f"{name}: {now[name]} → {revision}", flush=True)
    print("The next `make deploy` sends the traffic to what is newest again.")


def forget(bucket: Bucket) -> None:
    """Forget every release: the revisions go with their functions."""
    if _read(bucket):
        bucket.write(RELEASES, "[]")


def _services(project: str) -> dict[str, Any]:
    """Return our functions as Cloud Run describes them, by name."""
    listed = gcloud_json("run", "services", "list", f"--project={project}")
    found = {one["metadata"]["name"]: one for one in listed}
    return {name: one for name, one in sorted(found.items()) if name in FUNCTIONS}


def _serving(services: dict[str, Any]) -> Serving:
    """Return what serves; one that never had a revision that was ready serves nothing."""
    traffic = {name: one.get("status", {}).get("traffic") for name, one in services.items()}
    return {
        name: max(parts, key=lambda part: part.get("percent", 0))["revisionName"]
        for name, parts in traffic.items()
        if parts
    }


def _read(bucket: Bucket) -> list[Serving]:
    found: list[Serving] = json.loads(bucket.read(RELEASES) or "[]")
    return found


def _former(now: Serving, releases: list[Serving]) -> Serving:
    """Return what served before *now*, of *releases*, the oldest first; nothing if none is known.

    What was never well was never remembered: before it served what was remembered last.
    """
    at = max((n for n, one in enumerate(releases) if one == now), default=len(releases))
    return releases[at - 1] if at else {}
