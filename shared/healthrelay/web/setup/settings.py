"""The application's own settings: by the owner's form, or by a script that has the owner key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response

from healthrelay.core.errors import BadRequest, HealthrelayError
from healthrelay.core.household.registration import CLIENT_ID, CLIENT_SECRET
from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.core.measurements.catalogue import SYSTEMS
from healthrelay.flows.delivery.retell import hurry
from healthrelay.flows.household.own_settings import (
    OWN_SETTINGS,
    SYSTEM,
    change_own_settings,
    set_elsewhere,
)
from healthrelay.flows.household.registration import Registry
from healthrelay.web.arguments import arguments
from healthrelay.web.responses import json_response
from healthrelay.web.setup.phrases import person_name
from healthrelay.web.setup.render import render
from healthrelay.web.setup.start_client import client_status, client_words

if TYPE_CHECKING:
    from healthrelay.core.damage import Damaged
    from healthrelay.ports.overview import PersonOverview
    from healthrelay.web.setup.visit import Visit


def show(visit: Visit) -> Response:
    return _page(visit)


def save(visit: Visit) -> Response:
    """Try and keep what came; a script is answered what is in use now."""
    if visit.script:
        return _save_for_script(visit)
    try:
        _change(_typed(visit), visit)
    except HealthrelayError as error:
        if error.who == "caller":
            raise
        return _page(visit, error)
    return visit.redirect("settings", "settings.saved")


def _save_for_script(visit: Visit) -> Response:
    if visit.request.args:
        raise BadRequest("Send the settings in the body: an address ends up in logs.")
    _change(arguments(visit.request), visit)
    services = visit.services
    stored, environment = services.store.identities.application(), services.settings
    secret = environment.client_secret or stored.get(CLIENT_SECRET)
    return json_response(
        {
            CLIENT_ID: environment.client_id or stored.get(CLIENT_ID, ""),
            "has_client_secret": bool(secret),
            SYSTEM: services.system,
            "set_elsewhere": set_elsewhere(environment),
        }
    )


def _typed(visit: Visit) -> dict[str, str]:
    """Return what the form has; a client that stands there as it was kept is not tried again."""
    values = {name: visit.form.get(name, "").strip() for name in OWN_SETTINGS}
    stored = visit.services.store.identities.application()
    if values[CLIENT_ID] == stored.get(CLIENT_ID) and not values[CLIENT_SECRET]:
        del values[CLIENT_ID]
    return values


def _change(values: Mapping[str, str], visit: Visit) -> None:
    services = visit.services
    other_units = change_own_settings(
        values,
        services.settings,
        Registry(services.registrar, services.token_url),
        identities=services.store.identities,
        vault=services.vault,
        now=visit.now,
    )
    services.forget_application()
    if other_units:
        hurry(services.store.log, services.queue, visit.now)


def _page(visit: Visit, error: HealthrelayError | None = None) -> Response:
    services = visit.services
    everybody = services.store.overview.people()
    return render(
        visit,
        "settings",
        client_status(error),
        given_system=services.settings.system,
        system=visit.form.get(SYSTEM) if error else services.system,
        systems=SYSTEMS,
        people=[(user, person_name(user)) for user, one in everybody.items() if _is_read(one)],
        **client_words(visit, error),
    )


def _is_read(person: PersonOverview | Damaged) -> bool:
    """Return whether there is something to set: not of who only keeps what was measured."""
    return KEPT_FROM not in getattr(person, "settings", ())
