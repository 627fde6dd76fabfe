"""Everything that is stored of a person, for them to take along."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from healthrelay.core.household.export import to_csv_files
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.ledger import State
from healthrelay.core.measurements.snapshot import by_series
from healthrelay.flows.presenter import presenter
from healthrelay.flows.require import require_settings

if TYPE_CHECKING:
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.ledger import Days, Ledger
    from healthrelay.ports.store import Store

CONNECTION = ("provider", "account", "zone", "connected_at", "grant_expires_at", "scopes", "health")
"""The members of a grant that are exported. The rest is sealed, or of use to nobody else."""
TARGET = ("url", "private")
"""The members of a target that are exported; its keys are what makes a message ours."""


def export(user: str, store: Store, now: datetime, system: str) -> dict[str, str]:
    """Return name → content of files: ``jack.json``, and CSV files of each series.

    Values are in the units of *system*. Raise `Unknown` for a stranger.
    """
    grant = store.tokens.load(user)
    records = store.records.everything(user)
    series = by_series(records, presenter(user, records, store.records, system))
    document: dict[str, Any] = {
        "user": user,
        "exported_at": now.isoformat(),
        "system": system,
        "settings": require_settings(user, store.identities),
        "connection": grant and {n: grant.document[n] for n in CONNECTION if n in grant.document},
        "poll_key": store.identities.poll_key(user) is not None,
        **_delivery(user, store),
        "ledger": _ledger_to_json(store.records.ledger(user)),
        "records": series,
    }
    files = {f"{user}.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n"}
    for name, elements in series.items():
        tables = to_csv_files(f"{user}.{name}", elements, SERIES[name].key)
        files |= {f"{table}.csv": content for table, content in tables.items()}
    return files


def _delivery(user: str, store: Store) -> dict[str, Any]:
    """Return the log and its targets, each with its progress."""
    following, targets = store.log.following(user), store.targets.of(user)
    progress = {name: _as_json(one) for name, one in following.targets.items()}
    return {
        "log": {
            "head": following.head,
            "progress": {name: one for name, one in progress.items() if name not in targets},
        },
        "targets": {
            name: {n: target[n] for n in TARGET} | {"progress": progress.get(name)}
            for name, target in sorted(targets.items())
        },
    }


def _as_json(progress: Progress) -> dict[str, Json]:
    """Return the progress, its sequence and state even when they are as at the beginning."""
    document: dict[str, Json] = {"sequence": progress.sequence, "state": progress.state}
    return document | progress.to_document()


def _ledger_to_json(ledger: Ledger) -> dict[str, Any]:
    """Return when the person was read last, their devices, and of each series how its days are."""
    return {
        "read_at": ledger.read_at or None,
        "devices": [
            {"kind": device.kind, "name": device.name, "synced": device.synced or None}
            for device in ledger.devices.values()
        ],
        "days": {series: _days_to_json(days) for series, days in sorted(ledger.days.items())},
    }


def _days_to_json(days: Days) -> dict[str, Json]:
    """Return ``{"first": "2026-10-01", "last": "2026-11-01", "open": 2, "settled": 30}``."""
    counts = {state.name.lower(): days.states.count(state.value) for state in State}
    span: dict[str, Json] = {"first": days.start.isoformat(), "last": days.end.isoformat()}
    return span | {state: count for state, count in counts.items() if count}
