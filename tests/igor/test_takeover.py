"""Taking a person over: what is made, what stays, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.errors import BadRequest
from healthrelay.core.json import Json
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.igor.old_plugin import LegacyPerson
from healthrelay.igor.takeover import SeriesCount, Takeover, take_over
from healthrelay.ports.store import Store

NOW = datetime(2026, 6, 3, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    return SqliteStore(str(tmp_path / "store.db"))


def weight(day: str, value: str) -> dict[str, Json]:
    return {"dateTime": day, "value": value}


def record(day: str, value: str) -> Record:
    return Record("body-weight", day, day, weight(day, value))


def take(store: Store, *weights: Json, **settings: str) -> Takeover:
    series = {"body-weight": list(weights)} if weights else {}
    return take_over(LegacyPerson("jack", settings, series), store, "en_US", NOW)


def stored_values(store: Store) -> list[tuple[str, Json]]:
    return [(r.key, r.data["value"]) for r in store.records.everything("jack")]


def test_a_person_is_made_with_settings_and_measurements(store: Store) -> None:
    settings = {"methods": "time_series", "resource": "body/weight"}

    takeover = take(store, weight("2020-01-01", "165.3"), **settings)

    series = {"body-weight": SeriesCount(1, 0, {})}
    assert takeover == Takeover(
        "jack", created=True, settings=settings, refusals=(), series=series, connected=False
    )
    assert store.identities.settings("jack") == takeover.settings
    assert stored_values(store) == [("2020-01-01", "74.979")]


def test_what_a_provider_answered_is_never_overwritten(store: Store) -> None:
    store.identities.save("jack", {})
    store.records.apply("jack", Delta(added=(record("2020-01-01", "75.1"),)), NOW)

    takeover = take(store, weight("2020-01-01", "165.3"), weight("2020-01-02", "165.0"))

    assert takeover.series == {"body-weight": SeriesCount(1, 1, {})}
    assert stored_values(store) == [("2020-01-01", "75.1"), ("2020-01-02", "74.843")]


def entry(log_id: int, day: str, time: str) -> dict[str, Json]:
    return {"logId": log_id, "date": day, "time": time, "weight": 165.3}


def test_no_day_is_lost_that_the_provider_does_not_know(store: Store) -> None:
    """It was read from the 2nd to the 4th, and has only the 3rd, under another number."""
    store.identities.save("jack", {})
    known = Record("weight", "7", "2020-01-03T07:00:00", entry(7, "2020-01-03", "07:00:00"))
    known = known._replace(origin="google_health 1a2b3c4d")
    ledger = Ledger(days={"weight": Days(date(2020, 1, 2), "ese")})
    store.records.apply("jack", Delta(added=(known,)), NOW, ledger)
    entries: list[Json] = [entry(day, f"2020-01-0{day}", "07:00:00") for day in range(1, 6)]

    take_over(LegacyPerson("jack", {}, {"weight": entries}), store, "en_US", NOW)

    assert [(r.key, r.origin) for r in store.records.everything("jack")] == [
        ("1", "import"),
        ("2", "import"),
        ("7", "google_health 1a2b3c4d"),
        ("4", "import"),
        ("5", "import"),
    ]
    assert store.records.ledger("jack") == ledger


@pytest.mark.parametrize(("read", "keys"), [("2020-01-03", ["8"]), ("2020-01-02", ["7", "8"])])
def test_a_record_of_an_earlier_version_is_a_providers_if_its_day_was_read(
    store: Store, read: str, keys: list[str]
) -> None:
    store.identities.save("jack", {})
    ledger = Ledger(days={"weight": Days(date.fromisoformat(read), "o")})
    known = Record("weight", "8", "2020-01-03T08:00:00", entry(8, "2020-01-03", "08:00:00"))
    store.records.apply("jack", Delta(added=(known,)), NOW, ledger)
    later: list[Json] = [entry(7, "2020-01-03", "09:00:00")]

    take_over(LegacyPerson("jack", {}, {"weight": later}), store, "en_US", NOW)

    assert sorted(record.key for record in store.records.everything("jack")) == keys


def test_a_second_time_writes_nothing(store: Store) -> None:
    take(store, weight("2020-01-01", "165.3"), period="1y")
    head = store.log.head("jack")

    takeover = take(store, weight("2020-01-01", "165.3"), period="1y")

    assert (takeover.created, takeover.series) == (False, {"body-weight": SeriesCount(0, 1, {})})
    assert takeover.refusals == ()
    assert store.log.head("jack") == head


def test_settings_that_are_here_stay_as_they_are(store: Store) -> None:
    store.identities.save("jack", {"methods": "sleep"})

    takeover = take(store, methods="time_series", resource="body/weight")

    assert store.identities.settings("jack") == {"methods": "sleep"}
    assert takeover.refusals == (
        "methods=time_series: jack already has settings, which stay",
        "resource=body/weight: jack already has settings, which stay",
    )


def test_a_person_without_settings_gets_them(store: Store) -> None:
    store.identities.save("jack", {})

    assert not take(store, period="1y").created

    assert store.identities.settings("jack") == {"period": "1y"}


SOUL = {"methods": "time_series", "resource": "body/soul"}
SUBSCRIPTIONS = {"methods": "list_subscriptions,sleep"}
SINCE_2020 = {"base_date": "2020-01-01"}


@pytest.mark.parametrize(
    ("usable", "settings", "sentence"),
    [
        ({"period": "1y"}, {"user_id": "7XYZ9"}, "no setting 'user_id'"),
        ({}, {"period": "5y"}, "period: period must be one of"),
        ({}, {"methods": "time_series"}, "methods: time_series needs a resource"),
        ({"period": "1y"}, SOUL, "methods, resource: time_series has no such resource"),
        ({"methods": "sleep"}, SUBSCRIPTIONS, "The method list_subscriptions: "),
        ({}, {"methods": "log_activity"}, "The method log_activity: There is no such"),
        (SINCE_2020, {"end_date": "2019-01-01"}, "end_date: end_date must not lie before"),
        ({}, {"base_date": "\x1b"}, "base_date takes at most 500 printable"),
        ({}, {"timezone": "Mars/Base"}, "timezone takes a name"),
    ],
)
def test_a_setting_that_no_fetch_could_use_is_reported(
    store: Store, usable: dict[str, str], settings: dict[str, str], sentence: str
) -> None:
    takeover = take(store, **usable | settings)

    assert store.identities.settings("jack") == usable
    assert len(takeover.refusals) == 1
    assert sentence in takeover.refusals[0]


def test_actions_that_disagree_are_reported(store: Store) -> None:
    actions = [{"period": "1m", "methods": "sleep"}, {"period": "1y", "methods": "sleep,body"}]
    person = LegacyPerson("jack", {"period": "1w"}, {}, actions=actions)

    takeover = take_over(person, store, "en_US", NOW)

    assert takeover.settings == {"period": "1m", "methods": "sleep,body"}
    assert takeover.refusals == ("period=1y of another action",)


def test_a_name_that_nobody_can_have_is_refused(store: Store) -> None:
    with pytest.raises(BadRequest, match="A user name is"):
        take_over(LegacyPerson("jäck"), store, "en_US", NOW)

    assert store.identities.names() == []
