"""What every store must do, whatever it is made of: inherit, and give an `empty` fixture."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import DeadLetters, Progress
from healthrelay.core.errors import Conflict, Duplicate, Expired, Unknown, WrongAccount
from healthrelay.core.grants.invitations import Admission, Invitations, OpenInvitation
from healthrelay.core.json import Document, Versioned
from healthrelay.core.measurements.catalogue import EPOCH
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Mark
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.records import Record
from healthrelay.core.trouble import Trouble
from healthrelay.ports.store import Bind, PersonDump, Store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LEDGER = Ledger(
    read_at="2026-11-01T12:00:00+00:00",
    outcome="try_later",
    devices={"d1": Device("TRACKER", "Charge 6", "2026-10-26T07:30:00", "2026-11-01", named=True)},
    days={"body-weight": Days(date(2026, 10, 29), "seof"), "sleep": Days(date(2026, 11, 1), "o")},
    causes={"body-weight": "rate_limited"},
    marks={"weight": {"8": Mark("2026-11-01T12:00:00+00:00", "2026-10-30", ("2026-11-01",))}},
    again={"activities-steps-intraday": ("2026-10-31",)},
    logs_read="2026-10-20",
    units="en_US",
)
DOCUMENT = {
    "provider": "fitbit",
    "account": "",
    "expires_at": "2026-11-01T20:00:00+00:00",
    "sealed": "v1.k.x",
    "scopes": ["weight"],
    "zone": None,
}


def weight(day: str, value: str = "82.4") -> Record:
    return Record("body-weight", day, day, {"dateTime": day, "value": value})


def entry(log_id: int, at: str) -> Record:
    return Record("weight", str(log_id), at, {"logId": log_id, "date": at[:10], "weight": 82.4})


PERSON = PersonDump(
    settings={"period": "1w"},
    poll_key="a-hash",
    grant=DOCUMENT,
    targets={"script": {"url": "https://a.example", "private": False, "sealed": "v1.k.y"}},
    progress={"igor": Progress(6, at=NOW), "script": Progress(5, state="failing", at=NOW)},
    ledger=LEDGER,
    entries=[
        Entry(4, NOW, {"body-weight": ("2026-11-01",)}, {}, {}),
        Entry(5, NOW, {}, {"weight": ("8",)}, {}),
        Entry(6, NOW + timedelta(1), {}, {}, {"weight": ("7",)}, ("sleep",)),
    ],
    records=[
        weight("2025-11-01"),
        weight("2026-11-01")._replace(origin="import"),
        entry(8, "2026-11-02T07:12:00")._replace(origin="fitbit 1a2b3c4d"),
    ],
    invitations=Invitations("an-id", {"used": NOW}),
    system="en_US",
)
"""Somebody whose log begins at 4, because what lay before was pruned."""


def binding(user: str, account: str) -> Bind:
    return lambda bindings: bindings.bind(user, (f"fitbit {account}",), 0, NOW)


def add_weights(*days: str) -> Delta:
    return Delta(added=tuple(map(weight, days)))


def stored_person(store: Store, user: str = "jack") -> PersonDump:
    """Return all that the store's ports tell of *user*, but for the version of the grant."""
    grant = store.tokens.load(user)
    return PersonDump(
        settings=store.identities.settings(user) or {},
        poll_key=store.identities.poll_key(user),
        grant=grant and grant.document,
        targets=store.targets.of(user),
        progress=store.log.following(user).targets,
        ledger=store.records.ledger(user),
        entries=store.log.after(user, 0, 1000),
        records=store.records.everything(user),
        invitations=store.identities.invitations(user),
        system=store.log.following(user).system,
    )


def stored_token(store: Store) -> Versioned:
    stored = store.tokens.load("jack")
    assert stored is not None
    return stored


def fill(store: Store, entries: int, apart: timedelta = timedelta()) -> None:
    """Give jack so many log entries, each about the weight of one day."""
    for n in range(entries):
        store.records.apply("jack", add_weights(f"2026-11-{n + 1:02}"), NOW + n * apart)


OF_A_STRANGER: list[Callable[[Store], object]] = [
    lambda store: store.identities.poll_key("nobody"),
    lambda store: store.identities.save_poll_key("nobody", "one"),
    lambda store: store.identities.invitations("nobody"),
    lambda store: store.identities.renew_invitations("nobody", ""),
    lambda store: store.identities.change_invitations("nobody", lambda same: same),
    lambda store: store.tokens.save("nobody", DOCUMENT, 0),
    lambda store: store.tokens.forget("nobody", 0),
    lambda store: store.records.apply("nobody", add_weights("2026-11-01"), NOW),
    lambda store: store.records.apply("nobody", Delta(), NOW, LEDGER),
    lambda store: store.records.renew("nobody"),
    lambda store: store.log.save("nobody", "igor", Progress(1)),
    lambda store: store.log.retell("nobody", "en_US", ("sleep",), NOW),
    lambda store: store.targets.save("nobody", "script", {"url": "https://a.example"}, None),
]


class StoreContract:
    """All of it."""

    @pytest.fixture
    def store(self, empty: Store) -> Store:
        """The store, with jack in it."""
        empty.identities.save("jack", {})
        return empty

    # People and settings.

    def test_nobody_at_first(self, empty: Store) -> None:
        assert empty.identities.names() == []
        assert empty.identities.settings("jack") is None

    def test_settings_come_back(self, empty: Store) -> None:
        settings = {"methods": "time_series", "resource": "body/weight"}
        empty.identities.save("jack", settings)
        empty.identities.save("second", {})

        assert empty.identities.names() == ["jack", "second"]
        assert empty.identities.settings("second") == {}
        assert empty.identities.settings("jack") == settings

    def test_saving_replaces(self, store: Store) -> None:
        store.identities.save("jack", {"period": "1w", "methods": "get_bodyfat"})
        store.identities.save("jack", {"period": "1m"})

        assert store.identities.settings("jack") == {"period": "1m"}

    def test_removing_takes_everything_of_the_person_and_nothing_else(self, store: Store) -> None:
        for user in ("jack", "jack2"):
            store.identities.save(user, {})
            store.identities.save_poll_key(user, "hash")
            store.tokens.save(user, DOCUMENT, 0)
            store.records.apply(user, add_weights("2026-11-01"), NOW)
            store.log.save(user, "igor", Progress(1))

        assert store.identities.remove("jack")

        assert store.identities.names() == ["jack2"]
        assert store.tokens.load("jack") is None
        assert store.records.everything("jack") == []
        assert store.log.head("jack") == 0
        assert store.log.following("jack") == Following()
        with pytest.raises(Unknown):
            store.identities.poll_key("jack")
        assert store.records.everything("jack2") == [weight("2026-11-01")]
        assert store.identities.poll_key("jack2") == "hash"
        assert store.tokens.load("jack2") is not None
        assert not store.identities.remove("jack")

    def test_poll_key(self, store: Store) -> None:
        assert store.identities.poll_key("jack") is None

        store.identities.save_poll_key("jack", "one")
        store.identities.save_poll_key("jack", "two")

        assert store.identities.poll_key("jack") == "two"
        assert store.identities.names() == ["jack"]

    def test_application_values(self, empty: Store) -> None:
        assert empty.identities.application() == {}

        values = {"client_id": "A", "system": "metric"}
        empty.identities.save_application(values, {})
        assert empty.identities.application() == values
        empty.identities.save_application({"client_id": "B"}, values)

        assert empty.identities.application() == {"client_id": "B"}
        assert empty.identities.names() == []

    def test_application_values_of_another_writer_are_not_lost(self, store: Store) -> None:
        store.identities.save_application({"client_id": "A"}, {})

        for before in ({}, {"client_id": "B"}, {"client_id": "A", "more": "x"}):
            with pytest.raises(Conflict):
                store.identities.save_application({"client_id": "C"}, before)

        assert store.identities.application() == {"client_id": "A"}

    # Sealed grants under compare-and-set.

    def test_document_comes_back(self, store: Store) -> None:
        assert store.tokens.load("jack") is None

        version = store.tokens.save("jack", DOCUMENT, 0)

        stored = stored_token(store)
        assert stored.document == DOCUMENT
        assert stored.version == version > 0

    def test_only_the_version_that_was_read_may_be_replaced(self, store: Store) -> None:
        store.tokens.save("jack", DOCUMENT, 0)
        first = stored_token(store).version
        store.tokens.save("jack", DOCUMENT | {"sealed": "v1.k.y"}, first)

        for stale in (first, 0, 12345):
            with pytest.raises(Conflict):
                store.tokens.save("jack", DOCUMENT, stale)

        assert stored_token(store).document["sealed"] == "v1.k.y"

    def test_a_person_created_again_does_not_accept_an_earlier_version(self, store: Store) -> None:
        store.tokens.save("jack", DOCUMENT, 0)
        before = stored_token(store)
        store.identities.remove("jack")
        store.identities.save("jack", {})
        store.tokens.save("jack", DOCUMENT | {"sealed": "v1.k.new"}, 0)

        with pytest.raises(Conflict):
            store.tokens.save("jack", DOCUMENT, before.version)

    def test_only_the_version_that_was_read_is_forgotten(self, store: Store) -> None:
        store.identities.save("jack", {"period": "1w"})
        first = store.tokens.save("jack", DOCUMENT, 0)
        second = store.tokens.save("jack", DOCUMENT, first)

        for stale in (first, 0, 12345):
            with pytest.raises(Conflict):
                store.tokens.forget("jack", stale)
        assert store.tokens.load("jack") is not None
        store.tokens.forget("jack", second)

        assert store.tokens.load("jack") is None
        assert store.identities.settings("jack") == {"period": "1w"}
        for gone in (second, 0):
            with pytest.raises(Conflict):
                store.tokens.forget("jack", gone)

    def test_what_is_forgotten_does_not_come_back_with_what_was_read_before(
        self, store: Store
    ) -> None:
        store.identities.save("jack", {})
        version = store.tokens.save("jack", DOCUMENT, 0)
        store.tokens.forget("jack", version)

        with pytest.raises(Conflict):
            store.tokens.save("jack", DOCUMENT, version)

        assert store.tokens.load("jack") is None
        assert store.tokens.save("jack", DOCUMENT, 0) != version

    def test_one_of_many_writers_wins(self, store: Store) -> None:
        store.tokens.save("jack", DOCUMENT, 0)
        stored = stored_token(store)

        def attempt(number: int) -> bool:
            try:
                store.tokens.save("jack", DOCUMENT | {"sealed": f"v1.k.{number}"}, stored.version)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(24))) == 1

    # Invitations are of one person, and used with the grant.

    def test_whoever_is_made_again_is_another_person(self, empty: Store) -> None:
        seen = set()
        for _ in range(3):
            empty.identities.save("jack", {})
            empty.identities.save("jack", {"period": "1w"})
            seen.add(empty.identities.invitations("jack").person)
            empty.identities.remove("jack")

        assert len(seen) == 3

    def test_an_id_is_renewed_once(self, store: Store) -> None:
        before = store.identities.invitations("jack").person
        renewed = store.identities.renew_invitations("jack", before)

        assert renewed.person not in {before, ""}
        assert store.identities.renew_invitations("jack", before) == renewed
        assert store.identities.invitations("jack") == renewed

    def test_what_changes_of_invitations_meanwhile_is_kept(self, store: Store) -> None:
        link = OpenInvitation(NOW + timedelta(days=7), reusable=True)
        before = store.identities.invitations("jack")

        def add(name: str) -> Invitations:
            return store.identities.change_invitations(
                "jack", lambda stored: stored.with_link(name, link, NOW)
            )

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(add, ("one", "two", "three", "four")))

        stored = store.identities.invitations("jack")
        assert stored.open == dict.fromkeys(("one", "two", "three", "four"), link)
        assert (stored.person, stored.used) == (before.person, before.used)
        assert store.identities.change_invitations("jack", lambda same: same) == stored

    def test_who_was_made_by_an_earlier_version_gets_an_id(self, empty: Store) -> None:
        empty.restore("jack", PERSON._replace(grant=None, invitations=None))
        empty.identities.save("jack", {"period": "1m"})

        assert empty.identities.invitations("jack") == Invitations()
        with pytest.raises(Expired):
            empty.tokens.save("jack", DOCUMENT, 0, Admission("", "one", NOW))
        assert empty.identities.renew_invitations("jack", "").person

    def test_an_invitation_is_used_with_the_grant(self, store: Store) -> None:
        person = store.identities.invitations("jack").person
        version = store.tokens.save("jack", DOCUMENT, 0, Admission(person, "one", NOW))

        assert store.identities.invitations("jack").used == {"one": NOW}
        for used in (Admission(person, "one", NOW), Admission("another", "two", NOW)):
            with pytest.raises(Expired):
                store.tokens.save("jack", DOCUMENT | {"sealed": "v1.k.y"}, version, used)
        with pytest.raises(Conflict):
            store.tokens.save("jack", DOCUMENT, 0, Admission(person, "two", NOW))

        assert stored_token(store) == Versioned(DOCUMENT, version)
        assert store.identities.invitations("jack").used == {"one": NOW}

    def test_a_reusable_one_is_never_used_up_and_old_marks_go(self, store: Store) -> None:
        person = store.identities.invitations("jack").person
        later = NOW + timedelta(days=9)
        version = store.tokens.save("jack", DOCUMENT, 0, Admission(person, "one", NOW))
        for _ in range(2):
            version = store.tokens.save("jack", DOCUMENT, version, Admission(person, "", NOW))
        store.tokens.save("jack", DOCUMENT, version, Admission(person, "two", later))

        assert store.identities.invitations("jack").used == {"two": later}

    # Whose account each is: bound with the grant, until the person is removed.

    def test_an_account_is_bound_with_the_grant_or_neither_is(self, store: Store) -> None:
        store.identities.save("anna", {})
        version = store.tokens.save("jack", DOCUMENT, 0, bind=binding("jack", "J"))

        for act in (
            lambda: store.tokens.save("anna", DOCUMENT, 0, bind=binding("anna", "J")),
            lambda: store.tokens.save("jack", DOCUMENT, version, bind=binding("jack", "X")),
        ):
            with pytest.raises(WrongAccount):
                act()
        with pytest.raises(Conflict):
            store.tokens.save("jack", DOCUMENT, 12345, bind=binding("jack", "J"))

        assert store.tokens.load("anna") is None
        assert stored_token(store) == Versioned(DOCUMENT, version)
        assert store.accounts.load().people == {"fitbit J": ("jack",)}

    def test_a_binding_outlives_the_grant_and_ends_with_the_person(self, store: Store) -> None:
        version = store.tokens.save("jack", DOCUMENT, 0, bind=binding("jack", "J"))
        store.tokens.forget("jack", version)
        assert store.accounts.load().of("jack") == ("fitbit J",)

        store.identities.remove("jack")

        assert store.accounts.load().people == {}

    def test_grants_without_bindings_count_as_bound(self, store: Store) -> None:
        version = store.tokens.save("jack", DOCUMENT | {"account": "J"}, 0)
        assert store.accounts.load().of("jack") == ("fitbit J",)
        store.identities.save("anna", {})
        with pytest.raises(WrongAccount):
            store.tokens.save("anna", DOCUMENT, 0, bind=binding("anna", "J"))

        store.tokens.forget("jack", version)

        assert store.accounts.load().of("jack") == ("fitbit J",)

    def test_bindings_are_changed_under_each_other(self, store: Store) -> None:
        people = [f"user{number}" for number in range(6)]

        def bind(user: str) -> None:
            store.accounts.change(lambda bindings: bindings.replace(user, [f"fitbit {user}"]))

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(bind, people))

        assert store.accounts.load().people == {f"fitbit {user}": (user,) for user in people}

    def test_a_restored_person_has_the_accounts_of_the_dump(self, empty: Store) -> None:
        empty.restore("jack", PERSON._replace(accounts=["fitbit J", "google_health 1"]))
        old = PERSON._replace(grant=DOCUMENT | {"account": "A"})
        empty.restore("anna", old)

        assert empty.accounts.load().of("jack") == ("fitbit J", "google_health 1")
        assert empty.accounts.load().of("anna") == ("fitbit A",)

    # Rounds of consent are used once.

    def test_second_use_fails(self, store: Store) -> None:
        until = NOW + timedelta(minutes=10)

        assert store.handshakes.use("nonce", until, NOW)
        assert not store.handshakes.use("nonce", until, NOW + timedelta(minutes=9))
        assert store.handshakes.use("other", until, NOW)

    def test_one_of_many_users_wins(self, store: Store) -> None:
        until = NOW + timedelta(minutes=10)

        with ThreadPoolExecutor(8) as pool:
            used = list(pool.map(lambda _: store.handshakes.use("nonce", until, NOW), range(24)))

        assert used.count(True) == 1

    # Measurements and the log that is written with them.

    def test_records_come_back_in_order_with_their_members_in_order(self, store: Store) -> None:
        late, early = weight("2026-11-02"), weight("2026-11-01")

        store.records.apply("jack", Delta(added=(late, early)), NOW)

        records = store.records.everything("jack")
        assert records == [early, late]
        assert [list(record.data) for record in records] == [["dateTime", "value"]] * 2

    def test_window_holds_both_its_days_whole(self, store: Store) -> None:
        inside = [entry(1, "2026-11-01T00:00:00"), entry(2, "2026-11-02T23:59:59")]
        outside = [entry(3, "2026-10-31T23:59:59"), entry(4, "2026-11-03T00:00:00")]
        other = weight("2026-11-01")
        store.records.apply("jack", Delta(added=(*inside, *outside, other)), NOW)

        window = Window("weight", date(2026, 11, 1), date(2026, 11, 2))

        assert store.records.within("jack", [window]) == inside
        assert store.records.within("jack", []) == []
        assert store.records.within("second", [window]) == []

    def test_records_come_back_by_their_names(self, store: Store) -> None:
        state = Record("user", "the one", EPOCH.isoformat(), {"height": 180})
        weights = [weight(f"{year}-11-{day:02}") for year in (2024, 2026) for day in range(1, 9)]
        entries = [entry(number, f"{2020 + number}-11-01T07:00:00") for number in range(9)]
        store.records.apply("jack", Delta(added=(state, *weights, *entries)), NOW)
        moved = entry(7, "2021-11-02T07:00:00")
        store.records.apply("jack", Delta(changed=(moved,)), NOW)
        names = {
            "user": ["the one"],
            "weight": ["1", "7", "77"],
            "body-weight": ["2026-11-08", "2024-11-01", "2025-11-01"],
            "sleep": ["1"],
        }

        records = store.records.named("jack", names)

        wanted = [weights[0], weights[-1], state, entries[1], moved]
        assert sorted(records) == sorted(wanted)
        whole = store.records.named("jack", {"body-weight": None, "weight": ["3"], "body": None})
        assert sorted(whole) == sorted([*weights, entries[3]])
        assert store.records.named("jack", {"weight": [], "unheard-of": ["1"]}) == []
        assert store.records.named("jack", {}) == []
        assert store.records.named("second", names) == []

    def test_each_series_of_which_anything_is_stored_is_named_once(self, store: Store) -> None:
        """Also one whose name begins as another's, and none of which everything went."""
        state = Record("user", "the one", EPOCH.isoformat(), {"height": 180})
        points = [
            Record(name, day, day, {"dateTime": day, "value": []})
            for name in ("activities-steps", "activities-steps-intraday")
            for day in ("2025-11-01", "2026-11-01", "2026-11-02")
        ]
        run = Record("activities", "1", "2026-11-01", {"logId": 1})
        gone = entry(8, "2026-11-01T07:00:00")
        assert store.records.series("jack") == []
        store.records.apply("jack", Delta(added=(state, *points, run, gone)), NOW)
        store.records.apply("jack", Delta(removed=(gone,)), NOW)

        assert store.records.series("jack") == [
            "activities",
            "activities-steps",
            "activities-steps-intraday",
            "user",
        ]
        store.identities.save("jack2", {})
        assert store.records.series("jack2") == store.records.series("nobody") == []
        store.identities.remove("jack")
        store.identities.save("jack", {})
        assert store.records.series("jack") == []

    def test_a_version_changes_with_what_is_given_out_and_with_nothing_else(
        self, store: Store
    ) -> None:
        store.records.apply("jack", add_weights("2026-11-01"), NOW, Ledger())
        read_again = LEDGER._replace(read_at="2026-11-01T13:00:00+00:00")
        adopted = weight("2026-11-01")._replace(origin="import")
        changes: list[tuple[bool, Callable[[], object]]] = [
            (True, lambda: store.records.apply("jack", add_weights("2026-11-02"), NOW)),
            (False, lambda: store.records.apply("jack", Delta(), NOW)),
            (True, lambda: store.records.apply("jack", Delta(adopted=(adopted,)), NOW)),
            # In the ledger are the units of what an earlier version stored.
            (True, lambda: store.records.apply("jack", Delta(), NOW, LEDGER)),
            (False, lambda: store.records.apply("jack", Delta(), NOW, read_again)),
            (False, lambda: store.log.save("jack", "igor", Progress(1))),
            (False, lambda: store.identities.save("jack", {"period": "1y"})),
            (False, lambda: store.records.renew("jack")),
            (True, lambda: store.log.retell("jack", "en_US", ("body-weight",), NOW)),
        ]
        for is_new, change in changes:
            before = store.records.everything_since("jack", "")
            assert before is not None
            change()
            now = store.records.everything_since("jack", before.version)
            assert (now is not None) == is_new
            assert before.version
            if now:
                assert now.version != before.version
                assert now.head == store.log.head("jack")
                assert list(now.records) == store.records.everything("jack")

    def test_whoever_is_made_again_has_another_version(self, store: Store) -> None:
        versions = set()
        for _ in range(3):
            store.records.apply("jack", add_weights("2026-11-01"), NOW)
            now = store.records.everything_since("jack", "")
            assert now is not None
            versions.add(now.version)
            store.identities.remove("jack")
            store.identities.save("jack", {})

        assert len(versions) == 3

    def test_delta_is_applied_whole(self, store: Store) -> None:
        store.records.apply("jack", add_weights("2026-11-01", "2026-11-02"), NOW)
        delta = Delta(
            added=(weight("2026-11-03"),),
            changed=(weight("2026-11-02", "80"),),
            removed=(weight("2026-11-01"),),
        )

        store.records.apply("jack", delta, NOW)

        left = [weight("2026-11-02", "80"), weight("2026-11-03")]
        assert store.records.everything("jack") == left

    def test_sequence_has_no_gap_and_is_the_persons_own(self, store: Store) -> None:
        store.identities.save("second", {})

        numbers = [
            store.records.apply(user, add_weights(f"2026-11-{day:02}"), NOW)
            for day, user in enumerate(("jack", "jack", "second", "jack"), 1)
        ]

        assert numbers == [1, 2, 1, 3]
        assert (store.log.head("jack"), store.log.head("second")) == (3, 1)

    def test_empty_delta_writes_nothing(self, store: Store) -> None:
        store.records.apply("jack", add_weights("2026-11-01"), NOW)

        assert store.records.apply("jack", Delta(), NOW) == 1
        assert store.log.head("jack") == 1

    # What is known of each day, and of which account.

    def test_a_ledger_is_kept_with_the_change(self, store: Store) -> None:
        assert store.records.ledger("jack") == Ledger()

        store.records.apply("jack", add_weights("2026-11-01"), NOW, LEDGER)
        store.records.apply("jack", add_weights("2026-11-02"), NOW)
        store.records.apply("jack", Delta(), NOW)

        assert store.records.ledger("jack") == LEDGER

    def test_a_ledger_alone_makes_no_entry(self, store: Store) -> None:
        store.records.apply("jack", add_weights("2026-11-01"), NOW)

        assert store.records.apply("jack", Delta(), NOW, LEDGER) == 1

        assert store.records.ledger("jack") == LEDGER
        assert store.log.head("jack") == 1
        assert len(store.records.everything("jack")) == 1

    def test_what_is_adopted_is_written_and_no_entry_names_it(self, store: Store) -> None:
        store.records.apply("jack", add_weights("2026-11-01", "2026-11-02"), NOW)
        adopted = Delta(adopted=(weight("2026-11-01", "82.40"),))

        assert store.records.apply("jack", adopted, NOW) == 1
        both = adopted._replace(removed=(weight("2026-11-02"),))
        assert store.records.apply("jack", both, NOW, LEDGER) == 2

        assert store.records.everything("jack") == [weight("2026-11-01", "82.40")]
        assert store.log.after("jack", 1, 10) == [
            Entry(2, NOW, {}, {}, {"body-weight": ("2026-11-02",)})
        ]

    def test_what_was_read_before_a_move_is_not_stored_after_it(self, store: Store) -> None:
        store.records.apply("jack", add_weights("2026-11-01"), NOW, LEDGER)
        before = store.records.ledger("jack")

        store.records.renew("jack")

        renewed = store.records.ledger("jack")
        assert renewed == Ledger(epoch=renewed.epoch, units=LEDGER.units)
        assert renewed.epoch
        for delta in (add_weights("2026-11-02"), Delta()):
            with pytest.raises(Conflict, match="moved to another account"):
                store.records.apply("jack", delta, NOW, before)
        assert store.records.ledger("jack") == renewed
        assert store.records.everything("jack") == [weight("2026-11-01")]
        assert store.log.head("jack") == 1

        read = renewed._replace(read_at="2026-11-01T13:00:00+00:00")
        assert store.records.apply("jack", add_weights("2026-11-03"), NOW, read) == 2
        assert store.records.apply("jack", add_weights("2026-11-04"), NOW) == 3

    def test_a_record_keeps_its_origin_until_another_takes_its_place(self, store: Store) -> None:
        old, new = weight("2026-11-01"), weight("2026-11-02")
        imported, read = (old._replace(origin=origin) for origin in ("import", "fitbit 1a2b3c4d"))
        window = Window("body-weight", date(2026, 11, 1), date(2026, 11, 3))
        store.records.apply("jack", Delta(added=(imported, new)), NOW)
        assert store.records.within("jack", [window]) == [imported, new]

        later = weight("2026-11-03")._replace(origin="fitbit")
        store.records.apply("jack", Delta(added=(later,), adopted=(read,)), NOW)

        assert store.records.within("jack", [window]) == [read, new, later]
        assert store.records.everything("jack") == [read, new, later]

    def test_each_run_is_kept_by_its_name(self, empty: Store) -> None:
        assert empty.runs.load() == {}

        empty.runs.record({"fan-out": NOW, "deliver": NOW})
        empty.runs.record({"deliver": NOW + timedelta(minutes=5)})

        assert empty.runs.load() == {"fan-out": NOW, "deliver": NOW + timedelta(minutes=5)}

    def test_a_new_store_has_no_problems(self, store: Store) -> None:
        assert store.problems() == []
        store.require_writable()

    def test_numbers_stay_exact(self, store: Store) -> None:
        data = {"date": "2026-11-01", "logId": 1793513520000, "weight": 82.4, "c": [None]}
        record = Record("weight", "1793513520000", "2026-11-01", data)

        store.records.apply("jack", Delta(added=(record,)), NOW)

        (stored,) = store.records.everything("jack")
        assert stored == record
        assert isinstance(stored.data["logId"], int)

    def test_many_writers_leave_no_gap(self, store: Store) -> None:
        def write(day: int) -> int:
            return store.records.apply("jack", add_weights(f"2026-11-{day:02}"), NOW)

        with ThreadPoolExecutor(6) as pool:
            numbers = sorted(pool.map(write, range(1, 13)))

        assert numbers == list(range(1, 13))
        assert len(store.records.everything("jack")) == 12

    # What changed, and how far each target has followed.

    def test_entries_name_what_changed_in_order(self, store: Store) -> None:
        fill(store, 3)
        delta = Delta(
            added=(weight("2026-11-09"), entry(7, "2026-11-02")),
            changed=(weight("2026-11-02", "80"),),
            removed=(weight("2026-11-01"),),
        )
        store.records.apply("jack", delta, NOW + timedelta(seconds=1))

        assert store.log.after("jack", 1, 10) == [
            Entry(2, NOW, {"body-weight": ("2026-11-02",)}, {}, {}),
            Entry(3, NOW, {"body-weight": ("2026-11-03",)}, {}, {}),
            Entry(
                4,
                NOW + timedelta(seconds=1),
                {"body-weight": ("2026-11-09",), "weight": ("7",)},
                {"body-weight": ("2026-11-02",)},
                {"body-weight": ("2026-11-01",)},
            ),
        ]
        assert [entry.sequence for entry in store.log.after("jack", 0, 2)] == [1, 2]
        assert store.log.after("jack", 4, 10) == []
        assert store.log.after("second", 0, 10) == []

    def test_old_entries_are_forgotten_but_never_the_newest(self, store: Store) -> None:
        fill(store, 5, timedelta(days=1))

        assert store.log.prune("jack", NOW) == 0
        assert store.log.prune("jack", NOW + timedelta(days=2)) == 2
        assert [entry.sequence for entry in store.log.after("jack", 0, 10)] == [3, 4, 5]

        assert store.log.prune("jack", NOW + timedelta(days=99)) == 2
        assert [entry.sequence for entry in store.log.after("jack", 0, 10)] == [5]
        assert store.log.head("jack") == 5
        assert store.records.apply("jack", add_weights("2026-12-01"), NOW) == 6
        assert len(store.records.everything("jack")) == 6
        assert store.log.prune("nobody", NOW) == 0

    def test_progress_comes_back_as_it_was(self, store: Store) -> None:
        fill(store, 6)
        assert store.log.following("jack") == Following(6, {})
        failing = Progress(
            sequence=5,
            state="failing",
            attempt=3,
            due=NOW + timedelta(minutes=30, microseconds=7),
            trouble=Trouble(
                "try_later",
                "nobody",
                "Igor has trouble (status 503).",
                NOW,
                ("HEALTHRELAY_IGOR_URL",),
            ),
            at=NOW - timedelta(days=1),
            dead=(DeadLetters(1, 2), DeadLetters(4, 4)),
        )

        store.log.save("jack", "igor", failing)
        store.log.save("jack", "a.b/c", Progress(1))

        assert store.log.following("jack") == Following(6, {"a.b/c": Progress(1), "igor": failing})
        assert store.log.following("jack").progress("another") == Progress()

    def test_progress_never_goes_back(self, store: Store) -> None:
        fill(store, 1)
        store.log.save("jack", "igor", Progress(5))
        store.log.save("jack", "igor", Progress(3, state="failing"))

        assert store.log.following("jack").progress("igor") == Progress(5)

        store.log.save("jack", "igor", Progress(5, state="failing"))

        assert store.log.following("jack").progress("igor").state == "failing"

    def test_a_target_can_be_forgotten(self, store: Store) -> None:
        fill(store, 1)
        for target in ("igor", "other"):
            store.log.save("jack", target, Progress(1))

        store.log.save("jack", "igor", None)
        store.log.save("jack", "never there", None)

        assert set(store.log.following("jack").targets) == {"other"}

    def test_what_still_follows_is_kept_and_what_was_forgotten_stays_so(self, store: Store) -> None:
        fill(store, 2)
        store.log.save("jack", "node-red", Progress())
        store.log.save("jack", "node-red", Progress(1), still=True)
        assert store.log.following("jack").progress("node-red") == Progress(1)

        store.log.save("jack", "node-red", None)
        store.log.save("jack", "node-red", Progress(2), still=True)

        assert store.log.following("jack").targets == {}

    def test_everybody_is_seen_at_once(self, store: Store) -> None:
        fill(store, 2)
        store.identities.save("second", {})
        store.log.save("jack", "igor", Progress(1))

        assert store.log.followings() == {
            "jack": Following(2, {"igor": Progress(1)}),
            "second": Following(),
        }

    def test_a_system_is_told_once_and_by_one_entry(self, store: Store) -> None:
        fill(store, 2)
        store.log.save("jack", "igor", Progress(1))

        for _ in range(2):
            store.log.retell("jack", "en_US", {"sleep", "body-weight"}, NOW)

        assert store.log.following("jack") == Following(3, {"igor": Progress(1)}, "en_US")
        assert store.log.after("jack", 2, 10) == [
            Entry(3, NOW, {}, {}, {}, ("body-weight", "sleep"))
        ]
        assert store.records.apply("jack", add_weights("2026-11-09"), NOW) == 4

    def test_a_system_in_which_nothing_differs_is_told_without_an_entry(self, store: Store) -> None:
        store.log.retell("jack", "metric", (), NOW)

        assert store.log.followings() == {"jack": Following(0, {}, "metric")}
        assert store.log.after("jack", 0, 10) == []

    # People's own targets.

    def test_targets_come_back_by_name(self, store: Store) -> None:
        store.identities.save("second", {})
        assert store.targets.of("jack") == {}
        one: Document = {"url": "https://a.example", "private": False, "sealed": "v1.k.x"}
        two: Document = {"url": "http://b.example", "private": True, "sealed": "v1.k.y"}

        store.targets.save("jack", "node-red", one, None)
        store.targets.save("jack", "script", two, None)
        store.targets.save("jack", "node-red", two, one)

        assert store.targets.of("jack") == {"node-red": two, "script": two}
        assert store.targets.of("second") == {}
        assert store.identities.names() == ["jack", "second"]

        store.targets.save("jack", "node-red", None, two)
        store.targets.save("jack", "never there", None, None)

        assert store.targets.of("jack") == {"script": two}

    def test_what_was_changed_or_removed_meanwhile_is_not_written_over(self, store: Store) -> None:
        old: Document = {"url": "https://a.example", "private": False, "sealed": "v1.k.x"}
        new: Document = {"url": "https://a.example", "private": False, "sealed": "v1.k.y"}
        late: Document = {"url": "https://a.example", "private": False, "sealed": "v1.k.z"}
        store.targets.save("jack", "script", old, None)
        store.targets.save("jack", "script", new, old)

        for before in (old, None):
            with pytest.raises(Conflict):
                store.targets.save("jack", "script", late, before)
            with pytest.raises(Conflict):
                store.targets.save("jack", "script", None, before)
        assert store.targets.of("jack") == {"script": new}

        store.targets.save("jack", "script", None, new)
        with pytest.raises(Conflict):
            store.targets.save("jack", "script", late, new)
        assert store.targets.of("jack") == {}

    def test_they_go_with_the_person(self, store: Store) -> None:
        store.targets.save("jack", "script", {"url": "https://a.example"}, None)
        store.identities.remove("jack")
        assert store.targets.of("jack") == {}
        store.identities.save("jack", {})
        assert store.targets.of("jack") == {}

    @pytest.mark.parametrize("call", OF_A_STRANGER)
    def test_nothing_is_kept_of_a_stranger(
        self, store: Store, call: Callable[[Store], object]
    ) -> None:
        with pytest.raises(Unknown):
            call(store)

        assert store.tokens.load("nobody") is None
        assert store.records.everything("nobody") == []
        assert store.records.ledger("nobody") == Ledger()
        assert store.log.head("nobody") == 0
        assert store.log.following("nobody") == Following()
        assert store.targets.of("nobody") == {}

    # A whole person, from a dump.

    def test_a_person_comes_back_as_they_were_and_goes_on(self, empty: Store) -> None:
        empty.restore("jack", PERSON)
        empty.restore("second", PERSON._replace(settings={"period": "1m"}, poll_key="another"))

        grant = stored_token(empty)
        assert empty.identities.names() == ["jack", "second"]
        assert stored_person(empty) == PERSON
        assert empty.log.following("jack") == Following(6, PERSON.progress, "en_US")
        assert empty.records.apply("jack", add_weights("2026-11-09"), NOW) == 7
        assert empty.tokens.save("jack", DOCUMENT, grant.version) != grant.version
        empty.targets.save("jack", "script", None, PERSON.targets["script"])
        assert empty.records.everything("second") == PERSON.records

    def test_a_person_of_whom_there_is_nothing_but_the_name_comes_back(self, empty: Store) -> None:
        nothing = PersonDump({}, None, None, {}, {}, Ledger(), [], [], Invitations())
        empty.restore("jack", nothing)

        assert stored_person(empty) == nothing
        assert empty.identities.names() == ["jack"]
        assert empty.log.following("jack") == Following(0, {})
        assert empty.records.apply("jack", add_weights("2026-11-09"), NOW) == 1

    def test_nobody_who_exists_is_changed(self, store: Store) -> None:
        fill(store, 2)

        with pytest.raises(Duplicate):
            store.restore("jack", PERSON)

        assert store.identities.poll_key("jack") is None
        assert store.log.head("jack") == 2
        assert len(store.records.everything("jack")) == 2

    def test_what_cannot_be_written_leaves_nothing(self, empty: Store) -> None:
        strange = Record("weight", "1", "2026-11-01", {"weight": {1, 2}})  # type: ignore[dict-item]

        with pytest.raises(TypeError):
            empty.restore("jack", PERSON._replace(records=[weight("2026-11-01"), strange]))

        assert empty.identities.names() == []
        assert empty.records.everything("jack") == []
        assert empty.log.after("jack", 0, 10) == []
        empty.restore("jack", PERSON)
        assert empty.records.everything("jack") == PERSON.records

    def test_nothing_is_left_of_who_was_removed_before(self, store: Store) -> None:
        fill(store, 9)
        store.identities.remove("jack")

        store.restore("jack", PERSON._replace(records=[]))

        assert store.records.everything("jack") == []
        assert store.log.after("jack", 0, 10) == PERSON.entries
