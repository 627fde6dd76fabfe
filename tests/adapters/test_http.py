"""One request: bounded, never redirected, every failure raised as "try later"."""

import gzip
import random
import socket
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest

from healthrelay.adapters.http import Answer, Http
from healthrelay.adapters.igor import Credential, IgorTarget
from healthrelay.core.delivery.messages import Message
from healthrelay.core.errors import Misconfigured, TryLater
from tests.adapters.peers import answering, given_up, response
from tests.igor.recorder import Recorder
from tests.peers.process import free_port


def test_answer_comes_whole_with_exact_decimals() -> None:
    with answering(response(200, b'{"weightGrams": 82400.10}', X_One="a")) as url:
        answer = Http().send("GET", url, {})

    assert answer.status == 200
    assert answer.headers["x-one"] == "a"
    assert answer.json() == {"weightGrams": Decimal("82400.10")}


def test_gzip_is_unpacked() -> None:
    body = gzip.compress(b'{"a": 1}')
    with answering(response(200, body, Content_Encoding="gzip")) as url:
        assert Http().send("GET", url, {}).json() == {"a": 1}


def test_redirect_is_not_followed() -> None:
    with answering(response(302, Location="http://127.0.0.1:1/elsewhere")) as url:
        assert Http().send("GET", url, {}).status == 302


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"\x00\xff not http at all\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: gzip\r\n\r\nnot gzip!",),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",),
        (random.Random(7).randbytes(300),),
    ],
    ids=["nothing", "noise", "half", "false-gzip", "false-chunks", "random"],
)
def test_broken_answer_is_tried_later(parts: tuple[bytes, ...]) -> None:
    with answering(*parts) as url, pytest.raises(TryLater, match=r"127.0.0.1:\d+ gave no whole"):
        Http().send("GET", f"{url}/?secret=x", {})


def test_nobody_there_is_tried_later_and_the_query_is_not_told() -> None:
    port = free_port()
    with pytest.raises(TryLater) as caught:
        Http().send("GET", f"http://127.0.0.1:{port}/?key=hidden", {})

    assert str(caught.value) == f"127.0.0.1:{port} does not answer. Does it run?"


def test_a_name_without_an_address_is_not_taken_for_a_machine_that_is_off() -> None:
    with pytest.raises(TryLater, match=r"^nobody\.invalid has no address\. Is the name right"):
        Http().send("GET", "http://nobody.invalid/", {})


@pytest.mark.parametrize("value", ["hidden\r\nX-Added: 1", "hidden\N{EURO SIGN}", "hid\x00den", ""])
def test_what_no_header_can_hold_is_not_sent_and_not_told(value: str) -> None:
    with Recorder() as peer:
        with pytest.raises(Misconfigured, match="The header X-Key cannot hold") as caught:
            Http().send("GET", peer.url, {"X-Key": value})

        assert peer.seen == []
    assert "hid" not in str(caught.value)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    "parts",
    [(HEAD, *[b"x"] * 100), (b"HTTP/1.1 200 OK\r\nX-Dripping: ", *[b"x"] * 100)],
    ids=["body", "head"],
)
def test_a_drip_ends_at_the_deadline(parts: tuple[bytes, ...]) -> None:
    with answering(*parts, pause=0.1) as url, given_up(0.5):
        Http().send("GET", url, {}, seconds=0.5)


def test_an_igor_that_drips_its_head_is_not_waited_for() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nX-Dripping: ", *[b"x"] * 100, pause=0.1) as url:
        target = IgorTarget(url, "sensors/fitbit", Credential, Http(), seconds=0.5)
        with given_up(0.5):
            target.send(Message("jack", b"{}"))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        response(200, b"no gzip", Content_Encoding="gzip"),
    ],
    ids=["cut", "no-gzip"],
)
def test_igor_has_it_whatever_the_body_of_its_200_is(answer: bytes) -> None:
    with answering(answer) as url:
        IgorTarget(url, "sensors/fitbit", Credential, Http(), 5).send(Message("jack", b"{}"))


def test_who_reads_slowly_is_not_waited_for() -> None:
    """A body larger than what lies in buffers, and a peer that takes none of it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with given_up(0.5):
            Http().send("PUT", url, {}, bytes(16_000_000), seconds=0.5)


def test_a_connection_that_is_kept_has_all_its_time_again() -> None:
    with Recorder() as peer:
        http = Http()
        for _ in range(3):
            assert http.send("PUT", peer.url, {}, b"x" * 100_000, seconds=2).status == 200
            time.sleep(1.1)

    assert [len(seen.body) for seen in peer.seen] == [100_000] * 3


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), ("0", 0), ("", 60), ("soon", 60), ("-5", 60), ("999999999", 86_400), ("１", 60)],
)
def test_wait_that_is_asked_for(text: str, seconds: int) -> None:
    assert Answer(429, {"retry-after": text}, b"").wait(60) == seconds


def test_wait_until_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)

    assert 85 <= Answer(429, {"retry-after": at}, b"").wait(60) <= 92


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff\xfe", b"[1,", random.Random(8).randbytes(40)]
)
def test_what_is_no_json_is_none(body: bytes) -> None:
    assert Answer(200, {}, body).json() is None
