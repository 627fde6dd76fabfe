"""What is kept for charts of years in Firestore: it follows the records, whoever writes them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from healthrelay.adapters.firestore.buckets import MAX_BYTES
from healthrelay.adapters.firestore.documents import Write
from healthrelay.adapters.firestore.measurements import FirestoreRecords
from healthrelay.adapters.firestore.overview import FirestoreOverview
from healthrelay.core.charts.thin import thin_years
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record, in_order
from healthrelay.ports.store import PersonDump
from tests.core.charts.given import daily, session
from tests.peers.emulated import EmulatedStore
from tests.stores.contract import LEDGER, NOW, entry
from tests.stores.test_firestore_costs import cost

pytestmark = pytest.mark.peer

NEW_YEAR = date(2026, 1, 1)


def steps(*days: date) -> Delta:
    return Delta(added=tuple(daily("activities-steps", day, "8123") for day in days))


def kept(store: EmulatedStore) -> list[Record]:
    """What is kept, having checked that it is what follows from the records."""
    charted = store.overview.charted("jack", None)
    years = thin_years(store.records.everything("jack"))
    assert charted == in_order(record for year in years.values() for record in year.values())
    return charted


def years(store: EmulatedStore) -> list[str]:
    """The documents of the years, in whatever life."""
    return [path for path in store.contents() if path.startswith("identities/jack/charts/")]


def without_years(store: EmulatedStore) -> None:
    """As an earlier version wrote beside us: a change with another mark, and no year."""
    database = store.interrupted(lambda: None)
    person = database.get_one("identities/jack")
    assert person
    since = {"since": person.updated}
    forgotten = Write(person.path, {}, gone=("charts",), **since)  # type: ignore[arg-type]
    database.commit(forgotten)
    store.records.apply("jack", steps(NEW_YEAR), NOW)
    again = database.get_one("identities/jack")
    assert again
    stays = {"charts": person.fields["charts"]}
    database.commit(Write(person.path, stays, since=again.updated))


def test_nothing_is_written_before_somebody_looks(store: EmulatedStore) -> None:
    assert cost(store, lambda: store.records.apply("jack", steps(NEW_YEAR), NOW, LEDGER)) == (2, 3)

    assert years(store) == []
    assert [record.data for record in kept(store)] == [{"value": "8123"}]
    assert years(store) == ["identities/jack/charts/2026"]


def test_who_looks_again_reads_the_person_and_their_years(store: EmulatedStore) -> None:
    store.records.apply("jack", steps(NEW_YEAR, NEW_YEAR - timedelta(1)), NOW)
    # The person, no year yet; then the person again, and a listing of each of eight series,
    # of which one has two buckets. Written: the person and two years.
    assert cost(store, lambda: store.overview.charted("jack", None)) == (12, 3)

    assert cost(store, lambda: store.overview.charted("jack", None)) == (3, 0)
    assert cost(store, lambda: store.overview.charted("jack", NEW_YEAR)) == (2, 0)
    (newest,) = store.overview.charted("jack", NEW_YEAR)
    assert newest.when == "2026-01-01"


def test_each_change_writes_its_year_and_an_unchanged_fetch_none(store: EmulatedStore) -> None:
    store.overview.charted("jack", None)

    assert cost(store, lambda: store.records.apply("jack", steps(NEW_YEAR), NOW, LEDGER)) == (3, 4)
    assert cost(store, lambda: store.records.apply("jack", Delta(), NOW, LEDGER)) == (1, 1)
    pulse = daily("activities-calories", NEW_YEAR, "2400")
    assert cost(store, lambda: store.records.apply("jack", Delta(added=(pulse,)), NOW))[1] == 3
    assert len(kept(store)) == 1


def test_an_entry_that_moves_to_another_year_leaves_the_old_one(store: EmulatedStore) -> None:
    store.records.apply("jack", Delta(added=(entry(1, "2025-05-01"),)), NOW)
    store.overview.charted("jack", None)

    store.records.apply("jack", Delta(changed=(entry(1, "2026-05-01"),)), NOW)

    assert [record.when[:10] for record in kept(store)] == ["2026-05-01"]
    assert years(store) == ["identities/jack/charts/2026"]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.integers(-3, 3), min_size=1, max_size=4), min_size=2, max_size=4))
def test_the_years_follow_the_records(store: EmulatedStore, changes: list[list[int]]) -> None:
    store.identities.remove("jack")
    store.identities.save("jack", {})
    for number, offsets in enumerate(changes):
        days = [NEW_YEAR + timedelta(offset) for offset in offsets]
        logged = [entry(offset, f"{day}") for offset, day in zip(offsets, days[::-1], strict=True)]
        nights = [session(f"{day}T00:10:00", [("deep", 60 + number)]) for day in days]
        old = [r for r in store.records.everything("jack") if number and r.when[8:10] == "02"]
        store.records.apply("jack", Delta(added=(*logged, *nights), removed=tuple(old)), NOW)

        kept(store)


@pytest.mark.parametrize("lost", ["answer", "race"])
def test_who_is_overtaken_while_making_the_years_leaves_them_right(
    store: EmulatedStore, lost: str
) -> None:
    store.records.apply("jack", steps(NEW_YEAR), NOW)
    later = steps(NEW_YEAR + timedelta(1))
    meanwhile: Callable[[], object] = lambda: store.overview.charted("jack", None)  # noqa: E731
    if lost == "race":
        meanwhile = lambda: store.records.apply("jack", later, NOW)  # noqa: E731

    other = FirestoreOverview(store.interrupted(meanwhile))

    # It shows what it read, and what it would write is written by the next look.
    assert len(other.charted("jack", None)) == 1
    assert len(kept(store)) == (2 if lost == "race" else 1)


def test_a_change_that_was_overtaken_by_a_look_writes_the_year(store: EmulatedStore) -> None:
    store.records.apply("jack", steps(NEW_YEAR), NOW)
    other = store.interrupted(lambda: store.overview.charted("jack", None))

    FirestoreRecords(other, MAX_BYTES).apply("jack", steps(NEW_YEAR + timedelta(1)), NOW)

    assert cost(store, lambda: store.overview.charted("jack", None)) == (2, 0)
    assert len(kept(store)) == 2


def test_who_is_killed_before_the_years_are_written_changes_nothing(store: EmulatedStore) -> None:
    store.records.apply("jack", steps(NEW_YEAR), NOW)
    before = store.contents()

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FirestoreOverview(store.interrupted(die)).charted("jack", None)

    assert store.contents() == before
    assert len(kept(store)) == 1


def test_what_an_earlier_version_wrote_beside_us_is_seen(store: EmulatedStore) -> None:
    store.overview.charted("jack", None)
    without_years(store)

    assert len(kept(store)) == 1
    assert cost(store, lambda: store.overview.charted("jack", None)) == (2, 0)


def test_a_year_that_cannot_be_read_is_made_again(store: EmulatedStore) -> None:
    store.records.apply("jack", steps(NEW_YEAR), NOW)
    store.overview.charted("jack", None)
    broken = Write("identities/jack/charts/2026", {"life": life(store), "packed": b"junk"})
    store.interrupted(lambda: None).commit(broken)

    store.records.apply("jack", steps(NEW_YEAR + timedelta(1)), NOW)

    assert len(kept(store)) == 2


def life(store: EmulatedStore) -> str:
    return str(store.contents()["identities/jack"]["life"])


def test_nothing_is_left_of_who_was_removed(store: EmulatedStore) -> None:
    store.records.apply("jack", steps(NEW_YEAR), NOW)
    store.overview.charted("jack", None)

    store.identities.remove("jack")

    assert years(store) == []
    store.identities.save("jack", {})
    assert kept(store) == []


def test_who_was_restored_has_years_after_a_look(store: EmulatedStore) -> None:
    person = PersonDump({}, None, None, {}, {}, Ledger(), [], steps(NEW_YEAR).added)
    store.overview.charted("jack", None)
    store.identities.remove("jack")
    store.restore("jack", person)

    assert len(kept(store)) == 1
    store.records.apply("jack", steps(NEW_YEAR + timedelta(1)), NOW)
    assert cost(store, lambda: store.overview.charted("jack", None)) == (2, 0)
    assert len(kept(store)) == 2


def test_a_year_too_large_for_a_document_is_read_from_the_records(store: EmulatedStore) -> None:
    noise = random.Random(1).randbytes(1_400_000).hex()
    days = [NEW_YEAR + timedelta(n) for n in range(3)]
    parts = (noise[:900_000], noise[900_000:1_800_000], noise[1_800_000:])
    large = [daily("body-fat", day, part) for day, part in zip(days, parts, strict=True)]
    store.overview.charted("jack", None)
    for one in large:
        store.records.apply("jack", Delta(added=(one,)), NOW)

    assert len(kept(store)) == 3
    store.records.apply("jack", Delta(removed=(large[0],)), NOW)
    assert len(kept(store)) == 2
