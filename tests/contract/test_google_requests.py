"""Every question we ask Google Health, against Google's own description of its interface."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from healthrelay.adapters.google_health.provider import _IDENTITY, _SETTINGS
from healthrelay.adapters.google_health.questions import Request
from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.reads import Read
from tests.contract.discovery import document, validator

READ = Read("any", date(2026, 11, 2), date(2026, 11, 8))


def requests() -> dict[str, Request]:
    """Every request of every question, on its first page and on a later one."""
    found = {"identity": _IDENTITY, "settings": _SETTINGS}
    for name, question in QUESTIONS.items():
        found[name] = question.request(READ, "")
        found[f"{name}, a later page"] = question.request(READ, "token")
    return found


def methods(resources: dict[str, Any]) -> list[dict[str, Any]]:
    """All methods of the description, however deep."""
    listed: list[dict[str, Any]] = []
    for resource in resources.values():
        listed += resource.get("methods", {}).values()
        listed += methods(resource.get("resources", {}))
    return listed


def fitting(request: Request) -> dict[str, Any]:
    """The one described method whose address *request* has."""
    path = f"v4/users/me{urlsplit(request.path).path}"
    found = [
        method
        for method in methods(document()["resources"])
        if method["httpMethod"] == request.method
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/:]+", method.get("flatPath", "")), path)
    ]
    assert len(found) == 1, f"{request.method} {path}"
    return found[0]


@pytest.mark.parametrize("request_", requests().values(), ids=list(requests()))
def test_request_contract(request_: Request) -> None:
    method = fitting(request_)

    query = parse_qs(urlsplit(request_.path).query)
    known = {name for name, p in method["parameters"].items() if p["location"] == "query"}
    assert set(query) <= known
    assert ("request" in method) == (request_.body is not None)
    if request_.body is not None:
        sent = json.loads(json.dumps(request_.body))
        errors = validator(method["request"]["$ref"]).iter_errors(sent)
        assert [error.message for error in errors] == []
    assert all(scope.endswith((".readonly", ".writeonly")) for scope in method["scopes"])
    assert any(scope.endswith(".readonly") for scope in method["scopes"])
