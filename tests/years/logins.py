"""What wearers do: they consent, with the right account or not, with all or less, and withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.years import consents

if TYPE_CHECKING:
    from tests.years.history import Event
    from tests.years.household import Household


def add_person(household: Household, user: str) -> None:
    """Make the person, unless they exist."""
    identities = household.process.store.identities
    if identities.settings(user) is None:
        identities.save(user, consents.settings_of(household, user))


def connect(household: Household, user: str) -> None:
    """Make the person, if need be, and let them consent as soon as they can."""

    def deed() -> None:
        add_person(household, user)
        account = household.people[user].account(household.provider)
        consents.consent(household, user, account)

    household.pending.append(deed)


def consent_unknown(household: Household, event: Event) -> None:
    """Let the person consent while the provider does not say whose account it is."""
    service = household.service
    name = household.people[event.who].account(household.provider).name
    service.silent.add(name)
    connect(household, event.who)
    household.later(event, lambda: service.silent.discard(name))


def withdraw(household: Household, event: Event) -> None:
    """Let the wearer end it at the provider, and consent again later."""
    account = household.people[event.who].account(household.provider)
    household.excused.add(account.name)
    household.service.tokens.end(account)
    household.later(event, lambda: connect(household, event.who))


def consent_wrongly(household: Household, event: Event) -> None:
    """Let somebody consent with an account that is not theirs."""
    if not household.people[event.who].bound:
        return  # whatever they choose is theirs
    others = [user for user in household.people if user not in (event.who, "stranger", "otto")]
    other = others[0] if event.what == "other" and others else "stranger"
    account = household.people[other].account(household.provider)
    household.attempt(lambda: consents.consent(household, event.who, account))


def consent_less(household: Household, event: Event) -> None:
    """Let somebody leave out their sleep, and allow it later."""
    account = household.people[event.who].account(household.provider)
    household.attempt(lambda: consents.consent(household, event.who, account, "sleep"))
    household.later(event, lambda: connect(household, event.who))


DEEDS = {
    "nobody's grant": consent_unknown,
    "withdraw": withdraw,
    "wrong consent": consent_wrongly,
    "consent": lambda household, event: connect(household, event.who),
    "smaller consent": consent_less,
}
