"""What an owner does in Google's console, step by step, and where.

The words are in ``web/setup/texts/<language>/google.json`` under the step's name: the page, the
wizard of the command line and docs/google-setup.md say the same.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from healthrelay.core.grants.consent import CONSENTS

CONSOLE = "https://console.cloud.google.com"
SCOPES, CALLBACK = "scopes", "callback"
"""What there is to paste."""


class ConsoleStep(NamedTuple):
    """One page of the console; *paste* is what goes into a field there."""

    name: str
    path: str
    paste: str = ""
    of_project: bool = True

    def link(self, project: str) -> str:
        """Return the page's address, with the *project* chosen where it is known."""
        query = f"?project={quote(project)}" if project and self.of_project else ""
        return f"{CONSOLE}/{self.path}{query}"


STEPS = (
    ConsoleStep("project", "projectcreate", of_project=False),
    ConsoleStep("api", "apis/library/health.googleapis.com"),
    ConsoleStep("consent", "auth/overview"),
    ConsoleStep("scopes", "auth/scopes", SCOPES),
    ConsoleStep("audience", "auth/audience"),
    ConsoleStep("client", "auth/clients", CALLBACK),
)

AT = {"google_health": STEPS}
"""Provider → the steps in its console; of the others there are none."""


def to_paste(step: ConsoleStep, public_url: str) -> str:
    """Return what goes into the field of *step*, or nothing."""
    if step.paste == CALLBACK:
        return f"{public_url}/auth2"
    return "\n".join(CONSENTS["google_health"].scopes) if step.paste == SCOPES else ""
