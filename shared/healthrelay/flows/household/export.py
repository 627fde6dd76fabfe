"""Everything that is held of a person, for them to take along."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from healthrelay.core.errors import Unknown
from healthrelay.core.household.export import by_series, table

if TYPE_CHECKING:
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.core.json import Json
    from healthrelay.ports.store import Store

CONNECTION = ("provider", "account", "zone", "connected_at", "grant_expires_at", "scopes", "health")
"""What is told of a grant. The rest is sealed, or of use to nobody else."""
TARGET = ("url", "private")
"""What is told of a target; its keys are what makes a message ours."""


def export(user: str, store: Store, now: datetime) -> dict[str, str]:
    """File name → content: ``jack.json``, and ``jack.body-weight.csv`` for each series."""
    settings = store.identities.settings(user)
    if settings is None:
        raise Unknown(f"There is no user {user}.")
    grant = store.tokens.load(user)
    series = by_series(store.records.everything(user))
    covered = store.records.coverage(user)
    following, targets = store.log.following(user), store.targets.of(user)
    stands = {name: _told(progress) for name, progress in following.targets.items()}
    told: dict[str, Any] = {
        "user": user,
        "exported_at": now.isoformat(),
        "settings": settings,
        "connection": {n: grant.document[n] for n in CONNECTION if n in grant.document}
        if grant
        else None,
        "poll_key": store.identities.poll_key(user) is not None,
        "log": {
            "head": following.head,
            "progress": {name: told for name, told in stands.items() if name not in targets},
        },
        "targets": {
            name: {n: kept[n] for n in TARGET} | {"progress": stands.get(name)}
            for name, kept in sorted(targets.items())
        },
        "covered": {
            name: [first.isoformat(), last.isoformat()]
            for name, (first, last) in sorted(covered.items())
        },
        "records": series,
    }
    files = {f"{user}.json": json.dumps(told, indent=2, ensure_ascii=False) + "\n"}
    return files | {f"{user}.{name}.csv": table(elements) for name, elements in series.items()}


def _told(progress: Progress) -> dict[str, Json]:
    """How far a target is and how it stands; what there is nothing to say of stays out."""
    told: dict[str, Json] = {"sequence": progress.sequence, "state": progress.state}
    return told | progress.to_document()
