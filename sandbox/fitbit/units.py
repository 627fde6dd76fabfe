"""Units by Accept-Language, and numbers the way Fitbit writes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import request

from sandbox.decimals import round_half_up


@dataclass(frozen=True, slots=True)
class Units:
    """Base units (grams, millimeters, milliliters) in one unit, and decimals that are shown."""

    grams: Decimal
    distance: Decimal
    elevation: Decimal
    length: Decimal
    volume: Decimal
    weight_places: int

    def weight(self, grams: int) -> Decimal:
        """Return a weight."""
        return round_half_up(grams / self.grams, self.weight_places)

    def way(self, millimeters: int) -> Decimal:
        """Return a distance covered."""
        return round_half_up(millimeters / self.distance, 6)

    def climb(self, millimeters: int) -> Decimal:
        """Return an elevation gained."""
        return round_half_up(millimeters / self.elevation, 6)

    def liquid(self, milliliters: int) -> Decimal:
        """Return an amount of water."""
        return round_half_up(milliliters / self.volume, 2)

    def height(self, millimeters: int) -> Decimal:
        """Return a body height."""
        return round_half_up(millimeters / self.length, 1)


_KM, _MILE = Decimal(1_000_000), Decimal(1_609_344)
_METER, _FOOT = Decimal(1000), Decimal("304.8")
_CM, _INCH = Decimal(10), Decimal("25.4")
_ML, _OUNCE = Decimal(1), Decimal("29.5735295625")
_METRIC = Units(Decimal(1000), _KM, _METER, _CM, _ML, 3)
_SYSTEMS = {
    "en_US": Units(Decimal("453.59237"), _MILE, _FOOT, _INCH, _OUNCE, 2),
    "en_GB": Units(Decimal("6350.29318"), _KM, _METER, _CM, _ML, 2),
}


def request_units() -> Units:
    """Return the units of the current request."""
    return of(request.headers.get("Accept-Language"))


def of(language: str | None) -> Units:
    """Return the units of an Accept-Language header; all but en_US and en_GB are metric."""
    first = (language or "").split(",")[0].split(";")[0].strip()
    return _SYSTEMS.get(first.replace("-", "_"), _METRIC)


def text(value: Decimal) -> str:
    """Return a number in a time series: a string without trailing zeros."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
