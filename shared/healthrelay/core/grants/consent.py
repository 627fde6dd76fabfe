"""What a wearer may allow, what each part gives, and which series need it.

Scopes of Google Health: https://developers.google.com/health/scopes; of Fitbit:
https://dev.fitbit.com/build/reference/web-api/developer-guide/application-design/.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

_GOOGLE = "https://www.googleapis.com/auth/googlehealth."

Needs = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


class Consent(NamedTuple):
    """One provider's consent."""

    provider: str
    label: str
    scopes: Mapping[str, str]
    """Scope → what it gives, in plain words."""
    needs: Needs
    """Beginnings of series' names → the scopes these need; the first that fits counts."""
    always: str
    """The scope that says where the wearer's day ends."""
    optional: frozenset[str] = frozenset()
    """Scopes that the provider may not know; they are left out when it does not."""
    extra: Mapping[str, str] = MappingProxyType({})
    manage: str = ""
    """The page on which a wearer ends a grant by hand."""
    single_use: bool = False
    """Each refresh token works once."""

    def required_scopes(self, series: str) -> tuple[str, ...]:
        """Return the scopes without which *series* cannot be read.

        What another provider has alone needs none, so that nobody is asked for it.
        """
        from healthrelay.core.measurements.catalogue import SERIES  # noqa: PLC0415 - an invited wearer needs none

        if SERIES[series].only not in ("", self.provider):
            return ()
        return next(scopes for starts, scopes in self.needs if series.startswith(starts))

    def scopes_for(self, series: Iterable[str]) -> tuple[str, ...]:
        """Return the scopes to request for *series*, and no others, in the order of the table."""
        wanted = {self.always}.union(*(self.required_scopes(name) for name in series))
        return tuple(scope for scope in self.scopes if scope in wanted)

    def missing(self, series: str, granted: Iterable[str]) -> str:
        """Return in plain words what the wearer must still allow for *series*; empty if nothing."""
        lacking = [scope for scope in self.required_scopes(series) if scope not in granted]
        return " and ".join(self.scopes[scope] for scope in lacking)


def scope_name(scope: str) -> str:
    """Return the word of *scope* by which texts are found: ``sleep``."""
    return scope.removeprefix(_GOOGLE).removesuffix(".readonly")


def _google(name: str) -> str:
    return f"{_GOOGLE}{name}.readonly"


_ACTIVITY, _HEALTH, _SLEEP, _FOOD, _SETTINGS, _PROFILE = (
    _google("activity_and_fitness"),
    _google("health_metrics_and_measurements"),
    _google("sleep"),
    _google("nutrition"),
    _google("settings"),
    _google("profile"),
)

CONSENTS: dict[str, Consent] = {
    row.provider: row
    for row in (
        Consent(
            "google_health",
            "Google Health",
            {
                _ACTIVITY: "steps and other activity",
                _HEALTH: "weight, body fat, heart and other measurements",
                _SLEEP: "sleep",
                _FOOD: "food and water",
                _PROFILE: "your profile",
                _SETTINGS: "your time zone and devices",
            },
            needs=(
                (("activities-heart-intraday",), (_HEALTH,)),
                (("activities-heart", "activities-summary"), (_HEALTH, _ACTIVITY)),
                (("activ", "cardioScore", "vo2Max", "runVo2Max"), (_ACTIVITY,)),
                (("basalEnergy", "sedentaryPeriods"), (_ACTIVITY,)),
                (("sleep",), (_SLEEP,)),
                (("food", "water"), (_FOOD,)),
                (("devices",), (_SETTINGS,)),
                (("user",), (_PROFILE, _HEALTH)),
                (("",), (_HEALTH,)),
            ),
            always=_SETTINGS,
            manage="https://myaccount.google.com/connections",
            optional=frozenset({_FOOD}),
            # Without offline and consent, Google gives no refresh token and the login would end in
            # an hour; without select_account it takes whoever is signed in.
            extra={"access_type": "offline", "prompt": "select_account consent"},
        ),
        Consent(
            "fitbit",
            "Fitbit",
            {
                "activity": "steps and other activity",
                "heartrate": "heart rate",
                "weight": "weight and body fat",
                "sleep": "sleep",
                "nutrition": "food and water",
                "settings": "your devices",
                "profile": "your profile and time zone",
                "social": "your friends",
            },
            needs=(
                (("activities-heart",), ("heartrate",)),
                (("recent-foods", "favorite-foods", "frequent-foods"), ("nutrition",)),
                (("food", "water", "meals"), ("nutrition",)),
                (("activit", "recent-", "favorite-", "frequent-"), ("activity",)),
                (("sleep",), ("sleep",)),
                (("devices",), ("settings",)),
                (("user", "badges"), ("profile",)),
                (("friends",), ("social",)),
                (("",), ("weight",)),
            ),
            always="profile",
            manage="https://www.fitbit.com/settings/applications",
            single_use=True,
        ),
    )
}
