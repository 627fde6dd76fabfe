"""Contract: whatever the description allows to ask, the legacy API answers and never falls over."""

from __future__ import annotations

from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error, response_schema_conformance

from tests.contract import openapi
from tests.contract.conftest import Asking

# Dates and times of which the sandbox has data, beside some that nobody should send.
_DAYS = ["2026-06-01", "2026-06-03", "today", "2026-02-30"]
_CHOICES = {
    **dict.fromkeys(("date", "base-date", "start-date", "startDate"), _DAYS),
    **{name: [*_DAYS, "7d"] for name in ("end-date", "endDate")},
    "detail-level": ["1sec", "1min", "15min", "2min"],
    "start-time": ["00:00", "07:30"],
    "end-time": ["08:15", "24:00"],
    "goal-type": ["weight", "fat", "neck"],
    "collection-path": ["body"],
}


_BOUNDED = settings(
    max_examples=5,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def described() -> dict[str, Any]:
    """The description, with parameters that lead somewhere."""
    told = openapi.document()
    for operations in told["paths"].values():
        for parameter in operations.get("get", {}).get("parameters", []):
            if parameter["name"] in _CHOICES:
                parameter["schema"] = {"type": "string", "enum": _CHOICES[parameter["name"]]}
    return told


def test_contract_driven_by_the_description(fitbit: Asking) -> None:
    base = fitbit.person.settings["HEALTHRELAY_FITBIT_API_URL"]
    headers = {"Authorization": f"Bearer {fitbit.token}"}
    statuses: Counter[int] = Counter()

    def drive(case: schemathesis.Case) -> None:
        checks = [not_a_server_error, response_schema_conformance]
        answer = case.call_and_validate(base_url=base, headers=headers, checks=checks)
        statuses[answer.status_code] += 1

    schema = schemathesis.openapi.from_dict(described()).include(method="GET")
    for found in schema.get_all_operations():
        _BOUNDED(given(case=found.ok().as_strategy())(drive))()

    assert statuses.keys() <= {200, 400, 404}
    assert statuses[200] > 50
