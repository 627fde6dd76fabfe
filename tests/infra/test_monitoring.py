"""Each alert is raised by a failure that truly happens, and by nothing of a good day.

From the lines that the failing code writes, through the filters of the plan, to its condition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from healthrelay.assembly import services
from sandbox import Sandbox
from tests.household import OWNER_KEY, Clock, Household
from tests.igor.recorder import Recorder
from tests.infra import troubles
from tests.infra.alerts import Incident, Point, counted, entry, incidents
from tests.infra.filters import Entry, matches
from tests.infra.plans import Plan
from tests.infra.troubles import WEIGHTS, Bad

# One process asks Terraform; more would wait for each other.
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("terraform")]

MINUTE, DAY = 60, 86400
PLACES = ("eur-belgium", "usa-oregon", "apac-singapore")


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


@pytest.fixture
def happen(jack: Household, sandbox: Sandbox, igor: Recorder) -> Callable[[Bad], None]:
    """Do what goes wrong to jack's household."""
    return lambda bad: bad(jack, sandbox, igor)


def condition(plan: Plan, name: str) -> Mapping[str, Any]:
    """The one condition of the alert *name*."""
    (policy,) = (
        one["values"]
        for one in plan.resources
        if one["address"].startswith(f"google_monitoring_alert_policy.{name}[")
    )
    (found,) = policy["conditions"]
    (threshold,) = found["condition_threshold"]
    # The check's own id is known only when it is made.
    query = threshold.get("filter") or UPTIME
    return {**threshold, "filter": query}


UPTIME = (
    'resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/uptime_check/'
    'check_passed" AND metric.labels.check_id="relay"'
)


def rung(plan: Plan, entries: Sequence[tuple[float, Entry]]) -> list[Incident]:
    """What the lines of functions, at their seconds, ring."""
    (metric,) = plan.all("logging_metric").values()
    return incidents(condition(plan, "trouble"), counted(metric, entries))


def lines(capfd: pytest.CaptureFixture[str], at: float = 0) -> list[tuple[float, Entry]]:
    text = capfd.readouterr().err
    return [(at, entry(json.loads(line))) for line in text.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(
    ("event", "bad"),
    [
        ("grant lost", troubles.grant_lost),
        ("stale", troubles.stale),
        ("undelivered", troubles.undelivered),
        ("delivery", troubles.refused),
        ("dead letters", troubles.dead_letters),
        ("fetch", troubles.switched_off),
        ("settings", troubles.unset),
    ],
)
def test_what_somebody_must_act_on_rings(
    event: str,
    bad: Bad,
    jack: Household,
    happen: Callable[[Bad], None],
    full: Plan,
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
    happen(bad)
    wrong = lines(capfd)

    assert len(fine) > 4
    assert rung(full, fine) == []
    assert event in {one.group[0] for one in rung(full, wrong)}


def test_the_second_person_rings_while_the_first_ones_incident_is_open(
    jack: Household, sandbox: Sandbox, full: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    jack.connect("mia", **WEIGHTS)
    jack.fetched("mia")
    lines(capfd)
    troubles.lose_grant(jack, sandbox, "jack")
    one = lines(capfd)
    troubles.lose_grant(jack, sandbox, "mia")
    both = one + lines(capfd, at=10 * MINUTE)

    first, second = (found for found in rung(full, both) if found.group[0] == "grant lost")

    assert first.since < second.since < first.until
    assert "jack" not in str(both)
    assert first.group[1] != second.group[1] != ""


def test_what_lasts_rings_again_on_another_day(
    happen: Callable[[Bad], None], full: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    lines(capfd)
    happen(troubles.stale)
    (line,) = (one for _, one in lines(capfd) if one["jsonPayload"]["event"] == "stale")

    found = rung(full, [(0, line), (DAY, line), (2 * DAY, line)])

    assert [round(one.since / DAY) for one in found] == [0, 1, 2]


def test_another_service_of_the_project_rings_nothing(
    happen: Callable[[Bad], None], full: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    happen(troubles.unset)
    ours = lines(capfd)
    labels = {"service_name": "a-shop"}
    theirs = [(at, {**one, "resource": {**one["resource"], "labels": labels}}) for at, one in ours]

    assert rung(full, ours)
    assert rung(full, theirs) == []


def answered(at: float, service: str, status: int) -> Point:
    """The platform's own count of an answer."""
    kind = {"response_code_class": f"{status // 100}xx"}
    return point(at, 1, "run.googleapis.com/request_count", kind, service_name=service)


def attempted(at: float, job: str, status: int) -> Point:
    """The count of the entry that Cloud Scheduler writes about an attempt at *job*."""
    severity = {"severity": "INFO" if 200 <= status < 300 else "ERROR"}
    return point(at, 1, "logging.googleapis.com/log_entry_count", severity, job_id=job)


def checked(at: float, status: int, places: Sequence[str] = PLACES) -> list[Point]:
    """What the uptime check notes of an answer, seen from all *places*."""
    kind = "monitoring.googleapis.com/uptime_check/check_passed"
    labels = [{"check_id": "relay", "checker_location": place} for place in places]
    return [point(at, status == 200, kind, one, host="h") for one in labels]


RESOURCES = {"run": "cloud_run_revision", "logging": "cloud_scheduler_job"}


def point(at: float, value: float, kind: str, metric: Mapping[str, str], **where: str) -> Point:
    resource = RESOURCES.get(kind.partition(".")[0], "uptime_url")
    labels = {"type": kind, "labels": metric}
    return Point(at, value, {"resource": {"type": resource, "labels": where}, "metric": labels})


@contextmanager
def misconfigured(household: Household) -> Iterator[None]:
    """Instances start without a setting that they need, as the first ones ever may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEALTHRELAY_PROVIDER", "another")
        services.cache_clear()
        yield
    household.rebuild()


def status(household: Household, target: str) -> int:
    return household.get(target, bearer=OWNER_KEY).status_code


def test_a_function_whose_answers_fail_for_half_an_hour_rings(jack: Household, full: Plan) -> None:
    def quarters(target: str, service: str) -> list[Point]:
        times = range(0, 45 * MINUTE, 5 * MINUTE)
        return [answered(at, service, status(jack, target)) for at in times]

    good = quarters("deliver", "deliver")
    with misconfigured(jack):
        bad, theirs = quarters("fetch", "fetch"), quarters("fetch", "a-shop")

    failures = condition(full, "failures")
    (rings,) = incidents(failures, [*good, *bad, *theirs])
    assert rings.group == ("fetch",)
    assert rings.since <= 30 * MINUTE
    assert incidents(failures, [*good, *theirs, bad[0]]) == []


def test_a_job_that_never_worked_rings_within_its_first_hour(jack: Household, full: Plan) -> None:
    with misconfigured(jack):
        first = attempted(0, "healthrelay-fetch", status(jack, "fetch"))
        again = attempted(5, "healthrelay-fetch", status(jack, "fetch"))
        theirs = [attempted(at, "a-shop", status(jack, "fetch")) for at in range(5)]
    healed = attempted(5, "healthrelay-fetch", status(jack, "fetch"))

    jobs = condition(full, "jobs")
    (rings,) = incidents(jobs, [first, again, *theirs])
    assert (rings.group, rings.since) == (("healthrelay-fetch",), MINUTE)
    assert incidents(jobs, [first, healed, *theirs]) == []
    assert incidents(jobs, [attempted(0, "healthrelay-deliver", 404), first]) == []


def test_a_relay_that_is_unwell_rings_when_two_places_see_it(jack: Household, full: Plan) -> None:
    well = status(jack, "relay?health")
    with misconfigured(jack):
        unwell = status(jack, "relay?health")

    unanswered = condition(full, "unwell")
    assert incidents(unanswered, checked(0, well)) == []
    assert incidents(unanswered, checked(0, well) + checked(900, unwell, PLACES[:1])) == []
    assert len(incidents(unanswered, checked(0, well) + checked(900, unwell))) == 1
    assert len(incidents(unanswered, checked(0, unwell))) == 1


def test_a_fan_out_that_no_longer_comes_rings_though_polls_are_answered(
    jack: Household, household_clock: Clock, full: Plan
) -> None:
    assert status(jack, "fetch") == 202
    well = status(jack, "relay?health")
    household_clock.advance(hours=4)
    late = status(jack, "relay?health")

    assert jack.poll().status_code == 200
    unanswered = condition(full, "unwell")
    (rings,) = incidents(unanswered, checked(0, well) + checked(4 * 3600, late))
    assert rings.since == 4 * 3600


def test_every_alert_is_proven_here_and_there_are_four(full: Plan) -> None:
    policies = [one for one in full.resources if one["type"] == "google_monitoring_alert_policy"]

    assert {one["name"] for one in policies} == {"trouble", "failures", "jobs", "unwell"}
    assert sum(len(one["values"]["conditions"]) for one in policies) == 4
    for one in policies:
        assert len(one["values"]["documentation"][0]["content"]) > 40
        # The channel's name is known after it is made: one channel.
        assert one["values"].get("notification_channels", ["later"])


def test_without_an_address_there_is_nobody_to_alert(least: Plan, full: Plan) -> None:
    kinds = {one["type"] for one in full.resources} - {one["type"] for one in least.resources}

    assert {"google_monitoring_alert_policy", "google_monitoring_uptime_check_config"} <= kinds
    assert least.all("monitoring_dashboard")
    assert least.all("logging_metric")


def test_the_languages_are_read_as_google_reads_them() -> None:
    query = matches('jsonPayload.event="a" OR (jsonPayload.event="b" AND severity>=ERROR)')
    found = [
        query({"jsonPayload": {"event": event}, "severity": severity})
        for event, severity in (("a", "INFO"), ("b", "WARNING"), ("b", "CRITICAL"), ("c", "ERROR"))
    ]

    assert found == [True, False, True, False]
    assert matches('jsonPayload.cause=~"^(X|Y)"')({"jsonPayload": {"cause": "Y: z"}})
    assert not matches('jsonPayload.cause=~"^(X|Y)"')({"jsonPayload": {"event": "e"}})
    labels = {"metric": {"labels": {"x": "b"}}}
    assert matches('metric.label.x=one_of("a", "b")')(labels)
    assert matches('metric.labels.x=("a" OR "b")')(labels)
    assert not matches('metric.labels.x=one_of("a", "c")')(labels)
