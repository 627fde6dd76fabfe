"""Every setting, read once from the environment; ``.env.example`` explains each.

Whoever runs healthrelay on one machine need set none: what is missing there is generated
once into the data folder, readable by its owner alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from healthrelay.core.digestible import is_name
from healthrelay.core.errors import NotConfigured

PREFIX = "HEALTHRELAY_"
SYSTEMS = {"metric": "metric", "en_US": "en_US", "en_GB": "en_GB"}
SQLITE = "sqlite:///"
MEMORY = ":memory:"
FIRESTORE = "firestore"
KEYS_FILE = "keys.env"
MIN_OWNER_KEY = 32
SECRETS = frozenset({"client_secret", "sealing_keys", "owner_key", "igor_token", "igor_password"})
"""What a printed object of settings leaves out."""


class Settings(NamedTuple):
    """One field for each ``HEALTHRELAY_…`` variable, in lower case; secrets do not print."""

    provider: str
    public_url: str
    client_id: str
    client_secret: str
    system: str
    store: str
    sealing_keys: Mapping[str, bytes]
    owner_key: str
    igor_url: str
    igor_token: str
    igor_user: str
    igor_password: str
    igor_prefix: str
    igor_ca: str
    google_api_url: str
    google_auth_url: str
    google_token_url: str
    google_revoke_url: str
    fitbit_api_url: str
    fitbit_auth_url: str

    def __repr__(self) -> str:
        told = (f"{n}={v!r}" for n, v in self._asdict().items() if n not in SECRETS)
        return f"Settings({', '.join(told)})"

    @property
    def sqlite_path(self) -> str | None:
        """The file of the embedded store; None when the store is another."""
        return self.store.removeprefix(SQLITE) if self.store.startswith(SQLITE) else None


def load(environment: Mapping[str, str]) -> Settings:
    """Read and check everything; raises one `NotConfigured` that names all that is wrong."""
    given = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environment.items()
        if name.startswith(PREFIX) and value.strip()
    }
    store = given.get("store", DEFAULTS["store"])
    if store.startswith(SQLITE):
        given = _local_keys(store.removeprefix(SQLITE)) | given
        given.setdefault("public_url", "http://127.0.0.1:8080")
    values: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for name, read in READERS.items():
        try:
            values[name] = read(given.get(name, DEFAULTS.get(name, "")))
        except ValueError as error:
            wrong[name] = str(error)
    wrong |= {name: "is not a setting" for name in given if name not in READERS}
    if wrong:
        names = tuple(f"{PREFIX}{name.upper()}" for name in wrong)
        said = "; ".join(f"{n} {why}" for n, why in zip(names, wrong.values(), strict=True))
        raise NotConfigured(f"Settings to mend: {said}.", names)
    return Settings(**values)  # type: ignore[arg-type]


def _text(value: str) -> str:
    return value


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return read


def _url(value: str) -> str:
    """An address without query; a slash at its end does not matter."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://example.org")
    if parts.username or parts.password:
        raise ValueError("must not hold a user or password")
    return value.rstrip("/")


def _secure_url(value: str) -> str:
    """Tokens travel there, so https, except on this machine itself."""
    parts = urlsplit(value)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must begin with https://")
    return _url(value)


def _optional(read: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: read(value) if value else ""


def _store(value: str) -> str:
    if value != FIRESTORE and (not value.startswith(SQLITE) or value == SQLITE):
        raise ValueError(f"must be {SQLITE}path or {FIRESTORE}")
    return value


def _prefix(value: str) -> str:
    parts = value.strip("/").split("/")
    if not all(is_name(part) for part in parts):
        raise ValueError("must be a path of element names such as sensors/fitbit")
    return "/".join(parts)


def _owner_key(value: str) -> str:
    if len(value) < MIN_OWNER_KEY:
        raise ValueError(f"must have at least {MIN_OWNER_KEY} characters")
    return value


def _password(value: str) -> str:
    if ":" in value:
        raise ValueError("must not hold a colon, for Igor splits there")
    return value


def _file(value: str) -> str:
    if not Path(value).is_file():
        raise ValueError("must name a PEM file")
    return value


def _sealing_keys(value: str) -> Mapping[str, bytes]:
    """``name:base64,…``: 32 bytes each; the first seals, all open."""
    import base64  # noqa: PLC0415 - only whoever has keys to read
    import binascii  # noqa: PLC0415

    keys: dict[str, bytes] = {}
    for part in value.split(","):
        name, _, text = part.strip().partition(":")
        try:
            key = base64.b64decode(text, altchars=b"-_", validate=True)
        except binascii.Error:
            key = b""
        if not is_name(name) or "." in name or len(key) != 32:
            raise ValueError("must be name:base64 of 32 bytes, several separated by commas")
        keys[name] = key
    return keys


READERS: dict[str, Callable[[str], object]] = {
    "provider": _one_of("google_health", "fitbit"),
    "public_url": _url,
    "client_id": _text,
    "client_secret": _text,
    "system": _one_of(*SYSTEMS),
    "store": _store,
    "sealing_keys": _sealing_keys,
    "owner_key": _owner_key,
    "igor_url": _optional(_url),
    "igor_token": _text,
    "igor_user": _text,
    "igor_password": _password,
    "igor_prefix": _prefix,
    "igor_ca": _optional(_file),
    "google_api_url": _secure_url,
    "google_auth_url": _secure_url,
    "google_token_url": _secure_url,
    "google_revoke_url": _secure_url,
    "fitbit_api_url": _secure_url,
    "fitbit_auth_url": _secure_url,
}
DEFAULTS: dict[str, str] = {
    "provider": "google_health",
    "system": "metric",
    "store": "sqlite:///data/healthrelay.db",
    "igor_prefix": "sensors/fitbit",
    "google_api_url": "https://health.googleapis.com",
    "google_auth_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "google_token_url": "https://oauth2.googleapis.com/token",
    "google_revoke_url": "https://oauth2.googleapis.com/revoke",
    "fitbit_api_url": "https://api.fitbit.com",
    "fitbit_auth_url": "https://www.fitbit.com/oauth2/authorize",
}


def _local_keys(path: str) -> dict[str, str]:
    """The owner key and sealing key that belong to the embedded store at *path*."""
    if path == MEMORY or not path:
        return _new_keys()
    kept = Path(path).parent / KEYS_FILE
    if not kept.exists():
        _write_once(kept, _new_keys())
    pairs = (line.partition("=") for line in kept.read_text().splitlines() if line)
    return {name.removeprefix(PREFIX).lower(): value for name, _, value in pairs}


def _new_keys() -> dict[str, str]:
    import base64  # noqa: PLC0415 - once in the life of a folder
    import secrets  # noqa: PLC0415

    sealing = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {"owner_key": secrets.token_urlsafe(32), "sealing_keys": f"local:{sealing}"}


def _write_once(kept: Path, keys: Mapping[str, str]) -> None:
    """Several processes may start at once: the first whole file to arrive stays."""
    import tempfile  # noqa: PLC0415 - once in the life of a folder

    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=kept.parent)  # made with mode 0600
    with os.fdopen(handle, "w") as file:
        file.writelines(f"{PREFIX}{name.upper()}={value}\n" for name, value in keys.items())
    try:
        os.link(draft, kept)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
