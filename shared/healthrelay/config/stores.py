"""How a store is named: ``sqlite:///path``, ``firestore`` or ``firestore:database``."""

from __future__ import annotations

import re
from typing import NamedTuple


class Scheme(NamedTuple):
    """One kind of store, as ``HEALTHRELAY_STORE`` names it."""

    pattern: str
    """An expression for the whole name; its group ``place`` says where the store is."""
    shape: str
    """The same for a person."""
    on_this_machine: bool = False
    """Whether the store is a file here, with its keys beside it."""


SCHEMES: dict[str, Scheme] = {
    "sqlite": Scheme(r"sqlite:///(?P<place>.+)", "sqlite:///path", on_this_machine=True),
    "firestore": Scheme(
        r"firestore(:(?P<place>[a-z][a-z0-9-]{2,61}[a-z0-9]))?", "firestore or firestore:database"
    ),
}


class StoreName(NamedTuple):
    """A parsed name: the scheme, and where; an empty *place* is the scheme's default."""

    scheme: str
    place: str

    @property
    def path(self) -> str | None:
        """The file of a store on this machine; None where it is none."""
        return self.place if SCHEMES[self.scheme].on_this_machine else None


def parse_store(text: str) -> StoreName:
    """Return what *text* names. Raises `ValueError`, which says how a store is named."""
    for name, scheme in SCHEMES.items():
        if match := re.fullmatch(scheme.pattern, text):
            return StoreName(name, match["place"] or "")
    shapes = ", ".join(scheme.shape for scheme in SCHEMES.values())
    raise ValueError(f"must be {shapes}")


def read_store(text: str) -> str:
    """Return *text* if it names a store. Raises `ValueError`."""
    parse_store(text)
    return text
