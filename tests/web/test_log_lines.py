"""What the log tells: one line a fetch, a refresh, a delivery; nobody's name, no measurement."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from healthrelay.core.delivery.progress import Progress
from healthrelay.core.trouble import Trouble
from healthrelay.flows.measurements.fanout import fan_out
from healthrelay.log import alias
from tests.flows.measurements.test_fanout import Names
from tests.household import OWNER_KEY, WEIGHTS, Household
from tests.igor.recorder import Recorder, Say


@pytest.fixture
def settings(igor: Recorder) -> dict[str, str]:
    return {"HEALTHRELAY_IGOR_URL": igor.url}


class Lines:
    """The lines written since it was last asked."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd
        self.text = ""

    def new(self) -> list[dict[str, Any]]:
        self.text = self._capfd.readouterr().err
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]

    def by_event(self) -> dict[str, dict[str, Any]]:
        return {line["event"]: line for line in self.new()}

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.new() if line["event"] == event]


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Lines:
    return Lines(capfd)


def fan_outs(
    jack: Household, every: timedelta, days: int, queue: Names, start: timedelta = timedelta()
) -> None:
    """Fan out once *every* so long, for so many *days* from *start* on."""
    services = jack.services
    first = services.now() + start
    for number in range(timedelta(days) // every):
        fan_out(services.store, queue, first + number * every, services.log_event)


@pytest.fixture
def jack(household: Household, lines: Lines) -> Household:
    household.connect(**WEIGHTS)
    lines.new()
    return household


def test_a_fetch_tells_its_counts_and_a_delivery_what_it_brought(
    jack: Household, lines: Lines
) -> None:
    fetched = jack.fetched()

    told = lines.by_event()
    count = fetched["added"]
    assert count > 0
    for line in told.values():
        assert line.pop("milliseconds") >= 0
        assert line.pop("user") == alias("jack", OWNER_KEY)
        assert line.pop("function") == "fetch"
        assert line.pop("severity") == "INFO"
    assert told == {
        "fetch": {"event": "fetch", "read": count, "added": count, "changed": 0, "removed": 0},
        "delivery": {"event": "delivery", "target": "igor", "delivered": 1, "waiting": 0},
        "request": {"event": "request", "status": 200},
    }


def test_nothing_new_is_a_fetch_and_no_delivery(jack: Household, lines: Lines) -> None:
    jack.fetched()
    lines.new()

    series = jack.fetched()["series"]

    told = lines.by_event()
    assert set(told) == {"fetch", "request"}
    assert told["fetch"]["read"] == series["body-weight"]["count"] > 0
    assert told["fetch"]["added"] == 0


def test_a_failed_fetch_is_as_loud_as_somebody_must_act(jack: Household, lines: Lines) -> None:
    jack.fetch(base_date="2999-01-01")
    jack.sandbox.fail("/dataTypes/", status=500)
    jack.fetch()
    jack.sandbox.fail("/dataTypes/", status=410)
    jack.fetch()

    assert [line["severity"] for line in lines.of("fetch")] == ["INFO", "WARNING", "ERROR"]


def test_a_request_in_wrong_words_is_no_fetch(jack: Household, lines: Lines) -> None:
    jack.fetch(methods="nonsense")

    (line,) = lines.new()
    assert (line["event"], line["severity"], line["status"]) == ("request", "INFO", 400)
    assert line["cause"].startswith("BadRequest: There is no such reading method")


def test_neither_the_name_nor_a_measurement_is_told(
    jack: Household, igor: Recorder, lines: Lines
) -> None:
    jack.sandbox.expire_access_tokens()
    jack.sandbox.wearer.weights.clear()
    jack.sandbox.wearer.weigh(
        jack.services.now().replace(tzinfo=None) - timedelta(days=1), "82.417"
    )
    igor.say = Say(503)
    jack.fetched()
    jack.fetch("nobody-we-know")
    jack.poll("jack")
    jack.poll("nobody-we-know", "a-key")

    assert {"fetch", "refresh", "delivery", "request"} <= lines.by_event().keys()
    assert jack.snapshot()["body-weight"][0]["value"] == "82.417"
    for hidden in ("jack", "nobody-we-know", "82.417", "body-weight"):
        assert hidden not in lines.text


def test_every_function_names_itself(jack: Household, lines: Lines) -> None:
    jack.get("auth1", {"user": "jack"})
    jack.get("auth2")
    jack.fetch()
    jack.delivered()
    jack.poll()
    jack.get("events", {"user": "jack"})

    functions = [line["function"] for line in lines.of("request")]
    assert functions == ["auth1", "auth2", "fetch", "deliver", "relay", "events"]


def test_a_home_that_refuses_is_told_at_once_and_after_a_day_once_a_day(
    jack: Household, igor: Recorder, lines: Lines
) -> None:
    igor.say = Say(401)
    jack.fetched()
    (delivery,) = lines.of("delivery")
    assert (delivery["severity"], delivery["waiting"]) == ("ERROR", 1)
    log = jack.services.store.log
    paused, now = log.following("jack").progress("igor"), jack.services.now()
    assert paused.trouble is not None

    told = []
    for hours in (23.5, 24.5, 26, 48.5):
        trouble = paused.trouble._replace(since=now - timedelta(hours=hours))
        log.save("jack", "igor", paused._replace(trouble=trouble, due=now))
        jack.get("deliver", {}, OWNER_KEY)
        told += [(hours, line["severity"]) for line in lines.of("undelivered")]

    assert told == [(24.5, "ERROR"), (48.5, "ERROR")]


def test_what_is_given_up_on_is_told_with_its_number(
    jack: Household, igor: Recorder, lines: Lines
) -> None:
    igor.say = Say(503)
    jack.fetched()
    log, now = jack.services.store.log, jack.services.now()
    away = Trouble("try_later", "nobody", "Away.", now - timedelta(hours=75.6))
    last = Progress(0, "failing", attempt=9, due=now, trouble=away)
    log.save("jack", "igor", last)
    lines.new()

    jack.get("deliver", {}, OWNER_KEY)

    told = lines.by_event()
    assert (told["dead letters"]["count"], told["dead letters"]["severity"]) == (1, "ERROR")
    assert told["undelivered"]["severity"] == "WARNING"
    assert told["delivery"]["severity"] == "WARNING"


def test_of_whom_nothing_is_read_is_told_once_a_day(jack: Household, lines: Lines) -> None:
    jack.fetched()
    jack.sandbox.fail("/dataTypes/", status=410)
    jack.fetch()
    lines.new()

    fan_outs(jack, timedelta(minutes=15), 4, Names())

    told = lines.of("stale")
    # The fourth day is not full when the last slot begins.
    assert len(told) == 3
    for line in told:
        assert line["cause"] == "gone"
        assert line["user"] == alias("jack", OWNER_KEY)
        assert line["severity"] == "ERROR"


def test_whom_nobody_comes_to_fetch_is_told_too(jack: Household, lines: Lines) -> None:
    jack.fetched()

    fan_outs(jack, timedelta(hours=1), 4, Names())

    causes = [line["cause"] for line in lines.of("stale")]
    # Their token lasts an hour, and the next fetch may come an hour later.
    assert causes == ["not_fetched"] * 3


def test_who_is_fetched_is_not_stale(jack: Household, lines: Lines) -> None:
    queue, now = Names(), jack.services.now()
    for day in range(4):
        ends = now + timedelta(days=day, hours=1)
        jack.change_grant(expires_at=ends.isoformat())
        fan_outs(jack, timedelta(hours=1), 1, queue, timedelta(day))

    assert lines.of("stale") == []
    assert queue.tasks
