"""One person's browser on its way through a consent."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from tests.household import Household
from tests.oauth.gateway import Gateway
from tests.peers.oidc_provider import OidcProvider
from tests.web.test_auth2 import is_connected

SECONDS = 30


@dataclass(frozen=True)
class Round:
    """The steps, each of which a test may take in its own order."""

    household: Household
    gateway: Gateway
    peer: OidcProvider
    browser: requests.Session

    def begin(self) -> str:
        """Open the invitation; the consent page's address."""
        begun = self.browser.get(
            self.household.invitation(), allow_redirects=False, timeout=SECONDS
        )
        assert begun.status_code == 302, begun.text
        return begun.headers["Location"]

    def agree(self) -> str:
        """Begin, sign in and agree; the callback's address, not yet opened."""
        return self.peer.consent(self.begin(), self.browser)

    def refuse(self) -> str:
        """Begin and cancel; the callback's address, not yet opened."""
        return self.peer.refuse(self.begin(), self.browser)

    def open(self, callback: str) -> requests.Response:
        """Come back to us; of a failure return its page, as a stranger sees it."""
        answer = self.browser.get(callback, allow_redirects=False, timeout=SECONDS)
        return answer if is_connected(answer) else self.household.problem(answer)

    def connect(self) -> None:
        """The whole round."""
        page = self.open(self.agree())
        assert is_connected(page), page.text
