"""How the text of each setting is read; a `ValueError` says in a few words what it must be."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import is_name
from healthrelay.core.numbers import whole_number

PREFIX = "HEALTHRELAY_"
MIN_OWNER_KEY = 32
MIN_OWNER_KEY_DIFFERENT = 8
KEY_BYTES = 32
FUNCTION = "{function}"
_ADDRESS = "must be an address such as https://example.org, with a port from 1 to 65535 if any"
_QUEUE = r"projects/[a-z0-9.:-]{1,100}/locations/[a-z0-9-]{1,50}/queues/[A-Za-z0-9-]{1,100}"


def settings_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of the settings in *environment* that are not empty, by their names."""
    return {
        name.removeprefix(PREFIX).lower(): text
        for name, value in environment.items()
        if name.startswith(PREFIX) and (text := meant(value))
    }


def meant(text: str) -> str:
    """Return the value that *text* was meant to be.

    That is without space around it, and without the quotes that ``docker run --env-file`` leaves
    there although every shell takes them away.
    """
    text = text.strip()
    quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].strip() if quoted else text


def read_text(value: str) -> str:
    return value


def require(holds: Callable[[str], object], sentence: str) -> Callable[[str], str]:
    """Return what reads a text for which *holds*, and else raises `ValueError` with *sentence*."""

    def read(value: str) -> str:
        if not holds(value):
            raise ValueError(sentence)
        return value

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    return require(choices.__contains__, f"must be one of {', '.join(choices)}")


def read_url(value: str) -> str:
    """Return an address without a query and without a slash at its end."""
    try:
        parts = urlsplit(value)
        good = parts.port != 0 and parts.scheme in ("http", "https") and parts.hostname
    except ValueError as error:
        raise ValueError(_ADDRESS) from error
    if not good or parts.query or parts.fragment:
        raise ValueError(_ADDRESS)
    if parts.username or parts.password:
        raise ValueError("must not hold a user or password")
    return value.rstrip("/")


def read_secure_url(value: str) -> str:
    """Read an address to which tokens travel: https, except on this machine itself."""
    address = read_url(value)
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must begin with https://")
    return address


def read_private_url(value: str) -> str:
    """Read a secure address in which FUNCTION may stand for the function's name."""
    if "{" in read_secure_url(value.replace(FUNCTION, "function")):
        raise ValueError(f"may hold {FUNCTION}, and no other braces")
    return value.rstrip("/")


def optional(read: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: read(value) if value else ""


def read_path(value: str) -> str:
    parts = value.strip("/").split("/")
    if not all(is_name(part) for part in parts):
        raise ValueError("must be a path of element names such as sensors/fitbit")
    return "/".join(parts)


def _is_pem(path: Path) -> bool:
    try:
        return b"-----BEGIN CERTIFICATE-----" in path.read_bytes()
    except OSError:
        return False


def _is_header(value: str) -> bool:
    if not value:
        return True
    from healthrelay.core.header import is_header_value  # noqa: PLC0415 - most are not given

    return is_header_value(value)


read_owner_key = require(
    lambda value: (
        len(value) >= MIN_OWNER_KEY
        and value.isascii()
        and value.isprintable()
        and " " not in value
        and len(set(value)) >= MIN_OWNER_KEY_DIFFERENT
    ),
    f"must have at least {MIN_OWNER_KEY} printable ASCII characters without spaces, of which"
    f" {MIN_OWNER_KEY_DIFFERENT} differ (this makes one:"
    " python3 -c 'import secrets; print(secrets.token_urlsafe(32))')",
)
read_password = require(
    lambda value: ":" not in value, "must not hold a colon, because Igor splits there"
)
read_header = require(
    _is_header, "must have printable ASCII characters only, because it is sent as a header"
)
read_file = require(lambda value: _is_pem(Path(value)), "must name a PEM file")
read_tasks_queue = require(
    partial(re.fullmatch, _QUEUE), "must be projects/PROJECT/locations/REGION/queues/QUEUE"
)
read_account = require(
    partial(re.fullmatch, r"[^@\s]+@[^@\s]+\.[^@\s]+"), "must be a service account's e-mail address"
)


def number_of(unit: str, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = whole_number(value)
        if number is None or not 1 <= number <= most:
            raise ValueError(f"must be a number of {unit} from 1 to {most}")
        return number

    return read


class SealingKey(NamedTuple):
    """One key of 32 bytes; printing it does not show them."""

    content: bytes

    def __repr__(self) -> str:
        return "SealingKey()"


def sealing_key(name: str, content: bytes) -> str:
    """Return the entry for a key, as `read_keys` reads it."""
    import base64  # noqa: PLC0415 - a poll reads no keys

    if not is_name(name) or "." in name:
        raise BadRequest("A key's name has letters, digits, '-' and '_', and begins with a letter.")
    return f"{name}:{base64.urlsafe_b64encode(content).decode()}"


def read_keys(text: str) -> dict[str, SealingKey]:
    """Return the keys in *text* by name, the one that seals first. Raises `ValueError`."""
    import base64  # noqa: PLC0415 - as above
    import binascii  # noqa: PLC0415

    keys: dict[str, SealingKey] = {}
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        try:
            content = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except binascii.Error:
            content = b""
        if not is_name(name) or "." in name or len(content) != KEY_BYTES:
            raise ValueError("must be name:base64 of 32 bytes, separated by commas")
        if keys.setdefault(name, SealingKey(content)).content != content:
            raise ValueError(f"has two keys called {name}: what one of them sealed would be lost")
    return keys


def read_each(
    texts: Mapping[str, str], readers: Mapping[str, Callable[[str], object]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of *texts*, and of those that cannot be read what they must be."""
    values, wrong = {}, {}
    for name, text in texts.items():
        try:
            values[name] = readers[name](text)
        except ValueError as error:
            wrong[name] = str(error)
    return values, wrong
