"""``healthrelay status``: the whole household on one screen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.commands.exits import worst
from healthrelay.commands.output import Grid, Result
from healthrelay.core.defect import isolate
from healthrelay.core.delivery.tasks import slot_start
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.household.settings import KEPT_FROM, interval
from healthrelay.core.trouble import Diagnosis

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.flows.measurements.newest import Newest

_HEAD = ("person", "weight", "state", "next fetch", "targets")


class _Person(NamedTuple):
    """One row: what of it cannot be read is in the diagnosis, and else empty."""

    diagnosis: Diagnosis
    weight: Newest | None = None
    next_fetch: datetime | None = None
    targets: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    error: HealthrelayError | None = None
    """Why something of it cannot be read."""

    def as_json(self) -> dict[str, Any]:
        return {
            "weight": self.weight._asdict() if self.weight else None,
            "connection": self.diagnosis.as_json(),
            "next_fetch": self.next_fetch.isoformat() if self.next_fetch else None,
            "targets": self.targets,
        }

    def row(self, name: str, now: datetime) -> tuple[str, ...]:
        """Return the cells below `_HEAD`."""
        from healthrelay.core.measurements.status_text import duration

        one, state = self.weight, self.diagnosis.state
        trouble = next(iter(self.diagnosis.troubles), None)
        return (
            name,
            f"{one.value} {one.unit} on {one.day}" if one else "none yet",
            f"{state}: {trouble.sentence}" if trouble else state,
            f"in {duration(self.next_fetch - now)}" if self.next_fetch else "none",
            ", ".join(f"{target} {word}" for target, word in self.targets.items()) or "poll",
        )


def overview(built: Services) -> Result:
    """Return each person's newest weight, state and next fetch, and how their targets are."""
    read = {name: isolate(_read, name, built) for name in built.store.identities.names()}
    people = {
        name: _Person(_failure(one), error=one) if isinstance(one, HealthrelayError) else one
        for name, one in read.items()
    }
    data = {name: person.as_json() for name, person in people.items()}
    if not people:
        return Result(data, "Nobody is here yet. Next: healthrelay user add NAME")
    rows = [person.row(name, built.now()) for name, person in people.items()]
    errors = [person.error for person in people.values() if person.error]
    return Result(data, Grid(_HEAD, rows), worst(errors))


def _failure(error: HealthrelayError) -> Diagnosis:
    return Diagnosis(error.cause, None, error.as_trouble())


def _read(user: str, built: Services) -> _Person:
    from healthrelay.flows.grants.doctor import examine
    from healthrelay.flows.grants.document import has_ended
    from healthrelay.flows.measurements.newest import newest_weight

    store, now = built.store, built.now()
    settings = store.identities.settings(user) or {}
    diagnosis = isolate(examine, user, store, lambda u: built.grants.load(u), built.consent, now)
    error = diagnosis if isinstance(diagnosis, HealthrelayError) else None
    grant = store.tokens.load(user)
    is_read = grant and KEPT_FROM not in settings and not has_ended(grant.document)
    every = interval(settings)
    following = store.log.following(user)
    shared = {target.name: following.progress(target.name) for target in built.shared_targets}
    return _Person(
        _failure(diagnosis) if isinstance(diagnosis, HealthrelayError) else diagnosis,
        newest_weight(user, store, built.system),
        slot_start(user, every, now) + every if is_read else None,
        {name: one.state for name, one in (dict(following.targets) | shared).items()},
        error,
    )
