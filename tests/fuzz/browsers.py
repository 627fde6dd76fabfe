"""What the browsers hold that come to the page: sessions, forms' tokens, links and invitations."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from urllib.parse import parse_qs, urlsplit

from healthrelay.assembly.services import Services
from healthrelay.flows.grants import sessions
from healthrelay.flows.grants.links import invite_anew, link_code
from healthrelay.flows.grants.sessions import OWNER, PERSON, Session
from healthrelay.web.setup.links import page_link
from healthrelay.web.setup.session import csrf_token
from tests.fuzz.requested import Browser

SIGNED = re.compile(r"eyJ[\w-]{20}|\.eJ[\w-]{20}|\b(?!\d{80})[0-9a-f]{80}\b|/i/[\w-]{22}")
"""How a signed note begins, compressed or not, a token of a form, and the address of a link that
invites: none is for a log."""
SIGNED_IN = (Session(OWNER), Session(OWNER), Session(PERSON, "jack"), Session(PERSON, "mia"))
"""mia is nobody here."""


def strangers(services: Services) -> Callable[[Random], Browser]:
    """Return what makes browsers that have seen the sign-in page."""
    return lambda random: _browser(Session(), services, random)


def signed_in(services: Services) -> Callable[[Random], Browser]:
    """Return what makes browsers of the owner and of people, and of who holds a link."""

    def make(random: Random) -> Browser:
        draw = random.random()
        session = Session() if draw < 0.2 else random.choice(SIGNED_IN)
        browser = _browser(session, services, random)
        if draw < 0.1:
            browser = browser._replace(link=_query(page_link(services), "key"))
        if 0.1 < draw < 0.3:
            invitation = _query(services.invitation_link("jack"), "invitation")
            browser = browser._replace(invitation=invitation)
        if 0.3 < draw < 0.4:
            browser = browser._replace(letters=_letters(services))
        return browser

    return make


def _browser(session: Session, services: Services, random: Random) -> Browser:
    """Return a browser in this session; now and then its cookie is cut or came from another."""
    begun = sessions.begin(session, services.store.identities)
    text = sessions.sign_session(begun, services.owner_key, services.now())
    if random.random() < 0.1:
        text = text[: random.randrange(len(text))] + random.choice(("", "A", ".", "\xff"))
    if random.random() < 0.1:
        begun = begun._replace(id=random.choice(("", "x")))
    return Browser(f"session={text}", csrf_token(begun, services.owner_key))


def _letters(services: Services) -> str:
    identities = services.store.identities
    made = invite_anew("jack", services.consent, identities, services.now())
    return link_code(made.id, services.owner_key)


def _query(address: str, name: str) -> str:
    return parse_qs(urlsplit(address).query)[name][0]
