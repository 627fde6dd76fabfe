"""The request on the wire, and what each answer means: over real HTTP and TLS on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import standardwebhooks

from healthrelay.adapters.webhook.sender import WebhookTarget
from healthrelay.adapters.webhook.signing import mint
from healthrelay.core.delivery.messages import Message
from healthrelay.core.errors import HealthrelayError, Misconfigured, RateLimited, Refused, TryLater
from tests.adapters.peers import answering, given_up, response
from tests.igor.certificates import self_signed
from tests.igor.recorder import Recorder, Say
from tests.peers.process import free_port

MESSAGE = Message("jack", b'{"type":"measurements.changed"}', "msg_1")
KEYS = mint()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def receiver() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def hook(url: str, *, private: bool = True, seconds: float = 5) -> WebhookTarget:
    return WebhookTarget("node-red", url, private, lambda: [KEYS[:2]], now, seconds=seconds)


def test_a_message_is_one_signed_post(receiver: Recorder) -> None:
    hook(f"{receiver.url}/in/jack?room=1").send(MESSAGE)

    (seen,) = receiver.seen
    assert (seen.method, seen.target, seen.body) == ("POST", "/in/jack?room=1", MESSAGE.body)
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["host"] == receiver.url.removeprefix("http://")
    assert seen.headers["webhook-id"] == "msg_1"
    standardwebhooks.Webhook(KEYS[0]).verify(seen.body, dict(seen.headers))


def test_a_repetition_has_the_same_id_and_a_fresh_time(receiver: Recorder) -> None:
    clock = iter([now(), now() + timedelta(hours=5)])
    sender = replace(hook(receiver.url), now=lambda: next(clock))

    sender.send(MESSAGE)
    sender.send(MESSAGE)

    one, two = (seen.headers for seen in receiver.seen)
    assert one["webhook-id"] == two["webhook-id"]
    assert int(two["webhook-timestamp"]) - int(one["webhook-timestamp"]) == 18_000
    assert one["webhook-signature"] != two["webhook-signature"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success(receiver: Recorder, status: int) -> None:
    receiver.say = Say(status)

    hook(receiver.url).send(MESSAGE)


@pytest.mark.parametrize(
    "status", [300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503]
)
def test_anything_else_is_tried_again_and_nothing_is_followed(
    receiver: Recorder, status: int
) -> None:
    receiver.say = Say(status, b"whatever", {"Location": f"{receiver.url}/elsewhere"})

    with pytest.raises(TryLater, match=f"status {status}") as caught:
        hook(receiver.url).send(MESSAGE)

    assert not isinstance(caught.value, RateLimited)
    assert len(receiver.seen) == 1


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (401, "key_refused"),
        (403, "key_refused"),
        (301, "address_refused"),
        (404, "address_refused"),
        (408, "try_later"),
        (429, "try_later"),
        (500, "try_later"),
    ],
)
def test_what_waiting_hardly_helps_has_a_cause_of_its_own(
    receiver: Recorder, status: int, cause: str
) -> None:
    receiver.say = Say(status)

    with pytest.raises(TryLater) as caught:
        hook(receiver.url).send(MESSAGE)

    assert caught.value.cause == cause


@pytest.mark.parametrize("status", [429, 503, 404])
def test_a_pause_that_is_asked_for_is_told(receiver: Recorder, status: int) -> None:
    receiver.say = Say(status, b"", {"Retry-After": "1234"})

    with pytest.raises(RateLimited) as caught:
        hook(receiver.url).send(MESSAGE)

    assert caught.value.after == 1234


def test_gone_is_the_end(receiver: Recorder) -> None:
    receiver.say = Say(410)

    with pytest.raises(Refused, match="410"):
        hook(receiver.url).send(MESSAGE)


def test_an_address_in_the_house_must_be_allowed(receiver: Recorder) -> None:
    with pytest.raises(Misconfigured, match="not public"):
        hook(receiver.url, private=False).send(MESSAGE)

    assert receiver.seen == []


def test_the_name_is_looked_up_once_for_all_messages(
    receiver: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(receiver.url.rpartition(":")[2])
    names: list[object] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *more: object, **named: object) -> object:
        if host == "hook.example":
            names.append(host)
            host = "127.0.0.1" if len(names) == 1 else "203.0.113.1"
        return real(host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    sender = hook(f"http://hook.example:{port}/in")

    sender.send(MESSAGE)
    sender.send(MESSAGE)

    assert names == ["hook.example"]
    assert [seen.headers["host"] for seen in receiver.seen] == [f"hook.example:{port}"] * 2


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name leads to this machine."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *more, **named: real("127.0.0.1", *more, **named)
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"), "hook.example")


# Each byte, and each interim answer, comes in time; the answer never ends.
BODY = (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 100)
HEAD = (b"HTTP/1.1 200 OK\r\nX-Dripping: ", *[b"x"] * 100)
INTERIM = [b"HTTP/1.1 100 Continue\r\n\r\n"] * 40


@pytest.mark.parametrize("parts", [HEAD, INTERIM], ids=["head", "interim"])
def test_an_answer_that_drips_is_not_waited_for(parts: Sequence[bytes]) -> None:
    with answering(*parts, pause=0.1) as url, given_up(1):
        hook(url, seconds=1).send(MESSAGE)


@pytest.mark.usefixtures("here")
def test_nor_is_one_that_drips_behind_tls(certificate: Path) -> None:
    with answering(*HEAD, pause=0.1, certificate=certificate) as url:
        sender = hook(url.replace("127.0.0.1", "hook.example"), seconds=1)
        with given_up(1):
            replace(sender, ca=str(certificate)).send(MESSAGE)


UNREAD = {
    "drips": BODY,
    "no-gzip": (response(200, b"not gzip", Content_Encoding="gzip"),),
    "cut": (b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nhalf",),
    "huge": (b"HTTP/1.1 200 OK\r\nContent-Length: 70000000\r\n\r\n", bytes(70_000_000)),
    "no-chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",),
    "endless-chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"9" * 9000),
    "none": (b"HTTP/1.1 204 No Content\r\n\r\n",),
}


@pytest.mark.parametrize("parts", UNREAD.values(), ids=UNREAD)
def test_success_is_the_status_whatever_the_body_is(parts: Sequence[bytes]) -> None:
    with answering(*parts, pause=0.1) as url:
        hook(url, seconds=1).send(MESSAGE)


@pytest.mark.parametrize("wait", ["9" * 5000, "-1", "1.5", "\xb2", "Mon, 99 Nov 2026 25:00:00 GMT"])
def test_a_wait_that_is_no_number_is_none(wait: str) -> None:
    with answering(response(429, b"", Retry_After=wait)) as url, pytest.raises(RateLimited) as no:
        hook(url).send(MESSAGE)

    assert no.value.after == 60


@pytest.mark.parametrize("secure", [False, True])
def test_who_takes_the_connection_and_says_nothing_is_not_waited_for(secure: bool) -> None:
    """Behind TLS, that is a handshake which never comes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http{'s' * secure}://127.0.0.1:{silent.getsockname()[1]}/"
        with given_up(1):
            hook(url, seconds=1).send(MESSAGE)


def test_nobody_there_is_tried_again() -> None:
    with pytest.raises(TryLater, match=r"^node-red does not answer\. Does it run\?$"):
        hook(f"http://127.0.0.1:{free_port()}/").send(MESSAGE)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("host", "trusted", "error"),
    [
        ("hook.example", True, None),
        ("hook.example", False, Misconfigured),
        ("other.example", True, Misconfigured),
    ],
)
def test_tls_uses_the_name_at_the_address_that_was_checked(
    certificate: Path, host: str, trusted: bool, error: type[HealthrelayError] | None
) -> None:
    with Recorder(certificate) as receiver:
        port = receiver.url.rpartition(":")[2]
        sender = replace(
            hook(f"https://{host}:{port}/in"), ca=str(certificate) if trusted else None
        )
        with pytest.raises(error, match="certificate") if error else nullcontext():
            sender.send(MESSAGE)

    assert receiver.names == [host]
    assert [seen.headers["host"] for seen in receiver.seen] == [f"{host}:{port}"] * (not error)


def test_keys_do_not_print() -> None:
    assert "whs" not in repr(hook("https://hook.example/"))
