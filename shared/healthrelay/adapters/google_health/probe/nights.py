"""Questions about nights: what their sums contain, and when they are whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from healthrelay.adapters.google_health.probe.client import GoogleProbe, Raw, member, objects, total
from healthrelay.adapters.google_health.questions import sessions
from healthrelay.adapters.probing import ProbeRow
from healthrelay.core.grants.probe import Verdict, share
from healthrelay.core.grants.shape import tally

_ASLEEP = {"STAGES": ("LIGHT", "DEEP", "REM"), "CLASSIC": ("ASLEEP",)}


def _nights(probe: GoogleProbe) -> list[Raw]:
    return [
        point["sleep"]
        for point in probe.points(sessions("sleep"), probe.month)
        if isinstance(point.get("sleep"), dict)
    ]


def _kinds(probe: GoogleProbe) -> Verdict:
    nights = _nights(probe)
    kinds = Counter(probe.vocabulary.kind(night.get("type")) for night in nights)
    verdict = share(kinds["STAGES"] + kinds["CLASSIC"], len(nights), "nights are either")
    evidence = (*verdict.evidence, tally(kinds) or "no nights", *probe.vocabulary.describe(nights))
    return verdict._replace(evidence=evidence)


def _awake(probe: GoogleProbe) -> Verdict:
    return _compare(probe, "minutesAwake", dict.fromkeys(_ASLEEP, ("AWAKE",)))


def _asleep(probe: GoogleProbe) -> Verdict:
    return _compare(probe, "minutesAsleep", _ASLEEP)


def _compare(probe: GoogleProbe, name: str, parts: dict[str, tuple[str, ...]]) -> Verdict:
    """Compare the sum *name* of each night with the minutes of its stages."""
    summed = [
        night for night in _nights(probe) if objects(member(night, "summary", "stagesSummary"))
    ]
    good = sum(
        total([night["summary"].get(name, 0)]) == _minutes(night, parts.get(night["type"], ()))
        for night in summed
    )
    return share(good, len(summed), "nights agree")


def _minutes(night: Raw, kinds: Collection[str]) -> int:
    stages = objects(member(night, "summary", "stagesSummary"))
    return total(each.get("minutes", 0) for each in stages if each.get("type") in kinds)


def _unfinished(probe: GoogleProbe) -> Verdict:
    nights = _nights(probe)
    unsummed = sum(not night.get("summary") for night in nights)
    endless = sum(not member(night, "interval", "endTime") for night in nights)
    waiting = sum(not member(night, "metadata", "processed") for night in nights)
    line = (
        f"of {len(nights)} nights {unsummed} have no summary, {endless} no end,"
        f" {waiting} are not processed"
    )
    return Verdict(True if unsummed or endless or waiting else None, (line,))


def _fall_asleep(probe: GoogleProbe) -> Verdict:
    values = [member(night, "summary", "minutesToFallAsleep") for night in _nights(probe)]
    zeros = sum(total([each or 0]) == 0 for each in values)
    return share(zeros, len(values), "nights say that it took no time")


ROWS = (
    ProbeRow("night-kinds", "A night is STAGES or CLASSIC.", _kinds),
    ProbeRow("night-awake", "A night's minutesAwake are those of its stretches AWAKE.", _awake),
    ProbeRow(
        "night-asleep",
        "A night's minutesAsleep are those of LIGHT, DEEP and REM, or of ASLEEP.",
        _asleep,
    ),
    ProbeRow(
        "night-unfinished",
        "A night may be listed before its summary, its stages or its end are known.",
        _unfinished,
    ),
    ProbeRow(
        "night-to-fall-asleep", "Google does not say how long it took to fall asleep.", _fall_asleep
    ),
)
