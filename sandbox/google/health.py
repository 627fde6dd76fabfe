"""The data points of the Health API: list, reconcile, get, and the two roll-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.accounts import Accounts
from sandbox.google import datatypes, fields, filters, rollup
from sandbox.google.account import Account
from sandbox.google.datatype import DataType, Record
from sandbox.google.errors import ApiError, invalid, not_found, refused, scope_insufficient
from sandbox.google.guard import Guard, need
from sandbox.google.paging import Pager, Query, page_size
from sandbox.google.points import WEARABLE, Period, Point
from sandbox.google.rollup import Windows
from sandbox.google.switches import GoogleSwitches
from sandbox.google.values import Json, civil_json, date_json, instant_json, offset_json
from sandbox.oauth.ledger import Ledger
from sandbox.wearer import civil

_COLLECTION = "/v4/users/<user>/dataTypes/<kind>/dataPoints"
_FAMILY = "users/me/dataSourceFamilies/"
_FAMILIES = ("all-sources", "google-wearables", "google-sources", "self-sources")
_NO_FAMILY_ON_LIST = ("sleep", "food", "food-measurement-unit")
_PARAMETERS = ("filter", "pageSize", "pageToken", "dataSourceFamily")


class GoogleHealth:
    """The API, which serves whoever's token it is given."""

    def __init__(self, accounts: Accounts, ledger: Ledger, switches: GoogleSwitches) -> None:
        self._wearer = accounts.current
        self._switches = switches
        self._guard = Guard(ledger, accounts, switches)
        self._pager = Pager(switches)

    def routes(self) -> Blueprint:
        """Everything below `/v4`."""
        routes = Blueprint("google_health", __name__)
        routes.register_error_handler(ApiError, lambda error: error.response())
        routes.after_request(_only_fields)
        Account(self._wearer, self._guard, self._pager).add_to(routes)
        add = routes.add_url_rule
        add(_COLLECTION, "list", self.list_points)
        add(f"{_COLLECTION}:reconcile", "reconcile", self.reconcile)
        add(f"{_COLLECTION}:rollUp", "roll_up", self.roll_up, methods=["POST"])
        add(f"{_COLLECTION}:dailyRollUp", "daily_roll_up", self.daily_roll_up, methods=["POST"])
        add(f"{_COLLECTION}/<point_id>", "get", self.get)
        add(_COLLECTION, "create", self.write, methods=["POST"])
        add(f"{_COLLECTION}:batchDelete", "delete", self.write, methods=["POST"])
        add(f"{_COLLECTION}/<point_id>", "patch", self.write, methods=["PATCH"])
        return routes

    def list_points(self, user: str, kind: str) -> Response:
        """Raw points, each with its source."""
        row = self._row(user, kind, "l", *_PARAMETERS)
        if "dataSourceFamily" in request.args and row.id in _NO_FAMILY_ON_LIST:
            raise invalid("dataSourceFamily", f"Not supported when listing {row.id}.")
        return self._listing(row, self._list_point)

    def reconcile(self, user: str, kind: str) -> Response:
        """One merged stream, without sources."""
        row = self._row(user, kind, "r", *_PARAMETERS)
        return self._listing(row, self._reconcile_point, lambda point: point.merged)

    def get(self, user: str, kind: str, point_id: str) -> Response:
        """One point by its id."""
        row = self._row(user, kind, "g")
        for point in row.points(self._wearer, Period()):
            if point.id == point_id:
                return jsonify(self._list_point(row, point))
        raise not_found(self._name(row, point_id))

    def roll_up(self, user: str, kind: str) -> Response:
        """Windows of absolute time."""
        return self._answer_roll_up(self._row(user, kind, "R"), rollup.read_windows)

    def daily_roll_up(self, user: str, kind: str) -> Response:
        """Windows of civil days."""
        return self._answer_roll_up(self._row(user, kind, "d"), rollup.read_days)

    def write(self, user: str, kind: str, point_id: str = "") -> Response:
        """Refuse every write: no consent of this sandbox allows one."""
        self._guard.enter(user)
        raise scope_insufficient()

    def _row(self, user: str, kind: str, op: str, *parameters: str) -> DataType:
        scopes = self._guard.enter(user, *parameters)
        row = datatypes.find(kind)
        if row.id == "activity-level" and not self._switches.activity_level_rolls_up:
            row = replace(row, ops="lr")
        need(scopes, row.scope)
        row.check(op)
        return row

    def _listing(
        self,
        row: DataType,
        render: Callable[[DataType, Point], Json],
        counts: Callable[[Point], bool] = lambda _point: True,
    ) -> Response:
        parameters = request.args.to_dict()
        token = parameters.pop("pageToken", "")
        wanted = filters.parse(parameters.get("filter", ""), row)
        points = self._points(row, wanted.period, parameters)
        points = filter(counts, filter(wanted.admits, points))
        size = page_size(parameters.get("pageSize"), row.page_size, row.max_page_size)
        query = Query(parameters={"": request.path} | parameters, token=token, size=size)
        page, following = self._pager.page(points, query)
        return _answer("dataPoints", [render(row, point) for point in page], following)

    def _answer_roll_up(self, row: DataType, read: Callable[[Json, DataType], Windows]) -> Response:
        body = _body()
        windows = read(body, row)
        rolled = rollup.roll(self._points(row, windows.period, body), windows, row)
        token = str(body.pop("pageToken", ""))
        query = Query(parameters={"": request.path} | body, token=token, size=windows.page_size)
        page, following = self._pager.page(rolled, query)
        return _answer("rollupDataPoints", page, following)

    def _points(
        self, row: DataType, period: Period, parameters: Mapping[str, Any]
    ) -> Iterator[Point]:
        family = str(parameters.get("dataSourceFamily", _FAMILY + "all-sources"))
        if family.removeprefix(_FAMILY) not in _FAMILIES or not family.startswith(_FAMILY):
            raise refused("INVALID_DATA_POINT_DATA_SOURCE_FAMILY", "Invalid data source family.")
        if family.endswith("self-sources"):
            return iter(())
        points = self._newest_first(row, period)
        if family.endswith("google-wearables"):
            return (point for point in points if point.source in WEARABLE)
        return points

    def _newest_first(self, row: DataType, period: Period) -> Iterator[Point]:
        days: list[date | None] = [None]
        if row.days is not None:
            days = [day for day in sorted(row.days(self._wearer), reverse=True) if day in period]
        for day in days:
            within = period if day is None else Period(first=day, last=day)
            points = row.points(self._wearer, within)
            yield from sorted(points, key=lambda point: point.start, reverse=True)

    def _name(self, row: DataType, point_id: str) -> str:
        return f"users/{self._wearer.health_id}/dataTypes/{row.id}/dataPoints/{point_id}"

    def _list_point(self, row: DataType, point: Point) -> Json:
        name = {"name": self._name(row, point.id)} if row.named else {}
        return name | {"dataSource": point.source, row.key: _with_times(row, point)}

    def _reconcile_point(self, row: DataType, point: Point) -> Json:
        name = {"dataPointName": self._name(row, point.id)} if row.named else {}
        return name | {row.key: _with_times(row, point)}


def _only_fields(response: Response) -> Response:
    if "fields" not in request.args or response.status_code != HTTPStatus.OK:
        return response
    try:
        mask = fields.parse(request.args["fields"])
    except ApiError as error:
        return error.response()
    return jsonify(fields.keep(response.get_json(), mask))


def _with_times(row: DataType, point: Point) -> Json:
    if row.record is Record.NONE:
        return point.value
    if row.record is Record.DAILY:
        return {"date": date_json(point.start.date())} | point.value
    if row.record is Record.SAMPLE:
        return {"sampleTime": _sample_time(point)} | point.value
    # Sessions come without civil times.
    civil_too = row.record is not Record.SESSION
    return {"interval": _interval(point) | (_civil_interval(point) if civil_too else {})} | (
        point.value
    )


def _sample_time(point: Point) -> Json:
    return {
        "physicalTime": instant_json(point.start),
        "utcOffset": offset_json(point.start),
        "civilTime": civil_json(civil(point.start)),
    }


def _interval(point: Point) -> Json:
    end = point.end or point.start
    return {
        "startTime": instant_json(point.start),
        "startUtcOffset": offset_json(point.start),
        "endTime": instant_json(end),
        "endUtcOffset": offset_json(end),
    }


def _civil_interval(point: Point) -> Json:
    end = point.end or point.start
    return {
        "civilStartTime": civil_json(civil(point.start)),
        "civilEndTime": civil_json(civil(end)),
    }


def _body() -> Json:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise invalid("", "Invalid JSON payload received. The body must be a JSON object.")
    return body


def _answer(name: str, items: Any, following: str) -> Response:
    answer: Json = {name: [*items]} if items else {}
    return jsonify(answer | ({"nextPageToken": following} if following else {}))
