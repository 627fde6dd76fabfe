"""The server of `healthrelay serve`: whoever is slow holds a connection, and no thread."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from healthrelay.core.errors import Misconfigured
from healthrelay.local.http_server import MAX_BODY_BYTES, serve_http

SECONDS = 30
HEAD = b"HTTP/1.1\r\nHost: a\r\n"
SLOW = [
    b"",
    b"GET / HT",
    b"GET / " + HEAD,
    b"POST / " + HEAD + b"Content-Length: 100\r\n\r\nus",
    b"POST / " + HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nus",
    b"POST / " + HEAD + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
]
"""What a client sends before it falls silent."""
Environ = dict[str, Any]


def answer(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    """Return the request's body, or 40 MB for who asks for much."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    much = environ["PATH_INFO"] == "/much"
    return [b"x" * 40_000_000] if much else [environ["wsgi.input"].read() or b"nothing"]


def forwarded(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    """Return how the request came, as an application sees it."""
    start_response("200 OK", [])
    seen = [environ["wsgi.url_scheme"], environ["HTTP_HOST"], environ["REMOTE_ADDR"]]
    return [" ".join(seen).encode()]


def connect(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), SECONDS)
    connection.sendall(sent)
    return connection


def talk(connection: socket.socket) -> None:
    """Send a byte now and then."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        connection.send(b"x")
        time.sleep(0.05)


def get(port: int, path: str = "/", **headers: str) -> str:
    return requests.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=SECONDS).text


def test_one_thread_answers_beside_a_crowd_of_the_slow() -> None:
    with serve_http(answer, ("127.0.0.1", 0), threads=1) as port, ExitStack() as stack:
        for sent in SLOW * 10:
            stack.enter_context(closing(connect(port, sent)))
        started = time.monotonic()
        assert get(port) == "nothing"
        assert time.monotonic() - started < 10  # the slow are dropped after 20


def test_who_does_not_take_the_answer_holds_no_thread() -> None:
    with (
        serve_http(answer, ("127.0.0.1", 0), threads=1) as port,
        closing(connect(port, b"GET /much " + HEAD + b"\r\n")) as lazy,
    ):
        assert lazy.recv(15) == b"HTTP/1.1 200 OK"
        assert get(port) == "nothing"


@pytest.mark.parametrize("sent", [SLOW[0], SLOW[3]], ids=["silent", "byte by byte"])
def test_a_request_that_is_never_whole_is_dropped(sent: bytes) -> None:
    with (
        serve_http(answer, ("127.0.0.1", 0), threads=1, request_seconds=1) as port,
        closing(connect(port, sent)) as slow,
    ):
        slow.settimeout(0.05)
        until = time.monotonic() + SECONDS
        ended = False
        while not ended:
            assert time.monotonic() < until
            try:
                if sent:
                    slow.send(b"x")
                ended = slow.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                ended = True


def test_a_body_comes_whole_however_it_is_cut() -> None:
    with serve_http(answer, ("127.0.0.1", 0), threads=1) as port:
        url = f"http://127.0.0.1:{port}/"
        assert requests.post(url, data=iter([b"he", b"llo"]), timeout=SECONDS).text == "hello"
        largest = requests.post(url, data=b"x" * (MAX_BODY_BYTES - 1), timeout=SECONDS)
        assert (largest.status_code, len(largest.content)) == (200, MAX_BODY_BYTES - 1)
        with closing(connect(port, b"POST / " + HEAD + b"Content-Length: 65536\r\n\r\n")) as more:
            assert b" 413 " in more.recv(100)


def test_who_sends_far_too_much_is_told_so() -> None:
    with (
        serve_http(answer, ("127.0.0.1", 0), threads=1) as port,
        closing(HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as client,
    ):
        # More than the buffers between us hold: who closes before it came resets the connection.
        client.request("POST", "/", b"x" * 16_000_000)
        assert client.getresponse().status == 413


def test_who_goes_on_after_the_last_answer_is_dropped() -> None:
    with (
        serve_http(answer, ("127.0.0.1", 0), threads=1, request_seconds=1) as port,
        closing(connect(port, b"GET / " + HEAD + b"Connection: close\r\n\r\n")) as talker,
    ):
        assert read_all(talker) > len("nothing")
        with pytest.raises(ConnectionError):
            talk(talker)


def test_what_a_proxy_says_counts_from_the_trusted_one_alone() -> None:
    said = {
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "relay.example",
    }
    for trusted, seen in (
        ("127.0.0.1", "https relay.example 192.0.2.7"),
        ("192.0.2.1", "http here 127.0.0.1"),
        (None, "http here 127.0.0.1"),
    ):
        with serve_http(forwarded, ("127.0.0.1", 0), 1, trusted) as port:
            assert get(port, Host="here", **said) == seen, trusted


def read_all(connection: socket.socket) -> int:
    return sum(map(len, iter(lambda: connection.recv(65536), b"")))


def test_an_answer_under_way_is_finished_before_the_end() -> None:
    with ThreadPoolExecutor() as pool, ExitStack() as stack:
        with serve_http(answer, ("127.0.0.1", 0), threads=1) as port:
            idle = stack.enter_context(closing(connect(port)))
            taking = stack.enter_context(closing(connect(port, b"GET /much " + HEAD + b"\r\n")))
            assert taking.recv(15) == b"HTTP/1.1 200 OK"
            rest = pool.submit(read_all, taking)

        assert rest.result() > 40_000_000
        assert idle.recv(1) == b""


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.9", "no-such-host.invalid"])
def test_where_nobody_can_listen_is_a_sentence(host: str) -> None:
    with (
        serve_http(answer, ("127.0.0.1", 0), threads=1) as port,
        pytest.raises(Misconfigured, match=rf"^Nobody can listen at {host}, port {port} \(."),
        serve_http(answer, (host, port), threads=1),
    ):
        pass
