"""Questions about the account: who it is, its devices, and what it refuses."""

from __future__ import annotations

from collections import Counter

from healthrelay.adapters.google_health.account import DEVICES
from healthrelay.adapters.google_health.probe.client import GoogleProbe, member
from healthrelay.adapters.google_health.questions import Request
from healthrelay.adapters.probing import ProbeRow
from healthrelay.core.grants.probe import Verdict, share
from healthrelay.core.grants.shape import ABSENT, tally

_NEVER_ASKED_FOR = "/dataTypes/electrocardiogram/dataPoints"
_REFUSALS = {"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficient_scope"}


def _identity(probe: GoogleProbe) -> Verdict:
    identity = probe.part("/identity")
    both = all(isinstance(identity.get(n), str) for n in ("healthUserId", "legacyUserId"))
    return Verdict(both, probe.vocabulary.describe([identity]))


def _zone(probe: GoogleProbe) -> Verdict:
    settings = probe.part("/settings")
    kind = probe.vocabulary.kind(settings.get("timeZone"))
    return Verdict(kind == "zone", probe.vocabulary.describe([settings]))


def _member_since(probe: GoogleProbe) -> Verdict:
    profile = probe.part("/profile")
    day = profile.get("membershipStartDate")
    whole_day = (
        None
        if day is None
        else all(member(profile, "membershipStartDate", part) for part in ("year", "month", "day"))
    )
    return Verdict(whole_day, probe.vocabulary.describe([profile]))


def _devices(probe: GoogleProbe) -> Verdict:
    devices = probe.points(DEVICES, probe.month)
    kind = probe.vocabulary.kind
    synced = [kind(each.get("lastSyncTime", ABSENT)) for each in devices]
    kinds = [kind(each.get("deviceType")) for each in devices]
    each = Counter(f"{kind}: {time}" for kind, time in zip(kinds, synced, strict=True))
    good = sum(time.startswith("instant in UTC") for time in synced)
    verdict = share(good, len(devices), f"devices have one; {tally(each)}")
    return verdict._replace(evidence=(*verdict.evidence, *probe.vocabulary.describe(devices)))


def _refusal(probe: GoogleProbe) -> Verdict:
    reply = probe.send(Request("GET", _NEVER_ASKED_FOR))
    known = reply.status == 403 and bool(_REFUSALS & {*reply.reasons})
    return Verdict(
        None if reply.good else known, (reply.line, *probe.vocabulary.describe([reply.body]))
    )


ROWS = (
    ProbeRow("identity", "The identity has both healthUserId and legacyUserId.", _identity),
    ProbeRow("zone", "The settings name the wearer's time zone as the IANA database does.", _zone),
    ProbeRow("member-since", "A date has its year, its month and its day.", _member_since),
    ProbeRow("device-sync", "Every device has a lastSyncTime, an instant in UTC.", _devices),
    ProbeRow(
        "scope-refusal",
        "What was not granted is refused with 403 and ACCESS_TOKEN_SCOPE_INSUFFICIENT, or with"
        " OAuth's insufficient_scope.",
        _refusal,
    ),
)
