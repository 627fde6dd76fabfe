"""What Google Health answers over HTTP, as far as a household's few series need it.

Shapes are those of its discovery document and of recorded answers.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.years.service import Served, Service
from tests.years.wearer import Fact

NIGHTS_A_PAGE = 25
Json = dict[str, Any]


def answer(service: Service, access: str, path: str, body: bytes | None) -> bytes:
    """Return the body of a good answer. Raise `Bad` for any other."""
    return json.dumps(_answer(service, access, unquote(path), body)).encode()


def _answer(service: Service, access: str, path: str, body: bytes | None) -> Json:
    name = path.partition("/users/me/")[2].partition("?")[0]
    if name == "identity":
        account = service.opened(access)
        if account.name in service.silent:
            return {}
        return {"healthUserId": account.id, "legacyUserId": account.linked}
    if name == "settings":
        return {"timeZone": service.opened(access).zone}
    if name == "pairedDevices":
        return {"pairedDevices": [_device(one) for one in service.opened(access).devices]}
    type_ = name.split("/")[1]
    if type_ == "steps" and body:
        return _totals(service, access, json.loads(body)["range"])
    if type_ in _POINTS:
        return _points(service, access, type_, path)
    service.opened(access)
    return {"dataPoints": []}


def _points(service: Service, access: str, type_: str, path: str) -> Json:
    """Return one page of what lies between the two days of the filter."""
    kind, point = _POINTS[type_]
    first, behind = re.findall(r"\d{4}-\d\d-\d\d", path)
    last = (date.fromisoformat(behind) - timedelta(days=1)).isoformat()
    query = parse_qs(urlsplit(path).query)
    size = min(int(query["pageSize"][0]), NIGHTS_A_PAGE if type_ == "sleep" else 10_000)
    begin = int(query.get("pageToken", ["0"])[0])
    served = service.ask(access, kind, first, last)
    page = [point(fact, fact.id in served.odd) for fact in served.facts[begin : begin + size]]
    more = {"nextPageToken": str(begin + size)} if begin + size < len(served.facts) else {}
    return {"dataPoints": page, **more}


def _totals(service: Service, access: str, span: Json) -> Json:
    """Return the steps of each day that has any."""
    first, behind = (date(**span[end]["date"]) for end in ("start", "end"))
    last = behind - timedelta(days=1)
    served = service.ask(access, "walk", first.isoformat(), last.isoformat())
    totals: dict[str, int] = {}
    for fact in served.facts:
        totals[fact.day] = totals.get(fact.day, 0) + fact.amount
    return {"rollupDataPoints": [_total(day, totals[day], served) for day in sorted(totals)]}


def _total(day: str, steps: int, served: Served) -> Json:
    begin = date.fromisoformat(day)
    odd = any(fact.id in served.odd for fact in served.facts if fact.day == day)
    civil = [{"date": {"year": d.year, "month": d.month, "day": d.day}} for d in _two_days(begin)]
    value = {"countSum": ["many"] if odd else str(steps)}
    return {"civilStartTime": civil[0], "civilEndTime": civil[1], "steps": value}


def _two_days(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _name(kind: str, fact: Fact) -> str:
    return f"users/1/dataTypes/{kind}/dataPoints/{fact.id}"


def _instant(fact: Fact, end: bool = False) -> str:
    local, offset = (fact.end, fact.end_offset) if end else (fact.start, fact.offset)
    return f"{(local - timedelta(seconds=offset)).isoformat()}Z"


def _interval(fact: Fact) -> Json:
    return {
        "startTime": _instant(fact),
        "endTime": _instant(fact, end=True),
        "startUtcOffset": f"{fact.offset}s",
        "endUtcOffset": f"{fact.end_offset}s",
    }


def _weight(fact: Fact, odd: bool) -> Json:
    sample = {"physicalTime": _instant(fact), "utcOffset": f"{fact.offset}s"}
    grams: Any = "NaN" if odd else fact.amount
    weight = {"sampleTime": sample, "weightGrams": grams}
    return {"dataPointName": _name("weight", fact), "weight": weight}


def _walk(fact: Fact, odd: bool) -> Json:
    count: Any = [] if odd else str(fact.amount)
    steps = {"interval": _interval(fact), "count": count}
    return {"dataPointName": _name("steps", fact), "steps": steps}


def _night(fact: Fact, odd: bool) -> Json:
    minutes = int((fact.end - fact.start).total_seconds() // 60)
    summary: Json = {
        "minutesInSleepPeriod": str(minutes),
        "minutesAsleep": str(fact.amount),
        "minutesAwake": str(max(minutes - fact.amount, 0)),
    }
    interval = _interval(fact)
    if odd:
        interval["startTime"] = interval["endTime"].replace("T", "T9")
    sleep = {
        "interval": interval,
        "type": "CLASSIC",
        "metadata": {"mainSleep": minutes > 120, "processed": True},
        "summary": summary,
    }
    return {"dataPointName": _name("sleep", fact), "sleep": sleep}


def _device(device: Json) -> Json:
    known = {
        "name": f"users/1/pairedDevices/{device['id']}",
        "deviceType": device["type"],
        "deviceVersion": device["deviceVersion"],
    }
    synced = {"lastSyncTime": device["instant"]} if "instant" in device else {}
    return known | synced


_POINTS = {"weight": ("weight", _weight), "sleep": ("night", _night), "steps": ("walk", _walk)}
