"""Everything that is held of a person, for them to take along."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from healthrelay.core.errors import Unknown
from healthrelay.core.export import by_series, table

if TYPE_CHECKING:
    from healthrelay.ports import Store

CONNECTION = ("provider", "account", "zone", "connected_at", "grant_expires_at", "scopes", "health")
"""What is told of a grant. The rest is sealed, or of use to nobody else."""


def export(user: str, store: Store, now: datetime) -> dict[str, str]:
    """File name → content: ``jack.json``, and ``jack.body-weight.csv`` for each series."""
    settings = store.identities.settings(user)
    if settings is None:
        raise Unknown(f"There is no user {user}.")
    grant = store.tokens.load(user)
    series = by_series(store.records.everything(user))
    covered = store.records.coverage(user)
    told: dict[str, Any] = {
        "user": user,
        "exported_at": now.isoformat(),
        "settings": settings,
        "connection": {n: grant.document[n] for n in CONNECTION if n in grant.document}
        if grant
        else None,
        "poll_key": store.identities.poll_key(user) is not None,
        "log": {"head": store.log.head(user)},
        "covered": {
            name: [first.isoformat(), last.isoformat()]
            for name, (first, last) in sorted(covered.items())
        },
        "records": series,
    }
    files = {f"{user}.json": json.dumps(told, indent=2, ensure_ascii=False) + "\n"}
    return files | {f"{user}.{name}.csv": table(elements) for name, elements in series.items()}
