"""Second step: the client's id and secret, tried before they are kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Response

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.checks import LATER, NO, UNKNOWN, YES, Check, connection_checks
from healthrelay.core.grants.console import CALLBACK, STEPS, to_paste
from healthrelay.core.household.registration import (
    BOTH,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT,
    ClientRefused,
    Registered,
    is_google,
)
from healthrelay.flows.grants.document import from_clear_part
from healthrelay.flows.household.registration import (
    KEPT_AT,
    KNOWN,
    Registry,
    change_registration,
    stored_project,
)
from healthrelay.web.setup.phrases import Phrases
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

_CLIENT = next(step for step in STEPS if step.paste == CALLBACK)


def show(visit: Visit) -> Response:
    return _page(visit)


def save(visit: Visit) -> Response:
    """Try what is typed, or what the environment gives, and keep what was typed."""
    services, form = visit.services, visit.form
    given = Registered(services.settings.client_id, services.settings.client_secret)
    typed = Registered(form.get("client_id", "").strip(), form.get("client_secret", "").strip())
    try:
        change_registration(
            Registered("", "") if given.client_id else typed,
            given,
            Registry(services.registrar, services.token_url),
            identities=services.store.identities,
            vault=services.vault,
            now=visit.now,
        )
    except HealthrelayError as error:
        if error.who == "caller":
            raise
        return _page(visit, error)
    services.forget_application()
    return visit.redirect("start/client", "start.client.right", label=services.consent.label)


def _page(visit: Visit, error: HealthrelayError | None = None) -> Response:
    services = visit.services
    checks = _checks(visit, error)
    words = client_words(visit, error)
    return render(
        visit,
        "start-client",
        client_status(error),
        step=2,
        console=_CLIENT.link(stored_project(services.store.identities)),
        callback=to_paste(_CLIENT, services.public_url),
        checks=checks,
        right=checks[0].state == YES or bool(words["given"] and not error),
        **words,
    )


def client_status(error: HealthrelayError | None) -> int:
    return (422 if isinstance(error, ClientRefused) else 503) if error else 200


def client_words(visit: Visit, error: HealthrelayError | None) -> dict[str, Any]:
    """Return what a template shows of the client, and of what is wrong with what was typed."""
    services = visit.services
    stored = services.store.identities.application()
    wrong = error.part if isinstance(error, ClientRefused) else ""
    return {
        "error": error,
        "part": wrong,
        "id_wrong": wrong in (CLIENT_ID, BOTH),
        "secret_wrong": wrong in (CLIENT_SECRET, BOTH),
        "redirect_wrong": wrong == REDIRECT,
        "label": services.consent.label,
        "given": services.settings.client_id,
        "client_id": visit.form.get("client_id", "") if error else stored.get("client_id", ""),
        "kept": _since(stored.get(KEPT_AT, ""), visit) if stored.get("client_secret") else None,
        "google": is_google(services.token_url),
    }


def _since(text: str, visit: Visit) -> str:
    """Return the day of a stored instant; nothing of a client that an earlier version kept."""
    if not text:
        return ""
    return Phrases(visit.texts, None, visit.now).short_date(datetime.fromisoformat(text).date())


def _checks(visit: Visit, error: HealthrelayError | None) -> list[Check]:
    """Return what is known of the client, and by whoever is connected of the project."""
    stored = visit.services.store.identities.application()
    used = visit.services.settings.client_id or stored.get("client_id", "")
    tried = YES if used and stored.get(KNOWN) == used else LATER
    client = NO if isinstance(error, ClientRefused) else LATER if error else tried
    people = visit.services.store.overview.people().values()
    grants = [one.grant for one in people if hasattr(one, "grant") and one.grant]
    every = [connection_checks(from_clear_part(grant)) for grant in grants] or [UNKNOWN]
    api, production, _ = (_worst(states) for states in zip(*every, strict=True))
    return [Check("client", client), api, production]


def _worst(checks: tuple[Check, ...]) -> Check:
    return min(checks, key=lambda one: (NO, YES, LATER).index(one.state))
