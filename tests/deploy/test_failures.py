"""What Google answers is known for what it is: what passes, and what a person must do."""

from __future__ import annotations

import sys
import textwrap

import pytest

from tests.deploy.cloud import model
from tests.peers.bundles import ROOT


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> object:
    """The module of the tools, as tools/deploy.py finds it."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    from deployment import failures

    yield failures
    for name in [name for name in sys.modules if name.partition(".")[0] == "deployment"]:
        del sys.modules[name]


def printed(*errors: str, address: str = "google_cloudfunctions2_function.function") -> str:
    """Errors as Terraform prints them: boxed, wrapped, and coloured."""
    box = "\x1b[31m│\x1b[0m \x1b[0m"
    lines = []
    for error in errors:
        first, *others = textwrap.wrap(error, 70)
        lines += ["\x1b[31m╷\x1b[0m", f"{box}\x1b[1m\x1b[31mError: \x1b[0m\x1b[1m{first}"]
        lines += [*(box + line for line in others), f"{box}  with {address},"]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (model.BUILD, "new rights"),
        (model.METRIC.format("logging.googleapis.com/user/healthrelay/stale"), "new log metrics"),
        (model.DISABLED.format("cloudtasks.googleapis.com"), "switching its services on"),
        (model.NETWORK, "cannot be reached"),
        ("googleapi: Error 400: Service account healthrelay-fetch@p does not exist.", "accounts"),
        ("googleapi: Error 503: The service is currently unavailable.", "cannot be reached"),
        ("There were concurrent policy changes. Please retry the whole", "somebody else"),
        ("Error 409: Database ID '(default)' is not available in project x.", "rests"),
    ],
)
def test_what_passes(failures: object, text: str, reason: str) -> None:
    assert reason in failures.passing(printed(text))
    assert failures.lasting(printed(text)) is None


@pytest.mark.parametrize(
    ("text", "address", "sentence"),
    [
        (model.QUOTA.format(60), "google_cloudfunctions2_function.f", "ARGS=max_instances=60"),
        (model.POLICY, "google_cloud_run_v2_service_iam_member.anybody", "docs/deploy.md"),
        (
            "Error creating Budget: googleapi: Error 403: The caller does not have permission",
            "google_billing_budget.month[0]",
            "ARGS=billing_account=",
        ),
        ("Instance cannot be destroyed", "google_firestore_database.database", "Nothing was"),
        ("Error acquiring the state lock", "", "Another run holds the state"),
    ],
)
def test_what_a_person_must_end(failures: object, text: str, address: str, sentence: str) -> None:
    alone = printed(text, address=address)

    assert sentence in failures.lasting(alone)
    assert failures.passing(alone) is None
    # Waiting for another error does not help either.
    assert failures.passing(printed(model.BUILD) + "\n" + alone) is None
    assert sentence in failures.lasting(printed(model.BUILD) + "\n" + alone)


def test_what_nobody_knows_is_not_waited_for(failures: object) -> None:
    both = printed(model.BUILD, "googleapi: Error 400: Invalid value at 'cpu'")

    assert failures.passing(both) is None
    assert failures.lasting(both) is None
    assert failures.passing(printed(model.BUILD, model.NETWORK)) is not None
