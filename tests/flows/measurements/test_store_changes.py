"""What was read is kept in one change, or in several that the store can take."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from healthrelay.core.errors import TooLarge, TryLater
from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.syncs import with_devices
from healthrelay.flows.measurements.gather import Gathered
from healthrelay.flows.measurements.store_changes import store_changes
from healthrelay.ports.store import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
MONTH = tuple(
    Window(series, TODAY - timedelta(29), TODAY) for series in ("body-weight", "body-fat")
)


JACK = "google_health 1a2b3c4d"
NOTHING = Ledger()


class Lines:
    """A log of which the lines can be looked at."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def append_line(self, severity: str, event: str, **facts: object) -> None:
        self.lines.append((severity, event, facts))


LINES = Lines()


class Small:
    """Records of a store that takes no more than *most* at once."""

    def __init__(self, store: Store, most: int) -> None:
        self._records = store.records
        self._most = most
        self.ledgers: list[Ledger] = []
        self.deltas: list[Delta] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def apply(self, user: str, delta: Delta, now: datetime, *, ledger: Ledger) -> int:
        if sum(map(len, delta)) > self._most:
            raise TooLarge("Too much.")
        self.ledgers.append(ledger)
        self.deltas.append(delta)
        return self._records.apply(user, delta, now, ledger=ledger)


def every_day(value: str = "82.4") -> tuple[Record, ...]:
    days = [(w.series, (w.start + timedelta(n)).isoformat()) for w in MONTH for n in range(30)]
    return tuple(Record(s, day, day, {"dateTime": day, "value": value}, JACK) for s, day in days)


def gathered(records: tuple[Record, ...], **changes: Any) -> Gathered:
    return Gathered(MONTH, records, {}, origin=JACK)._replace(**changes)


def store_all(what: Gathered, records: Any, ledger: Ledger = NOTHING, now: datetime = NOW) -> Delta:
    moment = Moment(now, now.replace(tzinfo=None))
    return store_changes(
        "jack", what, ledger, moment, "metric", records=records, log_event=LINES.append_line
    )


@pytest.mark.parametrize("most", [60, 30, 7, 1])
def test_a_month_arrives_whole_however_little_the_store_takes(store: Store, most: int) -> None:
    small = Small(store, most)

    delta = store_all(gathered(every_day()), small)

    assert sorted(delta.added) == sorted(every_day())
    assert (delta.changed, delta.removed) == ((), ())
    assert sorted(store.records.everything("jack")) == sorted(every_day())
    ledger = store.records.ledger("jack")
    month = Days(TODAY - timedelta(29), "o" * 30)
    assert ledger.days == {"body-weight": month, "body-fat": month}
    assert not store_all(gathered(every_day()), small, ledger)


def test_what_is_known_grows_with_what_is_kept(store: Store) -> None:
    small = Small(store, 10)

    store_all(gathered(every_day()), small)

    firsts = [known.days["body-weight"].start for known in small.ledgers]
    assert firsts == sorted(firsts, reverse=True)
    assert firsts[0] > firsts[-1] == date(2026, 10, 25)


def test_a_single_day_that_is_too_much_is_told(store: Store) -> None:
    with pytest.raises(TooLarge, match="Too much"):
        store_all(gathered(every_day()), Small(store, 0))


def test_an_unchanged_reading_writes_the_ledger_alone(store: Store) -> None:
    small = Small(store, 60)
    store_all(gathered(every_day()), small)

    later = NOW + timedelta(hours=1)
    store_all(gathered(every_day()), small, store.records.ledger("jack"), later)

    assert small.deltas[1:] == [Delta()]
    assert store.log.head("jack") == 1
    assert store.records.ledger("jack").read_at == "2026-11-23T13:00:00+00:00"


def test_what_could_not_be_read_is_noted_with_its_cause(store: Store) -> None:
    failed = {"body-fat": TryLater("Wait.", after=60)}
    what = gathered((), read=MONTH[:1], missed=MONTH[1:], failed=failed)

    store_all(what, store.records)

    ledger = store.records.ledger("jack")
    assert (ledger.outcome, ledger.causes) == ("try_later", {"body-fat": "try_later"})
    assert ledger.days["body-fat"].states == "f" * 30
    assert store.log.head("jack") == 0


def test_one_empty_answer_removes_nothing_and_the_next_unmarks_all(store: Store) -> None:
    store_all(gathered(every_day()), store.records)

    empty = store_all(gathered(()), store.records, store.records.ledger("jack"))

    assert not empty
    assert len(store.records.everything("jack")) == 60
    marked = store.records.ledger("jack")
    assert {series: len(marks) for series, marks in marked.marks.items()} == {
        "body-weight": 30,
        "body-fat": 30,
    }
    store_all(gathered(every_day()), store.records, marked)
    assert not store.records.ledger("jack").marks


def test_a_day_that_holds_what_another_gave_is_not_empty(store: Store) -> None:
    """What was imported, or came from a former provider, stays where there is nothing now."""
    day = TODAY - timedelta(29)
    imported = every_day()[0]._replace(origin="import")
    store.records.apply("jack", Delta(added=(imported,)), NOW)
    later = NOW + timedelta(days=40)

    for now in (later, later + timedelta(days=1), later + timedelta(days=2)):
        store_all(gathered(()), store.records, store.records.ledger("jack"), now)

    days = store.records.ledger("jack").days
    assert days["body-weight"] == Days(day, "s" + "e" * 29)
    assert days["body-fat"] == Days(day, "e" * 30)


def test_a_day_that_nobody_could_read_is_not_empty(store: Store) -> None:
    """As another provider may be able to, months later."""
    odd = {"body-weight": {TODAY.isoformat(): 1}}
    rest = [record for record in every_day() if record.when != TODAY.isoformat()]

    for hours in range(3):
        ledger = store.records.ledger("jack")
        later = NOW + timedelta(days=40, hours=hours)
        store_all(gathered(tuple(rest), odd=odd), store.records, ledger, later)

    ledger = store.records.ledger("jack")
    assert ledger.days["body-weight"].states == "s" * 29 + "f"
    assert (ledger.days["body-fat"].states, ledger.causes) == (
        "s" * 29 + "e",
        {"body-weight": "odd_data"},
    )


@pytest.mark.parametrize("ahead", [False, True], ids=["with the rest", "before the rest"])
def test_a_silent_device_is_named_once(store: Store, ahead: bool) -> None:
    """Also where the syncs were read before it was decided what else is."""
    watch = {"id": "7", "type": "TRACKER", "lastSyncTime": "2026-10-20T08:00:00.000"}
    before = len(LINES.lines)

    for hours in range(2):
        now, ledger = NOW + timedelta(hours=hours), store.records.ledger("jack")
        if ahead:
            ledger = with_devices(ledger, [watch], now.replace(tzinfo=None))
        what = gathered((), devices=() if ahead else (watch,))
        store_all(what, store.records, ledger, now)
    store_all(gathered(()), store.records, store.records.ledger("jack"))

    facts = {"user": "jack", "since": "2026-10-20"}
    assert LINES.lines[before:] == [("WARNING", "silent device", facts)]
    assert store.records.ledger("jack").devices["7"].named
