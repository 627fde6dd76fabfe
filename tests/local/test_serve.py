"""`healthrelay serve` as a process: waiting readers, slow strangers, a second one, and its end."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing
from itertools import islice

import pytest
import requests

from healthrelay.assembly.memory import RESIDENT_PLACES
from tests.local.serving import Home
from tests.local.test_commands import healthrelay
from tests.local.test_http_server import SLOW, connect
from tests.peers.process import free_port

pytestmark = pytest.mark.peer

CROWD = 40
SECONDS = 30


def test_forty_readers_and_a_crowd_of_the_slow_delay_no_poll(home: Home, stack: ExitStack) -> None:
    port = free_port()
    process = home.serve(stack, port)
    with ThreadPoolExecutor(CROWD) as pool:
        waiting = [
            pool.submit(home.get, port, "events", after="2", wait="25") for _ in range(CROWD)
        ]
        for number in range(CROWD):
            stack.enter_context(closing(connect(port, SLOW[number % len(SLOW)])))
        # Half of the places are for one person; the others are refused at once.
        refused = islice(as_completed(waiting, SECONDS), CROWD - RESIDENT_PLACES // 2)
        assert {one.result().status_code for one in refused} == {429}
        started = time.monotonic()
        polled = home.get(port, "relay")
        assert time.monotonic() - started < 10  # those that wait do so for 25
        assert polled.status_code == 200

        started = time.monotonic()
        assert process.terminate() == 0
        assert time.monotonic() - started < 10
        # Who waited has an answer, and not the end of a connection.
        statuses = sorted(one.result().status_code for one in waiting)
        assert statuses == [200] * (RESIDENT_PLACES // 2) + [429] * (CROWD - RESIDENT_PLACES // 2)


def test_a_second_one_says_so_and_ends(home: Home, stack: ExitStack) -> None:
    port = free_port()
    first = home.serve(stack, port)

    second = healthrelay(home.folder, "serve", "--port", str(free_port()))

    assert (second.returncode, second.stdout) == (5, "")
    sentence = "Another `healthrelay serve` or `healthrelay run` works over this store."
    assert second.stderr.startswith(sentence)
    assert home.get(port, "relay").status_code == 200
    assert first.running


def test_one_that_was_killed_leaves_its_place(home: Home, stack: ExitStack) -> None:
    port = free_port()
    home.serve(stack, port).kill()

    again = home.serve(stack, port)

    assert home.get(port, "relay").status_code == 200
    assert again.terminate() == 0
    assert "Another" not in again.output()


def test_a_port_that_is_taken_is_a_sentence(home: Home, stack: ExitStack) -> None:
    taken = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]

    done = healthrelay(home.folder, "serve", "--port", str(taken))

    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == (
        f"Nobody can listen at 127.0.0.1, port {taken} (Address already in use)."
        " Stop what uses it already, or name another --host or --port.\n"
    )


def test_browsers_and_igor_may_come_by_other_addresses(home: Home, stack: ExitStack) -> None:
    port = free_port()
    urls = {
        "HEALTHRELAY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HEALTHRELAY_RELAY_URL": f"http://nas.local:{port}",
        "HEALTHRELAY_CLIENT_ID": "cid",
    }
    home.serve(stack, port, "--host", "0.0.0.0", **urls)

    shown = healthrelay(home.folder, "igor-config", "jack", **urls).stdout
    assert f"http%3A%2F%2Fnas.local%3A{port}%2Frelay" in shown
    assert "127.0.0.1" not in shown
    link = healthrelay(home.folder, "invite", "jack", **urls).stdout.strip()
    assert link.startswith(f"http://127.0.0.1:{port}/auth1?")

    by_name = {"Host": f"nas.local:{port}"}
    polled = requests.get(
        f"http://127.0.0.2:{port}/relay",
        params={"user": "jack", "key": home.key},
        headers=by_name,
        timeout=SECONDS,
    )
    assert polled.status_code == 200
    asked = requests.get(link, timeout=SECONDS, allow_redirects=False)
    assert asked.status_code == 302
    assert f"redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Fauth2" in asked.headers["Location"]


@pytest.mark.parametrize("proxy", ["127.0.0.1", ""])
def test_the_name_that_a_proxy_forwards_counts_when_asked_for(
    home: Home, stack: ExitStack, proxy: str
) -> None:
    port = free_port()
    urls = {"HEALTHRELAY_PUBLIC_URL": "https://relay.example", "HEALTHRELAY_CLIENT_ID": "cid"}
    home.serve(stack, port, *(["--trusted-proxy", proxy] if proxy else []), **urls)
    said = {"X-Forwarded-Host": "relay.example", "X-Forwarded-Proto": "https"}

    answer = requests.get(
        f"http://127.0.0.1:{port}/auth1?user=jack",
        headers=said,
        timeout=SECONDS,
        allow_redirects=False,
    )

    # Whoever comes by another name than the public one is led there first.
    elsewhere = answer.headers.get("Location") == "https://relay.example/auth1?user=jack&at=public"
    assert elsewhere == (proxy == "")
    assert answer.status_code == (302 if elsewhere else 303)
