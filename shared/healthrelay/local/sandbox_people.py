"""The household of the sandbox: jack is well, anna's permission ended, mia measured nothing yet.

What they do here they do by the flows of everybody: consent, fetch, and take the consent back.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import requests

from healthrelay.assembly.services import Services
from healthrelay.config import Settings
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.measurements.query import parse_request
from healthrelay.flows.grants import connect, links, rounds
from healthrelay.flows.household import people
from healthrelay.local.consent_page import TIMEOUT_SECONDS, allow_page

JACK, ANNA, MIA = "jack", "anna", "mia"
OPTIONS = ("--history", "100", "--newcomer", MIA)
"""Of the sandbox in which they live."""
_SETTINGS = {
    "methods": "time_series,sleep",
    "resource": "body/weight,body/fat,activities/steps,activities/heart",
}
_WEEKS = {"period": "3m"}
_ENDED_AGO = timedelta(days=9)
_BETWEEN_FETCHES = timedelta(hours=2)


class _Clock:
    """The clock of whose story began a while *ago*."""

    def __init__(self, ago: timedelta) -> None:
        self.ago = ago

    def now(self) -> datetime:
        return datetime.now(UTC) - self.ago


def add_others(user: str, settings: Settings, sandbox_url: str) -> None:
    """Add those of the household who are not *user*, that is here already."""
    if user != ANNA:
        add_anna(settings, sandbox_url)
    if user != MIA:
        add_mia(settings)


def add_jack(settings: Settings) -> None:
    """Add jack, who has weeks of everything."""
    with _services(settings, _Clock(timedelta())) as built:
        _connect(JACK, built)
        built.fetch(parse_request(JACK, _WEEKS))


def add_anna(settings: Settings, sandbox_url: str) -> None:
    """Add anna, who took her consent back at the provider some days ago.

    A grant counts as ended when it was refused twice.
    """
    clock = _Clock(_ENDED_AGO)
    with _services(settings, clock) as built:
        _connect(ANNA, built)
        built.fetch(parse_request(ANNA, _WEEKS))
        with requests.Session() as session:
            session.trust_env = False  # no proxy leads back to this machine
            session.post(f"{sandbox_url}/sandbox/revoke/{ANNA}", timeout=TIMEOUT_SECONDS)
        for _ in range(2):
            clock.ago -= _BETWEEN_FETCHES
            with suppress(HealthrelayError):
                built.fetch(parse_request(ANNA, {}))


def add_mia(settings: Settings) -> None:
    """Add mia, whose account is new."""
    with _services(settings, _Clock(timedelta())) as built:
        _connect(MIA, built)
        built.fetch(parse_request(MIA, {}))


@contextmanager
def _services(settings: Settings, clock: _Clock) -> Iterator[Services]:
    with closing(Services(settings, clock.now)) as built:
        yield built


def _connect(user: str, built: Services) -> None:
    """Make *user*, and have them allow everything in the account of their name."""
    store, now = built.store, built.now()
    people.add(user, _SETTINGS, store.identities, now.date())
    invitation = links.invite(user, built.consent, store.identities, now)
    round_ = rounds.Round(user, invitation.scopes, invitation.person, invitation.id)
    begun = rounds.begin(round_, built.client, built.consent, built.owner_key, now)
    back = urlsplit(allow_page(begun.url, user))
    connect.finish(
        rounds.Return(dict(parse_qsl(back.query)), {begun.cookie_name: begun.cookie}),
        owner_key=built.owner_key,
        consent=built.consent,
        store=store,
        grants=built.grants,
        token_endpoint=built.token_endpoint,
        provider=built.provider,
        now=now,
    )
