"""Names and settings of people."""

import pytest

from healthrelay.core.errors import BadRequest
from healthrelay.core.household.settings import checked_settings
from healthrelay.core.igor_json import user_name


def test_good_name_is_returned() -> None:
    assert user_name("jack") == "jack"


@pytest.mark.parametrize("text", [None, "", "2fit", "../../plugindata", "a b", "x" * 65, "jack\n"])
def test_bad_name_is_refused(text: str | None) -> None:
    with pytest.raises(BadRequest):
        user_name(text)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"token": "x"}, "no setting 'token'"),
        ({"methods": "a\nb"}, "printable"),
        ({"methods": "a" * 501}, "500"),
        ({"timezone": "Mars/Olympus"}, "Europe/Amsterdam"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        checked_settings(settings)


def test_good_settings_are_returned() -> None:
    settings = {"methods": "time_series", "timezone": "Asia/Kathmandu"}

    assert checked_settings(settings) == settings
