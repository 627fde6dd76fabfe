"""Both providers tell the same of one wearer, and docs/measurements.md says where they do not."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from healthrelay.core.measurements.catalogue import SERIES
from sandbox import Sandbox
from tests.e2e.side_by_side import GENERATED, OF_A_RECORDING, differences, through, verdict, wearer
from tests.household import Clock, Household, household_at
from tests.peers import install

pytestmark = pytest.mark.peer

ROOT = Path(__file__).resolve().parents[2]
RECORDED = Path(os.environ.get("RECORDED_WEARERS", ROOT.parent / "shared" / "data" / "fitbit-2016"))


# Fitbit's own BMI knew the height of its day; ours knows the newest.
WITH_BMI = {"weight", "body", "body-bmi"}


def written() -> dict[str, str]:
    """Series → verdict, as docs/measurements.md has it."""
    text = (ROOT / "docs" / "measurements.md").read_text()
    return dict(re.findall(r"^\| `([\w-]+)` \| ([\w ]+) \|$", text, re.M))


def participants() -> list[str]:
    if not RECORDED.is_dir():
        return [""]
    rows = [*csv.DictReader((RECORDED / "daily-activity.csv").open())]
    return sorted({row["Id"] for row in rows})


Serve = Callable[[str, Sandbox], AbstractContextManager[Household]]


@pytest.fixture
def serve(tmp_path: Path, household_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Serve:

    def serving(provider: str, sandbox: Sandbox) -> AbstractContextManager[Household]:
        folder, chosen = tmp_path / provider, {"HEALTHRELAY_PROVIDER": provider}
        return household_at(folder, sandbox, chosen, household_clock, monkeypatch)

    return serving


def test_sixty_generated_days(serve: Serve, household_clock: Clock) -> None:
    with wearer(household_clock) as sandbox:
        google = through("google_health", sandbox, GENERATED, serve)
        fitbit = through("fitbit", sandbox, GENERATED, serve)

    found = {series: verdict(series, google, fitbit) for series in SERIES}
    for series, said in found.items():
        print(f"| `{series}` | {said} |")
        if said == "different":
            print(differences(series, google, fitbit))
    assert found == written()


@pytest.mark.parametrize("participant", participants())
def test_recorded_wearers(participant: str, serve: Serve, household_clock: Clock) -> None:
    if not participant:
        install.unavailable(f"no recorded wearers at {RECORDED.name}: set RECORDED_WEARERS")
    with wearer(household_clock, (RECORDED, participant)) as sandbox:
        google = through("google_health", sandbox, OF_A_RECORDING, serve)
        fitbit = through("fitbit", sandbox, OF_A_RECORDING, serve)

    expected = written()
    for series in set(SERIES) - WITH_BMI:
        said = verdict(series, google, fitbit)
        if said == "different" and expected[series] != "different":
            pytest.fail(f"{series}: {differences(series, google, fitbit)}")
    assert google["activities-steps"] == fitbit["activities-steps"]
    assert google.get("body-weight") == fitbit.get("body-weight")
    for one, other in zip(google.get("body-bmi", []), fitbit.get("body-bmi", []), strict=True):
        assert abs(float(one["value"]) - float(other["value"])) < 0.1
