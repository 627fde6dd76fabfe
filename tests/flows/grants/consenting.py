"""A provider with accounts, and browsers that consent there, without HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, TryLater, Unconfirmed
from healthrelay.core.grants.authorization import Client
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.grants import connect, rounds
from healthrelay.flows.grants.disconnect import disconnect
from healthrelay.flows.grants.document import from_document
from healthrelay.flows.grants.identity import confirm
from healthrelay.flows.grants.refresh import Grants
from healthrelay.ports.store import Store
from tests.flows.grants.issuer import VAULT

KEY = "an-owner-key-for-tests-of-forty-characters"
NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)


class Given(NamedTuple):
    """One grant that the provider gave."""

    account: str
    number: int


class AccountProvider:
    """Gives out grants by account; a code is the name of the account that consents.

    Ending one grant ends all of its account. With *single_use*, as at Fitbit, so does a new one.
    """

    def __init__(self, single_use: bool) -> None:
        self.single_use = single_use
        self.name = "fitbit" if single_use else "google_health"
        self.silent = False
        """Whether it does not say whose account a grant opens."""
        self.alive: dict[str, Given] = {}
        """Access token → grant."""
        self.after_account: Callable[[], object] = lambda: None
        self.before_revoke: Callable[[], object] = lambda: None
        self.renewed: Grant | None = None
        """What a refresh gives, where a token is due."""
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def exchange(self, code: str, verifier: str) -> Grant:
        with self._lock:
            if self.single_use:
                self._end(code)
            given = Given(code, next(self._numbers))
            self.alive[f"access-{given.number}"] = given
        scopes = tuple(CONSENTS[self.name].scopes)
        named = code if self.single_use and not self.silent else None
        tokens = f"access-{given.number}", f"refresh-{given.number}"
        # Who is given tokens later keeps them longer, as by any real clock.
        ends = NOW + timedelta(days=9, milliseconds=given.number)
        return Grant(*tokens, ends, scopes, user=named)

    def refresh(self, refresh_token: str) -> Grant:
        assert self.renewed, "no token is due here"
        return self.renewed

    def revoke(self, grant: Grant) -> None:
        self._once("before_revoke")
        if given := self.alive.get(grant.access):
            self._end(given.account)

    def account(self, grant: Grant) -> Account:
        given = self.alive.get(grant.access)
        self._once("after_account")
        if grant.user:
            return Account(grant.user)
        if self.silent:
            return Account("")
        if given is None:
            raise ReconnectNeeded("This token is not honoured.")
        return Account(given.account, None, "" if self.single_use else f"F-{given.account}")

    def _end(self, account: str) -> None:
        self.alive = {a: given for a, given in self.alive.items() if given.account != account}

    def _once(self, hook: str) -> None:
        act = getattr(self, hook)
        setattr(self, hook, lambda: None)
        act()


class Tab(NamedTuple):
    """A browser's round that has begun."""

    user: str
    returned: Callable[[str], rounds.Return]


class Consenting:
    """A household's browsers and its fetches."""

    def __init__(self, store: Store, provider: AccountProvider) -> None:
        self.store, self.provider = store, provider
        self.consent = CONSENTS[provider.name]
        self.grants = Grants(provider.name, store.tokens, VAULT, provider)
        self._ticks = itertools.count(1)

    def now(self) -> datetime:
        """Return an instant after every earlier one."""
        return NOW + timedelta(milliseconds=next(self._ticks))

    def begin(self, user: str) -> Tab:
        client = Client("https://provider.example/auth", "us", "https://us.example/auth2")
        round_ = rounds.Round(user, tuple(self.consent.scopes))
        begun = rounds.begin(round_, client, self.consent, KEY, self.now())
        (state,) = parse_qs(urlsplit(begun.url).query)["state"]
        cookies = {begun.cookie_name: begun.cookie}
        return Tab(user, lambda code: rounds.Return({"state": state, "code": code}, cookies))

    def finish(self, tab: Tab, account: str) -> connect.Connected:
        """Come back from the consent page, where *account* was chosen."""
        provider: Any = self.provider
        return connect.finish(
            tab.returned(account),
            owner_key=KEY,
            consent=self.consent,
            store=self.store,
            grants=self.grants,
            token_endpoint=provider,
            provider=provider,
            now=self.now(),
        )

    def connect(self, user: str, account: str) -> connect.Connected:
        return self.finish(self.begin(user), account)

    def fetch(self, user: str, later: datetime | None = None) -> None:
        """Store one record of whoever's account is read, now or *later*."""
        now = later or self.now()
        try:
            token = self.grants.current(user, now)
        except Unconfirmed:
            provider: Any = self.provider
            token = confirm(
                user,
                now,
                store=self.store,
                grants=self.grants,
                provider=provider,
                log_event=lambda *_, **__: None,
            )
        given = self.provider.alive.get(token.grant.access)
        if given is None:
            raise TryLater("The token is not honoured.")
        day = (NOW + timedelta(days=next(self._ticks))).date().isoformat()
        element = {"dateTime": day, "value": given.account}
        added = Delta(added=(Record("body-weight", day, day, element),))
        self.store.records.apply(user, added, now)

    def disconnect(self, user: str) -> None:
        disconnect(
            user,
            store=self.store,
            vault=VAULT,
            provider=self.provider.name,
            revoke=self.provider.revoke,
            now=self.now(),
        )

    def erase(self, user: str) -> None:
        """Remove the person, and make another one of that name."""
        self.disconnect(user)
        self.store.identities.remove(user)
        self.store.identities.save(user, {})

    def token(self, user: str) -> Token | None:
        """Return what is stored for them, known to be theirs or not."""
        stored = self.store.tokens.load(user)
        return from_document(user, stored.document, VAULT) if stored else None

    def login(self, user: str) -> str:
        """Return the account whose login *user* has and whose grant is honoured, if any."""
        token = self.token(user)
        given = self.provider.alive.get(token.grant.access) if token else None
        return given.account if token and token.account.id and given else ""

    def measured(self, user: str) -> set[object]:
        """Return whose measurements *user* has."""
        return {record.data["value"] for record in self.store.records.everything(user)}


def attempt(act: Callable[[], object]) -> HealthrelayError | None:
    """Return the error of *act*, if it had one."""
    try:
        act()
    except HealthrelayError as error:
        return error
    return None
