"""What Google answers when something fails: what passes by itself, and what a person must do.

The sentences are Google's own, as its command line and Terraform's provider show them. Rights: the
provider's example for functions waits a minute (hashicorp/terraform-provider-google, issue 20571).
Metrics: "it could take up to 10 minutes" (issue 11102).
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Failed(Exception):
    """A step failed; the text says what, and what to do next."""


class Cause(NamedTuple):
    """A kind of failure: the pattern by which it is known, and what it means."""

    pattern: str
    text: str


PASSING = (
    Cause(
        r"SERVICE_DISABLED|has not been used in project|accessNotConfigured",
        "Google is still switching its services on",
    ),
    Cause(
        r"missing permission on the build service account"
        r"|does not have (storage\.objects\.\w+ access|permission|access)"
        r"|IAM_PERMISSION_DENIED|Permission '[\w.]+' denied",
        "new rights are not known everywhere yet",
    ),
    Cause(r"Service account [^ ]+ does not exist", "new accounts are not known everywhere yet"),
    Cause(r"Cannot find metric that matches", "new log metrics are not known everywhere yet"),
    Cause(r"concurrent policy changes", "somebody else changes rights in this project"),
    Cause(
        r"Database ID '.+' is not available|Please retry in \d+ seconds",
        "the name of a deleted database rests for some minutes",
    ),
    Cause(
        r"i/o timeout|TLS handshake timeout|connection (refused|reset)|no such host|unexpected EOF"
        r"|[Nn]etwork is unreachable|[Tt]emporary failure in name resolution"
        r"|Unable to find the server|Error (500|502|503|504)\b|RATE_LIMIT_EXCEEDED",
        "Google cannot be reached",
    ),
)
LASTING = (
    Cause(
        r"permitted customer|allowedPolicyMember",
        "An organisation policy forbids functions that anybody may call: docs/deploy.md has the"
        " way out, under Troubles.",
    ),
    Cause(
        r"Max instances must be set to (?P<value>\d+) or fewer",
        "This region's quota allows fewer instances: add ARGS=max_instances={value}, or ask Google"
        " for more.",
    ),
    Cause(
        r"Instance cannot be destroyed",
        "Data or keys that nothing brings back would be deleted. Nothing was changed: go back to"
        " the last choice, or report this.",
    ),
    Cause(
        r"Error acquiring the state lock",
        "Another run holds the state, or one was cut off: wait for it, or end its lock as"
        " docs/deploy.md describes under Troubles.",
    ),
    Cause(
        r"billing\.budgets|caller does not have permission.*google_billing_budget",
        "You may not make a budget in the billing account: ask its administrator, or add"
        " ARGS=billing_account= to go without.",
    ),
    Cause(
        r"(BILLING_DISABLED|billing account .* (disabled|not found)|requires billing)",
        "The project has no billing account that works: link one, and run the same command again.",
    ),
)
QUEUE_RESTS = re.compile(r"queue with this name existed too recently")


def errors(text: str) -> list[str]:
    """Return the errors of what Terraform printed, one text each."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", text).replace("│", " ")
    first, *others = re.split(r"^\s*Error: ", plain, flags=re.MULTILINE)
    return others or [first]


def passing(text: str) -> str | None:
    """Return why everything in *text* passes by itself; None when something does not."""
    causes = [known(PASSING, one) for one in errors(text)]
    return None if None in causes or lasting(text) else causes[0]


def lasting(text: str) -> str | None:
    """Return the sentence for the first failure in *text* that a person must end."""
    return next(filter(None, (known(LASTING, one) for one in errors(text))), None)


def known(causes: tuple[Cause, ...], text: str) -> str | None:
    """Return the text of the first of *causes* that *text* shows."""
    flat = " ".join(text.split())
    for cause in causes:
        if match := re.search(cause.pattern, flat):
            return cause.text.format(**match.groupdict())
    return None
