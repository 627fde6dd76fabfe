"""Which provider's account is whose: a person has one account of each provider, and it is theirs.

An account is written ``<provider> <id>``. The first consent binds it to a person; that stays
when they disconnect, and ends when they are removed or the owner moves the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.core.damage import ACCOUNT, Damaged
from healthrelay.core.errors import Conflict, ConsentEnded, WrongAccount
from healthrelay.core.json import instant, require

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Account
    from healthrelay.core.json import Document, Json

PLACE = f"{ACCOUNT}, plugindata/accounts"
MAX_ENDING = timedelta(minutes=2)
"""How long ending a grant may take; after that whoever began it is dead."""
ANSWER_AGE = timedelta(hours=24)
"""How long after a first consent somebody may say that they are somebody else."""
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
    damaged: tuple[str, ...] = ()
    """People of whom a binding was damaged: what they have in `people` is not proved yet."""
    first: Mapping[str, datetime] = MappingProxyType({})
    """Person → when their first account was bound, until they have said that it is theirs."""

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
        `ConsentEnded` when its grants were ended meanwhile, and as `require_whole` when they were
        bound to an account of which it is not known which it was.
        """
        endings = [self.endings[name] for name in accounts if name in self.endings]
        if any(one.number > began or (one.until and now < one.until) for one in endings):
            raise ConsentEnded("Another consent got in between. Please connect again.")
        if user in self.damaged:
            return self._settle(user, accounts).bind(user, accounts, began, now)
        first, *linked = accounts
        mine = self.of(user)
        if first not in mine:
            self._refuse(user, accounts, mine)
            linked = list(accounts)
        known = {provider_of(name) for name in mine}
        new = [n for n in linked if provider_of(n) not in known and not self.people.get(n)]
        unanswered = self.first if mine else {**self.first, user: now}
        people = {**self.people, **dict.fromkeys(new, (user,))}
        return self._replace(people=people, first=unanswered)

    def answered(self, user: str) -> Bindings:
        """Return the bindings once *user* has said that the account is theirs."""
        return self._replace(first={name: at for name, at in self.first.items() if name != user})

    def unanswered(self, user: str, now: datetime) -> datetime | None:
        """Return when the first account of *user* was bound, while it may turn out not theirs."""
        at = self.first.get(user)
        return at if at and now - at < ANSWER_AGE else None

    def require_whole(self, user: str) -> None:
        """Raise `Damaged` if a binding of *user* was damaged, and they have not connected since."""
        if user in self.damaged:
            raise Damaged(user, PLACE)

    def replace(self, user: str, accounts: Sequence[str]) -> Bindings:
        """Return the bindings when *user* has *accounts*, whosoever they are, and no others."""
        left = {name: tuple(p for p in people if p != user) for name, people in self.people.items()}
        for name in accounts:
            left[name] = (*left.get(name, ()), user)
        people = {name: people for name, people in left.items() if people}
        damaged = _without(self.damaged, user)
        return self.answered(user)._replace(people=people, damaged=damaged)

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
        first: dict[str, Json] = {user: at.isoformat() for user, at in self.first.items()}
        return {
            "people": {name: list(people) for name, people in self.people.items()},
            "endings": {
                name: [one.number, one.until.isoformat() if one.until else None]
                for name, one in self.endings.items()
            },
            **({"damaged": list(self.damaged)} if self.damaged else {}),
            **({"first": first} if first else {}),
        }

    @classmethod
    def from_document(cls, document: Document) -> Bindings:
        """Return what `to_document` made a document of."""
        fields: Any = document
        return cls(
            {name: read_users(users) for name, users in fields["people"].items()},
            {name: read_ending(entry) for name, entry in fields["endings"].items()},
            read_users(fields.get("damaged", [])),
            {user: instant(at) for user, at in fields.get("first", {}).items()},
        )

    @classmethod
    def of_grants(cls, grants: Mapping[str, Document]) -> Bindings:
        """Return what the *grants* of a store say, by person, that was written without bindings."""
        bindings = cls({}, {})
        for user, grant in sorted(grants.items()):
            bindings = bindings.replace(user, accounts_in(grant))
        return bindings

    def _settle(self, user: str, accounts: Sequence[str]) -> Bindings:
        """Return the bindings once *user* proved to have *accounts*. Raise `Damaged`."""
        if self.people.get(accounts[0]) != (user,):
            self.require_whole(user)
        proved = {name: (user,) for name in accounts if user in self.people.get(name, ())}
        return self._replace(people={**self.people, **proved}, damaged=_without(self.damaged, user))

    def _refuse(self, user: str, accounts: Sequence[str], mine: Sequence[str]) -> None:
        """Raise `WrongAccount` unless *user* may have the first of *accounts*."""
        if any(self.people.get(name) for name in accounts if name not in mine):
            sentence = f"This account is somebody else's here, so nothing was stored for {user}."
            raise WrongAccount(sentence, user).with_cause("account_taken")
        another = provider_of(accounts[0]) in {provider_of(name) for name in mine}
        if another or (mine and not {*mine} & {*accounts}):
            raise WrongAccount(f"This is another account than {user}'s: nothing was stored.", user)


def accounts_in(grant: Document | None) -> tuple[str, ...]:
    """Return the account of a stored *grant*; nothing where it has none."""
    if not grant or not grant.get("account"):
        return ()
    return (f"{grant['provider']} {grant['account']}",)


def _without(users: tuple[str, ...], user: str) -> tuple[str, ...]:
    return tuple(one for one in users if one != user)


def provider_of(account: str) -> str:
    """Return the provider that *account* is of."""
    return account.partition(" ")[0]


def read_users(entry: Any) -> tuple[str, ...]:
    """Return the people in a stored *entry*. Raise `TypeError`."""
    return tuple(require(user, str) for user in require(entry, list))


def read_ending(entry: Any) -> Ending:
    """Return the ending in a stored *entry*. Raise `TypeError` or `ValueError`."""
    number, until = entry
    return Ending(require(number, int), instant(until) if until else None)
