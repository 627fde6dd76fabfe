"""One table says what an error is over HTTP."""

from __future__ import annotations

import inspect

import pytest

from healthrelay.core import errors
from healthrelay.core.errors import HealthrelayError, RateLimited
from healthrelay.web.responses import STATUSES, status

NAMED = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
CLASSES = [kind for kind in NAMED if issubclass(kind, HealthrelayError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_one_status(kind: type[HealthrelayError]) -> None:
    assert 400 <= STATUSES[kind] <= 503


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.BadRequest("No."), 400),
        (errors.NotAllowed("No key."), 401),
        (errors.Expired("Too late."), 403),
        (errors.Duplicate("There is one."), 409),
        (errors.TooLarge("Too much."), 413),
        (errors.RateLimited("A pause."), 429),
        (errors.Bug(), 500),
        (errors.NotConfigured("A setting is missing."), 500),
        (errors.ConsentFailed("Nothing lasting."), 502),
        (errors.Misconfigured("The console."), 502),
        (errors.Refused("It", "will not"), 502),
        (errors.TryLater("Soon."), 503),
    ],
)
def test_status(error: HealthrelayError, code: int) -> None:
    assert status(error) == code


def test_an_error_of_another_room_is_what_it_derives_from() -> None:
    class Throttled(RateLimited):
        """One that a peer might name."""

    assert status(Throttled("A pause.")) == 429
