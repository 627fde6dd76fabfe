"""How the text of each setting is read; a `ValueError` says in a few words what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from healthrelay.core.grants.sealing_keys import read_keys
from healthrelay.core.igor_json import is_name

SYSTEMS = ("metric", "en_US", "en_GB")
SQLITE = "sqlite:///"
FIRESTORE = "firestore"
MIN_OWNER_KEY = 32
MAX_DAYS = 36_500
MAX_HOURS = 8_760


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
    database = re.fullmatch(rf"{FIRESTORE}(:[a-z][a-z0-9-]{{2,61}}[a-z0-9])?", value)
    if not database and (not value.startswith(SQLITE) or value == SQLITE):
        raise ValueError(f"must be {SQLITE}path, {FIRESTORE} or {FIRESTORE}:database")
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


def _tasks_queue(value: str) -> str:
    known = r"projects/[a-z0-9.:-]{1,100}/locations/[a-z0-9-]{1,50}/queues/[A-Za-z0-9-]{1,100}"
    if not re.fullmatch(known, value):
        raise ValueError("must be projects/PROJECT/locations/REGION/queues/QUEUE")
    return value


def _account(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError("must be a service account's e-mail address")
    return value


def _number(unit: str, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
            raise ValueError(f"must be a number of {unit} from 1 to {most}")
        return int(value)

    return read


READERS: dict[str, Callable[[str], object]] = {
    "provider": _one_of("google_health", "fitbit"),
    "public_url": _url,
    "client_id": _text,
    "client_secret": _text,
    "system": _one_of(*SYSTEMS),
    "store": _store,
    "sealing_keys": read_keys,
    "owner_key": _owner_key,
    "guard": _one_of("owner_key", "iam"),
    "tasks_queue": _optional(_tasks_queue),
    "tasks_account": _optional(_account),
    "tasks_url": _optional(_secure_url),
    "igor_url": _optional(_url),
    "igor_token": _text,
    "igor_user": _text,
    "igor_password": _password,
    "igor_prefix": _prefix,
    "igor_ca": _optional(_file),
    "repush_hours": _number("hours", MAX_HOURS),
    "relay_days": _number("days", MAX_DAYS),
    "log_days": _number("days", MAX_DAYS),
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
    "guard": "owner_key",
    "igor_prefix": "sensors/fitbit",
    "repush_hours": "24",
    "relay_days": "365",
    "log_days": "30",
    "google_api_url": "https://health.googleapis.com",
    "google_auth_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "google_token_url": "https://oauth2.googleapis.com/token",
    "google_revoke_url": "https://oauth2.googleapis.com/revoke",
    "fitbit_api_url": "https://api.fitbit.com",
    "fitbit_auth_url": "https://www.fitbit.com/oauth2/authorize",
}
