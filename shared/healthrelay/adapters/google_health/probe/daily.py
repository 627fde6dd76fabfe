"""Questions about the values of days: who gives them, in what form, and what a zero is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from healthrelay.adapters.google_health.probe.client import (
    GoogleProbe,
    Raw,
    key_of,
    listed_steps,
    member,
    objects,
    whole,
)
from healthrelay.adapters.google_health.questions import Points, days, history
from healthrelay.adapters.probing import ProbeRow
from healthrelay.core.grants.probe import Verdict, share, together
from healthrelay.core.grants.shape import tally

DAILY = (
    "daily-resting-heart-rate",
    "daily-heart-rate-zones",
    "daily-heart-rate-variability",
    "daily-oxygen-saturation",
    "daily-respiratory-rate",
    "daily-sleep-temperature-derivations",
    "daily-vo2-max",
)
UNREAD = (
    "heart-rate-variability",
    "oxygen-saturation",
    "respiratory-rate-sleep-summary",
    "core-body-temperature",
    "swim-lengths-data",
)
"""Types that healthrelay gives nobody."""
_VARIABILITY = {
    "averageHeartRateVariabilityMilliseconds",
    "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds",
    "nonRemHeartRateBeatsPerMinute",
    "entropy",
}
_NOT_KNOWN = ("text NaN", "text Infinity", "null", "NaN or Infinity without quotes")
_ZONES = ("LIGHT", "MODERATE", "VIGOROUS", "PEAK")


def _reconcile(probe: GoogleProbe) -> Verdict:
    return together(_look_at(probe, kind) for kind in DAILY)


def _look_at(probe: GoogleProbe, kind: str) -> Verdict:
    merged = probe.reply(days(kind), probe.month)
    listed = probe.reply(days(kind)._replace(how=""), probe.month)
    counts = [_days_of(reply.body, kind) for reply in (merged, listed)]
    line = ", ".join(
        f"{how} {reply.line} with {len(dates)} points of {len(set(dates))} days"
        for how, reply, dates in zip(("reconcile", "list"), (merged, listed), counts, strict=True)
    )
    return Verdict(None if merged.status == 403 else merged.good, (f"{kind}: {line}",))


def _days_of(body: Any, kind: str) -> list[str]:
    points = objects(body.get("dataPoints")) if isinstance(body, dict) else []
    return [repr(member(point, key_of(kind), "date")) for point in points]


def _unread(probe: GoogleProbe) -> Verdict:
    def look(kind: str) -> Verdict:
        reply = probe.reply(Points(kind, "", how="", page_size=100), probe.month)
        points = objects(reply.body.get("dataPoints")) if reply.good else []
        shapes = probe.vocabulary.describe(point.get(key_of(kind)) for point in points)
        lines = (f"{kind}: {reply.line}", *(f"{key_of(kind)}.{line}" for line in shapes))
        return Verdict(None if reply.status == 403 else reply.good, lines)

    return together(map(look, UNREAD))


def _texts(probe: GoogleProbe) -> Verdict:
    values = [
        *(member(point, "steps", "count") for point in listed_steps(probe)),
        *(
            member(point, "dailyRestingHeartRate", "beatsPerMinute")
            for point in probe.points(days(DAILY[0]), probe.month)
        ),
        *(
            member(point, "height", "heightMillimeters")
            for point in probe.points(history("height"), probe.month)
        ),
    ]
    kinds = Counter(probe.vocabulary.kind(each) for each in values if each is not None)
    return Verdict(set(kinds) == {"digits"} if kinds else None, (tally(kinds) or "no numbers",))


def _not_known(probe: GoogleProbe) -> Verdict:
    lines: list[str] = []
    seen = False
    for kind in DAILY:
        reply = probe.reply(days(kind), probe.month)
        points = objects(reply.body.get("dataPoints")) if reply.good else []
        described = probe.vocabulary.describe(point.get(key_of(kind)) for point in points)
        lines += [f"{key_of(kind)}.{line}" for line in described if not line.startswith("date.")]
        seen |= any(word in line for line in described for word in _NOT_KNOWN)
    return Verdict(True if seen else None, tuple(lines))


def _variability(probe: GoogleProbe) -> Verdict:
    points = probe.points(days("daily-heart-rate-variability"), probe.month)
    members = [_VARIABILITY & (point.get(key_of(DAILY[2])) or {}).keys() for point in points]
    verdict = share(sum(map(bool, members)), len(members), "have one of the four members")
    counts = Counter(name for each in members for name in each)
    return verdict._replace(evidence=(*verdict.evidence, tally(counts) or "no members"))


def _zone_names(probe: GoogleProbe) -> Verdict:
    points = probe.points(days("daily-heart-rate-zones"), probe.month)
    zones = [objects(member(point, "dailyHeartRateZones", "heartRateZones")) for point in points]
    good = sum(_ascends(each) for each in zones)
    verdict = share(good, len(zones), "days have known zones whose bounds ascend")
    kinds = Counter(probe.vocabulary.kind(z.get("heartRateZoneType")) for e in zones for z in e)
    return verdict._replace(evidence=(*verdict.evidence, tally(kinds) or "no zones"))


def _ascends(zones: list[Raw]) -> bool:
    lowest = {
        str(zone.get("heartRateZoneType")): whole(zone.get("minBeatsPerMinute")) or 0
        for zone in zones
    }
    ordered = [lowest[name] for name in _ZONES if name in lowest]
    return lowest.keys() <= {*_ZONES} and ordered == sorted(ordered)


ROWS = (
    ProbeRow("daily-reconcile", "All types of a day can be reconciled.", _reconcile),
    ProbeRow("unread-types", "The types that healthrelay does not read can be listed.", _unread),
    ProbeRow("numbers-as-texts", "Whole numbers of 64 bits come as texts.", _texts),
    ProbeRow("not-a-number", "A figure that is not known may come as NaN or null.", _not_known),
    ProbeRow(
        "variability-members",
        "Heart rate variability has at least one of its four members.",
        _variability,
    ),
    ProbeRow(
        "zone-names", "Zones are LIGHT, MODERATE, VIGOROUS and PEAK, from low to high.", _zone_names
    ),
)
