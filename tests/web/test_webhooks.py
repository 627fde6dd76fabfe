"""From a fetch to a receiver that checks the signature; with the owner's own commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import standardwebhooks

from healthrelay.adapters.vault import SealingVault
from healthrelay.flows.delivery.targets import target_associated_data
from tests.chaos.receivers import Lenient
from tests.household import OWNER_KEY, WEIGHTS, Household, run_command
from tests.igor.recorder import Recorder, Say


class Checks(Lenient):
    """What node-red checks messages with; how old one may be, it sees by the household's clock."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        super().__init__(secret)
        self._now = now

    def verify(self, data: Any, headers: Any, *, json_parse: bool = True) -> Any:
        stamp = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        assert timedelta() <= self._now() - stamp < timedelta(minutes=5)
        return super().verify(data, headers)


@pytest.fixture
def receiver() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def added(household: Household, receiver: Recorder, **more: str) -> Checks:
    """What node-red checks messages with, once the owner has made the target."""
    household.connect(**WEIGHTS | more)
    words = ["relay", "add", "jack", f"{receiver.url}/in", "--name", "node-red"]
    printed = run_command(*words, "--allow-private").out
    assert printed.startswith("node-red gets what changes from now on. Shown once:\n")
    assert "whsk_" not in printed
    return Checks(printed.split("secret")[1].split()[0], household.services.now)


def test_a_fetch_sends_the_receiver_what_changed(household: Household, receiver: Recorder) -> None:
    checks = added(household, receiver)

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    (seen,) = receiver.seen
    payload = checks.verify(seen.body, dict(seen.headers))
    assert payload["data"]["user"] == "jack"
    assert len(payload["data"]["added"]["body-weight"]) == fetched["added"]
    again = household.fetched()
    assert (again["delivered"], again["waiting"], len(receiver.seen)) == (0, 0, 1)


def test_the_link_of_a_large_message_leads_to_its_values(
    household: Household, receiver: Recorder
) -> None:
    everything = "activities/steps,activities/calories,activities/distance"
    checks = added(household, receiver, resource=everything, period="1y")
    fetched = household.fetched()
    assert fetched["added"] > 500
    payload = checks.verify(receiver.seen[0].body, dict(receiver.seen[0].headers))
    key = household.poll_key()
    link = payload["data"]["pull"].replace(household.services.public_url, household.url)

    page = requests.get(link, headers={"Authorization": f"Bearer {key}"}, timeout=30).json()

    (event,) = page["events"]
    assert event["sequence"] == payload["data"]["sequence"]
    assert sum(map(len, event["added"].values())) == fetched["added"]


def test_trouble_is_told_tried_again_and_can_be_replayed(
    household: Household, receiver: Recorder
) -> None:
    checks = added(household, receiver)
    receiver.say = Say(500)
    fetched = household.fetched()
    assert (fetched["waiting"], fetched["trouble"]["who"]) == (1, "nobody")
    assert "jack\tnode-red\tfailing, since 20" in run_command("relay", "status").out

    receiver.say = Say(204)
    answer = household.get("deliver", {"user": "jack", "now": "1"}, OWNER_KEY).json()
    assert answer["people"]["jack"]["node-red"] == {"delivered": 1, "waiting": 0}
    one, two = receiver.seen
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert checks.verify(one.body, dict(one.headers)) == checks.verify(two.body, dict(two.headers))

    words = ["--target", "node-red", "--from", "1", "--to", "1"]
    printed = run_command("relay", "replay", "jack", *words).out
    assert printed.endswith("node-red\t1 delivered, 0 waiting\n")
    assert receiver.seen[2].headers["webhook-id"] == one.headers["webhook-id"]


def test_keys_are_renewed_without_a_gap(household: Household, receiver: Recorder) -> None:
    old = added(household, receiver)
    printed = run_command("relay", "rotate", "jack", "node-red").out
    new = Checks(printed.split("secret")[1].split()[0], household.services.now)
    household.fetched()
    seen = receiver.seen[-1]
    for checks in (old, new):
        checks.verify(seen.body, dict(seen.headers))

    run_command("relay", "rotate", "jack", "node-red", "--end")
    run_command("relay", "replay", "jack", "--all")

    seen = receiver.seen[-1]
    new.verify(seen.body, dict(seen.headers))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        old.verify(seen.body, dict(seen.headers))


def test_keys_that_do_not_open_are_one_targets_trouble_and_nobody_elses(
    household: Household, receiver: Recorder
) -> None:
    added(household, receiver)
    run_command(
        "relay", "add", "jack", f"{receiver.url}/other", "--name", "other", "--allow-private"
    )
    targets = household.services.store.targets
    node_red = dict(targets.of("jack")["node-red"])
    lost = SealingVault({"lost": b"l" * 32}).seal("[]", target_associated_data("jack", "node-red"))
    targets.save("jack", "node-red", {**node_red, "sealed": lost}, node_red)

    household.fetched()

    assert [seen.target for seen in receiver.seen] == ["/other"]
    printed = run_command("relay", "status", "jack").out
    assert "jack\tnode-red\tpaused: needs you" in printed
    assert "'lost'" in printed
    assert "jack\tother\tok" in printed


def test_in_the_house_only_where_it_is_allowed(household: Household, receiver: Recorder) -> None:
    household.connect(**WEIGHTS)
    port = receiver.url.rpartition(":")[2]

    run_command("relay", "add", "jack", receiver.url, code=2)
    run_command("relay", "add", "jack", f"https://localhost:{port}/in", "--no-check")
    fetched = household.fetched()

    assert fetched["trouble"]["who"] == "owner"
    assert "not public" in fetched["trouble"]["error"]
    assert receiver.seen == []
    run_command("relay", "remove", "jack", "localhost")
    assert household.fetched()["waiting"] == 0


def test_keys_are_nowhere_in_logs_or_answers(
    household: Household, receiver: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    household.connect(**WEIGHTS)
    words = ["relay", "add", "jack", f"{receiver.url}/in", "--name", "x", "--allow-private"]
    secret = run_command(*words).out.split("whsec_")[1].split()[0]
    receiver.say = Say(400, secret.encode())

    answers = household.fetch().text
    answers += json.dumps(household.get("deliver", {"user": "jack"}, OWNER_KEY).json())
    printed = [*run_command("relay", "status"), *capfd.readouterr()]

    assert not any(secret in text for text in [answers, *printed])
