"""First step: a project at Google, its API, and its consent screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from healthrelay.core.errors import BadRequest
from healthrelay.core.grants.console import AT, STEPS, to_paste
from healthrelay.core.household.registration import read_project
from healthrelay.flows.household.registration import save_project, stored_project
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

FIRST = [step for step in STEPS if step.name != "client"]
"""The steps of this screen; the next one has the client."""


def show(visit: Visit) -> Response:
    return _page(visit, stored_project(visit.services.store.identities))


def save(visit: Visit) -> Response:
    """Keep the project's id, which goes into the links."""
    typed = visit.form.get("project", "")
    try:
        project = read_project(typed)
    except BadRequest:
        return _page(visit, typed, 422)
    save_project(project, visit.services.store.identities)
    return visit.redirect("start/google", notice="start.google.saved")


def _page(visit: Visit, project: str, status: int = 200) -> Response:
    wrong = status != 200
    steps = [
        (step, step.link("" if wrong else project), to_paste(step, visit.services.public_url))
        for step in FIRST
    ]
    google = visit.services.consent.provider in AT
    return render(
        visit, "start-google", status, step=1, project=project, wrong=wrong, steps=steps,
        google=google,
    )  # fmt: skip
