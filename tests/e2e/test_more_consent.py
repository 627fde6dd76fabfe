"""A method that is added later needs another consent: who asks is told, and led there."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from healthrelay.__main__ import main
from healthrelay.local.consent_page import allow
from sandbox import Sandbox
from tests.household import OWNER_KEY, Household

BOTH = pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("google_health", {"weight": "weight, body fat, heart and other measurements"}),
        ("fitbit", {"weight": "weight and body fat"}),
    ],
)


@BOTH
def test_a_method_added_later_says_what_it_needs_and_works_after_the_link(
    household: Household,
    sandbox: Sandbox,
    words: Mapping[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    household.connect(methods="get_bodyweight")
    household.fetched()
    capsys.readouterr()

    assert main(["user", "set", "jack", "--set", "methods=get_bodyweight,sleep"]) == 0

    told = capsys.readouterr()
    assert told.out == "methods=get_bodyweight,sleep\n"
    assert told.err == "The consent does not cover sleep. Next: healthrelay invite jack\n"
    fetched = household.fetched()
    assert set(fetched["series"]) == {"weight"}
    assert fetched["unavailable"]["sleep"] == {
        "error": "The consent does not cover sleep: connect again and allow it.",
        "who": "wearer",
        "cause": "scope_missing",
        "connect": "/auth1?user=jack",
    }
    link = household.get("auth1", {"user": "jack"}, OWNER_KEY).headers["Location"]
    assert "sleep" in link

    assert main(["invite", "jack"]) == 0
    url = capsys.readouterr().out.strip()
    public_url = household.services.public_url
    assert allow(url.replace(public_url, household.url)) == {"auth1": 302, "auth2": 200}

    assert {"weight", "sleep"} <= set(household.fetched()["series"])
    capsys.readouterr()
    assert main(["user", "list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert re.match(rf"jack\tconnected: {re.escape(words['weight'])}, sleep, .*\t", line)
    assert main(["user", "set", "jack", "--set", "period=1w"]) == 0
    assert capsys.readouterr().err == ""
