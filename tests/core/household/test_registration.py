"""What can be told of a client id, a secret and a project before anybody is asked."""

from __future__ import annotations

import pytest

from healthrelay.core.errors import BadRequest
from healthrelay.core.household.registration import (
    CLIENT_ID,
    CLIENT_SECRET,
    ClientRefused,
    Registered,
    check_shape,
    is_google,
    read_project,
)

GOOGLE = "https://oauth2.googleapis.com/token"
SANDBOX = "http://127.0.0.1:9000/google/token"


@pytest.mark.parametrize(
    ("url", "google"),
    [
        (GOOGLE, True),
        ("https://www.googleapis.com/oauth2/v4/token", True),
        ("https://accounts.google.com/token", True),
        (SANDBOX, False),
        ("https://googleapis.com.evil.example/token", False),
        ("https://notgoogle.com/token", False),
        ("https://fit.example/oauth2/token", False),
    ],
)
def test_google_is_known_by_its_address(url: str, google: bool) -> None:
    assert is_google(url) is google


@pytest.mark.parametrize(
    "client_id",
    ["123456789012-k3v9abc.apps.googleusercontent.com", "4711.apps.googleusercontent.com"],
)
def test_what_google_gives_out_is_right(client_id: str) -> None:
    check_shape(Registered(client_id, "GOCSPX-abc"), GOOGLE)


@pytest.mark.parametrize(
    ("client_id", "secret", "part"),
    [
        ("", "GOCSPX-abc", CLIENT_ID),
        ("4711-abc", "GOCSPX-abc", CLIENT_ID),
        ("https://4711-abc.apps.googleusercontent.com", "GOCSPX-abc", CLIENT_ID),
        ("4711-abc.apps.googleusercontent.com ", "GOCSPX-abc", CLIENT_ID),
        ("4711-abc.apps.googleusercontent.com.example", "GOCSPX-abc", CLIENT_ID),
        ("our-house-4711", "GOCSPX-abc", CLIENT_ID),
        ("GOCSPX-abc", "4711-abc.apps.googleusercontent.com", CLIENT_ID),
        ("4711-abc.apps.googleusercontent.com", "", CLIENT_SECRET),
        ("4711-abc.apps.googleusercontent.com", "GOCSPX-\u00fc", CLIENT_SECRET),
        ("4711-abc.apps.googleusercontent.com", "GOCSPX-a\nb", CLIENT_SECRET),
    ],
)
def test_what_google_never_gave_out_is_refused(client_id: str, secret: str, part: str) -> None:
    with pytest.raises(ClientRefused) as refused:
        check_shape(Registered(client_id, secret), GOOGLE)

    assert refused.value.part == part
    assert (refused.value.who, refused.value.cause) == ("owner", "client_refused")
    assert not secret or secret not in refused.value.sentence


def test_elsewhere_any_id_may_be_right() -> None:
    check_shape(Registered("sandbox-client.apps.example", "x"), SANDBOX)


def test_a_secret_does_not_print() -> None:
    assert repr(Registered("cid", "GOCSPX-abc")) == "Registered(cid)"


@pytest.mark.parametrize("text", ["our-house-4711", " our-house-4711\n", "abcdef", ""])
def test_a_project_is_its_id(text: str) -> None:
    assert read_project(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["Our House", "123456789012", "house", "a" * 31, "our-house-", "our_house", "../evil"]
)
def test_a_projects_name_and_number_are_something_else(text: str) -> None:
    with pytest.raises(BadRequest, match="6 to 30 small letters"):
        read_project(text)
