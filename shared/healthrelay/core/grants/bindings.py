"""Which provider's account is whose: a person has one account of each provider, and it is theirs.

An account is written ``<provider> <id>``. The first consent binds it to a person; that stays
when they disconnect, and ends when they are removed or the owner moves the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.core.errors import Conflict, ConsentEnded, WrongAccount
from healthrelay.core.json import instant, require

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Account
    from healthrelay.core.json import Document

MAX_ENDING = timedelta(minutes=2)
"""How long ending a grant may take; after that whoever began it is dead."""
MAX_ENDINGS = 20
"""So many are remembered: those that came in between a consent's beginning and its end."""


def accounts_of(provider: str, account: Account) -> tuple[str, ...]:
    """Return the names of *account*: first that of *provider*, then the one linked to it.

    There is none for an empty id, which equals nobody's.
    """
    if not account.id:
        return ()
    linked = [f"fitbit {account.fitbit_id}"] if account.fitbit_id else []
    return tuple(dict.fromkeys([f"{provider} {account.id}", *linked]))


class Ending(NamedTuple):
    """That an account's grants were ended, because they were nobody's here."""

    number: int
    """Which of all endings it was."""
    until: datetime | None = None
    """It is being done, at most until then."""


class Bindings(NamedTuple):
    """The accounts of a whole household."""

    people: Mapping[str, tuple[str, ...]]
    """Account → whose it is. Two people share one only if they did before accounts were bound."""
    endings: Mapping[str, Ending]
    """By account, the newest."""

    @property
    def newest_ending(self) -> int:
        """Return the number of the newest ending; 0 before the first."""
        return max((one.number for one in self.endings.values()), default=0)

    def of(self, user: str) -> tuple[str, ...]:
        """Return the accounts of *user*, connected or not."""
        return tuple(sorted(name for name, people in self.people.items() if user in people))

    def holders(self, accounts: Sequence[str]) -> tuple[str, ...]:
        """Return whose *accounts* are."""
        return tuple(dict.fromkeys(p for name in accounts for p in self.people.get(name, ())))

    def bind(self, user: str, accounts: Sequence[str], began: int, now: datetime) -> Bindings:
        """Return the bindings after a consent of *user* with *accounts*.

        The first of *accounts* is the one that they consented with; *began* is the newest ending
        of that moment. Raise `WrongAccount` when it is another's or they have another one, and
        `ConsentEnded` when its grants were ended meanwhile.
        """
        endings = [self.endings[name] for name in accounts if name in self.endings]
        if any(one.number > began or (one.until and now < one.until) for one in endings):
            raise ConsentEnded("Another consent got in between. Please connect again.")
        first, *linked = accounts
        mine = self.of(user)
        if first not in mine:
            self._refuse(user, accounts, mine)
            linked = list(accounts)
        known = {_provider(name) for name in mine}
        new = [n for n in linked if _provider(n) not in known and not self.people.get(n)]
        return self._replace(people={**self.people, **dict.fromkeys(new, (user,))})

    def replace(self, user: str, accounts: Sequence[str]) -> Bindings:
        """Return the bindings when *user* has *accounts*, whosoever they are, and no others."""
        left = {name: tuple(p for p in people if p != user) for name, people in self.people.items()}
        for name in accounts:
            left[name] = (*left.get(name, ()), user)
        return self._replace(people={name: people for name, people in left.items() if people})

    def end(self, accounts: Sequence[str], until: datetime | None = None) -> Bindings:
        """Return the bindings when no grant of *accounts* that was begun before now is taken.

        With *until*, none at all until it is called again without, or until then. Raise
        `Conflict` when one of them is somebody's: their login would end with it.
        """
        if self.holders(accounts):
            raise Conflict("This account is somebody's here.")
        ending = Ending(self.newest_ending + 1, until)
        endings = {**self.endings, **dict.fromkeys(accounts, ending)}
        newest = sorted(endings.items(), key=lambda one: one[1].number)[-MAX_ENDINGS:]
        return self._replace(endings=dict(newest))

    def to_document(self) -> Document:
        """Return a document for a store."""
        return {
            "people": {name: list(people) for name, people in self.people.items()},
            "endings": {
                name: [one.number, one.until.isoformat() if one.until else None]
                for name, one in self.endings.items()
            },
        }

    @classmethod
    def from_document(cls, document: Document) -> Bindings:
        """Return what `to_document` made a document of."""
        fields: Any = document
        return cls(
            {name: tuple(require(users, list)) for name, users in fields["people"].items()},
            {
                name: Ending(require(number, int), instant(until) if until else None)
                for name, (number, until) in fields["endings"].items()
            },
        )

    @classmethod
    def of_grants(cls, grants: Mapping[str, Document]) -> Bindings:
        """Return what the *grants* of a store say, by person, that was written without bindings."""
        bindings = cls({}, {})
        for user, grant in sorted(grants.items()):
            bindings = bindings.replace(user, accounts_in(grant))
        return bindings

    def _refuse(self, user: str, accounts: Sequence[str], mine: Sequence[str]) -> None:
        """Raise `WrongAccount` unless *user* may have the first of *accounts*."""
        if any(self.people.get(name) for name in accounts if name not in mine):
            sentence = f"This account is somebody else's here, so nothing was stored for {user}."
            raise WrongAccount(sentence, user).with_cause("account_taken")
        another = _provider(accounts[0]) in {_provider(name) for name in mine}
        if another or (mine and not {*mine} & {*accounts}):
            raise WrongAccount(f"This is another account than {user}'s: nothing was stored.", user)


def accounts_in(grant: Document | None) -> tuple[str, ...]:
    """Return the account of a stored *grant*; nothing where it has none."""
    if not grant or not grant.get("account"):
        return ()
    return (f"{grant['provider']} {grant['account']}",)


def _provider(account: str) -> str:
    return account.partition(" ")[0]
