"""From an address to its view: is there such a page, and may they who ask?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, g

from healthrelay.flows.grants.sessions import OWNER, PERSON, VISITOR
from healthrelay.web.endpoint import bearer
from healthrelay.web.invoker import require_owner_key
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.routes import ROUTES, Route

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

Found = tuple[Route, dict[str, str]]
View = Callable[["Visit"], Response]


def respond(visit: Visit) -> Response:
    """Return what the view of this address answers. Raise `Problem` where there is none."""
    method = "GET" if visit.request.method == "HEAD" else visit.request.method
    if language := visit.request.args.get("lang", ""):
        return _change_language(visit, language)
    route, visit.args = find(method, visit.here)
    g.user = visit.args.get("user")
    visit.back = back_of(route, visit.args)
    if turned_away := _check(route, visit):
        return turned_away
    return view_of(route)(visit)


def find(method: str, path: str, routes: Iterable[Route] = ROUTES) -> Found:
    """Return the row of *path* and what stands in the places of its names."""
    for route in routes:
        args = _match(route.path, path)
        if route.method == method and args is not None:
            return route, args
    raise Problem("no-page")


def view_of(route: Route) -> View:
    module, _, name = route.view.partition(":")
    found: View = getattr(import_module(f"{__package__}.{module}"), name)
    return found


def has_page(path: str) -> bool:
    """Return whether a GET of *path* shows something."""
    try:
        find("GET", path)
    except Problem:
        return False
    return True


def own_page(path: str) -> str:
    """Return *path* if a page of ours is there, else nothing: no other place is ever led to."""
    page = path.strip("/").partition("?")[0]
    return path.strip("/") if has_page(page) and page != "sign-in" else ""


def back_of(route: Route, args: Mapping[str, str]) -> str:
    """Return the page with the form that *route* takes."""
    path = route.back or route.path
    for name, value in args.items():
        path = path.replace(f"<{name}>", quote(value))
    return own_page(path)


def _match(pattern: str, path: str) -> dict[str, str] | None:
    wanted, parts = pattern.split("/"), path.split("/")
    if len(wanted) != len(parts):
        return None
    args = {name[1:-1]: part for name, part in zip(wanted, parts, strict=True) if name[:1] == "<"}
    fixed = [(name, part) for name, part in zip(wanted, parts, strict=True) if name[:1] != "<"]
    return args if all(name == part for name, part in fixed) and all(args.values()) else None


def _check(route: Route, visit: Visit) -> Response | None:
    """Return where to send who may not yet. Raise `Problem` for who may not at all."""
    visit.script = "B" in route.who and _is_script(visit)
    if visit.script:
        require_owner_key(visit.request, visit.services)
        return None
    turned_away = None if {"-", "I"} & {*route.who} else _check_session(route, visit)
    if turned_away is None and route.method == "POST":
        # Who came by a link may see no other page.
        visit.back = own_page(f"i/{visit.form.get('invitation', '')}") or visit.back
        if not visit.has_token():
            raise Problem("page-too-old", visit.back)
    return turned_away


def _is_script(visit: Visit) -> bool:
    """Return whether it is no browser: each of those takes HTML, and sends no key by itself."""
    taken = visit.request.headers.get("Accept", "")
    return bool(bearer(visit.request)) or not (visit.session.kind or "text/html" in taken)


def _check_session(route: Route, visit: Visit) -> Response | None:
    session = visit.session
    if session.kind == OWNER and "O" in route.who:
        return None
    own = visit.args.get("user", session.user) == session.user
    if session.kind == PERSON and "P" in route.who and own:
        return None
    if session.kind != VISITOR:
        raise Problem("not-yours", f"people/{session.user}" if session.user else "")
    back = visit.here if route.method == "GET" else back_of(route, visit.args)
    if session.ended or route.method == "POST":
        raise Problem("session-over", _sign_in(back))
    return visit.redirect(_sign_in(back))


def _sign_in(back: str) -> str:
    return f"sign-in?next={quote(back)}" if back else "sign-in"


def _change_language(visit: Visit, language: str) -> Response:
    from datetime import timedelta  # noqa: PLC0415 - once in a life

    from healthrelay.web.setup.texts import languages  # noqa: PLC0415
    from healthrelay.web.setup.visit import LANGUAGE_COOKIE  # noqa: PLC0415

    if language in languages():
        visit.set_cookie(LANGUAGE_COOKIE, language, timedelta(days=365))
    if not has_page(visit.here):
        return visit.redirect()
    return visit.redirect(quote(visit.here) + visit.query(lang=""))
