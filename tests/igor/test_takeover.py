"""Taking a person over: what is made, what stays, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.core.errors import BadRequest
from healthrelay.core.json import Json
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.igor.old_plugin import Person, Units
from healthrelay.igor.takeover import Series, TakenOver, take_over
from healthrelay.ports.store import Store

NOW = datetime(2026, 6, 3, 8, tzinfo=UTC)
KILOS = Units("en_US", "metric")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    return SqliteStore(str(tmp_path / "store.db"))


def weight(day: str, value: str) -> dict[str, Json]:
    return {"dateTime": day, "value": value}


def record(day: str, value: str) -> Record:
    return Record("body-weight", day, day, weight(day, value))


def take(store: Store, *weights: Json, **settings: str) -> TakenOver:
    series = {"body-weight": list(weights)} if weights else {}
    return take_over(Person("jack", settings, series), store, KILOS, NOW)


def kept(store: Store) -> list[tuple[str, Json]]:
    return [(r.key, r.data["value"]) for r in store.records.everything("jack")]


def test_a_person_is_made_with_settings_and_measurements(store: Store) -> None:
    settings = {"methods": "time_series", "resource": "body/weight"}

    taken = take(store, weight("2020-01-01", "165.3"), **settings)

    assert taken == TakenOver(
        user="jack",
        made=True,
        settings=settings,
        not_taken=(),
        series={"body-weight": Series(1, 0, {})},
        connected=False,
    )
    assert store.identities.settings("jack") == taken.settings
    assert kept(store) == [("2020-01-01", "74.979")]


def test_what_a_provider_told_is_never_overwritten(store: Store) -> None:
    store.identities.save("jack", {})
    store.records.apply("jack", Delta(added=(record("2020-01-01", "75.1"),)), NOW)

    taken = take(store, weight("2020-01-01", "165.3"), weight("2020-01-02", "165.0"))

    assert taken.series == {"body-weight": Series(1, 1, {})}
    assert kept(store) == [("2020-01-01", "75.1"), ("2020-01-02", "74.843")]


def test_what_a_provider_no_longer_tells_does_not_rise_again(store: Store) -> None:
    store.identities.save("jack", {})
    told = Delta(added=(record("2020-01-03", "75"),))
    covered = {"body-weight": (date(2020, 1, 2), date(2020, 1, 4))}
    store.records.apply("jack", told, NOW, covered)

    take(store, *(weight(f"2020-01-0{day}", "165.3") for day in range(1, 6)))

    assert [day for day, _ in kept(store)] == ["2020-01-01", "2020-01-03", "2020-01-05"]
    assert store.records.coverage("jack") == covered


def test_a_second_time_writes_nothing(store: Store) -> None:
    take(store, weight("2020-01-01", "165.3"), period="1y")
    head = store.log.head("jack")

    taken = take(store, weight("2020-01-01", "165.3"), period="1y")

    assert (taken.made, taken.series) == (False, {"body-weight": Series(0, 1, {})})
    assert taken.not_taken == ()
    assert store.log.head("jack") == head


def test_settings_that_are_here_stay_as_they_are(store: Store) -> None:
    store.identities.save("jack", {"methods": "sleep"})

    taken = take(store, methods="time_series", resource="body/weight")

    assert store.identities.settings("jack") == {"methods": "sleep"}
    assert taken.not_taken == (
        "methods=time_series: jack has settings here, which stay",
        "resource=body/weight: jack has settings here, which stay",
    )


def test_a_person_without_settings_gets_them(store: Store) -> None:
    store.identities.save("jack", {})

    assert not take(store, period="1y").made

    assert store.identities.settings("jack") == {"period": "1y"}


@pytest.mark.parametrize(
    ("settings", "usable", "said"),
    [
        ({"user_id": "7XYZ9", "period": "1y"}, {"period": "1y"}, "no setting 'user_id'"),
        ({"period": "5y"}, {}, "period: period must be one of"),
        ({"methods": "time_series"}, {}, "methods: time_series needs a resource"),
        (
            {"methods": "time_series", "resource": "body/soul", "period": "1y"},
            {"period": "1y"},
            "methods, resource: time_series has no such resource",
        ),
        (
            {"methods": "list_subscriptions,sleep"},
            {"methods": "sleep"},
            "The method list_subscriptions: ",
        ),
        ({"methods": "log_activity"}, {}, "The method log_activity: There is no such"),
        (
            {"base_date": "2020-01-01", "end_date": "2019-01-01"},
            {"base_date": "2020-01-01"},
            "end_date: end_date must not lie before",
        ),
        ({"base_date": "\x1b"}, {}, "base_date takes at most 500 printable"),
        ({"timezone": "Mars/Base"}, {}, "timezone takes a name"),
    ],
)
def test_a_setting_that_no_fetch_could_use_is_told(
    store: Store, settings: dict[str, str], usable: dict[str, str], said: str
) -> None:
    taken = take(store, **settings)

    assert store.identities.settings("jack") == usable
    assert len(taken.not_taken) == 1
    assert said in taken.not_taken[0]


def test_actions_that_disagree_are_told(store: Store) -> None:
    actions = [{"period": "1m", "methods": "sleep"}, {"period": "1y", "methods": "sleep,body"}]
    person = Person("jack", {"period": "1w"}, {}, actions=actions)

    taken = take_over(person, store, KILOS, NOW)

    assert taken.settings == {"period": "1m", "methods": "sleep,body"}
    assert taken.not_taken == ("period=1y of another action",)


def test_a_name_that_nobody_can_have_is_refused(store: Store) -> None:
    with pytest.raises(BadRequest, match="A user name is"):
        take_over(Person("jäck"), store, KILOS, NOW)

    assert store.identities.names() == []
