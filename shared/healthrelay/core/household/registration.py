"""Our registration with a provider: what can be told of it before it is kept."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from healthrelay.core.errors import BadRequest, Misconfigured

CLIENT_ID, CLIENT_SECRET, REDIRECT, BOTH = "client_id", "client_secret", "redirect", "both"
"""What of a registration is wrong."""
GOOGLE_CLIENT = ".apps.googleusercontent.com"
"""How a client id of Google's ends (https://developers.google.com/identity/protocols/oauth2)."""
_GOOGLE_CLIENT = re.compile(r"[0-9]+(-[0-9a-z_]+)?" + re.escape(GOOGLE_CLIENT))
_GOOGLE_HOSTS = ("googleapis.com", "google.com")
_GOOGLE_SECRET = "GOCSPX-"  # noqa: S105 - with it every one begins
_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
"""https://cloud.google.com/resource-manager/docs/creating-managing-projects."""


class ClientRefused(Misconfigured):
    """The provider refuses our registration, or would: *part* is what of it is wrong."""

    cause = "client_refused"

    def __init__(self, sentence: str, part: str) -> None:
        super().__init__(sentence)
        self.part = part


class Registered(NamedTuple):
    """A client id and its secret, as somebody brings them; the secret does not print."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Registered({self.client_id})"


def is_google(token_url: str) -> bool:
    """Return whether *token_url* is Google's own: what stands in for it has ids of its own."""
    host = urlsplit(token_url).hostname or ""
    return any(host == known or host.endswith(f".{known}") for known in _GOOGLE_HOSTS)


def check_shape(pair: Registered, token_url: str) -> None:
    """Raise `ClientRefused` for what no provider at *token_url* has given out."""
    client_id, secret = pair
    if not client_id:
        raise ClientRefused("The client id is missing.", CLIENT_ID)
    if not client_id.isascii() or not client_id.isprintable() or " " in client_id:
        raise ClientRefused("A client id has no spaces and no signs but ASCII.", CLIENT_ID)
    if client_id.startswith(_GOOGLE_SECRET):
        raise ClientRefused("This is the client secret, and not the client id.", CLIENT_ID)
    if is_google(token_url) and not _GOOGLE_CLIENT.fullmatch(client_id):
        raise ClientRefused(f"A client id of Google's ends in {GOOGLE_CLIENT}.", CLIENT_ID)
    if not secret:
        raise ClientRefused("The client secret is missing.", CLIENT_SECRET)
    if not secret.isascii() or not secret.isprintable():
        raise ClientRefused("A client secret has no signs but ASCII.", CLIENT_SECRET)


def read_project(text: str) -> str:
    """Return the id of a Google Cloud project, or nothing. Raise `BadRequest` for no such."""
    project = text.strip()
    if project and not _PROJECT.fullmatch(project):
        raise BadRequest(
            "A project's id has 6 to 30 small letters, digits and hyphens; its name and its number"
            " are something else."
        )
    return project
