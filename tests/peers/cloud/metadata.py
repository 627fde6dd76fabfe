"""The metadata server beside an instance: it says whose the instance is, and gives its tokens.

As cloud.google.com/compute/docs/metadata/querying-metadata has it: every question and every
answer carries ``Metadata-Flavor: Google``.
"""

from __future__ import annotations

import json

from tests.peers.cloud.identity import Identity
from tests.peers.cloud.server import Asked, Server, Told

_FLAVOR = ("Metadata-Flavor", "Google")
_TEXT = ("Content-Type", "application/text")
_ACCOUNTS = "/computeMetadata/v1/instance/service-accounts/"


class Metadata(Server):
    """For an instance that runs as *email* in *project*."""

    def __init__(self, email: str, project: str, identity: Identity) -> None:
        super().__init__(self._answer)
        self._email = email
        self._project = project
        self._identity = identity

    @property
    def environment(self) -> dict[str, str]:
        """What leads Google's clients here."""
        return {"GCE_METADATA_HOST": self.host, "GCE_METADATA_IP": self.host}

    def _answer(self, asked: Asked) -> Told:
        path, _, query = asked.target.partition("?")
        if asked.headers.get("Metadata-Flavor") != "Google":
            return Told(403, [_FLAVOR], b"")
        if path == "/":
            return Told(200, [_FLAVOR, _TEXT], b"computeMetadata/\n")
        if path == "/computeMetadata/v1/project/project-id":
            return Told(200, [_FLAVOR, _TEXT], self._project.encode())
        of = path.removeprefix(_ACCOUNTS)
        if of in ("default/token", f"{self._email}/token"):
            token = {"access_token": self._identity.access(self._email), "expires_in": 3599}
            return self._json(token | {"token_type": "Bearer"})
        if of in ("default/", f"{self._email}/") and "recursive=true" in query:
            scopes = ["https://www.googleapis.com/auth/cloud-platform"]
            return self._json({"aliases": ["default"], "email": self._email, "scopes": scopes})
        return Told(404, [_FLAVOR], b"")

    @staticmethod
    def _json(body: object) -> Told:
        kind = ("Content-Type", "application/json")
        return Told(200, [_FLAVOR, kind], json.dumps(body).encode())
