"""What is exported of a person beside the measurements."""

from __future__ import annotations

import json
from typing import Any

from healthrelay.flows.household.export import export
from healthrelay.ports.store import Store
from tests.stores.contract import LEDGER, NOW, add_weights


def exported(store: Store) -> Any:
    return json.loads(export("jack", store, NOW, "metric")["jack.json"])


def test_the_ledger_tells_of_each_series_how_many_days_are_how(either_store: Store) -> None:
    either_store.identities.save("jack", {})
    assert exported(either_store)["ledger"] == {"read_at": None, "devices": [], "days": {}}

    either_store.records.apply("jack", add_weights("2026-10-29"), NOW, LEDGER)

    assert exported(either_store)["ledger"] == {
        "read_at": "2026-11-01T12:00:00+00:00",
        "devices": [{"kind": "TRACKER", "name": "Charge 6", "synced": "2026-10-26T07:30:00"}],
        "days": {
            "body-weight": {
                "first": "2026-10-29",
                "last": "2026-11-01",
                "open": 1,
                "settled": 1,
                "empty": 1,
                "failed": 1,
            },
            "sleep": {"first": "2026-11-01", "last": "2026-11-01", "open": 1},
        },
    }
