"""Units by Accept-Language, and numbers the way Fitbit writes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.decimals import rounded


@dataclass(frozen=True, slots=True)
class Units:
    """Base units (grams, millimeters) in one unit, and the decimals that are shown."""

    grams: Decimal
    distance: Decimal
    length: Decimal
    weight_places: int

    def weight(self, grams: int) -> Decimal:
        """A weight."""
        return rounded(grams / self.grams, self.weight_places)

    def way(self, millimeters: int) -> Decimal:
        """A distance covered."""
        return rounded(millimeters / self.distance, 6)

    def height(self, millimeters: int) -> Decimal:
        """A body height."""
        return rounded(millimeters / self.length, 1)


_KM, _MILE = Decimal(1_000_000), Decimal(1_609_344)
_CM, _INCH = Decimal(10), Decimal("25.4")
_METRIC = Units(Decimal(1000), _KM, _CM, 3)
_SYSTEMS = {
    "en_US": Units(Decimal("453.59237"), _MILE, _INCH, 2),
    "en_GB": Units(Decimal("6350.29318"), _KM, _CM, 2),
}


def of(language: str | None) -> Units:
    """The units of an Accept-Language header; everything that is not en_US or en_GB is metric."""
    first = (language or "").split(",")[0].split(";")[0].strip()
    return _SYSTEMS.get(first.replace("-", "_"), _METRIC)


def text(value: Decimal) -> str:
    """A number in a time series: a string without superfluous zeros."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
