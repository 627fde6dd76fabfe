"""What a poll is sent: the same bytes while nothing changed, and never others than are right."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable

import pytest

from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import NotAllowed, TryLater
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.delivery.poll import new_poll_key, poll
from healthrelay.flows.delivery.snapshots import Form, Sent, Snapshots
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import NOW, weight

FORMS = [
    Form(days, cursor, xml, system, packed)
    for days in (3, 365)
    for cursor in (False, True)
    for xml in (False, True)
    for system in ("metric", "en_US")
    for packed in (False, True)
]


@pytest.fixture
def jack(either_store: Store) -> Store:
    """A store, SQLite or Firestore, with jack."""
    either_store.identities.save("jack", {})
    return either_store


def apply(store: Store, delta: Delta, units: str = "") -> None:
    ledger = store.records.ledger("jack")
    store.records.apply("jack", delta, NOW, ledger._replace(units=units or ledger.units))


def start_over(store: Store) -> None:
    """Another person of the same name, whose log is as long."""
    head = store.log.head("jack")
    store.identities.remove("jack")
    store.identities.save("jack", {})
    for number in range(head):
        apply(store, Delta(added=(weight(number % 28, str(60 + number)),)))


def adopt(store: Store, rng: random.Random) -> None:
    record = rng.choice(store.records.everything("jack"))
    apply(store, Delta(adopted=(record._replace(origin="google_health 1a2b3c4d"),)))


def remove(store: Store, rng: random.Random) -> None:
    *rest, last = store.records.everything("jack")
    apply(store, Delta(removed=(rng.choice(rest) if rest else last,)) if rest else Delta())


CHANGES: list[Callable[[Store, random.Random], object]] = [
    lambda store, rng: apply(store, Delta(added=(weight(rng.randrange(28), "81.0"),))),
    lambda store, rng: apply(store, Delta(changed=(weight(rng.randrange(28), "180"),))),
    adopt,
    remove,
    lambda store, rng: apply(store, Delta(), rng.choice(["metric", "en_US", "en_GB"])),
    lambda store, rng: store.log.retell("jack", rng.choice(["metric", "en_US"]), ["weight"], NOW),
    lambda store, _: store.records.renew("jack"),
    lambda store, _: start_over(store),
    lambda store, _: store.log.save("jack", "igor", Progress(1)),
    lambda store, _: None,
]


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_one_without_a_memory_would_send(jack: Store, seed: int) -> None:
    rng, snapshots = random.Random(seed), Snapshots()
    apply(jack, Delta(added=tuple(weight(day) for day in range(20))))
    forms = rng.sample(FORMS, 3)
    for _ in range(16):
        rng.choice(CHANGES)(jack, rng)
        key = new_poll_key("jack", jack.identities)
        for form in forms:
            sent = poll("jack", key, jack, form, snapshots)
            assert sent == poll("jack", key, jack, form, Snapshots())


@pytest.mark.parametrize("packed", [False, True])
def test_while_nothing_changed_the_same_bytes_are_sent(jack: Store, packed: bool) -> None:
    snapshots, form = Snapshots(), Form(365, gzip=packed)
    apply(jack, Delta(added=tuple(weight(day) for day in range(20))))
    key = new_poll_key("jack", jack.identities)
    first = poll("jack", key, jack, form, snapshots)
    # A fetch that finds nothing new writes the ledger, and a delivery how far it came.
    jack.records.apply("jack", Delta(), NOW, Ledger(read_at=NOW.isoformat()))
    jack.log.save("jack", "igor", Progress(1))

    assert poll("jack", key, jack, form, snapshots).body is first.body
    assert first.gzip is packed
    body = gzip.decompress(first.body) if packed else first.body
    assert len(json.loads(body)["jack"]["body-weight"]) == 20

    apply(jack, Delta(changed=(weight(3, "70.1"),)))
    assert poll("jack", key, jack, form, snapshots).body != first.body


def test_the_key_is_looked_at_each_time(jack: Store) -> None:
    snapshots = Snapshots()
    apply(jack, Delta(added=(weight(1),)))
    key = new_poll_key("jack", jack.identities)
    poll("jack", key, jack, Form(365), snapshots)
    new_poll_key("jack", jack.identities)

    with pytest.raises(NotAllowed):
        poll("jack", key, jack, Form(365), snapshots)
    assert snapshots.of("jack", Form(365))

    jack.identities.remove("jack")
    with pytest.raises(NotAllowed):
        poll("jack", key, jack, Form(365), snapshots)
    assert snapshots.of("jack", Form(365)) is None


def test_when_everything_is_gone_nothing_from_before_is_sent(jack: Store) -> None:
    snapshots = Snapshots()
    apply(jack, Delta(added=(weight(1),)))
    key = new_poll_key("jack", jack.identities)
    poll("jack", key, jack, Form(365), snapshots)
    apply(jack, Delta(removed=(weight(1),)))

    for _ in range(2):
        with pytest.raises(TryLater, match="Nothing has been recorded yet"):
            poll("jack", key, jack, Form(365), snapshots)


def test_what_was_asked_for_least_recently_goes_first() -> None:
    snapshots = Snapshots(limit=10)
    forms = [Form(days) for days in range(1, 4)]
    for form in forms[:2]:
        snapshots.keep("jack", form, Sent("1", b"12345", gzip=False))
    snapshots.of("jack", forms[0])

    snapshots.keep("emma", forms[2], Sent("1", b"1", gzip=False))

    assert snapshots.of("jack", forms[1]) is None
    assert snapshots.of("jack", forms[0])
    assert snapshots.of("emma", forms[2])

    snapshots.keep("jack", forms[0], Sent("2", b"12345678901", gzip=False))
    assert snapshots.of("jack", forms[0]) is None
    for number in range(50):
        snapshots.keep("jack", forms[1], Sent(str(number), b"123456789", gzip=False))
    assert snapshots.of("emma", forms[2])


def test_records_of_a_state_alone_are_sent(jack: Store) -> None:
    state = Record("user", "the one", "2009-01-01", {"height": "180"}, "import")
    apply(jack, Delta(added=(state,)))
    key = new_poll_key("jack", jack.identities)

    sent = poll("jack", key, jack, Form(365), Snapshots())

    assert sent.body == b'{"jack":{"user":[{"height":"180"}]}}'
