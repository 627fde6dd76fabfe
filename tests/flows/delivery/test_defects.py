"""What nobody foresaw at one target is its own trouble: the next one is served."""

from __future__ import annotations

from typing import Any

import pytest

from healthrelay.core.delivery.progress import FAILING, OK, DeadLetters, Progress
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.replay import ReplayRequest
from tests.flows.delivery.fakes import NOW, FakeTarget, Home

UNFORESEEN = [ValueError("a secret"), RecursionError(), UnicodeError("a secret"), KeyError("a")]


def break_down(target: FakeTarget, error: Exception) -> None:
    def fail() -> None:
        raise error

    target.meanwhile = fail


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("broken", ["igor", "node-red"])
def test_the_other_target_is_served_and_this_one_is_tried_again(
    home: Home, error: Exception, broken: str
) -> None:
    lines: list[tuple[str, str, dict[str, Any]]] = []
    home.context = home.context._replace(
        log_event=lambda severity, event, **facts: lines.append((severity, event, facts))
    )
    bad, good = sorted((home.igor, home.receiver), key=lambda target: target.name != broken)
    home.store.log.save("jack", "node-red", Progress())
    home.add(1)
    break_down(bad, error)

    deliveries = deliver("jack", home.context)

    assert len(good.messages) == 1
    following = home.store.log.following("jack")
    assert following.progress(good.name).state == OK
    assert following.progress(bad.name).state == FAILING
    trouble = deliveries[bad.name].trouble
    assert trouble is not None
    assert (trouble.who, deliveries[bad.name].waiting) == ("owner", 1)
    ((severity, _, facts),) = [line for line in lines if line[1] == "defect"]
    assert severity == "ERROR"
    assert (facts["user"], facts["target"]) == ("jack", broken)
    assert facts["cause"].startswith(f"{type(error).__name__} at test_defects.py:")
    assert "a secret" not in repr(lines) + repr(deliveries)


def test_a_replay_ends_at_what_nobody_foresaw_and_forgets_no_letter(home: Home) -> None:
    home.target = home.receiver
    home.context = home.context._replace(shared=[])
    home.add(1, 2)
    home.save(Progress(2, dead=(DeadLetters(1, 2),), died=NOW))
    break_down(home.receiver, ValueError("a secret"))

    result = home.replay(ReplayRequest(target="node-red"))["node-red"]

    assert result.delivered == 0
    assert result.trouble is not None
    assert home.progress().dead == (DeadLetters(1, 2),)
