"""A strict authorization server (npm `oidc-provider`) with Fitbit's and Google's manners.

    with OidcProvider(redirect_uri="http://127.0.0.1:8080/auth2") as peer:
        callback = peer.consent(f"{peer.authorize_url}?response_type=code&client_id=...")

PKCE (S256) is required, the redirect address must match to the letter, a code works once
and a second try kills the grant, and so does a refresh token that is used twice. A scope
that neither provider knows is left out of the grant.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import requests

from tests.peers.node import node, packages
from tests.peers.oidc_consent import walk
from tests.peers.process import Process
from tests.peers.running import Running

_LISTENING = "listening "


class OidcProvider(Running):
    """The running server; two clients, one for each way to send the client's secret.

    `client_id`/`client_secret` belong to the client that uses HTTP Basic (as Fitbit wants
    it) and is told the wearer's `user_id` with its tokens; `post_client_id` and
    `post_client_secret` belong to the one that posts them (as Google does).
    """

    client_id, client_secret = "basic-client", "basic-secret"
    post_client_id, post_client_secret = "post-client", "post-secret"

    def __init__(
        self, redirect_uri: str, *, rotate: bool = True, access_seconds: int = 28800
    ) -> None:
        self.redirect_uri = redirect_uri
        self.url = ""
        self._rotate = rotate
        self._access_seconds = access_seconds
        self._process: Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def authorize_url(self) -> str:
        """Where the browser is sent."""
        return f"{self.url}/oauth2/authorize"

    @property
    def token_url(self) -> str:
        """Where codes and refresh tokens are redeemed."""
        return f"{self.url}/oauth2/token"

    @property
    def revoke_url(self) -> str:
        """Where a client revokes a token, with its own credentials as Fitbit wants it."""
        return f"{self.url}/oauth2/revoke"

    @property
    def google_revoke_url(self) -> str:
        """Where the token alone is enough, as at Google."""
        return f"{self.url}/revoke"

    @property
    def introspect_url(self) -> str:
        """Where a client asks whether a token is alive."""
        return f"{self.url}/1.1/oauth2/introspect"

    def start(self) -> None:
        """Start the server and wait until it has said where it listens."""
        source, purpose = Path(__file__).parent / "oidc", "the authorization server"
        program, home = node(purpose), packages(source, purpose)
        self._folder = tempfile.TemporaryDirectory(prefix="oidc-")
        folder = Path(self._folder.name)
        self._process = Process(
            [program, source / "server.mjs", home, json.dumps(self._wanted())],
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)},
            cwd=folder,
            log=folder / "out",
        )
        self._process.wait_until(self._listens, 30)

    def stop(self) -> None:
        """End the server; all it knew is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
        if self._folder is not None:
            self._folder.cleanup()

    def consent(
        self, authorize_url: str, session: requests.Session | None = None, user: str = "jack"
    ) -> str:
        """Sign in and agree; the redirect to our callback, which is not followed.

        An *authorize_url* that is refused comes back as a redirect with `error=`, or, when
        client or redirect address are wrong, as a RuntimeError with the page's text.
        """
        return walk(authorize_url, self.redirect_uri, session or requests.Session(), user)

    def refuse(self, authorize_url: str, session: requests.Session | None = None) -> str:
        """Cancel on the first page; the redirect with `error=access_denied`."""
        browser = session or requests.Session()
        return walk(authorize_url, self.redirect_uri, browser, "jack", agree=False)

    def _wanted(self) -> dict[str, object]:
        return {
            "redirectUri": self.redirect_uri,
            "clients": {
                "basic": [self.client_id, self.client_secret],
                "post": [self.post_client_id, self.post_client_secret],
            },
            "rotate": self._rotate,
            "accessSeconds": self._access_seconds,
        }

    def _listens(self) -> bool:
        lines = self._process.output().splitlines(keepends=True) if self._process else []
        for line in lines:
            if line.startswith(_LISTENING) and line.endswith("\n"):
                self.url = line.removeprefix(_LISTENING).strip()
        return bool(self.url)
