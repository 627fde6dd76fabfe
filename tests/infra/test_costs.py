"""The cost table is what the tool prints, and the tool counts what the store's meter counts."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest

from healthrelay.adapters.cloud_tasks import CloudTasksQueue
from healthrelay.adapters.firestore.store import FirestoreStore
from healthrelay.core.measurements.records import Delta
from healthrelay.flows.delivery.events import acknowledge
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.flows.measurements.fanout import fan_out
from healthrelay.local.demo import SETTINGS
from tests.flows.measurements.test_fanout import Names
from tests.household import OWNER_KEY, Household
from tests.peers.bundles import ROOT
from tests.peers.terraform import FOLDER

pytest_plugins = ["tests.peers.firestore"]

TOOL = ROOT / "tools" / "costs.py"
PAGE = (ROOT / "docs" / "costs.md").read_text()
COSTS = runpy.run_path(str(TOOL))


def test_the_page_holds_what_the_tool_prints() -> None:
    done = subprocess.run([sys.executable, TOOL], capture_output=True, text=True, check=True)

    day, month = done.stdout.strip().split("\n\n")
    assert day in PAGE
    assert month in PAGE
    assert COSTS["SEEN"] in PAGE


def test_the_day_has_as_many_rounds_as_the_schedule_says() -> None:
    row = re.compile(r'(\w+) += \{ function.*schedule = "([^"]+)"')
    jobs = dict(row.findall((FOLDER / "scheduler.tf").read_text()))

    assert jobs == {"fetch": "*/15 * * * *", "deliver": "*/5 * * * *", "repush": "30 3 * * *"}
    assert (COSTS["TICKS"], COSTS["SWEEPS"]) == (24 * 4, 24 * 12)
    assert len(jobs) <= COSTS["PRICES"]["Scheduler jobs"].free


def test_what_is_free_costs_nothing_and_what_is_beyond_costs_its_price() -> None:
    assert COSTS["cost"]("documents read", 50_000 * 30) == 0
    assert COSTS["cost"]("documents read", 50_000 * 30 + 200_000) == pytest.approx(0.06)
    assert sum(COSTS["cost"](name, used) for name, used in COSTS["month"](1).items()) < 0.5


class Cloud(Names):
    """Forgets a name as soon as Cloud Tasks may."""

    dedup_window = CloudTasksQueue.dedup_window


@pytest.fixture
def settings(firestore_project: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", firestore_project)
    return {"HEALTHRELAY_STORE": "firestore", "HEALTHRELAY_SEALING_KEYS": f"k:{'A' * 43}="}


@pytest.mark.peer
def test_the_counts_are_those_of_the_meter(
    household: Household, make_firestore: Callable[..., FirestoreStore]
) -> None:
    services = household.services
    # A patient one over the same database: the machine may be busy.
    services.store = store = make_firestore()
    household.connect("jack", **SETTINGS)
    household.fetched()
    key = new_poll_key("jack", store.identities)
    store.log.save("jack", "reader:igor", store.log.following("jack").progress("x"))

    def cost(act: Callable[[], object]) -> tuple[int, int]:
        before = store.meter.reads, store.meter.writes
        act()
        return store.meter.reads - before[0], store.meter.writes - before[1]

    def deliver(**query: str) -> tuple[int, int]:
        return cost(lambda: household.get("deliver", query, OWNER_KEY))

    newest = {record.series: record for record in store.records.everything("jack")}
    store.records.apply("jack", Delta(removed=tuple(newest.values())), services.now())
    grant = store.tokens.load("jack")
    assert grant is not None
    due = {**grant.document, "expires_at": services.now().isoformat()}
    store.tokens.save("jack", due, grant.version)
    measured = {"a fetch that changes every series, with its refresh": cost(household.fetched)}
    head = store.log.head("jack")
    measured["its delivery, where Igor polls"] = deliver(user="jack")
    measured["a sweep of deliver"] = deliver()
    measured["the daily round: push, forget old entries"] = deliver(everything="1")
    polled = cost(lambda: household.poll(key=key))
    measured["a poll, beside the buckets"] = polled[0] - len(newest), polled[1]
    measured["an acknowledgement: relay"] = one = cost(
        lambda: (
            store.identities.poll_key("jack"),
            acknowledge("jack", "igor", head, store.log, services.now(), Names()),
        )
    )
    assert one == (2, 0)
    measured["an acknowledgement: deliver"] = deliver(user="jack", reader="igor", cursor=str(head))
    queue, now = Cloud(), services.now()
    looks = {
        cost(lambda h=h: fan_out(store, queue, now + timedelta(minutes=15 * h))) for h in range(41)
    }
    assert len(newest) == COSTS["SERIES"]
    measured["a look of the fan-out"], measured["the same, near a fetch"] = sorted(looks)

    assert measured == COSTS["MEASURED"]
