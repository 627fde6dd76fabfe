"""What a caller says, in the address or a body of whatever type, is read or refused: never lost."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
import requests
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from healthrelay.core.errors import BadRequest
from healthrelay.web.arguments import FORM, arguments
from healthrelay.web.responses import UnreadBody
from tests.household import OWNER_KEY, SECONDS, Household

JSON, BYTES, TEXT = "application/json", "application/octet-stream", "text/plain"
JACK = b'{"user": "jack"}'


def sent(
    body: bytes, kind: str = "", query: str = "", method: str = "POST", **more: str
) -> Request:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    headers |= {"Content-Type": kind} if kind else {}
    builder = EnvironBuilder(
        "/fetch", query_string=query, method=method, data=body, headers=headers
    )
    return builder.get_request(Request)


@pytest.mark.parametrize("kind", ["", JSON, f"{JSON}; charset=x", BYTES, TEXT, FORM, "image/png"])
@pytest.mark.parametrize("body", [JACK, b"\n " + JACK, b"\xef\xbb\xbf" + JACK])
def test_json_is_read_whatever_it_is_called(kind: str, body: bytes) -> None:
    assert arguments(sent(body, kind)) == {"user": "jack"}


def test_a_form_and_the_address_go_together() -> None:
    request = sent(b"methods=sleep&period=&x=a%20b", FORM, "user=jack")

    assert arguments(request) == {"user": "jack", "methods": "sleep", "period": "", "x": "a b"}


def test_numbers_may_be_numbers() -> None:
    assert arguments(sent(b'{"cursor": 12, "reader": "a"}')) == {"cursor": "12", "reader": "a"}


@pytest.mark.parametrize(
    "request_",
    [
        sent(b"user=jack"),
        sent(b"user=jack", TEXT),
        sent(b"<user>jack</user>", "text/xml"),
        sent(b'["user", "jack"]', BYTES),
        sent(b"\xff\xfe{", BYTES),
        sent(b'--x\r\nContent-Disposition: form-data; name="user"\r\n\r\njack\r\n--x--\r\n',
             "multipart/form-data; boundary=x"),
        sent(gzip.compress(JACK), JSON, Content_Encoding="gzip"),
        sent(JACK, JSON, method="GET"),
    ],
    ids=["bare", "text", "xml", "list", "utf-16", "multipart", "gzip", "get"],
)  # fmt: skip
def test_a_body_that_is_not_read_is_refused(request_: Request) -> None:
    with pytest.raises(UnreadBody):
        arguments(request_)


@pytest.mark.parametrize(
    "body",
    [
        b'{"user": "jack", "user": "mia"}',
        b'{"user": ["jack"]}',
        b'{"user": {"name": "jack"}}',
        b'{"user": null}',
        b'{"cursor": true}',
        b'{"cursor": 1.5}',
        b'{"cursor": ' + b"9" * 5000 + b"}",
        b'{"user": "jack"',
        b'{"user": ' + b"[" * 15_000,
    ],
)
def test_json_that_says_something_else_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        arguments(sent(body, BYTES))

    assert "jack" not in str(caught.value)


@given(
    st.binary(max_size=80),
    st.sampled_from([JSON, FORM, BYTES, ""]),
    st.sampled_from(["GET", "POST"]),
)
def test_any_body_is_read_or_refused(body: bytes, kind: str, method: str) -> None:
    try:
        params = arguments(sent(body, kind, method=method))
    except BadRequest:
        return

    "".join([*params, *params.values()]).encode()


@pytest.mark.parametrize("kind", [BYTES, TEXT, JSON, ""])
def test_a_fetch_for_jack_is_his_alone(household: Household, kind: str) -> None:
    household.connect()
    household.connect("emma")

    answer = household.post("fetch", data=JACK, kind=kind)

    assert (answer.status_code, answer.json()["user"]) == (200, "jack")
    assert household.services.store.log.head("emma") == 0


def test_an_unread_body_fetches_nobody(household: Household) -> None:
    household.connect()

    answer = household.post("fetch", data=b"user=jack", kind=TEXT)

    assert answer.status_code == 415
    assert "JSON object or a form" in answer.json()["error"]
    assert household.services.store.log.head("jack") == 0


def test_half_a_pair_and_deep_json_are_bad_requests(household: Household) -> None:
    for body in (b'{"us\\ud800er": "jack"}', b'{"user": "\\ud800"}', b'{"user": ' + b"[" * 15_000):
        assert household.post("fetch", data=body, kind=JSON).status_code == 400


def test_a_number_is_a_cursor(household: Household) -> None:
    household.connect()
    household.fetched()
    body: dict[str, Any] = {"user": "jack", "reader": "a", "cursor": 1}

    answer = household.post("relay/ack", household.poll_key(), json=body)

    assert (answer.status_code, answer.json()["cursor"]) == (200, 1)


def test_an_empty_argument_does_not_set_aside_what_is_stored(household: Household) -> None:
    household.connect(methods="sleep", period="1w")

    fetched = household.fetched(methods="", period=" ", resource="")

    assert set(fetched["series"]) == {"sleep", "sleep-summary"}
    assert household.get("fetch", {"user": ""}, OWNER_KEY).status_code == 400


def asked(household: Household, method: str, path: str, query: dict[str, str]) -> requests.Response:
    return requests.request(method, f"{household.url}/{path}", params=query, timeout=SECONDS)


def test_head_has_the_headers_of_get_and_no_body(household: Household) -> None:
    household.connect()
    household.fetched()
    query = {"user": "jack", "key": household.poll_key()}
    for path in ("relay", "events"):
        get, head = (asked(household, method, path, query) for method in ("GET", "HEAD"))

        assert (head.status_code, head.content) == (200, b"")
        names = ("Content-Type", "Content-Length", "Cache-Control", "Vary")
        assert [head.headers[n] for n in names] == [get.headers[n] for n in names]
    for path in ("fetch", "deliver", "auth2", "relay/ack"):
        assert asked(household, "HEAD", path, query).status_code == 405
