"""Signed notes: every purpose bears a clock that is some minutes ahead, and no other forgery."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.invitation import INVITATION_AGE, Invitation
from healthrelay.flows.grants.signed import MAX_AHEAD, STATE_AGE, SignedNotes
from tests.household import OWNER_KEY, START

NOTES = SignedNotes(OWNER_KEY)
INVITATION = Invitation("jack", ("weight",), "an-id")

Good = Callable[[timedelta], bool]


def state_is_good(ahead: timedelta) -> bool:
    text = NOTES.state({"user": "jack"}, START + ahead)
    return accepted(lambda: NOTES.read_state(text, START))


def invitation_is_good(ahead: timedelta) -> bool:
    text = NOTES.invitation(INVITATION, START + ahead)
    return accepted(lambda: NOTES.read_invitation(text, "jack", START))


def pass_is_good(ahead: timedelta) -> bool:
    text = NOTES.invitation(INVITATION._replace(brief=True), START + ahead)
    return accepted(lambda: NOTES.read_invitation(text, "jack", START, brief=True))


def accepted(read: Callable[[], object]) -> bool:
    with suppress(HealthrelayError):
        read()
        return True
    return False


PURPOSES = pytest.mark.parametrize(
    ("good", "age"),
    [(state_is_good, STATE_AGE), (invitation_is_good, INVITATION_AGE), (pass_is_good, STATE_AGE)],
)


@PURPOSES
@pytest.mark.parametrize("seconds", [0, 1, 5, 240, 300])
def test_a_clock_may_be_five_minutes_ahead(good: Good, age: timedelta, seconds: int) -> None:
    assert good(timedelta(seconds=seconds))


@PURPOSES
def test_more_than_that_and_more_than_its_age_is_too_much(good: Good, age: timedelta) -> None:
    second = timedelta(seconds=1)

    assert not good(MAX_AHEAD + second)
    assert not good(timedelta(days=365))
    assert good(-age)
    assert not good(-age - second)


@pytest.mark.parametrize("purpose", ["state", "invitation", "pass"])
def test_the_owner_key_itself_signs_nothing(purpose: str) -> None:
    signer = URLSafeTimedSerializer(OWNER_KEY, salt=f"healthrelay {purpose}")
    note = signer.dumps({"user": "jack", "person": "an-id"})
    now = datetime.now(UTC)

    assert not accepted(lambda: NOTES.read_state(note, now))
    assert not accepted(lambda: NOTES.read_invitation(note, "jack", now))
    assert not accepted(lambda: NOTES.read_invitation(note, "jack", now, brief=True))
