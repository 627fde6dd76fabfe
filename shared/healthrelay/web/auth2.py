"""``/auth2?code&state``: the browser comes back, and the grant is stored."""

from flask import Request, Response

from healthrelay.flows.grants import connect
from healthrelay.web.auth1 import to_consent_page
from healthrelay.web.endpoint import arguments, endpoint
from healthrelay.web.page import as_page, page
from healthrelay.web.services import WebServices


@endpoint("GET", render_error=as_page)
def view(request: Request, services: WebServices) -> Response:
    """Return a page that says who is connected and what was allowed, or why nothing was stored."""
    try:
        done = connect.finish(
            connect.Return(arguments(request), request.cookies),
            owner_key=services.owner_key,
            consent=services.consent,
            store=services.store,
            grants=services.grants,
            token_endpoint=services.token_endpoint,
            provider=services.provider,
            now=services.now(),
        )
    except connect.RetryWithFewerScopes as retry:
        return to_consent_page(retry.round, services, services.now())
    title = f"{done.user[:1].upper()}{done.user[1:]} is connected"
    label, granted, withheld = services.consent.label, done.granted, done.withheld
    return page("connected", title=title, label=label, granted=granted, withheld=withheld)
