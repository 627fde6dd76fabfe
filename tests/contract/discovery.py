"""JSON Schema from the discovery document that Google's own client library carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import googleapiclient
from jsonschema import Draft202012Validator

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
# What the document says in words about strings of a format.
_PATTERNS = {
    "int64": r"^-?\d+$",
    "uint64": r"^\d+$",
    "google-datetime": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$",
    "google-duration": r"^-?\d+(\.\d{1,9})?s$",
}


def _closed(members: dict[str, object], optional: str = "") -> dict[str, Any]:
    """An object with all of *members*, but maybe the *optional* one, and with no other."""
    required = [name for name in members if name != optional]
    closed = {"type": "object", "additionalProperties": False}
    return {**closed, "required": required, "properties": members}


_INFO = _closed(
    {
        "@type": {"const": "type.googleapis.com/google.rpc.ErrorInfo"},
        "reason": {"type": "string", "pattern": "^[A-Z0-9_]+$"},
        "domain": {"const": "googleapis.com"},
        "metadata": {"additionalProperties": {"type": "string"}},
    },
    optional="metadata",
)
_VIOLATION = {"type": "object", "required": ["field", "description"]}
_BAD_REQUEST = _closed(
    {
        "@type": {"const": "type.googleapis.com/google.rpc.BadRequest"},
        "fieldViolations": {"type": "array", "items": _VIOLATION},
    }
)
_ERROR = _closed(
    {
        "code": {"type": "integer", "minimum": 400, "maximum": 599},
        "message": {"type": "string", "minLength": 1},
        "status": {"type": "string", "pattern": "^[A-Z_]+$"},
        "details": {"type": "array", "items": {"oneOf": [_INFO, _BAD_REQUEST]}},
    },
    optional="details",
)
ERROR = _closed({"error": _ERROR})


def document() -> dict[str, Any]:
    """The Health API as its owner describes it."""
    text = (_DOCUMENTS / "health.v4.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def validator(schema: str) -> Draft202012Validator:
    """Accepts what *schema* of the document describes, and not a member more."""
    definitions = {name: _strict(told) for name, told in document()["schemas"].items()}
    return Draft202012Validator({"$ref": f"#/$defs/{schema}", "$defs": definitions})


def _strict(told: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in told:
        return {"$ref": f"#/$defs/{told['$ref']}"}
    strict: dict[str, Any] = {"type": told["type"]}
    if "enum" in told:
        strict["enum"] = told["enum"]
    if told.get("format") in _PATTERNS:
        strict["pattern"] = _PATTERNS[told["format"]]
    if "items" in told:
        strict["items"] = _strict(told["items"])
    if told["type"] == "object" and "additionalProperties" not in told:
        members = told.get("properties", {})
        strict["properties"] = {name: _strict(member) for name, member in members.items()}
        strict["additionalProperties"] = False
    return strict
