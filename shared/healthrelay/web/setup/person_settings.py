"""What is read of a person, how often, and every other argument that their methods take.

The owner changes all of it; the person, what is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from flask import Response

from healthrelay.core.defect import isolate
from healthrelay.core.errors import BadRequest
from healthrelay.core.household.reads import READS, change_reads, reads_in, settings_for
from healthrelay.core.household.settings import INTERVAL_SECONDS, SETTINGS
from healthrelay.core.measurements.query import configured_series
from healthrelay.core.numbers import whole_number
from healthrelay.flows.grants.scopes import granted_scopes
from healthrelay.flows.grants.sessions import OWNER
from healthrelay.flows.household import people
from healthrelay.flows.require import require_connectable
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

INTERVAL, PERIOD, ZONE, READ = "interval", "period", "timezone", "read"
INTERVALS = ("900", str(INTERVAL_SECONDS), "36000", "86400")
PERIODS = ("", "1m", "1y", "max")
_FIRST = ("methods", "resource")
ARGUMENTS = _FIRST + tuple(n for n in SETTINGS if n not in (*_FIRST, INTERVAL, PERIOD, ZONE))
"""What the form has no field for until somebody adds one."""


class Wrong(NamedTuple):
    """A field whose value was refused, and the sentence that says why."""

    field: str
    sentence: str


def show(visit: Visit) -> Response:
    return _page(visit)


def save(visit: Visit) -> Response:
    """Change what the form has fields for."""
    stored, form = _stored(visit), visit.form
    changes: dict[str, str] = {}
    if visit.session.kind == OWNER:
        given = {name: form[name].strip() for name in SETTINGS if name in form}
        changes = {name: value for name, value in given.items() if value != _shown(stored, name)}
    if READ in form or "reads" in form:
        try:
            changes |= change_reads(stored, visit.fields(READ))
        except BadRequest as error:
            return _page(visit, Wrong(READ, error.sentence))
    return _keep(changes, visit)


def add(visit: Visit) -> Response:
    """Give a field to an argument that has none yet."""
    name, value = visit.form.get("name", "").strip(), visit.form.get("value", "").strip()
    wrong = "value" if name in SETTINGS else "name"
    return _keep({name: value}, visit, wrong)


def _keep(changes: Mapping[str, str], visit: Visit, wrong: str = "") -> Response:
    """Keep *changes*, or show the form again with the field that is *wrong*, or whose value is."""
    user, today, identities = visit.args["user"], visit.now.date(), visit.services.store.identities
    try:
        people.change(user, changes, identities, today)
    except BadRequest as error:
        field = wrong or _refused(changes, _stored(visit), visit)
        return _page(visit, Wrong(field, error.sentence))
    return visit.redirect(f"people/{user}/settings", "settings.saved")


def _refused(changes: Mapping[str, str], stored: Mapping[str, str], visit: Visit) -> str:
    """Return which of *changes* is refused by itself, or the last where it is all of them."""
    for name, value in changes.items():
        alone = {n: text for n, text in {**stored, name: value}.items() if text}
        if isinstance(isolate(people.check_fetchable, alone, visit.now.date()), BadRequest):
            return name if name in visit.form else READ
    return [READ, *changes][-1]


def _stored(visit: Visit) -> dict[str, str]:
    settings = require_connectable(visit.args["user"], visit.services.store.identities)
    return {name: value for name, value in settings.items() if name in SETTINGS}


def _shown(stored: Mapping[str, str], name: str) -> str:
    return stored.get(name) or (str(INTERVAL_SECONDS) if name == INTERVAL else "")


def _page(visit: Visit, wrong: Wrong | None = None) -> Response:
    user, stored = visit.args["user"], _stored(visit)
    ticked = visit.fields(READ) if wrong and "reads" in visit.form else reads_in(stored)
    values = {name: _shown(stored, name) for name in SETTINGS}
    if wrong:
        values |= {name: visit.form[name] for name in SETTINGS if name in visit.form}
    return render(
        visit,
        "person-settings",
        422 if wrong else 200,
        user=user,
        person=person_name(user),
        wrong=wrong,
        reads=list(READS),
        ticked=ticked,
        forbidden=_forbidden(visit),
        values=values,
        intervals=_with(INTERVALS, values[INTERVAL]),
        every=lambda seconds: _every(seconds, visit),
        periods=_with(PERIODS, values[PERIOD]),
        fields=[name for name in ARGUMENTS if stored.get(name) or name in visit.form],
        others=[name for name in ARGUMENTS if not stored.get(name)],
        added={name: visit.form.get(name, "") for name in ("name", "value")},
        label=visit.services.consent.label,
    )


def _with(choices: tuple[str, ...], value: str) -> list[str]:
    """Return *choices*, and the *value* that somebody chose otherwise."""
    return list(dict.fromkeys([*choices, value]))


def _every(seconds: str, visit: Visit) -> str:
    key = f"settings.every.{seconds}"
    if visit.texts.has(key):
        return visit.texts.text(key)
    minutes = (whole_number(seconds) or 0) // 60
    time = Phrases(visit.texts, None, visit.now).minutes(minutes)
    return visit.texts.text("settings.every.other", time=time)


def _forbidden(visit: Visit) -> list[str]:
    """Return the boxes that the person has not allowed; none where nobody was asked yet."""
    granted = granted_scopes(visit.args["user"], visit.services.store)
    consent = visit.services.consent
    scopes = {box: consent.scopes_for(configured_series(settings_for([box]))) for box in READS}
    return [box for box in READS if granted is not None and set(scopes[box]) - set(granted)]
