"""The border for what comes from a store: here it is read, or named as damaged.

Whatever the adapters of a store parse, they parse through `read_stored` and `read_each`.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from healthrelay.core.errors import HealthrelayError, Misconfigured

T = TypeVar("T")
Row = TypeVar("Row")

GRANT, POLL_KEY, ACCOUNT, TIME_ZONE = "grant", "poll key", "account", "time zone"
_LOAD = "load a dump made before: healthrelay load FILE"
_STEPS = {
    GRANT: "Connect again: healthrelay invite {user}",
    POLL_KEY: "Make a new one: healthrelay user key {user}",
    ACCOUNT: "Connect again with the same account: healthrelay invite {user}. If that is refused,"
    " healthrelay move-account {user} lets them connect any.",
    TIME_ZONE: "Name one known here: healthrelay user set {user} --set timezone=Europe/Amsterdam",
}
_STEP = (
    "Remove the person, healthrelay erase {user}; then load them from a dump, healthrelay load"
    " FILE --user {user}, or connect them again, and all that the provider still has is read again."
)


class Damaged(Misconfigured):
    """What is stored at *place* cannot be read; it is of *user*, or of nobody alone.

    *place* begins with what it is, ``grant, documents identities/jack/plugindata/fitbit/token``;
    *version* is the one that a compare-and-set must name to write over it.
    """

    cause = "damaged"

    def __init__(self, user: str, place: str, version: int = 0) -> None:
        whose = f" of {user}" if user else ""
        super().__init__(f"What is stored{whose} is damaged: {place}.")
        self.version = version
        step = _STEPS.get(place.partition(",")[0], _STEP) if user else f"Into a new store, {_LOAD}"
        self.next_step = step.format(user=user)


class Unusable(Misconfigured):
    """The store's file can hold or give nothing until the owner has done something."""

    cause = "store_unusable"

    def __init__(self, sentence: str, next_step: str) -> None:
        super().__init__(sentence, ("HEALTHRELAY_STORE",))
        self.next_step = next_step


def read_stored(user: str, place: str, read: Callable[..., T], *values: Any) -> T:
    """Return what *read* makes of the stored *values*. Raise `Damaged` where it fails."""
    try:
        return read(*values)
    except HealthrelayError:
        raise
    except Exception as error:
        raise Damaged(user, place) from error


def read_each(
    user: str, place: Callable[[Row], str], read: Callable[[Row], T], rows: Iterable[Row]
) -> list[T]:
    """Return what *read* makes of each of *rows*; *place* names one. Raise as `read_stored`."""
    values = []
    for row in rows:
        try:
            values.append(read(row))
        except HealthrelayError:
            raise
        except Exception as error:
            raise Damaged(user, place(row)) from error
    return values
