"""The OpenAPI description of the Fitbit Web API, when there is one on this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.peers import install

_BESIDE = Path(__file__).parents[3] / "shared" / "data" / "fitbit-web-api" / "openapi.json"


def document() -> dict[str, Any]:
    """The description; without one the test is skipped, and says why, and in CI it fails."""
    path = Path(os.environ.get("FITBIT_OPENAPI") or _BESIDE)
    if not path.is_file():
        install.unavailable("no OpenAPI file of the Fitbit Web API: set FITBIT_OPENAPI")
    text = path.read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text, object_hook=_with_local_times)
    return read


def _with_local_times(told: dict[str, Any]) -> dict[str, Any]:
    # The legacy API writes local times without a zone, which RFC 3339 does not know.
    if told.get("format") == "date-time":
        del told["format"]
    return told


def validator(told: dict[str, Any], template: str) -> Draft202012Validator:
    """Accepts the answers that *told* has for a GET of the path *template*."""
    answer = told["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]
    return Draft202012Validator(
        answer["schema"] | {"components": told["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
