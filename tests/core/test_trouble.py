"""A trouble in one form, and the forms in which stores hold it already."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from healthrelay.core.errors import Misconfigured, TryLater
from healthrelay.core.trouble import Diagnosis, Trouble

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORED = {
    "cause": "gone",
    "who": "owner",
    "sentence": "Fitbit has been switched off.",
    "since": "2026-11-20T12:00:00+00:00",
}
"""As version 0.1 wrote it into every grant in trouble."""


def test_a_trouble_of_the_first_version_is_read_and_written_alike() -> None:
    trouble = Trouble.from_document(STORED)

    assert trouble == Trouble("gone", "owner", "Fitbit has been switched off.", NOW)
    assert trouble.to_document() == STORED


def test_the_settings_to_fix_are_kept() -> None:
    error = Misconfigured("Fitbit refuses our registration.", ("HEALTHRELAY_CLIENT_ID",))

    trouble = error.as_trouble(NOW)

    assert trouble.to_document()["settings"] == ["HEALTHRELAY_CLIENT_ID"]
    assert Trouble.from_document(trouble.to_document()) == trouble


def test_a_diagnosis_for_programs() -> None:
    trouble = TryLater("Away.").as_trouble(NOW)._replace(next_step="Nothing.")

    assert Diagnosis("provider down", NOW, trouble).as_json() == {
        "state": "provider down",
        "cause": "Away.",
        "since": "2026-11-20T12:00:00+00:00",
        "next_step": "Nothing.",
    }
    nothing = {"cause": "", "since": None, "next_step": ""}
    assert Diagnosis("connected").as_json() == {"state": "connected", **nothing}


@pytest.mark.parametrize(
    ("who", "well"), [("nobody", True), ("caller", True), ("owner", False), ("wearer", False)]
)
def test_a_connection_is_well_unless_owner_or_wearer_must_act(who: str, well: bool) -> None:
    assert Diagnosis("x", NOW, Trouble("x", who, "x", NOW)).well is well
