"""What ``HEALTHRELAY_STORE`` may be, and what it names."""

import re
from pathlib import Path
from typing import NamedTuple


class Scheme(NamedTuple):
    """One kind of store, as ``HEALTHRELAY_STORE`` names it."""

    begins: str
    shape: str
    """The whole name for a person."""
    rest: str = ""
    """An expression for what comes after its beginning, whose group ``place`` says where the store
    is. Without one any text is a place, and no cold start pays for an expression."""
    on_this_machine: bool = False
    """Whether the store is a file here, with its keys beside it."""

    def place(self, text: str) -> str | None:
        """Return where the store named *text* is, empty for the default; None if it is of another
        kind."""
        rest = text.removeprefix(self.begins)
        if rest == text or not self.rest:
            return rest if rest not in ("", text) else None
        match = re.fullmatch(self.rest, rest)
        return (match["place"] or "") if match else None


SCHEMES: dict[str, Scheme] = {
    "sqlite": Scheme("sqlite:///", "sqlite:///path", on_this_machine=True),
    "firestore": Scheme(
        "firestore",
        "firestore or firestore:database",
        r"(:(?P<place>[a-z][a-z0-9-]{2,61}[a-z0-9]))?",
    ),
}


class StoreName(NamedTuple):
    """A parsed name: the scheme, and where; an empty *place* is the scheme's default."""

    scheme: str
    place: str
    path: str | None
    """The file of a store on this machine; None where it is none."""


def read_store(text: str) -> StoreName:
    """Return what *text* names: ``sqlite:///path``, ``firestore`` or ``firestore:database``."""
    for name, scheme in SCHEMES.items():
        place = scheme.place(text)
        if place is not None:
            if scheme.on_this_machine:
                place = _expand_user(place)
            return StoreName(name, place, place if scheme.on_this_machine else None)
    shapes = ", ".join(scheme.shape for scheme in SCHEMES.values())
    raise ValueError(f"must be {shapes}")


def _expand_user(place: str) -> str:
    try:
        return str(Path(place).expanduser()) if place.startswith("~") else place
    except RuntimeError as error:
        raise ValueError("must be a whole path, because that home folder is not known") from error
