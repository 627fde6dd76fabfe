"""What a store keeps of a person for charts of years says the same as the records themselves."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.charts.nights import nights
from healthrelay.core.charts.thin import Year, from_text, thin, thin_years, to_text, year_after
from healthrelay.core.charts.values import MEASURES, daily_values
from healthrelay.core.json import Json
from healthrelay.core.measurements.presentation import present
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record, by_name
from tests.core.charts.given import NOW, TODAY, daily, record, session

DAYS = st.sampled_from([date(2025, 12, 30) + timedelta(n) for n in range(5)])
NUMBERS = st.sampled_from(["80.5", "0", 57, 81.25, None, "n/a"])


@st.composite
def records(draw: st.DrawFn) -> Record:
    """One of any charted series, also without the number that is charted."""
    day, value = draw(DAYS), draw(NUMBERS)
    zones: Json = [{"name": "Peak", "minutes": 3}]
    match draw(st.sampled_from(["daily", "heart", "log", "day", "night", "bare night"])):
        case "daily":
            return daily(draw(st.sampled_from(["body-weight", "activities-steps"])), day, value)
        case "heart":
            heart: list[Json] = [{"restingHeartRate": value, "heartRateZones": zones}, zones, value]
            return daily("activities-heart", day, draw(st.sampled_from(heart)))
        case "log":
            data: dict[str, Json] = {"date": f"{day}", "weight": value, "logId": 7, "bmi": 23}
            key = draw(st.sampled_from(["7", "8", "9"]))
            return record("weight", f"{day}T07:00:00", data, key=key)
        case "day":
            summary: dict[str, Json] = {"date": f"{day}", "steps": value, "restingHeartRate": 60}
            return record("activities-summary", f"{day}", summary)
        case "night":
            return session(f"{day}T00:10:00", [("deep", 60), ("wake", 20)], minutesAsleep=60)
    return session(f"{day}T00:10:00", [("deep", 60), ("wake", 20)], main=False)


def values(known: list[Record], system: str) -> dict[str, dict[date, object]]:
    show = lambda one: present(one, system)  # noqa: E731 - one line, as the page has it
    return {name: dict(daily_values(row, known, show)) for name, row in MEASURES.items()}


@given(st.lists(records(), max_size=12))
def test_a_thin_record_gives_the_value_and_the_night_of_the_whole_one(known: list[Record]) -> None:
    kept = [thin(one) for one in known]

    for system in ("metric", "en_GB"):
        assert values(kept, system) == values(known, system)
    # The stages of old nights are not drawn.
    assert nights(kept, NOW, TODAY) == nights(known, NOW, TODAY)


@given(st.lists(records(), max_size=12))
def test_a_year_is_read_as_it_was_written(known: list[Record]) -> None:
    for year in thin_years(known).values():
        assert from_text(to_text(year)) == year


@given(st.lists(st.lists(records(), max_size=4), max_size=5), st.data())
def test_years_follow_each_change(changes: list[list[Record]], data: st.DataObject) -> None:
    known: Year = {}
    for written in changes:
        gone = data.draw(
            st.lists(st.sampled_from(list(known)), unique=True) if known else st.just([])
        )
        delta = Delta(changed=tuple(written), removed=tuple(known[name] for name in gone))
        before, rest = thin_years(known.values()), {n: r for n, r in known.items() if n not in gone}
        known = {**rest, **by_name(written)}

        for year in ("2025", "2026"):
            after = year_after(year, before.get(year, {}), delta)
            assert after == thin_years(known.values()).get(year, {})


def test_a_year_of_everything_is_small() -> None:
    days = [TODAY - timedelta(n) for n in range(365)]
    known = [daily("body-weight", day, f"{80 + day.day / 10}") for day in days]
    known += [daily("activities-steps", day, f"{8000 + day.day * 37}") for day in days]
    known += [session(f"{d}T00:{d.day:02}:00", [("light", 400)], minutesAsleep=390) for d in days]

    (year,) = thin_years(one for one in known if one.when >= "2026").values()

    # 332 days of three series: some 200 bytes a day, before it is compressed to a tenth.
    assert len(to_text(year)) < 332 * 400
