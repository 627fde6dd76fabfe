"""Questions about single points: their names, sources and times, and how they are found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from healthrelay.adapters.google_health.probe.client import GoogleProbe, Raw, member, shared
from healthrelay.adapters.google_health.questions import (
    PAGE_SIZE,
    Points,
    Question,
    Request,
    days,
    intervals,
    samples,
    sessions,
)
from healthrelay.adapters.probing import ProbeRow, Unanswered
from healthrelay.core.grants.probe import Verdict, share, together
from healthrelay.core.grants.shape import tally

_NAMED: dict[str, Callable[[str], Points]] = {
    "weight": samples,
    "body-fat": samples,
    "blood-glucose": samples,
    "sleep": sessions,
    "exercise": sessions,
    "hydration-log": sessions,
    "nutrition-log": sessions,
}
_KNOWN_ID = re.compile(r"\d+|[a-z0-9-]{4,63}", re.ASCII)
_CIVIL: tuple[Question, ...] = (
    samples("weight"),
    intervals("steps"),
    sessions("exercise"),
    sessions("sleep"),
    sessions("hydration-log"),
    days("daily-resting-heart-rate"),
)
_PADDING = timedelta(hours=14)
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def each_type(
    look: Callable[[GoogleProbe, str, list[Raw]], Verdict],
) -> Callable[[GoogleProbe], Verdict]:
    """Return *look* at the points of every type that have names; one refused spoils no other."""

    def verdicts(probe: GoogleProbe) -> Iterable[Verdict]:
        for kind, question in _NAMED.items():
            try:
                points = probe.points(question(kind)._replace(how=""), probe.year)
            except Unanswered as error:
                yield error.verdict
            else:
                yield look(probe, kind, points)

    return lambda probe: together(verdicts(probe))


def _ids(probe: GoogleProbe, kind: str, points: list[Raw]) -> Verdict:
    ids = [str(point.get("name", "")).rpartition("/")[2] for point in points]
    patterns = Counter(map(probe.vocabulary.id_pattern, ids))
    known = all(map(_KNOWN_ID.fullmatch, ids)) if ids else None
    return Verdict(known, (f"{kind}: {tally(patterns) or 'no points'}",))


def _unique(_asking: GoogleProbe, kind: str, points: list[Raw]) -> Verdict:
    names = [point.get("name") for point in points]
    line = f"{kind}: {len(names)} points, {shared([*map(_start, points)])} share an instant"
    unique = None not in names and not shared(names)
    return Verdict(unique if names else None, (f"{line}, {shared(names)} share a name",))


def _start(point: Raw) -> object:
    value = _value(point)
    return member(value, "sampleTime", "physicalTime") or member(value, "interval", "startTime")


def _value(point: Raw) -> Raw:
    """Return the part of *point* that has times."""
    parts = [each for each in point.values() if isinstance(each, dict)]
    return next((each for each in parts if each.keys() & {"sampleTime", "interval"}), {})


def _reconciled(probe: GoogleProbe) -> Verdict:
    merged = probe.points(samples("weight"), probe.month)
    listed = probe.points(samples("weight")._replace(how=""), probe.month)
    names = {point.get("name") for point in listed}
    found = sum(point.get("dataPointName") in names for point in merged)
    good = all("dataPointName" in point and "dataSource" not in point for point in merged)
    evidence = (
        f"{found} of {len(merged)} names are in the list of {len(listed)}",
        *probe.vocabulary.describe(merged),
    )
    return Verdict(good and found == len(merged) if merged else None, evidence)


def _scale(probe: GoogleProbe) -> Verdict:
    listed = probe.points(samples("weight")._replace(how=""), probe.year)
    sources = [point.get("dataSource") or {} for point in listed]
    factors = [member(source, "device", "formFactor") for source in sources]
    evidence = (f"{len(listed)} weights", *probe.vocabulary.describe(sources))
    return Verdict(True if "SCALE" in factors else None, evidence)


def _offsets(probe: GoogleProbe) -> Verdict:
    looks = (
        (samples("weight"), probe.month, ("utcOffset",), "sampleTime"),
        (intervals("steps"), _yesterday(probe), ("startUtcOffset", "endUtcOffset"), "interval"),
        (sessions("sleep"), probe.month, ("startUtcOffset", "endUtcOffset"), "interval"),
        (sessions("exercise"), probe.year, ("startUtcOffset", "endUtcOffset"), "interval"),
    )
    return together(_times(probe, *look) for look in looks)


def _times(
    probe: GoogleProbe,
    question: Points,
    span: tuple[date, date],
    offsets: tuple[str, ...],
    where: str,
) -> Verdict:
    try:
        points = probe.points(question, span)
    except Unanswered as error:
        return error.verdict
    times = [member(_value(point), where) or {} for point in points]
    good = sum(all(name in each for name in offsets) for each in times)
    civil = sum(any(name.startswith("civil") for name in each) for each in times)
    verdict = share(good, len(times), f"{question.type} have their offsets")
    return verdict._replace(evidence=(f"{verdict.evidence[0]}, {civil} civil times",))


def _yesterday(probe: GoogleProbe) -> tuple[date, date]:
    day = probe.today - timedelta(days=1)
    return day, day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _civil_filters(probe: GoogleProbe) -> Verdict:
    def look(question: Question) -> Verdict:
        reply = probe.reply(question, _yesterday(probe))
        # What was not granted says nothing of filters.
        holds = None if reply.status == 403 else reply.good
        return Verdict(holds, (f"{question.source.name}: {reply.line}",))

    return together(map(look, _CIVIL))


def _civil_agrees(probe: GoogleProbe) -> Verdict:
    """Compare the weights of local days with those of the instants around them."""
    first, last = probe.month
    civil = probe.points(samples("weight"), (first, last))
    start, end = _midnight(first) - _PADDING, _midnight(last + timedelta(days=1)) + _PADDING
    field = "weight.sample_time.physical_time"
    query = quote(f'{field} >= "{start:{_INSTANT}}" AND {field} < "{end:{_INSTANT}}"')
    path = f"/dataTypes/weight/dataPoints:reconcile?pageSize={PAGE_SIZE}&filter={query}"
    reply = probe.send(Request("GET", path))
    if not reply.good:
        raise Unanswered("physical_time", reply)
    around = {repr(point.get("dataPointName")) for point in reply.body.get("dataPoints", [])}
    within = sum(repr(point.get("dataPointName")) in around for point in civil)
    return share(within, len(civil), f"weights of local days are among {len(around)} around them")


ROWS = (
    ProbeRow(
        "point-ids", "The id of a point is digits, or 4 to 63 of a-z, 0-9 and -.", each_type(_ids)
    ),
    ProbeRow(
        "point-names",
        "The whole name of a point is its own; an instant may be that of several.",
        each_type(_unique),
    ),
    ProbeRow(
        "reconciled-points",
        "A reconciled point has dataPointName and no dataSource, and is in the list under it.",
        _reconciled,
    ),
    ProbeRow("scale", "The weights of a scale have the form factor SCALE.", _scale),
    ProbeRow("offsets", "Every point says how far its clock was from UTC.", _offsets),
    ProbeRow("civil-filters", "Each kind of type can be filtered by local days.", _civil_filters),
    ProbeRow(
        "civil-filter-agrees",
        "A filter by local days gives the points that one by instants gives.",
        _civil_agrees,
    ),
)
