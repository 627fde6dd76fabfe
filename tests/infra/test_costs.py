"""The cost table is what the tool prints, and the tool counts what the store's meter counts."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module

import pytest

from healthrelay.adapters.cloud_tasks import CloudTasksQueue
from healthrelay.adapters.firestore.store import FirestoreStore
from healthrelay.config import SETTINGS
from healthrelay.config.functions import functions
from healthrelay.core.household.settings import INTERVAL_SECONDS
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.delivery.events import acknowledge
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.flows.measurements.fanout import fan_out
from healthrelay.igor.action import POLL_INTERVAL_SECONDS
from healthrelay.local.demo import SETTINGS as JACKS
from tests.flows.measurements.test_fanout import Names
from tests.household import OWNER_KEY, Household
from tests.peers.bundles import ROOT
from tests.peers.terraform import FOLDER

pytest_plugins = ["tests.peers.firestore"]

PAGE = (ROOT / "docs" / "costs.md").read_text()
COSTS, LIMITS = (vars(import_module(name)) for name in ("costs", "limits"))
DAY_SECONDS = timedelta(days=1).total_seconds()


@pytest.mark.parametrize("tool", ["costs.py", "limits.py"])
def test_the_page_holds_what_the_tools_print(tool: str) -> None:
    command = [sys.executable, ROOT / "tools" / tool]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    tables = done.stdout.strip().split("\n\n")
    assert len(tables) > 1
    assert all(table in PAGE for table in tables)
    assert import_module("prices").SEEN in PAGE


def test_strangers_cost_no_more_than_the_instances_that_they_keep_busy() -> None:
    three, six = (LIMITS["strangers"](number) for number in (3, 6))

    # Three of each, at least, for a month: a third, a third and a sixth of a CPU.
    assert three > 3 * 30 * 86_400 * (0.333 + 0.333 + 0.167) * 0.000024 - 5
    assert 2 * three < six < 2.2 * three


def test_the_day_has_as_many_rounds_as_the_schedule_says() -> None:
    row = re.compile(r'(\w+) += \{ function.*schedule = "([^"]+)"')
    jobs = dict(row.findall((FOLDER / "scheduler.tf").read_text()))

    assert jobs == {"fetch": "*/15 * * * *", "deliver": "*/5 * * * *", "repush": "30 3 * * *"}
    assert (COSTS["TICKS"], COSTS["SWEEPS"]) == (24 * 4, 24 * 12)
    assert len(jobs) <= COSTS["PRICES"]["Scheduler jobs"].free


def test_a_day_is_what_the_defaults_make_it() -> None:
    default, old = COSTS["DEFAULT"], COSTS["OLD"]

    assert default.fetches == DAY_SECONDS / INTERVAL_SECONDS
    assert default.polls == DAY_SECONDS / POLL_INTERVAL_SECONDS
    assert old.fetches == old.polls == DAY_SECONDS / 36_000


def test_what_is_polled_opens_no_secret_at_its_start() -> None:
    secret = {name for name, setting in SETTINGS.items() if setting.secret}

    opened = {name: len(secret & row.settings) for name, row in functions().items()}

    # With those of Igor that are left out where it is not pushed to.
    assert (opened["relay"], opened["fetch"], opened["deliver"]) == (0, 3, 2 + 2)


def test_what_is_free_costs_nothing_and_what_is_beyond_costs_its_price() -> None:
    prices = COSTS["PRICES"]
    assert COSTS["cost"]("documents read", 50_000 * 30) == 0
    assert COSTS["cost"]("documents read", 50_000 * 30 + 200_000) == pytest.approx(0.06)
    priced = {n: used for n, used in COSTS["month"](4, COSTS["DEFAULT"]).items() if n in prices}
    assert sum(COSTS["cost"](name, used) for name, used in priced.items()) < 0.2


class Cloud(Names):
    """Forgets a name as soon as Cloud Tasks may."""

    dedup_window = CloudTasksQueue.dedup_window


@pytest.fixture
def settings(firestore_project: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", firestore_project)
    # As a deployment has them, which also says the units: else each look at them is a read.
    return {
        "HEALTHRELAY_STORE": "firestore",
        "HEALTHRELAY_SEALING_KEYS": f"k:{'A' * 43}=",
        "HEALTHRELAY_SYSTEM": "metric",
    }


@pytest.mark.peer
def test_the_counts_are_those_of_the_meter(
    household: Household, make_firestore: Callable[..., FirestoreStore]
) -> None:
    services = household.services
    # A patient one over the same database: the machine may be busy.
    services.store = store = make_firestore()
    household.connect("jack", **JACKS)
    household.fetched()
    key = new_poll_key("jack", store.identities)
    store.log.save("jack", "reader:igor", store.log.following("jack").progress("x"))
    # Whose charts were looked at has them written with each change.
    store.overview.charted("jack", None)

    def cost(act: Callable[[], object]) -> tuple[int, int, int]:
        meter, journal = store.meter, household.sandbox.journal
        before = meter.reads, meter.writes, len(journal)
        act()
        after = meter.reads, meter.writes, len(journal)
        return after[0] - before[0], after[1] - before[1], after[2] - before[2]

    def beside_run(counts: tuple[int, int, int]) -> tuple[int, int, int]:
        reads, writes, calls = (one - run for one, run in zip(counts, COSTS["RUN"], strict=True))
        return reads, writes, calls

    def deliver(**query: str) -> tuple[int, int, int]:
        return cost(lambda: household.get("deliver", query, OWNER_KEY))

    def fetch_when_due() -> tuple[int, int, int]:
        household.change_grant(expires_at=services.now().isoformat())
        return cost(household.fetched)

    newest = {record.series: record for record in store.records.everything("jack")}
    store.records.apply("jack", Delta(removed=tuple(newest.values())), services.now())
    measured = {COSTS["CHANGING"]: fetch_when_due()}
    head = store.log.head("jack")
    measured["its delivery, where Igor polls"] = deliver(user="jack")
    measured[COSTS["UNCHANGED"]] = fetch_when_due()
    assert store.log.head("jack") == head
    measured["a sweep of deliver"] = beside_run(deliver())
    measured["the daily round: push, forget old entries"] = deliver(everything="1")
    reads, *others = cost(lambda: household.poll(key=key))
    measured["a poll, beside the buckets"] = (reads - len(newest), *others)
    assert cost(lambda: household.poll(key="a-key-of-nobody's")) == (
        LIMITS["STRANGER"]["relay"],
        0,
        0,
    )
    assert cost(lambda: household.get("auth2", {"state": "x", "code": "y"})) == (0, 0, 0)
    assert cost(lambda: household.get("auth1", {"invitation": "x"})) == (0, 0, 0)
    asked = {"user": "jack", "key": key, "after": str(head), "wait": "1"}
    waited = cost(lambda: household.get("events", asked))
    assert waited == (LIMITS["WAITING_READS"] + 1, 0, 0)
    measured["an acknowledgement: relay"] = one = cost(
        lambda: (
            store.identities.poll_key("jack"),
            acknowledge("jack", "igor", head, store.log, services.now(), Names()),
        )
    )
    assert one == (2, 0, 0)
    measured["an acknowledgement: deliver"] = deliver(user="jack", reader="igor", cursor=str(head))
    assert len(newest) == COSTS["SERIES"]

    def looks() -> set[tuple[int, int, int]]:
        """What each look of the fan-out costs, four times an hour for ten hours."""
        queue, now = Cloud(), services.now()
        instants = [now + timedelta(minutes=15 * number) for number in range(41)]
        return {beside_run(cost(partial(fan_out, store, queue, at))) for at in instants}

    near = measured["a look of the fan-out near a fetch"] = (3, 0, 0)
    assert looks() == {near}
    store.identities.save("jack", {**JACKS, "interval": "36000"})
    (measured["any other look of the fan-out"],) = looks() - {near}

    assert measured == COSTS["MEASURED"]
