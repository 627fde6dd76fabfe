"""Units by Accept-Language, and numbers the way Fitbit writes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import request

from sandbox.decimals import rounded


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
        """A weight."""
        return rounded(grams / self.grams, self.weight_places)

    def way(self, millimeters: int) -> Decimal:
        """A distance covered."""
        return rounded(millimeters / self.distance, 6)

    def climb(self, millimeters: int) -> Decimal:
        """An elevation gained."""
        return rounded(millimeters / self.elevation, 6)

    def liquid(self, milliliters: int) -> Decimal:
        """An amount of water."""
        return rounded(milliliters / self.volume, 2)

    def height(self, millimeters: int) -> Decimal:
        """A body height."""
        return rounded(millimeters / self.length, 1)


_KM, _MILE = Decimal(1_000_000), Decimal(1_609_344)
_METER, _FOOT = Decimal(1000), Decimal("304.8")
_CM, _INCH = Decimal(10), Decimal("25.4")
_ML, _OUNCE = Decimal(1), Decimal("29.5735295625")
_METRIC = Units(Decimal(1000), _KM, _METER, _CM, _ML, 3)
_SYSTEMS = {
    "en_US": Units(Decimal("453.59237"), _MILE, _FOOT, _INCH, _OUNCE, 2),
    "en_GB": Units(Decimal("6350.29318"), _KM, _METER, _CM, _ML, 2),
}


def asked() -> Units:
    """The units of the current request."""
    return of(request.headers.get("Accept-Language"))


def of(language: str | None) -> Units:
    """The units of an Accept-Language header; everything that is not en_US or en_GB is metric."""
    first = (language or "").split(",")[0].split(";")[0].strip()
    return _SYSTEMS.get(first.replace("-", "_"), _METRIC)


def text(value: Decimal) -> str:
    """A number in a time series: a string without superfluous zeros."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
