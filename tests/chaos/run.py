"""Everything goes wrong at once, and in the end everybody has everything: ``make chaos``.

A log grows; two receivers of webhooks, an Igor and a program that pulls follow it, over real
HTTP. They drop, stall, restart and answer everything their tables know; the relay is killed
before any step it takes; only the clock is made up, so that three days of retries take
seconds. Prints one JSON line; the exit code is 1 unless nothing was lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from healthrelay.adapters.http import Http
from healthrelay.adapters.igor import Credential, IgorTarget
from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.adapters.webhook.sender import WebhookTarget
from healthrelay.adapters.webhook.signing import mint
from healthrelay.core.delivery.progress import Progress, behind
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.snapshot import snapshot
from healthrelay.flows.delivery.context import DeliveryContext
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.events import Page, acknowledge, cursor, events
from healthrelay.flows.delivery.replay import ReplayRequest, replay
from healthrelay.flows.delivery.sweep import deliver_due, push_everything
from tests.chaos.receivers import STALL, IgorReceiver, Lenient, State, WebhookReceiver, follow
from tests.crash.steps import Steps, Watched

ENTRIES = 100_000
DAYS = 120
"""So many days have weights; everything that happens happens to them."""
ROW = 8
"""Troubles of a receiver in a row, at most: fewer than there are attempts."""
MAX_REPLAYS = 100
"""How often the owner sends once more in the end."""
KILLED = 0.005
"""How often the relay is gone before a step."""
WEBHOOKS = ("node-red", "script")


class Killed(BaseException):
    """The relay is gone, without a word."""


class Fragile(Steps):
    """Before a step drawn by lot, the relay is gone."""

    def __init__(self, luck: random.Random) -> None:
        super().__init__()
        self._luck = luck
        self.kills = 0
        self.safe = False

    def reach(self, name: str) -> None:
        if not self.safe and self._luck.random() < KILLED:
            self.kills += 1
            raise Killed(name)


class Chaos:
    """One household, its four followers and a clock that jumps to the next attempt."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.luck = random.Random(seed)
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.steps = Fragile(random.Random(seed + 1))
        self.store = SqliteStore(str(folder / "healthrelay.db"))
        self.store.identities.save("jack", {})
        self.igor = IgorReceiver(random.Random(seed + 2), ROW)
        self.webhooks = {
            n: WebhookReceiver(random.Random(seed + 3 + i), ROW) for i, n in enumerate(WEBHOOKS)
        }
        self.keys = {name: mint() for name in WEBHOOKS}
        for name, receiver in self.webhooks.items():
            receiver.checks = Lenient(self.keys[name][0])
            self.store.log.save("jack", name, Progress())
        self.reader: State = {}
        self.pulled: list[int] = []
        self.known: dict[str, Record] = {}
        self._http = Http(connections=1)

    def context(self) -> DeliveryContext:
        """A new process's: everything it holds in memory is new."""
        fragile: Any = Watched(self.store, "store", self.steps)

        def webhook(name: str) -> Any:
            url, keys = f"{self.webhooks[name].url}/in", [self.keys[name][:2]]
            target: Any = WebhookTarget(
                name, url, True, lambda: keys, lambda: self.now, seconds=STALL / 2
            )
            return Watched(target, "webhook", self.steps)

        igor: Any = IgorTarget(self.igor.url, "sensors/fitbit", Credential, self._http)
        return DeliveryContext(
            store=fragile,
            shared=[Watched(igor, "igor", self.steps)],  # type: ignore[list-item]
            own=lambda user: [webhook(name) for name in self.webhooks],
            now=lambda: self.now,
            jitter=self.luck.random,
            readers_url="https://relay.example",
            days=DAYS * 2,
        )

    def change(self) -> None:
        """One entry: a new day, a correction, or a day that goes."""
        day = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(self.luck.randrange(DAYS))).date()
        at, value = day.isoformat(), str(self.store.log.head("jack"))
        record = Record("body-weight", at, at, {"dateTime": at, "value": value})
        if at not in self.known:
            delta = Delta(added=(record,))
        elif self.luck.random() < 0.2 and len(self.known) > 1:
            delta = Delta(removed=(self.known[at],))
        else:
            delta = Delta(changed=(record,))
        self.store.records.apply("jack", delta, self.now)
        if delta.removed:
            del self.known[at]
        else:
            self.known[at] = record

    def live(self, act: Callable[[], object]) -> None:
        """Do *act*, and when the relay is killed in it, leave it there."""
        with suppress(Killed):
            act()

    def pull(self) -> None:
        """A program that reads a page, follows it and acknowledges, or dies before that."""
        fragile: Any = Watched(self.store, "store", self.steps)
        after = cursor("jack", "program", fragile.log)
        page: Any = events("jack", Page(after, 500), log=fragile.log, records=fragile.records)
        for event in page["events"]:
            self.pulled.append(event["sequence"])
            follow(self.reader, event)
        acknowledge("jack", "program", page["next"], fragile.log, self.now)

    def turn(self) -> None:
        for _ in range(self.luck.randint(1, 60)):
            self.change()
        if self.luck.random() < 0.05:
            self.luck.choice([self.igor, *self.webhooks.values()]).restart()
        context = self.context()
        self.live(lambda: deliver_due(context))
        if self.luck.random() < 0.02:
            self.live(lambda: push_everything(context))
        self.live(self.pull)
        self.wait()

    def wait(self) -> None:
        """The clock goes to the next attempt; the owner looks after what waits for one."""
        following = self.store.log.following("jack")
        if any(p.state == "paused" and p.due is None for p in following.targets.values()):
            self.live(lambda: replay("jack", ReplayRequest(), self.context()))
        waits = [p.due for p in following.targets.values() if p.due and p.due > self.now]
        soonest = min(waits, default=self.now)
        self.now = max(soonest, self.now + timedelta(seconds=1))

    def settle(self) -> None:
        """Everybody is well again; the owner sends once more what was given up on.

        Again and again, as long as it brings anything: receivers that were away have much to
        read, and on a busy machine even one that is well may be late for once.
        """
        self.steps.safe = True
        for receiver in (self.igor, *self.webhooks.values()):
            receiver.healthy = True
        for _ in range(MAX_REPLAYS):
            replay("jack", ReplayRequest(), self.context())
            if not any(t.waiting for t in deliver("jack", self.context(), force=True).values()):
                break
        while cursor("jack", "program", self.store.log) < self.store.log.head("jack"):
            self.pull()

    def result(self) -> dict[str, Any]:
        """Entries, attempts, duplicates seen, and what anybody lacks."""
        following = self.store.log.following("jack")
        head = following.head
        records = self.store.records.everything("jack")
        now = {"body-weight": {r.key: dict(r.data) for r in records}}
        whole = set(range(1, head + 1))
        lost = {n: len(whole - set(r.sequences)) for n, r in self.webhooks.items()}
        lost["program"] = len(whole - set(self.pulled))
        lost["igor"] = int(self.igor.holds != snapshot("jack", records, DAYS * 2))
        states = [receiver.state for receiver in self.webhooks.values()] + [self.reader]
        receivers = {**self.webhooks, "igor": self.igor}
        return {
            "entries": head,
            "attempts": {n: r.requests for n, r in receivers.items()},
            "duplicates": {n: r.duplicates for n, r in receivers.items()}
            | {"program": len(self.pulled) - len(set(self.pulled))},
            "kills": self.steps.kills,
            "days": (self.now - datetime(2026, 11, 1, tzinfo=UTC)).days,
            "out_of_order": sum(_disorder(r.sequences) for r in self.webhooks.values()),
            "wrong_at_the_end": sum(state != now for state in states),
            "waiting": sum(behind(following.progress(name), head) for name in following.targets),
            "lost": lost,
        }

    def close(self) -> None:
        for receiver in (self.igor, *self.webhooks.values()):
            receiver.stop()
        self.store.close()


def _disorder(sequences: Sequence[int]) -> int:
    return sum(later < earlier for earlier, later in pairwise(sequences))


def run(entries: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        chaos = Chaos(Path(folder), seed)
        try:
            while chaos.store.log.head("jack") < entries:
                chaos.turn()
            chaos.settle()
            return chaos.result()
        finally:
            chaos.close()


def good(result: dict[str, Any]) -> bool:
    """Nothing lost, everybody right, the order kept."""
    return not any(result["lost"].values()) and not any(
        result[what] for what in ("waiting", "wrong_at_the_end", "out_of_order")
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    result = run(args.entries, args.seed)
    print(json.dumps(result))
    return 0 if good(result) else 1


if __name__ == "__main__":
    sys.exit(main())
