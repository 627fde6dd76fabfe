"""After the provider: is that you, what is read, who sees it, and how to end it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import Response

from healthrelay.core.charts.values import MEASURES, in_pounds, weight_units
from healthrelay.core.delivery.tasks import asked_fetch, delivery
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.consent import scope_name
from healthrelay.core.measurements import units
from healthrelay.core.measurements.days import civil
from healthrelay.flows.grants.document import from_clear_part, has_ended
from healthrelay.flows.grants.glance import glance
from healthrelay.flows.grants.links import link_code
from healthrelay.flows.grants.rounds import scopes_for
from healthrelay.flows.grants.sessions import PERSON
from healthrelay.flows.require import require_connectable
from healthrelay.flows.transfer.not_me import undo_consent
from healthrelay.web.charts.words import ChartWords
from healthrelay.web.setup.card import BigNumber, PersonCard, SmallFact, card
from healthrelay.web.setup.person import today_of
from healthrelay.web.setup.phrases import person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.core.grants.glance import Seen
    from healthrelay.core.grants.token import Token
    from healthrelay.core.measurements.status import PersonStatus
    from healthrelay.flows.measurements.charts import PersonCharts
    from healthrelay.web.setup.visit import Visit

NO_DATA = ("account_not_linked", "legacy_account")


def show(visit: Visit) -> Response:
    """Show who is connected, as often as it is loaded; what was not read yet is asked for."""
    user, services = visit.args["user"], visit.services
    settings = require_connectable(user, services.store.identities)
    stored = services.store.tokens.load(user)
    if stored is None:
        return visit.redirect(f"people/{user}/connect")
    token, today = from_clear_part(stored.document), today_of(visit)
    if token.health.reading and token.health.reading.cause in NO_DATA:
        raise Problem("no-measurements", f"people/{user}/connect")
    if has_ended(stored.document):
        # Their page says so, and what helps.
        return visit.redirect(f"people/{user}")
    _fetch_at_once(token, today.status, visit)
    first = services.store.accounts.load().unanswered(user, visit.now)
    consent, given = services.consent, token.grant.scopes
    scopes = scopes_for(user, consent, services.store.identities)
    return render(
        visit,
        "connected",
        user=user,
        person=person_name(user),
        unconfirmed=token.awaits_identity,
        first=first is not None,
        card=_glanced(visit)
        if first
        else card(today.charts, ChartWords(visit.texts, today.charts.units)),
        allowed=[scope_name(scope) for scope in scopes if scope in given],
        withheld=[scope_name(scope) for scope in scopes if scope not in given],
        provider=consent.provider,
        label=consent.label,
        manage=consent.manage,
        targets=sorted(services.store.targets.of(user)),
        zone=settings.get("timezone") or token.account.zone or "UTC",
    )


def question(visit: Visit) -> Response:
    """Ask once more before what a first consent brought goes."""
    user = visit.args["user"]
    first = visit.services.store.accounts.load().unanswered(user, visit.now)
    return render(visit, "not-me", user=user, person=person_name(user), first=first is not None)


def answer(visit: Visit) -> Response:
    """Take ``me=yes`` or ``me=no``."""
    user, services = visit.args["user"], visit.services
    if visit.form.get("me") == "yes":
        services.store.accounts.change(lambda bindings: bindings.answered(user))
        return visit.redirect(f"people/{user}", "wearer.thanks")
    if visit.form.get("me") != "no":
        return visit.redirect(f"people/{user}/connected")
    first = services.store.accounts.load().unanswered(user, visit.now) is not None
    invitation = undo_consent(user, services.store, services.disconnect, visit.now)
    if not first:
        return visit.redirect(f"people/{user}", "wearer.disconnected", person=person_name(user))
    _tell_targets(user, visit)
    if visit.session.kind == PERSON:
        visit.sign_out()
    where = f"people/{user}/connect"
    if invitation:
        where = f"i/{link_code(invitation, services.owner_key)}"
    return visit.redirect(where, "wearer.undone", person=person_name(user))


def disconnect(visit: Visit) -> Response:
    """End the permission; what was measured stays."""
    user = visit.args["user"]
    visit.services.disconnect(user)
    return visit.redirect(f"people/{user}", "wearer.disconnected", person=person_name(user))


def _fetch_at_once(token: Token, status: PersonStatus, visit: Visit) -> None:
    """Have a first fetch run, whatever becomes of this page: reloads ask for the same one."""
    since = token.connected_at
    # When something was read is known to the second.
    if since is None or (status.read_at and status.read_at >= since.replace(microsecond=0)):
        return
    task = asked_fetch(visit.args["user"], since, {})
    _try_to_enqueue(task, visit)


def _tell_targets(user: str, visit: Visit) -> None:
    """Have Igor and the others told at once that measurements went."""
    _try_to_enqueue(delivery(user, visit.services.store.log.head(user)), visit)


def _try_to_enqueue(task: Task, visit: Visit) -> None:
    try:
        visit.services.queue.enqueue(task)
    except HealthrelayError as error:
        # The scheduler comes by within the hour.
        visit.services.log_event("WARNING", "enqueue", user=task.user, cause=error.sentence)


def _stored(charts: PersonCharts, visit: Visit) -> PersonCard:
    return card(charts, ChartWords(visit.texts, charts.units))


def _glanced(visit: Visit) -> PersonCard:
    """Return what the account itself says now: what is stored may have come from elsewhere."""
    services, user = visit.services, visit.args["user"]
    with suppress(HealthrelayError):
        token = services.grants.current(user, visit.now)
        seen = glance(
            services.provider, token, services.consent, visit.now, log_event=services.log_event
        )
        return _card_of(seen, token.account.zone, visit)
    return PersonCard(None, [])


def _card_of(seen: dict[str, Seen], zone: str | None, visit: Visit) -> PersonCard:
    words = ChartWords(visit.texts, weight_units(visit.system))
    today = civil(visit.now, zone).date()
    big = _weight(seen["weight"], today, words, visit) if "weight" in seen else None
    facts = []
    if "steps" in seen:
        key = "steps_yesterday" if (today - _day(seen["steps"])).days == 1 else "steps_on"
        amount = words.amount(MEASURES["steps"], _exact(seen["steps"]))
        unit = words.unit(MEASURES["steps"])
        facts.append(SmallFact(_name(key, seen["steps"], today, words), amount, unit))
    if "night" in seen:
        key = "last_night" if _day(seen["night"]) == today else "night_to"
        length = words.length(int(_exact(seen["night"])))
        facts.append(SmallFact(_name(key, seen["night"], today, words), length, ""))
    return PersonCard(big, facts)


def _name(key: str, seen: Seen, today: date, words: ChartWords) -> str:
    return words.catalogue.text(f"person.fact.{key}", day=words.long_day(_day(seen), today))


def _weight(seen: Seen, today: date, words: ChartWords, visit: Visit) -> BigNumber:
    measure, system, day = MEASURES["weight"], visit.system, _day(seen)
    value = units.convert(_exact(seen), "mass", units.METRIC, system)
    if words.units.stones:
        value = in_pounds({day: value})[day]
    sentence = words.sentence_day(day, today)
    return BigNumber(words.amount(measure, value), words.unit_alone(measure), sentence)


def _day(seen: Seen) -> date:
    return date.fromisoformat(seen.day)


def _exact(seen: Seen) -> Decimal:
    return units.exact(seen.amount)
