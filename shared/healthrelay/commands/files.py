"""Files that only their owner reads: whole or not there."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

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
    except OSError as error:
        raise _unwritable(folder, error) from error
    for path, content in paths.items():
        with private_file(path) as file:
            file.write(content.encode())
    return list(paths)


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file, mode 0600, that takes the place of *path* when the block ends well.

    It lies beside its place first: a link that lies there is replaced, not followed.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
        draft.replace(path)
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> BadRequest:
    return BadRequest(f"{folder} cannot be written to ({type(error).__name__}).")
