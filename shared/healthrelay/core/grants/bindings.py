"""Which provider's account is whose: a person has one account of each provider, and it is theirs.

An account is written ``<provider> <id>``. The first consent binds it to a person; that stays
when they disconnect, and ends when they are removed or the owner moves the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import Conflict, ConsentEnded, WrongAccount

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Account
    from healthrelay.core.json import Document

KEPT = timedelta(hours=1)
"""How long it is known when an account's grants were ended: longer than any consent takes."""


def accounts_of(provider: str, account: Account) -> tuple[str, ...]:
    """Return the names of *account*: first that of *provider*, then the one linked to it.

    There is none for an empty id, which equals nobody's.
    """
    if not account.id:
        return ()
    linked = [f"fitbit {account.fitbit_id}"] if account.fitbit_id else []
    return tuple(dict.fromkeys([f"{provider} {account.id}", *linked]))


class Bindings(NamedTuple):
    """The accounts of a whole household."""

    people: Mapping[str, tuple[str, ...]]
    """Account → whose it is. Two people share one only if they did before accounts were bound."""
    ended: Mapping[str, datetime]
    """Account → when its grants were ended, because they were nobody's here."""

    def of(self, user: str) -> tuple[str, ...]:
        """Return the accounts of *user*, connected or not."""
        return tuple(sorted(name for name, people in self.people.items() if user in people))

    def holders(self, accounts: Sequence[str]) -> tuple[str, ...]:
        """Return whose *accounts* are."""
        return tuple(dict.fromkeys(p for name in accounts for p in self.people.get(name, ())))

    def bind(self, user: str, accounts: Sequence[str], began: datetime) -> Bindings:
        """Return the bindings after a consent of *user*, who *began* then with *accounts*.

        The first of *accounts* is the one that they consented with. Raise `WrongAccount` when it
        is another's or they have another one, and `ConsentEnded` when its grants were ended
        meanwhile.
        """
        first, *linked = accounts
        if any(self.ended.get(name, began) > began for name in accounts):
            raise ConsentEnded("Another consent got in between. Please connect again.")
        mine = self.of(user)
        if first not in mine:
            self._refuse(user, accounts, mine)
            linked = list(accounts)
        known = {_provider(name) for name in mine}
        new = [n for n in linked if _provider(n) not in known and not self.people.get(n)]
        recent = {name: at for name, at in self.ended.items() if at > began - KEPT}
        return Bindings({**self.people, **dict.fromkeys(new, (user,))}, recent)

    def replace(self, user: str, accounts: Sequence[str]) -> Bindings:
        """Return the bindings when *user* has *accounts*, whosoever they are, and no others."""
        left = {name: tuple(p for p in people if p != user) for name, people in self.people.items()}
        for name in accounts:
            left[name] = (*left.get(name, ()), user)
        return self._replace(people={name: people for name, people in left.items() if people})

    def end(self, accounts: Sequence[str], until: datetime) -> Bindings:
        """Return the bindings when no grant of *accounts* that was begun before *until* is taken.

        Raise `Conflict` when one of them is somebody's: their login would end with it.
        """
        if self.holders(accounts):
            raise Conflict("This account is somebody's here.")
        return self._replace(ended={**self.ended, **dict.fromkeys(accounts, until)})

    def to_document(self) -> Document:
        """Return a document for a store."""
        return {
            "people": {name: list(people) for name, people in self.people.items()},
            "ended": {name: at.isoformat() for name, at in self.ended.items()},
        }

    @classmethod
    def from_document(cls, document: Document) -> Bindings:
        """Return what `to_document` made a document of."""
        people: Mapping[str, Sequence[str]] = document["people"]  # type: ignore[assignment]
        ended: Mapping[str, str] = document["ended"]  # type: ignore[assignment]
        return cls(
            {name: tuple(users) for name, users in people.items()},
            {name: datetime.fromisoformat(at) for name, at in ended.items()},
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
