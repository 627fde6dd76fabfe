"""``healthrelay fetch``: one person's measurements now, or what would be read for them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from healthrelay.assembly import services
from healthrelay.commands.arguments import PAIRS, USER, flag
from healthrelay.commands.exits import worst
from healthrelay.commands.face import command
from healthrelay.commands.output import Grid, Report, Result, is_terminal, progress
from healthrelay.core.defect import isolate
from healthrelay.core.errors import BadRequest, HealthrelayError, OddData
from healthrelay.core.plural import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthrelay.core.json import Raw
    from healthrelay.core.measurements.plan import Plan
    from healthrelay.core.measurements.query import FetchRequest
    from healthrelay.core.measurements.reads import Read
    from healthrelay.flows.measurements.fetch import Fetched
    from healthrelay.ports.peers import Provider


@command(
    "fetch",
    "fetch jack",
    "fetch jack --plan",
    "fetch jack --set methods=time_series --set resource=body/weight --set period=1w",
)
@USER
@PAIRS
@flag("--plan", "Only show what would be read.")
def run_fetch(user: str, pairs: tuple[tuple[str, str], ...], plan: bool) -> Result:
    """Fetch a person's measurements now."""
    from healthrelay.core.measurements.query import parse_request

    request = parse_request(user, dict(pairs))
    if plan:
        return _plan_result(_preview(request))
    built = services()
    with progress("Fetching") as report:
        if is_terminal(sys.stderr):
            built.provider = cast(
                "Provider", _Watched(built.provider, _count_reads(request), report)
            )
        fetched = built.fetch(request)
    return _result(user, fetched)


def _count_reads(request: FetchRequest) -> int:
    """Return how many calls the store says that there will be; 1 where it cannot say."""
    plan = isolate(_preview, request)
    return 1 if isinstance(plan, HealthrelayError) else len(plan.reads)


class _Watched:
    """A provider each read of which is reported."""

    def __init__(self, provider: Provider, reads: int, report: Report) -> None:
        self._provider, self._reads, self._report, self._done = provider, reads, report, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        """As the provider's; of two at once one may go uncounted."""
        points = self._provider.read(access, read)
        self._done += 1
        self._report(self._done, max(self._reads, self._done), read.source)
        return points


def _preview(request: FetchRequest) -> Plan:
    from healthrelay.flows.measurements.fetch import preview

    built = services()
    return preview(
        request,
        built.now(),
        store=built.store,
        grants=built.grants,
        provider=built.provider,
        consent=built.consent,
    )


def _plan_result(plan: Plan) -> Result:
    rows = [(read.source, str(read.start), str(read.end)) for read in plan.reads]
    head = ("source", "first", "last")
    return Result([dict(zip(head, row, strict=True)) for row in rows], Grid(head, rows))


def _result(user: str, fetched: Fetched) -> Result:
    from healthrelay.core.delivery.entries import CHANGES
    from healthrelay.web.fetch import result

    data: dict[str, Any] = result(user, fetched)
    changes = ", ".join(f"{data[name]} {name}" for name in CHANGES)
    sentences = [f"{user}: {count(len(fetched.records), 'record')} read; {changes}."]
    sentences += [f"{name}: {error.sentence}" for name, error in fetched.unavailable.items()]
    # Odd points and what a provider does not have are no reason to come again.
    passing = [e for e in fetched.unavailable.values() if not isinstance(e, OddData | BadRequest)]
    failed = [one.trouble for one in fetched.deliveries.values() if one.trouble]
    sentences += [trouble.sentence for trouble in failed]
    rows = [
        (name, str(one["count"]), one["first"], one["last"]) for name, one in data["series"].items()
    ]
    table = Grid(("series", "records", "first", "last"), rows)
    return Result(data, ["\n".join(sentences), table], worst(passing))
