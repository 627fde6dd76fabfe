"""One table says what an error is over HTTP."""

from __future__ import annotations

import inspect

import pytest

from healthrelay.core import errors
from healthrelay.core.errors import (
    BadRequest,
    Bug,
    ConsentFailed,
    Duplicate,
    Expired,
    HealthrelayError,
    Misconfigured,
    NotAllowed,
    NotConfigured,
    RateLimited,
    Refused,
    TooLarge,
    TryLater,
)
from healthrelay.web.responses import STATUSES, status

NAMED = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
CLASSES = [kind for kind in NAMED if issubclass(kind, HealthrelayError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_one_status(kind: type[HealthrelayError]) -> None:
    assert 400 <= STATUSES[kind] <= 503


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadRequest("No."), 400),
        (NotAllowed("No key."), 401),
        (Expired("Too late."), 403),
        (Duplicate("There is one."), 409),
        (TooLarge("Too much."), 413),
        (RateLimited("A pause."), 429),
        (Bug(), 500),
        (NotConfigured("A setting is missing."), 500),
        (ConsentFailed("Nothing lasting."), 502),
        (Misconfigured("The console."), 502),
        (Refused("It", "will not"), 502),
        (TryLater("Soon."), 503),
    ],
)
def test_status(error: HealthrelayError, code: int) -> None:
    assert status(error) == code


def test_an_error_of_another_room_is_what_it_derives_from() -> None:
    class Throttled(RateLimited):
        """One that a peer might name."""

    assert status(Throttled("A pause.")) == 429
