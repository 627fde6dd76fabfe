"""Who gets through to a deployed function, and who does not."""

from __future__ import annotations

import pytest

from tests.household import OWNER_KEY
from tests.peers.cloud.gateway import REMOVED, TRACE
from tests.peers.cloud.identity import Identity
from tests.rehearsal.cloud import REHEARSAL, Cloud

pytestmark = REHEARSAL

PRIVATE = ["fetch", "deliver"]


def test_the_private_ones_are_those_that_the_invoker_alone_may_call(cloud: Cloud) -> None:
    closed = {
        n for n, who in cloud.deployment.invokers().items() if who == {cloud.deployment.invoker}
    }

    assert closed == set(PRIVATE)


@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_function_hears_nobody_without_a_token_for_it(cloud: Cloud, name: str) -> None:
    invoker, audience = cloud.deployment.invoker, cloud.deployment.inside(name)
    other = next(one for one in PRIVATE if one != name)
    refused = {
        "none": ("", 403),
        "the owner key": (OWNER_KEY, 401),
        "of another audience": (cloud.identity.token(invoker, cloud.deployment.inside(other)), 401),
        "over": (cloud.identity.token(invoker, audience, since=-3601), 401),
        "forged": (Identity().token(invoker, audience), 401),
        "without its signature": (
            cloud.identity.token(invoker, audience).rpartition(".")[0] + f".{REMOVED}",
            401,
        ),
        "of another account": (
            cloud.identity.token(cloud.deployment.account("relay"), audience),
            403,
        ),
    }
    before = len(cloud.gateway.passed)

    statuses = {why: cloud.call(name, token).status_code for why, (token, _) in refused.items()}

    assert statuses == {why: status for why, (_, status) in refused.items()}
    assert len(cloud.gateway.passed) == before


@pytest.mark.parametrize("name", PRIVATE)
def test_to_the_internet_a_private_function_is_not_there(cloud: Cloud, name: str) -> None:
    inside = cloud.deployment.inside(name)
    headers = {"Authorization": f"Bearer {cloud.identity.token(cloud.deployment.invoker, inside)}"}
    before = len(cloud.gateway.passed)

    with cloud.browser() as stranger:
        urls = (f"{cloud.url}/{name}", inside)
        statuses = [stranger.get(url, headers=headers, timeout=30).status_code for url in urls]

    assert statuses == [404, 404]
    assert len(cloud.gateway.passed) == before


def test_a_function_that_was_deployed_open_still_hears_nobody_without_a_token(cloud: Cloud) -> None:
    with cloud.browser() as caller:
        at = cloud.functions["fetch"]
        if not at.running:
            cloud.ticked("fetch")
        trace = {TRACE: f"{'0' * 32}/1;o=1"}
        answer = caller.get(at.url, headers=trace, timeout=30)

    assert answer.status_code == 401
    assert "identity token" in answer.json()["error"]


def test_a_function_never_sees_a_signature(cloud: Cloud) -> None:
    cloud.ticked("deliver")

    # A fetch that was enqueued before may come between.
    *_, headers = [headers for name, headers in cloud.gateway.passed if name == "deliver"]
    assert headers["Authorization"].endswith(f".{REMOVED}")


def test_a_poll_needs_the_persons_key(cloud: Cloud) -> None:
    cloud.owner("user", "add", "emma")
    key = cloud.owner("user", "key", "emma")

    assert cloud.get("relay", user="emma", key=f"{key}x").status_code == 401
    assert cloud.get("relay", user="emma").status_code == 401
    let_in = cloud.get("relay", user="emma", key=key)
    assert (let_in.status_code, let_in.json()["cause"]) == (503, "try_later")
    assert let_in.json()["error"] == "Nothing has been recorded yet."
