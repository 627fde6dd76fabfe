"""One healthrelay over a sandbox, either provider and either store, and its processes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from healthrelay.assembly.services import Services
from healthrelay.flows.grants import links, rounds
from healthrelay.local.consent_page import allow_page
from sandbox import Sandbox
from tests.crash.child import FLOWS, Task, run
from tests.crash.steps import KILLED, HurriedServices, Steps, WatchedServices
from tests.igor.recorder import Recorder

SECONDS = 60
GRACE = 120
"""Seconds in which Fitbit shows the answer of a used refresh token again, as it is said to:
without it a crash between its answer and our saving would cost the login."""
SETTINGS = {"methods": "time_series", "resource": "body/weight", "period": "1w"}
LATER = timedelta(hours=9)
"""When an access token of either provider has to be refreshed."""
HEALED = timedelta(minutes=2)
"""When the lease of a worker that died has run out."""


@dataclass
class Home:
    """One healthrelay over a sandbox and a home, and the processes that work for it."""

    services: Services
    igor: Recorder
    sandbox: Sandbox
    now: datetime

    def child(self, flow: str, last: int | None = None, **said: Any) -> list[str]:
        """Run *flow* elsewhere; the steps it took, none when it was killed."""
        ended = run(Task(flow, said, self.now, dict(os.environ), last), SECONDS)
        assert ended.exitcode == (0 if last is None else KILLED), ended
        return ended.steps

    def here(self, flow: str, **said: Any) -> None:
        """Run *flow* in this process, whole."""
        self.elsewhere(self.services, flow, **said)

    def elsewhere(self, built: Services, flow: str, **said: Any) -> None:
        """Run *flow* with other services over the same store."""
        FLOWS[flow](built, said, self.now)

    def connect(self) -> None:
        self.here("connect", **self.consent())

    @contextmanager
    def watched(self, steps: Steps) -> Iterator[WatchedServices]:
        """Give other services over the same store, whose *steps* are taken; and close them."""
        built = HurriedServices(self.services.settings, self.services.now)
        built.steps = steps
        yield built
        built.store.close()

    def heal(self, flow: str, **said: Any) -> None:
        """Run *flow* when every lease of those who died has run out."""
        self.now += HEALED
        self.here(flow, **said)
        self.now -= HEALED

    def invite(self, user: str = "jack") -> list[str]:
        """What an invitation of *user* says."""
        built = self.services
        made = links.invite(user, built.consent, built.store.identities, self.now)
        return [*made[1:4]]

    def consent(self, user: str = "jack", invited: Sequence[str] = ()) -> dict[str, Any]:
        """What a browser brings back from a new consent of *user*, at a new invitation or this."""
        built = self.services
        invited = invited or self.invite(user)
        begun = rounds.begin(
            rounds.Round(user, *invited), built.client, built.consent, built.owner_key, self.now
        )
        account = "" if user == "jack" else user
        back = parse_qsl(urlsplit(allow_page(begun.url, account)).query)
        return {"query": dict(back), "cookies": {begun.cookie_name: begun.cookie}}

    def content(self) -> list[object]:
        """All that is kept of jack but how often he was read, and what his home has got last."""
        store = self.services.store
        token = self.services.grants.load("jack")
        pushed = [json.loads(seen.body) for seen in self.igor.seen[-1:]]
        return [
            store.identities.settings("jack"),
            (token.provider, token.account, token.grant.scopes),
            store.records.everything("jack"),
            store.records.ledger("jack")._replace(read_at="", turn=0),
            store.log.head("jack"),
            store.log.following("jack").progress("igor").sequence,
            pushed,
        ]

    def begin_anew(self) -> None:
        """Jack as he was before the first fetch, just connected."""
        self.services.store.identities.remove("jack")
        self.services.store.identities.save("jack", SETTINGS)
        self.igor.seen.clear()
        self.now -= LATER
        self.connect()
        self.now += LATER
