"""All questions to Google Health."""

from __future__ import annotations

from datetime import date

from healthrelay.adapters.google_health.probe import (
    account,
    daily,
    logs,
    nights,
    pages,
    points,
    roll_ups,
)
from healthrelay.adapters.google_health.probe.client import GoogleProbe
from healthrelay.adapters.google_health.probe.words import VOCABULARY
from healthrelay.adapters.http import Http
from healthrelay.adapters.probing import Prober, questions
from healthrelay.core.grants.probe import OpenQuestion

ROWS = (
    *account.ROWS,
    *points.ROWS,
    *daily.ROWS,
    *roll_ups.ROWS,
    *nights.ROWS,
    *logs.ROWS,
    *pages.ROWS,
)


def ask_google(http: Http, url: str, access: str, today: date) -> list[OpenQuestion]:
    """Return the questions to the account that *access* opens."""
    return questions(ROWS, GoogleProbe(Prober(http, url, access, VOCABULARY), today))
