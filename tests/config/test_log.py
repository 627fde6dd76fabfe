"""Log lines: JSON, one each, and nothing secret in them."""

import io
import json
import os
import secrets
import select
import sys
import threading
from contextlib import suppress

import pytest

from healthrelay.log import (
    GRACE_SECONDS,
    alias,
    follow,
    log_event,
    redact,
    set_function,
    write_text,
)


def test_line_is_json_with_severity_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    set_function("deliver")
    log_event("INFO", "fetch", status=200, cause=None, user="jack")

    out, err = capsys.readouterr()
    assert out == ""
    who = {"function": "deliver", "user": "jack"}
    assert json.loads(err) == {"severity": "INFO", "event": "fetch", "status": 200, **who}


@pytest.mark.parametrize(
    "text",
    [
        "GET /relay?user=jack&key=SECRET",
        "GET /auth2?code=SECRET&state=SECRET",
        "Bearer SECRET",
        "refresh_token=SECRET went wrong",
        '{"access_token": "SECRET"}',
    ],
)
def test_keys_and_tokens_are_blotted_out(text: str) -> None:
    secret = secrets.token_urlsafe(32)

    assert secret not in str(redact(text.replace("SECRET", secret)))


def test_sentences_stay_readable() -> None:
    sentence = "Google Health has trouble (status 503)."

    assert redact(sentence) == sentence
    assert redact(7) == 7


def test_short_values_of_secret_names_go_too() -> None:
    assert redact("key=abc&user=jack") == "key=[redacted]&user=jack"


def test_lines_of_a_request_name_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    follow("105445aa7843bc8bf206b12000100000/1;o=1", "my-project")
    log_event("INFO", "fetch")
    follow("nonsense", "my-project")
    log_event("INFO", "fetch")

    traced, plain = map(json.loads, capsys.readouterr().err.splitlines())
    assert traced["logging.googleapis.com/trace"] == (
        "projects/my-project/traces/105445aa7843bc8bf206b12000100000"
    )
    assert "logging.googleapis.com/trace" not in plain


def test_people_are_distinguished_but_not_named() -> None:
    assert alias("jack", "key") == alias("jack", "key")
    assert alias("jack", "key") not in (alias("jack", "other"), alias("emma", "key"))
    assert "jack" not in alias("jack", "key")


def reader_gone() -> io.TextIOWrapper:
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("stream", [reader_gone, closed, lambda: None])
def test_lines_that_cannot_be_written_are_dropped_and_counted(
    stream: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(stream)
    lost = stream()
    with monkeypatch.context() as without:
        without.setattr(sys, "stderr", lost)
        for _ in range(3):
            log_event("INFO", "fetch")
        assert not write_text("a sentence\n")
    with suppress(OSError, AttributeError):
        lost.close()

    log_event("INFO", "fetch")
    log_event("INFO", "fetch")

    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first["dropped"] == 3
    assert "dropped" not in second


ODD_TEXTS = ["x y " * 20_000, "\u00e4" * 9_000, "\U0001f600" * 9_000, '"\\\n\x01' * 9_000]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_line_is_never_longer_than_a_pipe_takes_in_one_piece(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = {f"fact{number}": text for number in range(9)}
    log_event("INFO", "fetch", status=200, days={"2026-11-28": text}, **facts)

    line = capsys.readouterr().err
    assert len(line.encode()) <= select.PIPE_BUF
    values = json.loads(line)
    assert (values["severity"], values["event"], values["status"]) == ("INFO", "fetch", 200)
    for number in range(9):
        assert values[f"fact{number}"].endswith(" ...")
        assert text.startswith(values[f"fact{number}"].removesuffix(" ..."))
        assert len(values[f"fact{number}"]) > 20
    assert values["days"].startswith('{"2026-11-28": "')


@pytest.mark.parametrize("left", [0, 1, 3_000, 4_096, 5_000, 9_000])
def test_a_long_line_holds_up_nothing_on_a_pipe_that_is_nearly_full(
    left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb"), os.fdopen(writer, "w") as stream:
        os.set_blocking(writer, False)
        with suppress(BlockingIOError):
            while True:
                os.write(writer, b"." * select.PIPE_BUF)
        os.read(reader, -(-left // select.PIPE_BUF) * select.PIPE_BUF)
        os.write(writer, b"." * (-left % select.PIPE_BUF))
        os.set_blocking(writer, True)
        monkeypatch.setattr(sys, "stderr", stream)
        thread = threading.Thread(
            target=lambda: [log_event("INFO", "fetch", cause="x y " * 9_000) for _ in range(9)],
            daemon=True,
        )
        thread.start()
        thread.join(GRACE_SECONDS + 5)
        alive = thread.is_alive()
        os.set_blocking(reader, False)
        while thread.is_alive():  # whoever waits is let go
            with suppress(BlockingIOError):
                os.read(reader, select.PIPE_BUF)

    assert not alive


def test_a_reader_who_stops_reading_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as lines, os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        for number in range(2_000):
            log_event("INFO", "fetch", number=number)
        written = [json.loads(lines.readline())["number"]]
        while written[-1] < 100:
            written.append(json.loads(lines.readline())["number"])
        log_event("INFO", "fetch", number=2_000)
        while written[-1] < 2_000:
            line = json.loads(lines.readline())
            written.append(line["number"])

    assert written[:-1] == list(range(len(written) - 1))
    assert line["dropped"] == 2_000 - (len(written) - 1) > 0
