"""Where the store of this machine lies when ``HEALTHRELAY_STORE`` does not say it.

The first that there is: ``HEALTHRELAY_HOME``, ``data/`` of the checkout, the platform's folder for
a user's data. Nothing is looked for in the current folder or above it, so that a command does the
same wherever it is given.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from healthrelay.core.errors import NotConfigured

ROOT = Path(__file__).resolve().parents[3]
"""Of the checkout, where this is one."""
STORE_FILE = "healthrelay.db"
_CHECKOUT = ("pyproject.toml", "functions")


def store_text(given: Mapping[str, str]) -> str:
    """Return what names the store, of the *given* settings or without them.

    Raise `NotConfigured` where no folder for it is known.
    """
    return given.get("store") or f"sqlite:///{home(given) / STORE_FILE}"


def home(given: Mapping[str, str]) -> Path:
    """Return the folder of store and keys, absolute. Raise `NotConfigured` where none is known."""
    named = given.get("home")
    try:
        if named:
            return Path(named).expanduser().absolute()
        if all((ROOT / name).exists() for name in _CHECKOUT):
            return ROOT / "data"
        return user_data_folder(os.environ, sys.platform, Path.home()) / "healthrelay"
    except RuntimeError as error:  # there is no such user, or nobody knows where they are at home
        sentence = "The home folder is not known: name a whole path."
        raise NotConfigured(sentence, ("HEALTHRELAY_HOME",)) from error


def user_data_folder(environment: Mapping[str, str], platform: str, user: Path) -> Path:
    """Return where programs of *platform* keep the data of whoever is at home in *user*.

    specifications.freedesktop.org/basedir: a relative XDG_DATA_HOME counts as none.
    """
    if platform == "darwin":
        return user / "Library" / "Application Support"
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or user / "AppData" / "Local")
    named = Path(environment.get("XDG_DATA_HOME", ""))
    return named if named.is_absolute() else user / ".local" / "share"
