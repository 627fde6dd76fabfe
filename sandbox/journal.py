"""The requests to the sandbox, in order."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request as FlaskRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came in. Of a repeated query parameter, the first counts."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


def to_entry(request: FlaskRequest) -> Request:
    """*request* as a journal entry. The body stays readable for the view."""
    return Request(
        method=request.method,
        path=request.path,
        query=request.args.to_dict(),
        headers=dict(request.headers),
        body=request.get_data(cache=True, as_text=True, parse_form_data=False),
    )
