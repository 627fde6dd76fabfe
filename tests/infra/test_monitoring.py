"""Each alert is raised by a line that the code truly writes, and by no line of a good day."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from healthrelay.assembly import services
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.trouble import Trouble
from healthrelay.flows.measurements.fanout import fan_out
from sandbox import Sandbox
from tests.flows.measurements.test_fanout import Names
from tests.household import OWNER_KEY, Household
from tests.igor.recorder import Recorder, Say
from tests.infra.filters import counts
from tests.peers.terraform import FOLDER

WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "1w"}
ROW = re.compile(
    r'^    (\w+) = \{\n      text   = ".+"\n      filter = "(.+)"\n    \}$', re.MULTILINE
)
WRITTEN = {
    name: query.replace('\\"', '"')
    for name, query in ROW.findall((FOLDER / "monitoring.tf").read_text())
}


@pytest.fixture
def igor() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@pytest.fixture
def settings(igor: Recorder) -> dict[str, str]:
    return {"HEALTHRELAY_IGOR_URL": igor.url}


@pytest.fixture
def jack(household: Household) -> Household:
    household.connect(**WEIGHTS)
    household.fetched()
    return household


def grant_lost(jack: Household, sandbox: Sandbox, _igor: Recorder) -> None:
    """The wearer takes the consent back."""
    sandbox.revoke_grants()
    sandbox.expire_access_tokens()
    jack.fetch()
    jack.wait_a_minute()
    jack.fetch()


def stale(jack: Household, sandbox: Sandbox, _igor: Recorder) -> None:
    """The provider fails for two days."""
    sandbox.fail("/dataTypes/", status=500)
    jack.fetch()
    queue, now = Names(), jack.services.now()
    for hours in range(48):
        later = now + timedelta(hours=hours)
        fan_out(jack.services.store, queue, later, jack.services.log_event)


def undelivered(jack: Household, _sandbox: Sandbox, igor: Recorder) -> None:
    """A home has been away for a day and a bit."""
    failing(jack, igor, attempt=7, hours=31.6)


def dead_letters(jack: Household, _sandbox: Sandbox, igor: Recorder) -> None:
    """A home has been away for all attempts."""
    failing(jack, igor, attempt=9, hours=75.6)


def misconfigured(jack: Household, sandbox: Sandbox, _igor: Recorder) -> None:
    """The API is switched off at the provider's console."""
    sandbox.fail("/dataTypes/", status=410)
    jack.fetch()


def unsettled(jack: Household, _sandbox: Sandbox, _igor: Recorder) -> None:
    """A function is started without a setting that it needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEALTHRELAY_PROVIDER", "another")
        services.cache_clear()
        assert jack.get("fetch").status_code == 500
    jack.rebuild()


def refused(jack: Household, _sandbox: Sandbox, igor: Recorder) -> None:
    """Igor does not take our key."""
    igor.say = Say(401)
    jack.delivered()


def failing(jack: Household, igor: Recorder, attempt: int, hours: float) -> None:
    """Igor answers 503, in an attempt so long after the first."""
    igor.say, now = Say(503), jack.services.now()
    since = now - timedelta(hours=hours)
    store = jack.services.store
    store.identities.remove("jack")
    jack.connect(**WEIGHTS)
    trouble = Trouble("try_later", "nobody", "Igor is away.", since)
    progress = Progress(state="failing", attempt=attempt, due=now, trouble=trouble)
    store.log.save("jack", "igor", progress)
    jack.fetched()


Bad = Callable[[Household, Sandbox, Recorder], None]


@pytest.mark.parametrize(
    ("count", "bad"),
    [
        ("grant_lost", grant_lost),
        ("stale", stale),
        ("undelivered", undelivered),
        ("undelivered", refused),
        ("dead_letters", dead_letters),
        ("misconfigured", misconfigured),
        ("misconfigured", unsettled),
    ],
)
def test_what_an_alert_counts_is_written_when_it_should_be(
    count: str,
    bad: Bad,
    jack: Household,
    sandbox: Sandbox,
    igor: Recorder,
    capfd: pytest.CaptureFixture[str],
) -> None:
    jack.poll()
    jack.fetch("nobody")
    jack.get("fetch", {}, OWNER_KEY)
    jack.get("deliver", {}, OWNER_KEY)
    # The fetch that was enqueued is over: what it writes while we read would be lost.
    jack.services.close()
    jack.rebuild()
    fine = lines(capfd)
    bad(jack, sandbox, igor)
    wrong = lines(capfd)

    assert len(fine) > 4
    assert [line for line in fine if any(counts(query)(line) for query in WRITTEN.values())] == []
    assert [line for line in wrong if counts(WRITTEN[count])(line)]


def test_every_count_is_proven() -> None:
    assert set(WRITTEN) == {"grant_lost", "stale", "undelivered", "dead_letters", "misconfigured"}


def test_the_language_is_read_as_cloud_logging_reads_it() -> None:
    query = counts('jsonPayload.event="a" OR (jsonPayload.event="b" AND severity>=ERROR)')
    found = [
        query({"event": event, "severity": severity})
        for event, severity in (("a", "INFO"), ("b", "WARNING"), ("b", "CRITICAL"), ("c", "ERROR"))
    ]

    assert found == [True, False, True, False]
    assert counts('jsonPayload.cause=~"^(X|Y)"')({"cause": "Y: z"})
    assert not counts('jsonPayload.cause=~"^(X|Y)"')({"event": "e"})


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    text = capfd.readouterr().err
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
