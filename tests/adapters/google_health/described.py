"""Whether points written out in a test are such as Google's own description allows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from healthrelay.core.json import Raw
from tests.contract.discovery import validator

_SCHEMAS = {
    ":reconcile": "ReconciledDataPoint",
    ":dailyRollUp": "DailyRollupDataPoint",
    ":rollUp": "RollupDataPoint",
    "/pairedDevices": "PairedDevice",
    "/identity": "Identity",
    "/profile": "Profile",
    "/settings": "Settings",
}


@cache
def _of(schema: str) -> Draft202012Validator:
    return validator(schema)


def check(raw: Mapping[str, Sequence[Raw]]) -> None:
    """Fails with the first word of any point in *raw*, by source, that Google does not know."""
    for source, points in raw.items():
        schema = next((s for how, s in _SCHEMAS.items() if how in source), "DataPoint")
        for point in points:
            payload: Any = json.loads(json.dumps(point, default=float))
            errors = [e.message for e in _of(schema).iter_errors(payload)]
            assert errors == [], f"{source}: {errors[0]}"
