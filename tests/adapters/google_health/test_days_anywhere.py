"""The local day of a sample, over all zones and instants, against the time zone database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.google_health.moving import converted

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
INSTANTS = st.datetimes(datetime(2012, 1, 1), datetime(2030, 1, 1))
ALL = date(2010, 1, 1), date(2031, 1, 1)


def day_of(at: datetime, offset: timedelta | None, home: str | None) -> str:
    time = {"physicalTime": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    if offset is not None:
        time["utcOffset"] = f"{int(offset.total_seconds())}s"
    raw = {"weight:reconcile": [{"weight": {"sampleTime": time, "weightGrams": 82400}}]}
    (element,) = converted("body-weight", raw, days=ALL, zone=home)
    return str(element["dateTime"])


@given(INSTANTS, ZONES, ZONES)
def test_the_offset_of_the_record_decides_wherever_home_is(
    naive: datetime, place: str, home: str
) -> None:
    at = naive.replace(tzinfo=UTC)
    local = at.astimezone(ZoneInfo(place))

    assert day_of(at, local.utcoffset(), home) == local.date().isoformat()


@given(INSTANTS, ZONES)
def test_without_an_offset_it_is_the_day_at_home(naive: datetime, home: str) -> None:
    at = naive.replace(tzinfo=UTC)

    assert day_of(at, None, home) == at.astimezone(ZoneInfo(home)).date().isoformat()
