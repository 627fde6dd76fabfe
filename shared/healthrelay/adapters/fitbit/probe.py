"""What is assumed of the legacy Fitbit Web API, as questions to an account.

They go past python-fitbit, which shows neither the status nor the body of what it does not like.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from healthrelay.adapters.http import Http
from healthrelay.adapters.probing import Prober, ProbeRow, Reply, Unanswered, questions
from healthrelay.core.grants.probe import OpenQuestion, Verdict, share
from healthrelay.core.grants.shape import Vocabulary, tally

_WORDS = """
expired_token invalid_token insufficient_scope insufficient_permissions not_found validation
request invalid_request TRACKER SCALE
"""
_NAMES = """
id user weight fat sleep date time value source features type mac battery summary age height
levels locale timezone country state city gender avatar badges corporate ambassador errors success
message
"""
VOCABULARY = Vocabulary(
    words=frozenset(_WORDS.split()),
    names=frozenset(_NAMES.split()),
    ids=frozenset({"id", "logId", "encodedId", "mac"}),
)
MONTH = timedelta(days=29)
WEEK = timedelta(days=6)
NIGHTS = 7
_BEFORE_ANYTHING = (date(2009, 1, 1), date(2009, 1, 7))
_RANGES = {"log": "/body/log/weight", "weight": "/body/weight", "steps": "/activities/steps"}

Raw = dict[str, Any]


class FitbitProbe:
    """Puts questions about the days before *today*."""

    def __init__(self, prober: Prober, today: date) -> None:
        self._prober = prober
        self.today = today
        self.month = (today - MONTH, today)
        self.vocabulary = prober.vocabulary

    def reply(self, path: str) -> Reply:
        return self._prober.ask("GET", f"/1/user/-{path}.json")

    def body(self, path: str) -> Any:
        """Return the answer about *path*. Raise `Unanswered`."""
        reply = self.reply(path)
        if not reply.good:
            raise Unanswered(path.partition("/date/")[0], reply)
        return reply.body

    def range(self, name: str, days: tuple[date, date], member: str) -> list[Raw]:
        """Return the elements of a range of days. Raise `Unanswered`."""
        return list(self.body(f"{_RANGES[name]}/date/{days[0]}/{days[1]}")[member])

    def logs(self) -> list[Raw]:
        return self.range("log", self.month, "weight")

    def nights(self) -> list[Raw]:
        """Return the nights of a week; a day is a call."""
        week = [self.today - timedelta(days=number) for number in range(NIGHTS)]
        return [night for day in week for night in self.body(f"/sleep/date/{day}")["sleep"]]


def _gone(probe: FitbitProbe) -> Verdict:
    reply = probe.reply("/profile")
    if reply.status == 410:
        return Verdict(True, (reply.line, *probe.vocabulary.describe([reply.body])))
    return Verdict(False if reply.good else None, (reply.line,))


def _profile(probe: FitbitProbe) -> Verdict:
    user = probe.body("/profile")["user"]
    known = all(name in user for name in ("encodedId", "timezone", "offsetFromUTCMillis"))
    return Verdict(known, probe.vocabulary.describe([user]))


def _devices(probe: FitbitProbe) -> Verdict:
    devices = probe.body("/devices")
    kinds = [probe.vocabulary.kind(each.get("lastSyncTime")) for each in devices]
    local = sum(kind.startswith("local time") for kind in kinds)
    verdict = share(local, len(devices), "devices have one")
    return verdict._replace(evidence=(*verdict.evidence, *probe.vocabulary.describe(devices)))


def _log_ids(probe: FitbitProbe) -> Verdict:
    ids = [str(entry.get("logId")) for entry in probe.logs()]
    patterns = Counter(map(probe.vocabulary.id_pattern, ids))
    verdict = share(len(set(ids)), len(ids), "log ids are their own")
    return verdict._replace(evidence=(*verdict.evidence, tally(patterns) or "no weights"))


def _gaps(probe: FitbitProbe) -> Verdict:
    """Look for days of the series on which nothing was logged."""
    logged = {entry.get("date") for entry in probe.logs()}
    days = {entry.get("dateTime") for entry in probe.range("weight", probe.month, "body-weight")}
    filled = len(days - logged)
    line = f"{len(days)} days of the series, {len(logged)} with a weight, {filled} without one"
    return Verdict(True if filled else False if days else None, (line,))


def _zero_days(probe: FitbitProbe) -> Verdict:
    values = [each["value"] for each in probe.range("steps", probe.month, "activities-steps")]
    zeros = sum(value in ("0", 0) for value in values)
    whole_month = len(values) == (probe.month[1] - probe.month[0]).days + 1
    line = f"{len(values)} of 30 days, {zeros} of them zero"
    return Verdict(whole_month if values else None, (line,))


def _texts(probe: FitbitProbe) -> Verdict:
    values = [
        *(each["value"] for each in probe.range("steps", probe.month, "activities-steps")),
        *(each["value"] for each in probe.range("weight", probe.month, "body-weight")),
    ]
    texts = sum(isinstance(value, str) for value in values)
    return share(texts, len(values), "values of series are texts")


def _night_sums(probe: FitbitProbe) -> Verdict:
    def parts(night: Raw) -> tuple[int, int]:
        names = ("minutesAsleep", "minutesAwake", "minutesToFallAsleep", "minutesAfterWakeup")
        return sum(night[name] for name in names), night["timeInBed"]

    return _compare(probe.nights(), parts)


def _awakenings(probe: FitbitProbe) -> Verdict:
    return _compare(
        probe.nights(),
        lambda night: (night["awakeningsCount"], night["awakeCount"] + night["restlessCount"]),
    )


def _efficiency(probe: FitbitProbe) -> Verdict:
    def parts(night: Raw) -> tuple[int, int]:
        asleep, awake = night["minutesAsleep"], night["minutesAwake"]
        return night["efficiency"], round(100 * asleep / (asleep + awake))

    return _compare(probe.nights(), parts)


def _compare(nights: Iterable[Raw], parts: Callable[[Raw], tuple[int, int]]) -> Verdict:
    pairs = [parts(night) for night in nights]
    return share(sum(one == other for one, other in pairs), len(pairs), "nights agree")


def _empty(probe: FitbitProbe) -> Verdict:
    first, last = _BEFORE_ANYTHING
    body = probe.body(f"/body/log/weight/date/{first}/{last}")
    return Verdict(body == {"weight": []}, probe.vocabulary.describe([body]))


def _grace(_asking: FitbitProbe) -> Verdict:
    return Verdict(None, ("it would take a refresh token that works once to find out",))


ROWS = (
    ProbeRow("gone", "The Fitbit Web API answers 410 Gone.", _gone),
    ProbeRow("profile", "The profile has encodedId, timezone and offsetFromUTCMillis.", _profile),
    ProbeRow("device-sync", "Every device has a lastSyncTime, local and without zone.", _devices),
    ProbeRow("log-ids", "The id of an entry of a log is its own.", _log_ids),
    ProbeRow("gap-filling", "The series of weights has days on which nothing was weighed.", _gaps),
    ProbeRow("zero-days", "A series of activity has every day, one without data as 0.", _zero_days),
    ProbeRow("values-as-texts", "The values of a series are texts.", _texts),
    ProbeRow(
        "night-in-bed",
        "The time in bed is asleep, awake, to fall asleep and after waking up.",
        _night_sums,
    ),
    ProbeRow("night-awakenings", "Awakenings are awake and restless stretches.", _awakenings),
    ProbeRow("night-efficiency", "Efficiency is asleep of asleep and awake.", _efficiency),
    ProbeRow("empty-answer", "A log without entries is an empty list.", _empty),
    ProbeRow(
        "refresh-grace",
        "A refresh token that was just spent gives the same answer again for two minutes.",
        _grace,
    ),
)


def ask_fitbit(http: Http, url: str, access: str, today: date) -> list[OpenQuestion]:
    """Return the questions to the account that *access* opens."""
    return questions(ROWS, FitbitProbe(Prober(http, url, access, VOCABULARY), today))
