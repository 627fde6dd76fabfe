"""What a receipt says."""

from __future__ import annotations

from datetime import UTC, datetime

from healthrelay.core.household.receipt import Receipt

RECEIPT = Receipt(
    user="jack",
    at=datetime(2026, 11, 1, 12, 30, tzinfo=UTC),
    records={"body-weight": 30, "weight": 2},
    changes=3,
    settings=("methods", "period"),
    poll_key=True,
    provider="google_health",
)
HOME = "sensors/fitbit"


def test_receipt_in_words() -> None:
    assert RECEIPT.in_words(HOME) == (
        "Everything of jack was removed at 2026-11-01 12:30 UTC.\n"
        "  records: 30 body-weight, 2 weight\n"
        "  entries of the log: 3\n"
        "  and: settings, poll key, grant\n"
        "Google Health has ended the grant.\n"
        "What remains elsewhere:\n"
        "  - Igor: delete /data/sensors/fitbit/jack there, and the action healthrelay-jack\n"
        "  - a fetch that was under way: it may have delivered to Igor once more, so look again\n"
        "  - what Google Health itself keeps of jack: only they can delete it there\n"
        "  - backups of the store, and Firestore's point-in-time recovery, until they run out\n"
        "  - exports that were made, and log lines, which name an alias and no value"
    )


def test_provider_that_was_not_told_is_named_with_the_page_to_open() -> None:
    receipt = RECEIPT._replace(provider="fitbit", trouble="Fitbit asks for a pause.")

    assert (
        "Fitbit has not ended the grant: Fitbit asks for a pause."
        " jack can end it at https://www.fitbit.com/settings/applications"
    ) in receipt.in_words(HOME)


def test_who_had_nothing_is_told_so() -> None:
    told = RECEIPT._replace(records={}, poll_key=False, provider=None).in_words(HOME)

    assert "  records: none\n" in told
    assert "  and: settings\nThere was no grant to end.\n" in told
    assert "what the provider itself keeps" in told


def test_who_was_told_is_named() -> None:
    receipt = RECEIPT._replace(targets={"node-red": "https://hook.example/in"})

    assert "  and: settings, poll key, grant, targets\n" in receipt.in_words(HOME)
    assert "  - node-red: what was sent to https://hook.example/in\n" in receipt.in_words(HOME)
    assert "'targets': ['node-red']" in str(receipt.as_json(HOME))


def test_receipt_as_json() -> None:
    told = RECEIPT.as_json("sensors/_fitbit")

    assert told["removed"] == {
        "records": {"body-weight": 30, "weight": 2},
        "changes": 3,
        "settings": ["methods", "period"],
        "poll_key": True,
        "grant": True,
        "targets": [],
    }
    assert (told["user"], told["at"]) == ("jack", "2026-11-01T12:30:00+00:00")
    assert told["provider"] == "Google Health has ended the grant."
    assert "/data/sensors/_fitbit/jack" in str(told["remains"])
