"""What every store must do for those who look at everybody at once: inherit, with `empty`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.core.damage import Damaged
from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import Unknown
from healthrelay.core.grants.invitations import Invitations
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.ports.overview import PersonOverview
from healthrelay.ports.store import PersonDump, Store

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
GRANT = {
    "provider": "google_health",
    "account": "1",
    "zone": "Europe/Amsterdam",
    "connected_at": "2026-10-01T12:00:00+00:00",
    "expires_at": "2026-11-01T13:00:00+00:00",
    "grant_expires_at": None,
    "scopes": ["weight"],
    "sealed": "v1.k.secret",
    "lease": {"owner": "a", "generation": 1, "until": "2026-11-01T12:01:00+00:00"},
    "generation": 1,
}
CLEAR = {
    "provider": "google_health",
    "account": "1",
    "zone": "Europe/Amsterdam",
    "connected_at": "2026-10-01T12:00:00+00:00",
    "scopes": ["weight"],
}


def weighed(day: str, kilograms: str = "82.4") -> Record:
    return Record("body-weight", day, day, {"dateTime": day, "value": kilograms}, "import")


def person(store: Store, user: str = "jack") -> PersonOverview:
    found = store.overview.people()[user]
    assert isinstance(found, PersonOverview)
    assert store.overview.person(user) == found
    return found


def days(store: Store, user: str = "jack") -> list[str]:
    """The days of which the summary has a weight."""
    return [record.when for record in person(store, user).summary.get("body-weight", ())]


class OverviewContract:
    @pytest.fixture
    def jack(self, empty: Store) -> Store:
        empty.identities.save("jack", {"period": "1w"})
        return empty

    def test_nobody_is_there_at_first(self, empty: Store) -> None:
        assert empty.overview.people() == {}
        with pytest.raises(Unknown):
            empty.overview.person("jack")

    def test_everybody_is_there_in_the_order_in_which_they_were_added(self, empty: Store) -> None:
        for user in ("mia", "jack", "anna"):
            empty.identities.save(user, {})
        empty.identities.save("mia", {"period": "1w"})
        empty.identities.remove("jack")
        empty.identities.save("jack", {})

        assert list(empty.overview.people()) == ["mia", "anna", "jack"]

    def test_a_person_is_shown_as_they_are_stored(self, jack: Store) -> None:
        ledger = Ledger(read_at="2026-11-01T12:00:00+00:00")
        jack.tokens.save("jack", GRANT, 0)
        jack.records.apply("jack", Delta(added=(weighed("2026-11-01"),)), AT, ledger)
        jack.log.save("jack", "igor", Progress(1, at=AT))

        assert person(jack) == PersonOverview(
            {"period": "1w"},
            CLEAR,
            jack.identities.invitations("jack"),
            ledger,
            Following(1, {"igor": Progress(1, at=AT)}),
            {"body-weight": (weighed("2026-11-01"),)},
        )

    def test_nothing_sealed_is_shown(self, jack: Store) -> None:
        jack.tokens.save("jack", GRANT, 0)

        assert "secret" not in str(jack.overview.people())

    def test_every_change_of_a_person_is_seen(self, jack: Store) -> None:
        version = jack.tokens.save("jack", GRANT, 0)
        health = {"failures": 1}
        version = jack.tokens.save("jack", {**GRANT, "health": health}, version)
        assert person(jack).grant == {**CLEAR, "health": health}
        jack.tokens.save("jack", {**GRANT, "unconfirmed": GRANT}, version)
        assert person(jack).grant == {**CLEAR, "unconfirmed": {}}
        stored = jack.tokens.load("jack")
        assert stored
        jack.tokens.forget("jack", stored.version)
        assert person(jack).grant is None
        jack.identities.save("jack", {"timezone": "Europe/Amsterdam"})
        assert person(jack).settings == {"timezone": "Europe/Amsterdam"}
        renewed = jack.identities.renew_invitations("jack", person(jack).invitations.person)
        assert person(jack).invitations == renewed

    def test_the_summary_follows_the_records(self, jack: Store) -> None:
        def apply(**changes: tuple[Record, ...]) -> list[str]:
            jack.records.apply("jack", Delta(**changes), AT)
            return days(jack)

        first, second, third = map(weighed, ("2026-10-01", "2026-10-20", "2026-11-01"))
        assert apply(added=(first, third)) == ["2026-10-01", "2026-11-01"]
        assert apply(added=(second,)) == ["2026-10-01", "2026-10-20", "2026-11-01"]
        corrected = weighed("2026-11-01", "82.5")
        apply(changed=(corrected,))
        assert person(jack).summary["body-weight"][-1] == corrected
        assert apply(added=(weighed("2026-11-10"),)) == ["2026-10-20", "2026-11-01", "2026-11-10"]
        # What an older day held comes up again.
        assert apply(removed=(weighed("2026-11-10"),)) == ["2026-10-01", "2026-10-20", "2026-11-01"]
        assert apply(removed=(first, second, corrected)) == []
        assert apply(added=(weighed("2020-01-01"),)) == ["2020-01-01"]

    def test_of_a_record_only_what_is_shown_is_in_the_summary(self, jack: Store) -> None:
        night = {
            "logId": 7,
            "dateOfSleep": "2026-11-01",
            "startTime": "2026-10-31T23:04:00.000",
            "minutesAsleep": 437,
            "levels": {"data": [{"level": "deep"}] * 40},
        }
        record = Record("sleep", "7", "2026-11-01", night, "import")
        pulse = Record("activities-heart", "2026-11-01", "2026-11-01", {"value": {}}, "import")

        jack.records.apply("jack", Delta(added=(record, pulse)), AT)

        shown = {name: value for name, value in night.items() if name != "levels"}
        assert person(jack).summary == {"sleep": (record._replace(data=shown),)}

    def test_who_is_restored_has_a_summary(self, empty: Store) -> None:
        records = [weighed("2026-01-01"), weighed("2026-11-01")]
        dumped = PersonDump({}, None, GRANT, {}, {}, Ledger(), [], records, Invitations("an-id"))
        empty.restore("anna", dumped)
        empty.identities.save("jack", {})

        assert list(empty.overview.people()) == ["anna", "jack"]
        assert days(empty, "anna") == ["2026-11-01"]
        assert person(empty, "anna").grant == CLEAR

    def test_nothing_is_left_of_who_was_removed(self, jack: Store) -> None:
        jack.records.apply("jack", Delta(added=(weighed("2026-11-01"),)), AT)
        jack.identities.remove("jack")
        assert jack.overview.people() == {}

        jack.identities.save("jack", {})
        assert days(jack) == []

    def test_whose_records_were_read_again_keeps_the_summary(self, jack: Store) -> None:
        jack.records.apply("jack", Delta(added=(weighed("2026-11-01"),)), AT, Ledger())
        jack.records.renew("jack")
        epoch = jack.records.ledger("jack")
        jack.records.apply("jack", Delta(), AT + timedelta(1), epoch)

        assert days(jack) == ["2026-11-01"]
        assert not any(isinstance(one, Damaged) for one in jack.overview.people().values())
