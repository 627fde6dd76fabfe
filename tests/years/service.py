"""A provider that is asked: for tokens, for an account's facts, and what may go wrong with both."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl

from tests.years.account import Account
from tests.years.tokens import ODD, Tokens, as_body
from tests.years.wearer import Fact


class Bad(Exception):
    """An answer that is none: its *status*, 0 where nothing came in time."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Fault(NamedTuple):
    """Something that is wrong with the answers about *account* until then."""

    mode: str
    account: str
    """The name of the account; of everybody when empty."""
    kind: str
    """Of one kind of facts, or of all when empty."""
    until: datetime
    number: int = 0

    def meets(self, account: Account, kind: str, now: datetime) -> bool:
        return (
            now < self.until
            and self.account in ("", account.name)
            and (not self.kind or not kind or self.kind == kind)
        )


class Served(NamedTuple):
    """The facts of an answer, and those among them that nobody can read: all of a day."""

    facts: list[Fact]
    odd: frozenset[str] = frozenset()
    """Their names."""


REFUSALS = {"slow": 0, "refused": 403, "trouble": 503, "quota": 429, "outage": 502}
"""Mode → status; 0 is no answer in time."""
REFUSED = 400, b'{"error": "invalid_grant"}'
LONG_AGO = datetime.min.replace(tzinfo=UTC)
QUOTA_WAIT_SECONDS = 1200


class Service:
    """One provider; *now* is the true time."""

    def __init__(self, provider: str, now: Callable[[], datetime]) -> None:
        self.provider = provider
        self.now = now
        self.tokens = Tokens(provider)
        self.accounts: dict[str, Account] = {}
        """By id."""
        self.faults: list[Fault] = []
        self.calls: Counter[str] = Counter()
        """Questions about measurements, by account."""
        self.silent: set[str] = set()
        """Accounts of which it is not said whose they are."""
        self.refused: defaultdict[str, datetime] = defaultdict(lambda: LONG_AGO)
        """Account → when a good refresh token of it was refused."""
        self.refuse_next: set[str] = set()
        """Accounts whose next refresh is refused, though it is good."""
        self._lock = threading.Lock()

    def add(self, account: Account) -> Account:
        self.accounts[account.id] = account
        return account

    def opened(self, access: str, kind: str = "") -> Account:
        """Return the account that *access* opens; *kind* of facts must be readable just now."""
        given = self.tokens.opened_by(access, self.now())
        if given is None:
            raise Bad(401)
        with self._lock:
            self.calls[given.account.name] += 1
        if refusal := self._refusal(given.account, kind):
            raise refusal
        return given.account

    def ask(self, access: str, kind: str, start: str, end: str) -> Served:
        """Return what is known of the days *start* to *end*."""
        account = self.opened(access, kind)
        facts = account.facts(kind, start, end)
        served = self._changed(account, kind, facts)
        with self._lock:
            account.look(kind, start, end, served.facts, self.now())
        return served

    def grant(self, form: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer of the token endpoint."""
        words = dict(parse_qsl(form.decode()))
        if "code" in words:
            answer = self.tokens.exchange(words["code"], words["code_verifier"], self.now())
        else:
            given = self.tokens.holding(words["refresh_token"])
            if given and given.account.name in self.refuse_next:
                self.refuse_next.discard(given.account.name)
                return REFUSED
            if given and (refusal := self._token_refusal(given.account)):
                raise refusal
            answer = self.tokens.refresh(words["refresh_token"], self.now())
            if given and answer and (fault := self._active("odd tokens", given.account)):
                answer |= ODD[fault.number % len(ODD)]
        return (200, as_body(answer)) if answer else REFUSED

    def revoke(self, form: bytes) -> tuple[int, bytes]:
        """Return the answer to the end of a grant."""
        if self._active("outage", None):
            raise Bad(502)
        ended = self.tokens.revoke(dict(parse_qsl(form.decode()))["token"])
        return (200, b"{}") if ended else (400, b'{"error": "invalid_token"}')

    def _refusal(self, account: Account, kind: str) -> Bad | None:
        now = self.now()
        active = [fault.mode for fault in self.faults if fault.meets(account, kind, now)]
        return next((Bad(status) for mode, status in REFUSALS.items() if mode in active), None)

    def _token_refusal(self, account: Account) -> Bad | None:
        modes = ("token trouble", "outage")
        return Bad(503) if any(self._active(mode, account) for mode in modes) else None

    def _active(self, mode: str, account: Account | None) -> Fault | None:
        for fault in self.faults:
            mine = account is None or fault.account in ("", account.name)
            if fault.mode == mode and mine and self.now() < fault.until:
                return fault
        return None

    def _changed(self, account: Account, kind: str, facts: list[Fact]) -> Served:
        """Return *facts* as they are given just now: all, none or half; some in an odd shape."""
        now = self.now()
        active = {fault.mode: fault for fault in self.faults if fault.meets(account, kind, now)}
        if "empty" in active:
            return Served([])
        if fault := active.get("half"):
            return Served([fact for fact in facts if _is_odd(fact.day) == bool(fault.number % 2)])
        odd = account.odd_days(kind, now)
        return Served(facts, frozenset(fact.id for fact in facts if fact.day in odd))


def _is_odd(day: str) -> bool:
    return bool(date.fromisoformat(day).toordinal() % 2)
