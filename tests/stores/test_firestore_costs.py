"""What Firestore is asked for, document by document: that is what it costs and where it ends."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from healthrelay.adapters.firestore.buckets import MAX_COMMIT
from healthrelay.adapters.firestore.documents import Write
from healthrelay.adapters.firestore.measurements import MAX_WRITES
from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import Refused, TooLarge
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.records import Names, Record
from healthrelay.flows.grants.sessions import owner_version
from healthrelay.ports.store import PersonDump
from tests.peers.emulated import EmulatedStore
from tests.peers.firestore import MakeFirestore
from tests.stores.contract import DOCUMENT, LEDGER, NOW, entry, weight

pytestmark = pytest.mark.peer


def days(first: date, number: int) -> list[str]:
    return [(first + timedelta(n)).isoformat() for n in range(number)]


def week(first: str = "2026-11-01") -> Delta:
    return Delta(added=tuple(map(weight, days(date.fromisoformat(first), 7))))


def cost(store: EmulatedStore, act: Callable[[], object]) -> tuple[int, int]:
    """Documents read and written by *act*."""
    before = store.meter.reads, store.meter.writes
    act()
    return store.meter.reads - before[0], store.meter.writes - before[1]


def test_documents_lie_where_the_seed_has_them(store: EmulatedStore) -> None:
    store.identities.save_application({"client_id": "A"}, {})
    store.identities.save_poll_key("jack", "hash")
    version = store.tokens.save("jack", DOCUMENT, 0)
    store.records.apply("jack", Delta(added=(weight("2026-11-01"),)), NOW, Ledger())
    store.log.save("jack", "igor", Progress(1))
    store.handshakes.use("nonce", NOW, NOW)

    documents = store.contents()

    documents["plugindata/fitbit"].pop("mark")
    life = documents["identities/jack"].pop("life")
    card = json.loads(str(documents["identities/jack"].pop("card")))
    summary = json.loads(str(documents["identities/jack"].pop("summary")))
    assert documents["identities/jack"].pop("mark")
    assert documents["handshakes/nonce"].pop("mark")
    person = store.identities.invitations("jack").person
    assert documents == {
        "plugindata/fitbit": {"values": {"client_id": "A"}},
        "identities/jack": {"head": 1, "progress": '{"igor":{"sequence":1}}', "ledger": "{}"},
        "identities/jack/plugindata/fitbit": {
            "settings": {"period": "1w"},
            "invitations": f'{{"person":"{person}","used":{{}}}}',
            "poll_key": "hash",
            "token": {"version": version, "document": json.dumps(DOCUMENT, separators=(",", ":"))},
        },
        "identities/jack/log/0000000001": {
            "life": life,
            "at": NOW,
            "entry": '{"added":{"body-weight":["2026-11-01"]}}',
        },
        "sensors/fitbit/jack/body-weight.2026": {
            "life": life,
            "records": '[["2026-11-01",{"dateTime":"2026-11-01","value":"82.4"}]]',
        },
        "handshakes/nonce": {"expires": NOW},
    }
    shown = {"provider": "fitbit", "scopes": ["weight"]}
    invitations = {"person": person, "used": {}}
    assert card == {"settings": {"period": "1w"}, "grant": shown, "invitations": invitations}
    newest = ["2026-11-01", "2026-11-01", {"dateTime": "2026-11-01", "value": "82.4"}, ""]
    assert summary == {"body-weight": [newest]}


def test_unchanged_fetch_writes_the_ledger_alone(store: EmulatedStore) -> None:
    store.records.apply("jack", week(), NOW)
    window = Window("body-weight", date(2026, 11, 1), date(2026, 11, 7))

    # The bucket and the person; then the person once more for the number.
    assert cost(store, lambda: store.records.within("jack", [window])) == (2, 0)
    assert cost(store, lambda: store.records.apply("jack", Delta(), NOW)) == (1, 0)
    assert cost(store, lambda: store.records.apply("jack", Delta(), NOW, LEDGER)) == (1, 1)


def test_changed_daily_series_writes_a_bucket_the_person_and_a_log_entry(
    store: EmulatedStore,
) -> None:
    store.records.apply("jack", week(), NOW)
    delta = Delta(added=(weight("2026-11-08"),), changed=(weight("2026-11-07", "80"),))

    assert cost(store, lambda: store.records.apply("jack", delta, NOW, LEDGER)) == (2, 3)


def test_week_across_new_year_writes_two_buckets(store: EmulatedStore) -> None:
    assert cost(store, lambda: store.records.apply("jack", week("2025-12-28"), NOW)) == (3, 4)


def test_changed_log_asks_where_its_entries_were(store: EmulatedStore) -> None:
    for number, year in enumerate((2024, 2025, 2026)):
        store.records.apply("jack", Delta(added=(entry(number, f"{year}-05-01"),)), NOW)
    new = Delta(added=(entry(9, "2026-11-01"),))
    moved = Delta(changed=(entry(1, "2026-01-01"),))

    # The person, the bucket, the keys of all three; then the one that held it before, too.
    assert cost(store, lambda: store.records.apply("jack", new, NOW)) == (5, 3)
    assert cost(store, lambda: store.records.apply("jack", moved, NOW)) == (6, 4)
    days = [(0, "2024-05-01"), (1, "2026-01-01"), (2, "2026-05-01"), (9, "2026-11-01")]
    assert store.records.everything("jack") == [entry(*day) for day in days]


def test_a_poll_reads_the_key_the_person_and_the_buckets(store: EmulatedStore) -> None:
    store.records.apply("jack", week("2025-12-28"), NOW)

    assert cost(store, lambda: store.identities.poll_key("jack")) == (1, 0)
    assert cost(store, lambda: store.records.everything("jack")) == (3, 0)


def test_a_poll_of_what_is_unchanged_reads_no_bucket(store: EmulatedStore) -> None:
    store.records.apply("jack", week("2025-12-28"), NOW)
    now = store.records.everything_since("jack", "")
    assert now is not None

    assert cost(store, lambda: store.records.everything_since("jack", "")) == (3, 0)
    assert cost(store, lambda: store.records.everything_since("jack", now.version)) == (1, 0)


def test_of_each_series_one_document_is_read(store: EmulatedStore) -> None:
    for number, year in enumerate((2023, 2024, 2025, 2026)):
        added = (weight(f"{year}-05-01"), entry(number, f"{year}-05-01"))
        store.records.apply("jack", Delta(added=added), NOW)

    # The person, one of four years each, and nothing behind the last one.
    assert cost(store, lambda: store.records.series("jack")) == (1 + 2 + 1, 0)


def test_what_somebody_before_left_is_no_series(store: EmulatedStore) -> None:
    """A document of an earlier jack lies before one of this one, which is found behind it."""
    store.records.apply("jack", Delta(added=(weight("2026-05-01"),)), NOW)
    life = {"life": "an earlier one", "records": "[]"}
    names = ("body-fat.2025", "body-weight.2025", "weight.2025")
    left = [Write(f"sensors/fitbit/jack/{name}", life) for name in names]
    store.interrupted(lambda: None).commit(*left)

    assert store.records.series("jack") == ["body-weight"]


def test_only_the_buckets_of_what_is_named_are_read(store: EmulatedStore) -> None:
    for number, year in enumerate((2023, 2024, 2025, 2026)):
        added = (weight(f"{year}-05-01"), entry(number, f"{year}-05-01"))
        store.records.apply("jack", Delta(added=added), NOW)

    def reads(names: Names) -> int:
        return cost(store, lambda: store.records.named("jack", names))[0]

    # The person and the bucket; where the key is no day, the keys of the series before it.
    assert reads({"body-weight": ["2026-05-01", "2026-05-02"]}) == 2
    assert reads({"weight": ["3"]}) == 1 + 4 + 1
    assert reads({"weight": None}) == 1 + 4


def test_small_things_cost_a_read_and_a_write(store: EmulatedStore) -> None:
    store.tokens.save("jack", DOCUMENT, 0)

    assert cost(store, lambda: store.identities.settings("jack")) == (1, 0)
    # What is shown of it lies in the person's document as well.
    assert cost(store, lambda: store.identities.save("jack", {"period": "1m"})) == (2, 2)
    assert cost(store, lambda: store.identities.save("jack", {"period": "1m"})) == (1, 1)
    assert cost(store, lambda: store.identities.save("second", {})) == (1, 2)
    assert cost(store, store.identities.names) == (2, 0)
    assert cost(store, lambda: store.tokens.load("jack")) == (1, 0)
    assert cost(store, lambda: store.handshakes.use("nonce", NOW, NOW)) == (1, 1)
    assert cost(store, lambda: store.log.save("jack", "igor", Progress(1))) == (1, 1)
    assert cost(store, lambda: store.log.save("jack", "igor", Progress(1))) == (1, 0)
    assert cost(store, lambda: store.log.following("jack")) == (1, 0)
    assert cost(store, store.log.followings) == (2, 0)


def test_a_look_at_the_log_costs_its_entries(store: EmulatedStore) -> None:
    for day in range(1, 6):
        store.records.apply("jack", Delta(added=(weight(f"2026-11-0{day}"),)), NOW)

    assert cost(store, lambda: store.log.after("jack", 5, 100)) == (1, 0)
    assert cost(store, lambda: store.log.after("jack", 2, 2)) == (3, 0)
    assert cost(store, lambda: store.log.prune("jack", NOW)) == (2, 0)
    assert cost(store, lambda: store.log.prune("jack", NOW + timedelta(1))) == (2 + 4, 4)


def test_series_that_outgrows_its_document_is_split_and_loses_nothing(
    make_firestore: MakeFirestore,
) -> None:
    store = make_firestore(limit=1600)
    store.identities.save("jack", {})
    known = {day: weight(day) for day in days(date(2026, 1, 1), 90)}
    for first in range(0, 90, 10):
        part = list(known.values())[first : first + 10]
        store.records.apply("jack", Delta(added=tuple(part)), NOW)
    window = Window("body-weight", date(2026, 1, 25), date(2026, 2, 5))
    change = Delta(changed=(weight("2026-01-31", "80"),), removed=(weight("2026-01-30"),))

    # The person, the year's mark, two months, of which January has become days.
    assert cost(store, lambda: store.records.within("jack", [window])) == (11, 0)
    assert cost(store, lambda: store.records.apply("jack", change, NOW)) == (5, 4)

    known["2026-01-31"] = weight("2026-01-31", "80")
    del known["2026-01-30"]
    assert store.records.everything("jack") == list(known.values())
    assert store.records.within("jack", [window]) == list(known.values())[24:35]
    documents = store.contents()
    assert documents["sensors/fitbit/jack/body-weight.2026"]["split"]
    assert max(len(fields.get("records", "")) for fields in documents.values()) <= 1600


def nights(number: int, length: int, first: date = date(2026, 1, 1)) -> list[Record]:
    """As large as nights with their stages."""
    return [
        Record("sleep", str(key), day, {"logId": key, "dateOfSleep": day, "levels": "x" * length})
        for key, day in enumerate(days(first, number), 1_000_000)
    ]


def test_a_year_of_nights_is_larger_than_a_document_of_firestore(store: EmulatedStore) -> None:
    year = nights(365, 8_000)

    # A mark and twelve months, written with the person and the log entry.
    assert cost(store, lambda: store.records.apply("jack", Delta(added=tuple(year)), NOW))[1] == 15

    assert store.records.everything("jack") == year


def test_as_large_as_a_bucket_may_be_firestore_takes_it(store: EmulatedStore) -> None:
    (night,) = nights(1, 999_850)

    store.records.apply("jack", Delta(added=(night,)), NOW)

    assert store.records.everything("jack") == [night]


def test_day_that_no_document_holds_is_refused_and_nothing_lands(
    make_firestore: MakeFirestore,
) -> None:
    store = make_firestore(limit=300)
    store.identities.save("jack", {})
    incompressible = random.Random(1).randbytes(1000).hex()
    large = Record("weight", "1", "2026-11-01", {"logId": 1, "note": incompressible})

    with pytest.raises(Refused, match=r"weight\.2026-11-01") as caught:
        store.records.apply("jack", Delta(added=(weight("2026-11-01"), large)), NOW)

    assert incompressible[:20] not in str(caught.value)
    assert store.records.everything("jack") == []
    assert store.log.head("jack") == 0


@pytest.mark.parametrize("too_much", ["bytes", "documents"])
def test_more_than_a_commit_takes_is_refused_and_nothing_lands(
    store: EmulatedStore, too_much: str
) -> None:
    if too_much == "bytes":
        records = nights(MAX_COMMIT // 90_000 + 1, 90_000)
    else:
        series = "activities-heart-intraday"
        records = [
            Record(series, day, day, {"dateTime": day})
            for day in days(date(2025, 1, 1), MAX_WRITES)
        ]

    with pytest.raises(TooLarge, match="shorter period"):
        store.records.apply("jack", Delta(added=tuple(records)), NOW)
    assert store.records.everything("jack") == []
    assert store.log.head("jack") == 0


def test_entry_of_a_change_with_very_many_keys_names_the_series_only(store: EmulatedStore) -> None:
    long = [
        Record("weight", f"{number:0>2000}", "2026-11-01", {"date": "2026-11-01", "logId": number})
        for number in range(510)
    ]
    # In a bucket a key is there twice.
    store.records.apply("jack", Delta(added=tuple(long[:200])), NOW)
    store.records.apply("jack", Delta(added=tuple(long[200:]), removed=tuple(long[:200])), NOW)

    documents = store.contents()

    assert documents["identities/jack/log/0000000002"]["entry"] == '{"whole": ["weight"]}'
    assert store.log.head("jack") == 2


def test_a_restored_person_costs_their_documents_and_a_claim(store: EmulatedStore) -> None:
    records = tuple(map(weight, days(date(2025, 12, 30), 7)))  # two buckets
    entries = [Entry(4, NOW, {"body-weight": ("2026-01-01",)}, {}, {})]
    person = PersonDump({}, None, None, {}, {}, Ledger(), entries, records)

    # Read: the person, what an earlier attempt left (three listings), the claim, whose account
    # each is. Written: the claim and its end, that, the person's two documents, two buckets, one
    # entry.
    store.accounts.change(lambda bindings: bindings)
    assert cost(store, lambda: store.restore("second", person)) == (6, 8)


def test_everybody_costs_a_read_each(make_firestore: MakeFirestore) -> None:
    empty = make_firestore()
    for number in range(10):
        empty.identities.save(f"user{number}", {"period": "1w"})
        empty.tokens.save(f"user{number}", DOCUMENT, 0)
        empty.records.apply(f"user{number}", Delta(added=(weight("2026-11-01"),)), NOW, LEDGER)

    assert cost(empty, empty.overview.people) == (10, 0)
    # And one for the session of who looks: that is all that Today reads.
    assert cost(empty, lambda: owner_version(empty.identities)) == (1, 0)


def test_a_refresh_writes_nothing_but_the_grant(store: EmulatedStore) -> None:
    version = store.tokens.save("jack", DOCUMENT, 0)
    fresh = {**DOCUMENT, "expires_at": "2026-11-01T21:00:00+00:00", "sealed": "v1.k.y"}

    assert cost(store, lambda: store.tokens.save("jack", fresh, version)) == (1, 1)


def test_what_an_earlier_version_did_not_write_is_made_once(store: EmulatedStore) -> None:
    store.records.apply("jack", Delta(added=(weight("2026-11-01"),)), NOW, LEDGER)
    before = store.overview.people()
    database = store.interrupted(lambda: None)
    person = database.get_one("identities/jack")
    assert person
    database.commit(Write(person.path, {}, since=person.updated, gone=("card", "summary")))

    assert store.overview.people() == before
    assert cost(store, store.overview.people) == (1, 0)
