"""``POST /setup/userSettings``: one person's settings for a script, as the old plugin took them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import user_name
from healthrelay.flows.grants.scopes import scopes_lacking
from healthrelay.flows.household import people
from healthrelay.web.arguments import arguments
from healthrelay.web.responses import json_response

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

NEW_NAME, NEW_VALUE, DELETE = "_newName", "_newValue", "delete"
_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}


def save(visit: Visit) -> Response:
    """Make the person of ``user``, or change their settings; an empty value takes one away.

    With ``delete=true`` they are erased. A browser is led to their page instead of an answer.
    """
    params = arguments(visit.request, flags=True)
    params.pop("csrf", None)
    user = user_name(params.pop("user", None))
    if _flag(params):
        return _erase(user, visit)
    settings = _with_new_field(params)
    services, today = visit.services, visit.now.date()
    identities = services.store.identities
    is_new = identities.settings(user) is None
    if is_new:
        people.add(user, {n: value for n, value in settings.items() if value}, identities, today)
    kept = people.change(user, {} if is_new else settings, identities, today)
    if not visit.script:
        return visit.redirect(f"people/{user}/settings", "settings.saved")
    missing = scopes_lacking(user, services.consent, services.store)
    document = {"user": user, "settings": kept, "missing": missing}
    return json_response(document, 201 if is_new else 200)


def _with_new_field(params: dict[str, str]) -> dict[str, str]:
    """Return *params* with the field that two of them make. Raise `BadRequest` for half of one."""
    name, value = params.pop(NEW_NAME, ""), params.pop(NEW_VALUE, "")
    if not name and not value:
        return params
    if not name or name in params:
        raise BadRequest(f"{NEW_NAME} takes a name that does not come with it otherwise.")
    return {**params, name: value}


def _flag(params: dict[str, str]) -> bool:
    text = params.pop(DELETE, "")
    if text not in _FLAGS:
        raise BadRequest(f"{DELETE} is true or false.")
    if _FLAGS[text] and params:
        raise BadRequest(f"With {DELETE} there is only user.")
    return _FLAGS[text]


def _erase(user: str, visit: Visit) -> Response:
    from healthrelay.flows.household.erase import erase  # noqa: PLC0415 - hardly ever

    services = visit.services
    if not visit.script:
        return visit.redirect(f"people/{user}/erase")
    receipt = erase(user, services.store, services.disconnect, visit.now)
    return json_response(receipt.as_json(services.settings.igor_prefix))
