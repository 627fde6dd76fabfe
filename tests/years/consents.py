"""Browsers: a person is invited, allows something at the provider with an account, and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.token import Token
from healthrelay.flows.grants import connect, links, rounds
from healthrelay.flows.grants.document import UNCONFIRMED, from_document

if TYPE_CHECKING:
    from tests.years.account import Account
    from tests.years.household import Household


def consent(household: Household, user: str, account: Account, leave_out: str = "") -> None:
    """Connect *user* with *account*, allowing all that is requested but scopes with *leave_out*."""
    process = household.process
    invitation = links.invite(user, process.consent, process.store.identities, process.now())
    round_ = rounds.Round(user, invitation.scopes, invitation.person, invitation.id)
    begun = rounds.begin(round_, process.client, process.consent, process.owner_key, process.now())
    query = {name: values[0] for name, values in parse_qs(urlsplit(begun.url).query).items()}
    wanted = tuple(query["scope"].split())
    scopes = tuple(one for one in wanted if not leave_out or leave_out not in one) or wanted
    code = household.service.tokens.code(account, scopes, query["code_challenge"])
    connect.finish(
        rounds.Return({"state": query["state"], "code": code}, {begun.cookie_name: begun.cookie}),
        owner_key=process.owner_key,
        consent=process.consent,
        store=process.store,
        grants=process.grants,
        token_endpoint=process.token_endpoint,
        provider=process.provider,
        now=process.now(),
    )
    household.excused.discard(account.name)
    person = household.people[user]
    person.leaving, person.bound = False, True


def stored_token(household: Household, user: str) -> Token | None:
    """Return the login that is stored for *user*, opened."""
    stored = household.store.tokens.load(user)
    return from_document(user, stored.document, household.process.vault) if stored else None


def waits_honoured(household: Household, user: str) -> bool:
    """Return whether the provider honours a login that is stored until it is known whose it is."""
    stored = household.store.tokens.load(user)
    apart: Any = stored and stored.document.get(UNCONFIRMED)
    if not apart:
        return False
    token = from_document(user, apart, household.process.vault)
    given = household.services[token.provider].tokens.holding(token.grant.refresh)
    return given is not None


def is_well(household: Household, user: str) -> bool:
    """Return whether the provider honours the login of *user*, for all that they measure."""
    token = stored_token(household, user)
    if token is None or token.provider != household.provider:
        return False
    given = household.service.tokens.holding(token.grant.refresh)
    needed = CONSENTS[household.provider].scopes_for(household.people[user].habits.series)
    return given is not None and set(needed) <= set(given.scopes)


def settings_of(household: Household, user: str) -> dict[str, str]:
    """Return the settings with which all that *user* measures is fetched."""
    series = household.people[user].habits.series
    methods = [_METHODS[name] for name in series if name in _METHODS]
    resources = [name.replace("-", "/") for name in series if name in _RESOURCES]
    if resources:
        methods.append("time_series")
    interval = "10800" if user == "jack" else "86400"
    settings = {"methods": ",".join(methods), "resource": ",".join(resources), "interval": interval}
    if "activities-steps-intraday" in series:
        settings["methods"] += ",intraday_time_series"
        settings["detail_level"] = "15min"
    if household.life.history:
        settings["period"] = "3m"
    return {name: value for name, value in settings.items() if value}


_METHODS = {"weight": "get_bodyweight", "sleep": "get_sleep"}
_RESOURCES = ("body-weight", "activities-steps", "sleep-minutesAsleep")
