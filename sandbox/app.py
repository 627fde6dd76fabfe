"""The web application: both providers side by side, behind journal and faults."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from flask import Blueprint, Flask, Response, g, jsonify, make_response, request
from werkzeug.http import http_date
from werkzeug.routing import Map, RuleFactory

from sandbox.faults import Fault, Faults, hang_up
from sandbox.fitbit.switches import FitbitSwitches
from sandbox.journal import Request, to_entry

CONTROL = "/sandbox"
GOOGLE = "/google"
FITBIT = "/fitbit"
_GONE = "<!doctype html><html><head><title>410 Gone</title></head><body>Gone</body></html>"


class Front:
    """What every request passes before a provider sees it."""

    def __init__(
        self,
        fitbit: FitbitSwitches,
        clock: Callable[[], float],
        revoke_account: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self.faults = Faults()
        self.journal: list[Request] = []
        self._fitbit = fitbit
        self._revoke_account = revoke_account

    def reset(self) -> None:
        """Clear faults and journal."""
        self.faults.clear()
        self.journal.clear()

    def before(self) -> Response | None:
        """Record the request, and let a fault happen to it."""
        if request.path.startswith(f"{CONTROL}/"):
            return None
        self.journal.append(to_entry(request))
        fault = self.faults.take(request.path)
        if fault is not None and fault.mode == "answer":
            return fault.answer()
        if fault is not None and fault.mode == "drop":
            return hang_up()
        g.fault = fault
        if self._fitbit.gone and request.path.startswith(f"{FITBIT}/"):
            return make_response(_GONE, 410, {"Content-Type": "text/html; charset=utf-8"})
        return None

    def after(self, response: Response) -> Response:
        """Date the answer by the sandbox's clock, and break it if a fault was ordered."""
        response.headers.setdefault("Date", http_date(self._clock()))
        fault: Fault | None = g.get("fault")
        return response if fault is None else fault.disturb(response)

    def control(self) -> Blueprint:
        """Return the sandbox's own resources."""
        routes = Blueprint("control", __name__)
        routes.add_url_rule("/journal", "journal", self._show_journal)
        routes.add_url_rule("/faults", "faults", self._order_fault, methods=["POST"])
        routes.add_url_rule("/reset", "reset", self._reset, methods=["POST"])
        routes.add_url_rule("/revoke/<name>", "revoke", self._revoke, methods=["POST"])
        return routes

    def _show_journal(self) -> Response:
        return jsonify([asdict(entry) for entry in self.journal])

    def _order_fault(self) -> Response:
        try:
            self.faults.add(Fault(**request.get_json()))
        except (TypeError, ValueError) as error:
            return make_response(jsonify(error=str(error)), 400)
        return make_response("", 204)

    def _revoke(self, name: str) -> Response:
        self._revoke_account(name)
        return make_response("", 204)

    def _reset(self) -> Response:
        self.reset()
        return make_response("", 204)


class _Addresses(Map):
    """The addresses of every sandbox: they are the same, and to compile them is what takes long."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[tuple[str, str, frozenset[str]]] = set()

    def add(self, rulefactory: RuleFactory) -> None:
        """Compile what no sandbox has had before."""
        for rule in rulefactory.get_rules(self):
            address = (rule.rule, str(rule.endpoint), frozenset(rule.methods or ()))
            if address not in self._known:
                super().add(rule)
                self._known.add(address)


_ADDRESSES = _Addresses()


def build(front: Front, providers: list[tuple[str, Blueprint]]) -> Flask:
    """Return the application with the providers' routes below their prefixes."""
    app = Flask("sandbox", static_folder=None, template_folder=str(_pages()))
    app.url_map = _ADDRESSES
    app.before_request(front.before)
    app.after_request(front.after)
    app.register_blueprint(front.control(), url_prefix=CONTROL)
    for prefix, routes in providers:
        app.register_blueprint(routes, url_prefix=prefix)
    return app


def delay(routes: Blueprint, latency: float) -> Blueprint:
    """*routes*, each answer *latency* seconds later."""

    def wait() -> None:
        time.sleep(latency)

    if latency:
        pause: Callable[[], None] = wait
        routes.before_request(pause)
    return routes


def _pages() -> Path:
    return Path(__file__).with_name("pages")
