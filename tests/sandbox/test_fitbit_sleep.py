"""Sleep as Fitbit counted it: the answers are those that others recorded."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.recorded_sleep import RECORDED, RecordedSession
from tests.sandbox.person import FitbitPerson

# The wearers of the sandbox fall asleep at once, as Google says of everybody.
AT_ONCE = {name: session for name, session in RECORDED.items() if not session.to_fall_asleep}


@pytest.fixture
def token(fitbit: FitbitPerson) -> str:
    return str(fitbit.connect(scope="sleep")["access_token"])


@pytest.mark.parametrize("recorded", AT_ONCE.values(), ids=AT_ONCE)
def test_a_classic_session_is_as_recorded(
    fitbit: FitbitPerson, token: str, recorded: RecordedSession
) -> None:
    wearer = fitbit.sandbox.wearer
    wearer.clear()
    wearer.sleep(datetime(2026, 6, 1, 0, 30), *recorded.stretches())

    (session,) = fitbit.get("sleep/date/2026-06-01.json", token).json()["sleep"]

    assert recorded.members.items() <= session.items()
    for name in recorded.members.keys() & {"minutesAwake", "awakeningsCount", "efficiency"}:
        (series,) = fitbit.get(f"sleep/{name}/date/2026-06-01/1d.json", token).json().values()
        assert series == [{"dateTime": "2026-06-01", "value": str(recorded.members[name])}]


def test_efficiency_is_rounded_half_up(fitbit: FitbitPerson, token: str) -> None:
    wearer = fitbit.sandbox.wearer
    wearer.clear()
    # 101 of 200 minutes are 50.5 percent.
    wearer.sleep(datetime(2026, 6, 1, 1, 0), ("LIGHT", 101), ("AWAKE", 99))

    (session,) = fitbit.get("sleep/date/2026-06-01.json", token).json()["sleep"]

    assert session["efficiency"] == 51
