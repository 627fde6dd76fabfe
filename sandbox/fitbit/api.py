"""The Web API 1: time series, and everything else below the user."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from sandbox.accounts import Accounts
from sandbox.fitbit.account import Account
from sandbox.fitbit.activity import ActivityLog
from sandbox.fitbit.body import BodyLog
from sandbox.fitbit.dates import read_days
from sandbox.fitbit.errors import ApiError, not_found
from sandbox.fitbit.fixed import add_fixed
from sandbox.fitbit.food import FoodLog
from sandbox.fitbit.guard import USER, Guard
from sandbox.fitbit.intraday import Intraday
from sandbox.fitbit.series import SERIES
from sandbox.fitbit.sleep import SleepLog
from sandbox.fitbit.switches import FitbitSwitches
from sandbox.fitbit.units import request_units
from sandbox.oauth.ledger import Ledger

_RESOURCES = (BodyLog, ActivityLog, Intraday, SleepLog, FoodLog, Account)


class FitbitApi:
    """The API, which serves whoever's token it is given."""

    def __init__(self, accounts: Accounts, ledger: Ledger, switches: FitbitSwitches) -> None:
        self._wearer = accounts.current
        self._guard = Guard(ledger, switches, accounts)

    def routes(self) -> Blueprint:
        """Everything below `/1`."""
        routes = Blueprint("fitbit_api", __name__)
        routes.register_error_handler(ApiError, lambda error: error.response())
        routes.after_request(self._guard.show_limit)
        for room in _RESOURCES:
            room(self._wearer, self._guard).add_to(routes)
        add_fixed(routes, self._guard)
        add = routes.add_url_rule
        add(f"{USER}/<path:resource>/date/<start>/<end>.json", "series", self.series)
        add("/1/<path:rest>", "nothing", self.nothing)
        return routes

    def series(self, user: str, resource: str, start: str, end: str) -> Response:
        """One value a day."""
        row = SERIES.get(resource)
        if row is None:
            return self.nothing()
        self._guard.enter(user, row.scope)
        days = read_days(start, end, self._wearer.today(), row.limits)
        items = row.items(self._wearer, days, request_units())
        return jsonify({resource.replace("/", "-"): items})

    def nothing(self, rest: str = "") -> Response:
        """Refuse a path that is not served."""
        raise not_found()
