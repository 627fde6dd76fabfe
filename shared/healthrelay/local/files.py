"""Files with health data in them: for the eyes of their owner alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from healthrelay.core.errors import BadRequest, Duplicate


def write_privately(folder: Path, files: Mapping[str, str], *, replace: bool) -> list[Path]:
    """Write *files* (name → content) into *folder*, each whole or not at all, mode 0600.

    Raises `Duplicate` when one of them exists and we shall not *replace* it; then none is
    written.
    """
    paths = {folder / name: content for name, content in files.items()}
    there = [path for path in paths if os.path.lexists(path)]
    if there and not replace:
        raise Duplicate(f"{there[0]} exists already; --force replaces it.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, content in paths.items():
            _write(path, content)
    except OSError as error:
        raise BadRequest(f"{folder} cannot be written to ({type(error).__name__}).") from error
    return list(paths)


def _write(path: Path, content: str) -> None:
    """Beside its place first: a link that lies there is replaced, not followed."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    opened = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
