"""``?health`` on any function: whether it is up, its settings complete, and its store there.

Of a public function anybody may ask; it tells nothing of any person. Not at ``/healthz``, which
the platform keeps for itself (cloud.google.com/run/docs/known-issues#ah).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest, Bug, HealthrelayError
from healthrelay.web.endpoint import View, door, require_invoker
from healthrelay.web.responses import facts, headers, json_response, status

if TYPE_CHECKING:
    from healthrelay.web.services import Services

_PRIVATE = frozenset({"fetch", "deliver"})
_CONNECTING = frozenset({"auth1", "auth2", "fetch"})
"""These speak to the provider in the name of our registration."""
_STORING = frozenset({"fetch", "deliver", "relay"})
"""These are asked for what the store holds; a browser's way through the others begins without."""


def of(view: View) -> View:
    """Tells of the function behind *view*: 200 when it is well, else 503 and who must act."""
    function = view.__module__.rpartition(".")[2]

    @door("GET", tell=unwell)
    def tell(request: Request, services: Services) -> Response:
        if function in _PRIVATE:
            require_invoker(request, services)
        if function in _CONNECTING:
            _ = services.client
        if function in _STORING:
            services.store.identities.application()
        return json_response({"function": function, "health": "well"})

    return tell


def unwell(error: HealthrelayError) -> Response:
    """What is wrong, and who must act."""
    code = status(error) if isinstance(error, (BadRequest, Bug)) else 503
    return json_response(facts(error), code, headers(error))
