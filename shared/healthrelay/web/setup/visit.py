"""One request to the page: who makes it, what they sent, in which words they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from flask import Request, Response

from healthrelay.flows.grants import sessions
from healthrelay.flows.grants.sessions import VISITOR, Session
from healthrelay.web.arguments import body_arguments
from healthrelay.web.body import BODY_SECONDS, SIGN_IN_SECONDS
from healthrelay.web.setup import session as bound
from healthrelay.web.setup.texts import Texts, choose_language

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

LANGUAGE_COOKIE = "language"
_ADDRESS = "/?=&%#+,:@~"
"""What stands for itself in the rest of an address."""
_Cookie = tuple[str, str, timedelta | None]


class Visit:
    """What a view of the page works with; it is made anew for each request."""

    def __init__(self, request: Request, services: WebServices) -> None:
        self.request, self.services = request, services
        self.now = services.now()
        self.args: Mapping[str, str] = {}
        """What stands in the address in place of the names in its route's pattern."""
        self.here = request.path.strip("/")
        """The address below ``/setup``, without its query."""
        self.back = ""
        """The page with the form that is sent here, below ``/setup``."""
        self.notice_shape, self.notice_says = "well", ""
        """How what the `notice` says went, and what an error said itself."""
        self.script = False
        """Whether a script is there, with the owner key: it has no session, and gets JSON."""
        self._cookies: dict[str, _Cookie] = {}

    @cached_property
    def texts(self) -> Texts:
        chosen = self.cookie(LANGUAGE_COOKIE)
        return Texts(choose_language(chosen, self.request.accept_languages.values()))

    @cached_property
    def session(self) -> Session:
        """Who is here, as far as the cookie proves it and the store still says so."""
        text = self.cookie("session")
        services = self.services
        return sessions.read_session(text, services.owner_key, services.store.identities, self.now)

    @cached_property
    def system(self) -> str:
        """The units of what is shown; read once a page."""
        return self.services.system

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of the form; of a name that came twice, the last. Raise `BadRequest`."""
        return dict(self._fields)

    def fields(self, name: str) -> list[str]:
        """Return every value of the field *name*, such as the boxes that were ticked."""
        return [value for field, value in self._fields if field == name]

    def url(self, path: str = "") -> str:
        """Return the address of *path* below ``/setup``, without the host."""
        base = f"{urlsplit(self.services.public_url).path}/setup"
        # What a name may hold, or what somebody wrote, must not break out of the address.
        return f"{base}/{quote(path, safe=_ADDRESS)}" if path else base

    def address(self, path: str) -> str:
        """Return the address of *path* below ``/setup``, with the host, to be sent to somebody."""
        parts = urlsplit(self.services.public_url)
        return f"{parts.scheme}://{parts.netloc}{self.url(path)}"

    def query(self, **changed: str) -> str:
        """Return the query of this address with some values *changed*; an empty one goes."""
        values = {**self.request.args.to_dict(), **changed}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"?{query}" if query else ""

    def in_language(self, language: str) -> str:
        """Return the link to this page in another *language*.

        What answers a form leads to the form: it has no address of its own.
        """
        if self.request.method == "POST":
            return f"{self.url(self.back)}?{urlencode({'lang': language})}"
        return self.query(lang=language)

    def cookie(self, name: str) -> str:
        """Return the value of the cookie that `set_cookie` gave, or nothing."""
        return self.request.cookies.get(self._name(name), "")

    def redirect(
        self, path: str = "", notice: str = "", shape: str = "well", **values: str
    ) -> Response:
        """Answer 303 to a page below ``/setup``, which says the text *notice* once.

        Its *shape* is that of a state: ``well``, or ``need`` where it did not go well; a value
        ``says`` is what an error says, which only English has.
        """
        if notice:
            note = bound.sign_notice(
                {**values, "": notice, "shape": shape}, self.session, self.services
            )
            self.set_cookie("notice", note, timedelta(minutes=5))
        return Response(status=303, headers={"Location": self.url(path)})

    @cached_property
    def notice(self) -> str:
        """What the last change has to say, once: asking for it takes it away."""
        text = self.cookie("notice")
        if not text:
            return ""
        self.set_cookie("notice", "", timedelta())
        note = bound.read_notice(text, self.session, self.services)
        self.notice_shape, self.notice_says = note.pop("shape", "well"), note.pop("says", "")
        return self.texts.text(note.pop(""), **note) if note else ""

    @cached_property
    def csrf_token(self) -> str:
        """The token of this page's forms; a visitor without a cookie gets one for it."""
        if not self.session.id:
            self.sign_in(Session(VISITOR))
        return bound.csrf_token(self.session, self.services.owner_key)

    def has_token(self) -> bool:
        """Return whether the form came from a page of ours that was made for this session."""
        token = self.form.get("csrf", "")
        return bound.is_csrf_token(token, self.session, self.services.owner_key)

    def sign_in(self, session: Session) -> None:
        """Begin the *session* under another id: one that was there before opens nothing."""
        self.session = sessions.begin(session, self.services.store.identities)
        text = sessions.sign_session(self.session, self.services.owner_key, self.now)
        self.set_cookie("session", text, sessions.SESSION_AGE)

    def sign_out(self) -> None:
        self.session = Session(VISITOR)
        self.set_cookie("session", "", timedelta())

    def forget_session(self) -> None:
        """Treat who is here as a visitor for the rest of this request."""
        self.session = Session(VISITOR)

    def set_cookie(self, name: str, value: str, age: timedelta | None) -> None:
        """Put a cookie on the answer; an *age* of nothing takes it away."""
        self._cookies[name] = name, value, age

    def finish(self, response: Response) -> Response:
        """Return the *response* with the headers of every page and the cookies of this one."""
        from healthrelay.web.setup.headers import headers  # noqa: PLC0415 - as the templates

        for name, value in headers(self.services).items():
            response.headers.setdefault(name, value)
        for name, value, age in self._cookies.values():
            # Lax, not Strict: the browser comes back from the provider's site with its session.
            response.set_cookie(
                self._name(name),
                value,
                age,
                path="/",
                secure=self._is_secure,
                httponly=True,
                samesite="Lax",
            )
        return response

    @property
    def _is_secure(self) -> bool:
        return self.services.public_url.startswith("https://")

    def _name(self, cookie: str) -> str:
        return sessions.cookie_name(cookie, self.services.public_url)

    @cached_property
    def _fields(self) -> list[tuple[str, str]]:
        known = self.session.kind != VISITOR
        return body_arguments(self.request, BODY_SECONDS if known else SIGN_IN_SECONDS)
