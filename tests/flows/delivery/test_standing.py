"""How a target stands: what is said of it, who must act, and what is offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import FAILING, PAUSED, DeadLetters, Progress, reader_key
from healthrelay.core.trouble import Trouble
from healthrelay.flows.delivery.standing import Follower, followers, standing, worst
from healthrelay.web.setup.texts import Texts, load_texts

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HEAD = 5
LETTERS = (DeadLetters(2, 3),)
HAS, READER = Progress(HEAD, at=NOW), reader_key("script")


def answered(status: int, cause: str = "try_later") -> Trouble:
    return Trouble(cause, "nobody", f"node-red took nothing (status {status}).", NOW)


SILENT = Trouble("try_later", "nobody", "node-red does not answer. Does it run?", NOW)
GONE = Trouble("refused", "owner", "node-red: the receiver wants no more of it (status 410)", NOW)
PRIVATE = Trouble("not_public", "owner", "example.org leads to an address that is not public", NOW)
IGOR_KEY = Trouble(
    "misconfigured",
    "owner",
    "Igor refuses our key (status 401).",
    NOW,
    ("HEALTHRELAY_IGOR_TOKEN", "HEALTHRELAY_IGOR_USER", "HEALTHRELAY_IGOR_PASSWORD"),
)
IGOR_OTHER = Trouble("misconfigured", "owner", "There is no Igor at this address.", NOW)
IGOR_DOWN = Trouble("try_later", "nobody", "Igor has trouble (status 503).", NOW)


def failing(trouble: Trouble, dead: tuple[DeadLetters, ...] = ()) -> Progress:
    return Progress(3, FAILING, 2, LATER, trouble, dead=dead)


def paused(trouble: Trouble) -> Progress:
    return Progress(3, PAUSED, due=LATER, trouble=trouble)


CASES = [
    ("node-red", HAS, ("well", "has", "test")),
    ("node-red", Progress(HEAD), ("waiting", "new", "test")),
    ("node-red", Progress(3, at=NOW), ("waiting", "waits", "replay")),
    ("node-red", HAS._replace(dead=LETTERS), ("need", "not_arrived", "replay")),
    ("node-red", failing(SILENT), ("waiting", "down", "replay")),
    ("node-red", failing(SILENT, LETTERS), ("need", "silent", "replay")),
    ("node-red", failing(answered(503)), ("waiting", "answered", "replay", 503)),
    ("node-red", failing(answered(429)), ("waiting", "answered", "replay", 429)),
    ("node-red", failing(answered(500), LETTERS), ("need", "answered_long", "replay", 500)),
    ("node-red", failing(answered(401, "key_refused")), ("need", "key", "replay", 401)),
    ("node-red", failing(answered(403, "key_refused"), LETTERS), ("need", "key", "replay", 403)),
    ("node-red", failing(answered(404, "address_refused")), ("need", "address", "replay", 404)),
    ("node-red", failing(answered(301, "address_refused")), ("need", "address", "replay", 301)),
    ("node-red", paused(GONE), ("need", "gone", "replay")),
    ("node-red", paused(PRIVATE), ("need", "owner", "replay")),
    ("igor", HAS, ("well", "igor.has", "replay")),
    ("igor", Progress(HEAD), ("waiting", "igor.new", "")),
    ("igor", Progress(3, at=NOW), ("waiting", "igor.waits", "replay")),
    ("igor", failing(IGOR_DOWN), ("waiting", "igor.down", "replay")),
    ("igor", paused(IGOR_KEY), ("need", "igor.key", "replay")),
    ("igor", paused(IGOR_OTHER), ("need", "igor.owner", "replay")),
    (READER, HAS, ("well", "reader_has")),
    (READER, Progress(3, at=NOW), ("waiting", "reader_behind")),
]


@pytest.mark.parametrize(("name", "progress", "expected"), CASES)
def test_the_worst_is_said_with_what_helps(
    name: str, progress: Progress, expected: tuple[object, ...]
) -> None:
    found = standing(Follower("jack", name, progress, HEAD))

    assert found[: len(expected)] == expected
    assert not any(found[len(expected) :])


def test_every_sentence_of_the_page_is_of_some_standing() -> None:
    named = {str(expected[1]) for _, _, expected in CASES}

    for key in named:
        assert Texts("en").has(f"deliveries.standing.{key}"), key
    keys = {f"deliveries.standing.{key}" for key in named}
    assert {key for key in _sentences() if key not in keys} == set()


def _sentences() -> list[str]:
    names = load_texts("en", "deliveries")
    return [f"deliveries.{name}" for name in names if name.startswith("standing.")]


def test_all_who_follow_are_listed_and_a_shared_target_from_the_beginning() -> None:
    following = Following(HEAD, {"node-red": HAS, READER: Progress(3)})

    found = followers("jack", following, ["igor"])

    assert [(one.name, one.waiting, one.dead) for one in found] == [
        ("node-red", 0, 0),
        (READER, 2, 0),
        ("igor", 5, 0),
    ]


def test_of_several_people_who_needs_somebody_longest_is_told_first() -> None:
    earlier = IGOR_KEY._replace(since=NOW - timedelta(days=1))
    people = [
        Follower("anna", "igor", HAS, HEAD),
        Follower("jack", "igor", paused(IGOR_KEY), HEAD),
        Follower("mia", "igor", paused(earlier), HEAD),
        Follower("zoe", "igor", failing(IGOR_DOWN), HEAD),
    ]

    assert worst(people).user == "mia"
    assert worst([people[0], people[3]]).user == "zoe"
