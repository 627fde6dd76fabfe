"""Google's prices, each with the page that says so."""

from __future__ import annotations

from typing import NamedTuple

SEEN = "2026-11-25"  # when the pages below were looked up, as a search engine has stored them
DAYS = 30
"""A month."""


class Price(NamedTuple):
    """US dollars for *per* units beyond what is *free* in a month, and the page that says so."""

    usd: float
    per: float
    free: float
    page: str


HEALTH = "https://developers.google.com/health/rate-limits"
_RUN = "https://cloud.google.com/run/pricing"
DATABASE = "https://cloud.google.com/firestore/pricing"
_TASKS = "https://cloud.google.com/tasks/docs/pricing"
_SECRETS = "https://cloud.google.com/secret-manager/pricing"
PRICES = {
    "invocations": Price(0.40, 1e6, 2e6, _RUN),
    "vCPU-seconds": Price(0.000024, 1, 180_000, _RUN),
    "GiB-seconds": Price(0.0000025, 1, 360_000, _RUN),
    "documents read": Price(0.03, 100_000, 50_000 * DAYS, DATABASE),
    "documents written": Price(0.09, 100_000, 20_000 * DAYS, DATABASE),
    "documents deleted": Price(0.01, 100_000, 20_000 * DAYS, DATABASE),
    "GiB stored": Price(0.15, 1, 1, DATABASE),
    "GiB of earlier versions": Price(0.15, 1, 0, DATABASE),
    "GiB of backups": Price(0.03, 1, 0, DATABASE),
    "task operations": Price(0.40, 1e6, 1e6, _TASKS),
    "Scheduler jobs": Price(0.10, 1, 3, "https://cloud.google.com/scheduler/pricing"),
    "secret versions": Price(0.06, 1, 6, _SECRETS),
    "secret accesses": Price(0.03, 10_000, 10_000, _SECRETS),
    "GiB of log": Price(0.50, 1, 50, "https://cloud.google.com/stackdriver/pricing"),
    "GiB of images": Price(0.10, 1, 0.5, "https://cloud.google.com/artifact-registry/pricing"),
    "GiB sent out": Price(0.12, 1, 0, _RUN),
}


def cost(name: str, used: float) -> float:
    """Return US dollars for what is beyond the free part."""
    price = PRICES[name]
    return max(used - price.free, 0) * price.usd / price.per
