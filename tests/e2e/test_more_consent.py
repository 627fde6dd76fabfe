"""A method that is added later needs another consent: who asks is told, and led there."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from healthrelay.local.consent_page import allow
from tests.household import OWNER_KEY, Household, run_command

BOTH = pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("google_health", {"weight": "weight, body fat, heart and other measurements"}),
        ("fitbit", {"weight": "weight and body fat"}),
    ],
)


@BOTH
def test_a_method_added_later_says_what_it_needs_and_works_after_the_link(
    household: Household, words: Mapping[str, str]
) -> None:
    household.connect(methods="get_bodyweight")
    household.fetched()

    told = run_command("user", "set", "jack", "--set", "methods=get_bodyweight,sleep")
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

    url = run_command("invite", "jack").out.strip()
    public_url = household.services.public_url
    assert allow(url.replace(public_url, household.url)) == {"auth1": 302, "auth2": 303}

    assert {"weight", "sleep"} <= set(household.fetched()["series"])
    (line,) = run_command("user", "list").out.splitlines()
    assert re.match(rf"jack\tconnected: {re.escape(words['weight'])}, sleep, .*\t", line)
    assert run_command("user", "set", "jack", "--set", "period=1w").err == ""
