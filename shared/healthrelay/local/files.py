"""Files with health data in them: only their owner may read them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from healthrelay.core.errors import BadRequest, Duplicate


def write_privately(folder: Path, files: Mapping[str, str], *, replace: bool) -> list[Path]:
    """Write *files* (name → content) into *folder*, each whole or not at all, mode 0600.

    Raise `Duplicate` when one of them exists and *replace* is false; then none is written.
    """
    paths = {folder / name: content for name, content in files.items()}
    existing = [path for path in paths if os.path.lexists(path)]
    if existing and not replace:
        raise Duplicate(f"{existing[0]} already exists; --force replaces it.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, content in paths.items():
            _write(path, content)
    except OSError as error:
        raise BadRequest(f"{folder} cannot be written to ({type(error).__name__}).") from error
    return list(paths)


def _write(path: Path, content: str) -> None:
    """Write beside the target first: an existing link there is replaced, not followed."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
