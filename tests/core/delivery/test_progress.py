"""When to try again, when to stop, whom to call: the schedule to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

import pytest

from healthrelay.core.delivery.progress import (
    PROBE_SECONDS,
    REPEAT,
    SCHEDULE_SECONDS,
    Chance,
    DeadLetters,
    Progress,
    after_failure,
    after_success,
    behind,
    drop_dead_letters,
    failed_out_of_turn,
    is_due,
    trouble_of,
)
from healthrelay.core.errors import HealthrelayError, Misconfigured, RateLimited, Refused, TryLater
from healthrelay.core.trouble import Trouble

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
AWAY = TryLater("The home is away.")
DOUBTFUL = TryLater("Status 500.").with_cause("ambiguous")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def attempts(head: int, hours: int, *, whole: bool, jitter: float = 0.0) -> list[int]:
    """Seconds after the first at which a clock of seconds makes attempts that all fail."""
    progress, made, now = Progress(), [], NOW
    while now < NOW + hours * HOUR:
        if is_due(progress, head, now, REPEAT if whole else None):
            made.append(round((now - NOW).total_seconds()))
            last = head if whole else progress.sequence + 1
            progress = after_failure(progress, AWAY, last, Chance(now, jitter))
        # The next second at which anything can happen.
        now = max(now + timedelta(seconds=1), progress.due or now)
    return made


def test_schedule_is_kept_to_the_second() -> None:
    made = attempts(5, 76, whole=True)

    assert made == [0, 5, 305, 2105, 9305, 27305, 63305, 113705, 185705, 272105]
    assert made == list(accumulate(SCHEDULE_SECONDS))
    assert 75.5 < made[-1] / 3600 < 76


def test_jitter_makes_waits_longer_by_a_tenth_at_most() -> None:
    assert attempts(5, 84, whole=True, jitter=0.999999) == pytest.approx(
        [second * 1.1 for second in accumulate(SCHEDULE_SECONDS)], rel=1e-4, abs=1
    )


def test_after_the_last_attempt_it_is_probed_once_a_day() -> None:
    whole, single = (attempts(5, 76 + 3 * 24, whole=whole) for whole in (True, False))

    assert whole == single
    assert [b - a for a, b in pairwise(whole[9:])] == [86_400] * 3


def exhausted(head: int, *, whole: bool, start: Progress | None = None) -> Progress:
    progress = start or Progress()
    for _ in SCHEDULE_SECONDS:
        last = head if whole else progress.sequence + 1
        progress = after_failure(progress, AWAY, last, Chance(NOW))
    return progress


def test_what_all_attempts_could_not_deliver_is_dead() -> None:
    assert exhausted(5, whole=True).dead == (DeadLetters(1, 5),)
    one = exhausted(5, whole=False)
    assert (one.dead, one.sequence, behind(one, 5)) == ((DeadLetters(1, 1),), 1, 5)
    probed = after_failure(one, AWAY, 2, Chance(NOW))
    assert (probed.dead, probed.sequence) == ((DeadLetters(1, 1),), 1)


def test_a_success_opens_again_and_a_whole_snapshot_leaves_nothing_dead() -> None:
    later = NOW + HOUR

    assert after_success(exhausted(5, whole=True), 7, later, whole=True) == Progress(7, at=later)
    one = after_success(exhausted(5, whole=False), 2, later, whole=False)
    assert one == Progress(2, at=later, dead=(DeadLetters(1, 1),), died=NOW)
    assert is_due(one, 5, later, None)
    again = exhausted(5, whole=False, start=one)
    assert again.dead == (DeadLetters(1, 1), DeadLetters(3, 3))


def test_neighbours_among_the_dead_are_one_range() -> None:
    one = exhausted(5, whole=False)
    again = exhausted(5, whole=False, start=one._replace(attempt=0))

    assert again.dead == (DeadLetters(1, 2),)


@pytest.mark.parametrize(
    ("error", "state", "wait", "who"),
    [
        (AWAY, "failing", timedelta(seconds=5), "nobody"),
        (DOUBTFUL, "failing", timedelta(seconds=5), "nobody"),
        (RateLimited("Busy.", 77), "failing", timedelta(seconds=77), "nobody"),
        (RateLimited("Busy.", 1), "failing", timedelta(seconds=5), "nobody"),
        (Misconfigured("Wrong key."), "paused", timedelta(seconds=PROBE_SECONDS), "owner"),
        (Refused("It", "is gone"), "paused", None, "owner"),
    ],
)
def test_what_an_answer_means(
    error: HealthrelayError, state: str, wait: timedelta | None, who: str
) -> None:
    progress = after_failure(Progress(3), error, 4, Chance(NOW))

    assert progress == Progress(
        3,
        state=state,
        attempt=1 if state == "failing" else 0,
        due=NOW + wait if wait else None,
        trouble=Trouble(error.cause, who, error.sentence, NOW),
    )
    assert is_due(progress, 4, NOW + (wait or 99 * HOUR), REPEAT) is (wait is not None)
    assert not is_due(progress, 4, NOW + (wait or HOUR) - timedelta(seconds=1), REPEAT)


def test_a_doubtful_answer_is_tried_once_more_and_then_somebody_must_look() -> None:
    once = after_failure(Progress(), DOUBTFUL, 1, Chance(NOW))
    twice = after_failure(once, DOUBTFUL, 1, Chance(NOW + MINUTE))

    assert once.state == "failing"
    assert once.trouble == Trouble("ambiguous", "nobody", "Status 500.", NOW)
    assert twice.state == "paused"
    assert twice.due == NOW + MINUTE + timedelta(seconds=PROBE_SECONDS)
    step = "Fix this, then: healthrelay relay replay jack --target igor"
    trouble = Trouble("ambiguous", "owner", "Status 500.", NOW, next_step=step)
    assert trouble_of(twice, "jack", "igor") == trouble


def test_a_paused_target_is_probed_and_comes_back() -> None:
    paused = after_failure(Progress(1), Misconfigured("Wrong key."), 3, Chance(NOW))
    for hour in range(1, 200):
        paused = after_failure(paused, Misconfigured("Wrong key."), 3, Chance(NOW + hour * HOUR))

    assert (paused.state, paused.dead) == ("paused", ())
    assert paused.trouble
    assert paused.trouble.since == NOW
    assert after_success(paused, 3, NOW, whole=True) == Progress(3, at=NOW)


def test_a_forced_attempt_takes_no_scheduled_one_away() -> None:
    failing = after_failure(Progress(1), AWAY, 3, Chance(NOW))
    for _ in range(20):
        failing = failed_out_of_turn(failing, TryLater("Still away."), Chance(NOW))

    assert (failing.attempt, failing.due, failing.dead) == (1, NOW + timedelta(seconds=5), ())
    assert failing.trouble == Trouble("try_later", "nobody", "Still away.", NOW)
    busy = failed_out_of_turn(failing, RateLimited("Busy.", 99), Chance(NOW))
    assert busy.due == NOW + timedelta(seconds=99)
    assert failed_out_of_turn(failing, Misconfigured("Wrong key."), Chance(NOW)).state == "paused"
    once = after_failure(Progress(1), AWAY, 1, Chance(NOW))
    assert failed_out_of_turn(Progress(1), AWAY, Chance(NOW)) == once


def test_a_snapshot_goes_again_after_a_day_and_an_event_never() -> None:
    safe = after_success(Progress(), 3, NOW, whole=True)

    assert not is_due(safe, 3, NOW + timedelta(hours=23, minutes=59), REPEAT)
    assert is_due(safe, 3, NOW + timedelta(days=1), REPEAT)
    assert not is_due(safe, 3, NOW + timedelta(days=9), None)
    assert not is_due(Progress(), 0, NOW, REPEAT)


def test_dead_letters_are_taken_out_by_range() -> None:
    progress = Progress(9, dead=(DeadLetters(1, 3), DeadLetters(5, 9)), died=NOW)
    split = (DeadLetters(1, 1), DeadLetters(3, 3), DeadLetters(5, 9))

    assert drop_dead_letters(progress, 2, 2) == progress._replace(dead=split)
    assert drop_dead_letters(progress, 3, 6).dead == (DeadLetters(1, 2), DeadLetters(7, 9))
    assert drop_dead_letters(progress, 1, 9) == Progress(9)
    assert drop_dead_letters(progress, 4, 4) == progress


def test_progress_is_stored_in_few_words() -> None:
    failing = exhausted(5, whole=True)

    assert Progress(5).to_document() == {"sequence": 5}
    assert Progress().to_document() == {}
    assert Progress.from_document({}) == Progress()
    assert Progress.from_document(failing.to_document()) == failing


def test_a_progress_stored_by_the_first_version_is_read() -> None:
    document = {
        "sequence": 4,
        "state": "paused",
        "attempt": 2,
        "due": "2026-11-01T13:00:00+00:00",
        "since": "2026-11-01T12:00:00+00:00",
        "sentence": "Igor refuses our key (status 401).",
        "cause": "misconfigured",
        "who": "owner",
        "names": ["HEALTHRELAY_IGOR_TOKEN"],
        "at": "2026-10-31T12:00:00+00:00",
        "dead": [[1, 2]],
        "died": "2026-10-30T12:00:00+00:00",
    }

    sentence, settings = "Igor refuses our key (status 401).", ("HEALTHRELAY_IGOR_TOKEN",)
    assert Progress.from_document(document) == Progress(
        4,
        state="paused",
        attempt=2,
        due=NOW + HOUR,
        trouble=Trouble("misconfigured", "owner", sentence, NOW, settings),
        at=NOW - 24 * HOUR,
        dead=(DeadLetters(1, 2),),
        died=NOW - 48 * HOUR,
    )
