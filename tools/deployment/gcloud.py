"""Ask gcloud. A failure is never taken for an empty answer."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from deployment.failures import PASSING, Failed, known
from deployment.programs import run

TRIES = 3
_NOT_THERE = ("NOT_FOUND", "matched no objects", "not found: 404", "HTTPError 404")
_DISABLED = ("SERVICE_DISABLED", "has not been used in project")


class GcloudFailed(Failed):
    """gcloud ended with an error; the text is its own."""


class NotThere(GcloudFailed):
    """What was asked for does not exist."""


class ServiceDisabled(GcloudFailed):
    """The service that would answer is not switched on in this project."""


def gcloud(*words: str, stdin: str | None = None) -> str:
    """Return what gcloud prints, stripped. Raise GcloudFailed, with gcloud's sentence, if it fails.

    What fails because Google cannot be reached is tried again, twice.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _once(words, stdin)
        except GcloudFailed as failed:
            unreachable = known(PASSING, str(failed)) == PASSING[-1].text
            if not unreachable or attempt == TRIES:
                raise
            time.sleep(attempt)
    raise AssertionError("the last attempt returns or raises")


def gcloud_json(*words: str) -> Any:
    """Return what gcloud prints as JSON; an answer that is none is a failure."""
    text = gcloud(*words, "--format=json")
    try:
        return json.loads(text or "[]")
    except ValueError:
        raise GcloudFailed(f"gcloud {' '.join(words)} gave no JSON: {text[:200]}") from None


def _once(words: tuple[str, ...], stdin: str | None) -> str:
    done = run(
        ["gcloud", *words],
        input=stdin if stdin is not None else "",
        capture_output=True,
        # gcloud would otherwise offer to switch services on, where nobody sees the question.
        env=os.environ | {"CLOUDSDK_CORE_DISABLE_PROMPTS": "1"},
    )
    if done.returncode == 0:
        return done.stdout.strip()
    text = " ".join(done.stderr.split()) or f"gcloud {words[0]} ended with {done.returncode}"
    # A disabled service answers 403, and some of its texts also say that something was not found.
    if any(mark in text for mark in _DISABLED):
        raise ServiceDisabled(text)
    raise (NotThere if any(mark in text for mark in _NOT_THERE) else GcloudFailed)(text)
