"""The keys of a healthrelay on one machine: made once, kept beside the store, mode 0600."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

PREFIX = "HEALTHRELAY_"
MEMORY = ":memory:"
KEYS_FILE = "keys.env"


def local_keys(path: str) -> dict[str, str]:
    """Return the owner key and sealing key that belong to the embedded store at *path*."""
    if path == MEMORY or not path:
        return _new_keys()
    if not keys_file(path).exists():
        _write_once(keys_file(path), _new_keys())
    return kept_keys(path)


def keys_file(path: str) -> Path:
    """Return where the keys of the embedded store at *path* are kept."""
    return Path(path).parent / KEYS_FILE


def kept_keys(path: str) -> dict[str, str]:
    """Return the keys beside the store at *path*; none where none were made yet."""
    file = keys_file(path)
    lines = file.read_text().splitlines() if file.exists() else []
    pairs = (line.partition("=") for line in lines if line)
    return {name.removeprefix(PREFIX).lower(): value for name, _, value in pairs}


def _new_keys() -> dict[str, str]:
    import base64  # noqa: PLC0415 - once in the life of a folder
    import secrets  # noqa: PLC0415

    sealing = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {"owner_key": secrets.token_urlsafe(32), "sealing_keys": f"local:{sealing}"}


def _write_once(target: Path, keys: Mapping[str, str]) -> None:
    """Write *keys* into *target* unless it exists: of several processes the first one wins."""
    import tempfile  # noqa: PLC0415 - once in the life of a folder

    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent)  # made with mode 0600
    with os.fdopen(handle, "w") as file:
        file.writelines(f"{PREFIX}{name.upper()}={value}\n" for name, value in keys.items())
    try:
        os.link(draft, target)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
