"""A failure that the page has words for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from healthrelay.core.errors import HealthrelayError


class Problem(HealthrelayError):
    """The failure *name* of the table in `problems`; the texts name what its *values* are.

    *way* is the page below ``/setup`` where its button leads, unless its row names one, and
    *fields* what its form sends there. *case* is the word that stands in another line already, and
    *met_at* is when that was written.
    """

    cause = "page"

    fields: Mapping[str, str] = MappingProxyType({})
    case = ""
    met_at: datetime | None = None

    def __init__(self, name: str, way: str | None = None, **values: object) -> None:
        super().__init__(name)
        self.name, self.way, self.values = name, way, values
