"""Settings are read once from the environment; all that is wrong is named in one message.

The keys of a healthrelay on one machine are made once and kept beside the store, mode 0600.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from healthrelay.config.functions import functions
from healthrelay.config.home import store_text
from healthrelay.config.readers import PREFIX, meant, read_each, settings_in
from healthrelay.config.settings import SETTINGS, Settings
from healthrelay.core.errors import NotConfigured

MEMORY = ":memory:"
KEYS_FILE = "keys.env"
LOCAL_URL = "http://127.0.0.1:8080"
_READERS = {name: setting.read for name, setting in SETTINGS.items()}


def load(environment: Mapping[str, str]) -> Settings:
    """Read and check everything; raises one `NotConfigured` that names all that is wrong.

    A platform that runs one function in a service of its own names it in ``K_SERVICE``: then
    what that function does not need may be missing, and stays empty.
    """
    name = environment.get("K_SERVICE", "")
    function = functions().get(name) if name else None
    needed = function.settings if function else SETTINGS.keys()
    given = settings_in(environment)
    given = _with_local_keys(given | {"store": store_text(given)})
    texts = {name: given.get(name, setting.default) for name, setting in SETTINGS.items()}
    idle = {name for name, text in texts.items() if not text and name not in needed}
    values, wrong = read_each({n: text for n, text in texts.items() if n not in idle}, _READERS)
    values |= {name: SETTINGS[name].empty for name in idle}
    wrong |= _missing(values)
    wrong |= _open_guard(values, on_platform=bool(name))
    wrong |= {name: "is not a setting" for name in given if name not in SETTINGS}
    if wrong:
        reasons = {f"{PREFIX}{name.upper()}": reason for name, reason in wrong.items()}
        listed = "; ".join(f"{name} {reason}" for name, reason in reasons.items())
        raise NotConfigured(f"Invalid settings: {listed}.", tuple(reasons))
    return Settings(*(values[name] for name in SETTINGS))


def _with_local_keys(given: dict[str, str]) -> dict[str, str]:
    """Return *given* with what a store on this machine brings along: its keys, and an address."""
    if {"public_url", "owner_key", "sealing_keys"} <= given.keys():
        return given
    # A store that cannot be read is named with all else that is wrong.
    store, _ = read_each({"store": given["store"]}, _READERS)
    path = store["store"].path if store else None
    return {"public_url": LOCAL_URL} | local_keys(path) | given if path else given


def _missing(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what other settings require and nobody gave; *values* are those that could be read."""
    if values.get("tasks_account") != "":
        return {}
    if values.get("tasks_queue"):
        return {"tasks_account": "must name whom Cloud Tasks calls as, because there is a queue"}
    if values.get("guard") == "iam":
        return {"tasks_account": "must name who may call, because the guard is iam"}
    return {}


def _open_guard(values: Mapping[str, Any], *, on_platform: bool) -> dict[str, str]:
    """Return what is wrong with a guard that would let anybody in."""
    if values.get("guard") == "iam" and not on_platform:
        return {"guard": "can be iam on Cloud Run alone, which checks who calls before we do"}
    return {}


def local_keys(path: str) -> dict[str, str]:
    """Return the owner key and sealing key that belong to the embedded store at *path*."""
    if path == MEMORY or not path:
        return _new_keys()
    file = keys_file(path)
    try:
        if not file.exists():
            # In this order: where there are keys, there has been a store.
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_once(Path(path), _new_database())
            _write_once(file, _to_lines(_new_keys()))
        elif not Path(path).exists() or Path(path).stat().st_size == 0:
            raise _lost_store(Path(path), file)
    except OSError as error:
        where = file.parent.absolute()
        raise NotConfigured(
            f"{where} cannot be made or used ({error.strerror}): let the user who runs healthrelay"
            f" write there, or name another place in {PREFIX}STORE.",
            (f"{PREFIX}STORE",),
        ) from error
    return kept_keys(path)


def _lost_store(store: Path, keys: Path) -> NotConfigured:
    error = NotConfigured(
        f"The keys in {keys.absolute()} are those of a store, and {store.absolute()} is not there"
        " or empty.",
        (f"{PREFIX}STORE",),
    )
    error.next_step = (
        "Put the store's file back, or load a dump: healthrelay load FILE. To start over, move"
        " the keys away: nothing that they sealed opens without them."
    )
    return error


def _new_database() -> bytes:
    """Return a database without tables. It is not empty: an empty file has lost what it held."""
    import sqlite3  # noqa: PLC0415 - once in the life of a folder
    from contextlib import closing  # noqa: PLC0415

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 1")  # writes the header
        connection.execute("PRAGMA user_version = 0")
        return connection.serialize()


def keys_file(path: str) -> Path:
    """Return where the keys of the embedded store at *path* are kept."""
    return Path(path).parent / KEYS_FILE


def kept_keys(path: str) -> dict[str, str]:
    """Return the keys beside the store at *path*; none where none were made yet."""
    file = keys_file(path)
    if not file.exists():
        return {}
    from healthrelay.config.text_file import read_text_file  # noqa: PLC0415 - not in the cloud

    pairs = (line.partition("=") for line in read_text_file(file).splitlines() if line.strip())
    return {name.strip().removeprefix(PREFIX).lower(): meant(value) for name, _, value in pairs}


def _new_keys() -> dict[str, str]:
    import base64  # noqa: PLC0415 - once in the life of a folder
    import secrets  # noqa: PLC0415

    sealing = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {"owner_key": secrets.token_urlsafe(32), "sealing_keys": f"local:{sealing}"}


def _to_lines(keys: Mapping[str, str]) -> bytes:
    return "".join(f"{PREFIX}{name.upper()}={value}\n" for name, value in keys.items()).encode()


def _write_once(target: Path, content: bytes) -> None:
    """Write *content* into *target* unless it exists: of several processes the first one wins."""
    import tempfile  # noqa: PLC0415 - once in the life of a folder

    handle, draft = tempfile.mkstemp(dir=target.parent)  # made with mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    try:
        os.link(draft, target)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
