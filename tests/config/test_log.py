"""Log lines: JSON, one each, and nothing secret in them."""

import json
import secrets

import pytest

from healthrelay.log import note, redacted


def test_line_is_json_with_severity_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    note("INFO", "fetch", status=200, cause=None, user="jack")

    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err) == {"severity": "INFO", "event": "fetch", "status": 200, "user": "jack"}


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

    assert secret not in str(redacted(text.replace("SECRET", secret)))


def test_sentences_stay_readable() -> None:
    sentence = "Google Health has trouble (status 503)."

    assert redacted(sentence) == sentence
    assert redacted(7) == 7


def test_short_values_of_telling_names_go_too() -> None:
    assert redacted("key=abc&user=jack") == "key=[redacted]&user=jack"
