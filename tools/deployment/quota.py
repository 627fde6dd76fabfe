"""How many instances of a function a region gives a project, read before anything is made.

Cloud Run refuses a function whose instances together would have more CPU or memory than the
region's quota (https://cloud.google.com/run/quotas). Cloud Quotas tells both.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from deployment.choices import ROOT, TERRAFORM, Choices
from deployment.gcloud import GcloudFailed, ServiceDisabled, gcloud_json

CPU, MEMORY = "CpuAllocPerProjectRegion", "MemAllocPerProjectRegion"
MILLIS, GIB = 1000, 2**30
_DEFAULT = re.compile(r'^variable "max_instances" \{.*?^  default += (\d+)$', re.DOTALL | re.M)
_UNITS = {"Mi": 2**20, "Gi": 2**30}


class Quota(NamedTuple):
    """What a region gives: thousandths of a CPU, and bytes of memory; infinity without a limit."""

    region: str
    cpu: float
    memory: float


def read(project: str, region: str) -> Quota | None:
    """Return the quota of *region*; None, and say so, where it cannot be read."""
    asked = "beta", "quotas", "info", "describe"
    where = "--service=run.googleapis.com", f"--project={project}"
    try:
        cpu, memory = (_value(gcloud_json(*asked, one, *where), region) for one in (CPU, MEMORY))
    except ServiceDisabled:
        print(f"The quota of {region} is asked for again once its service is on.", flush=True)
    except GcloudFailed as failed:
        print(
            f"The quota of {region} cannot be read, so max_instances is held to the limit of"
            f" infra/terraform/variables.tf alone. ({failed})",
            flush=True,
        )
    else:
        return Quota(region, cpu, memory)
    return None


def problems(choices: Choices, quota: Quota | None) -> Iterator[str]:
    """Yield that more instances are chosen than *quota* allows: with the figures, and what to do.

    What is no number, and what no quota is known for, is left to Terraform's own check.
    """
    chosen = str(choices.get("max_instances", _default()))
    if quota is None or not chosen.isdigit() or int(chosen) <= _most(quota):
        return
    most = int(_most(quota))
    way = f"add max_instances={most} to ARGS" if most else "take another region"
    yield (
        f"max_instances={chosen} is more than the {most} a function that the quota of"
        f" {quota.region} allows ({quota.cpu / MILLIS:g} CPUs, {quota.memory / GIB:g} GiB):"
        f" {way}, or ask Google for more at https://console.cloud.google.com/iam-admin/quotas"
    )


def _most(quota: Quota) -> float:
    """Return how many instances of the largest function fit."""
    table = json.loads((ROOT / "shared/healthrelay/config/functions.json").read_text())
    cpu = max(float(row["cpu"]) * MILLIS for row in table.values())
    memory = max(_bytes(row["memory"]) for row in table.values())
    return min(quota.cpu / cpu, quota.memory / memory)


def _value(info: dict[str, Any], region: str) -> float:
    """Return the value for *region*, of a list that begins with what is most specific.

    What names no region is for all that it applies to
    (https://cloud.google.com/docs/quotas/reference/rest/v1/projects.locations.services.quotaInfos).
    """
    for one in info.get("dimensionsInfos", []):
        places = one.get("applicableLocations") or [region]
        if one.get("dimensions", {}).get("region", region) == region and region in places:
            value = int(one["details"]["value"])
            return value if value >= 0 else math.inf
    raise GcloudFailed(f"{info.get('quotaId')} names no value for {region}")


def _bytes(text: str) -> int:
    return int(text[:-2]) * _UNITS[text[-2:]]


def _default() -> str:
    found = _DEFAULT.search((TERRAFORM / "variables.tf").read_text())
    return found[1] if found else ""
