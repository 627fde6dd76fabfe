"""``healthrelay disconnect``, ``erase`` and ``export``: a person leaves, or takes along."""

import json
import os
import secrets
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from healthrelay import log
from healthrelay.assembly import services
from healthrelay.commands.words import JSON, USER, argument, command, flag
from healthrelay.core.errors import BadRequest, Duplicate, Misconfigured, TryLater
from healthrelay.core.igor_json import user_name


@command(
    "disconnect",
    "end a person's grant; measurements stay",
    USER,
    flag("--forget-anyway", "even if the provider does not answer"),
)
def run_disconnect(args: Namespace) -> int:
    from healthrelay.core.grants.consent import CONSENTS

    built, user = services(), user_name(args.user)
    try:
        done = built.disconnect(user, args.forget_anyway)
    except (TryLater, Misconfigured) as error:
        log.write_text(
            f"{error.sentence}\n{user} is still connected. Try again; or forget the grant although"
            f" it may live on at the provider: healthrelay disconnect {user} --forget-anyway\n"
        )
        return 1
    if done.provider is None:
        print(f"{user} is not connected.")
    elif done.trouble:
        print(
            f"The grant of {user} is forgotten, but may live on at the provider:"
            f" {done.trouble.sentence}\n{user} can end it at {CONSENTS[done.provider].manage}"
        )
    else:
        print(f"The grant of {user} has ended and is forgotten. The measurements stay.")
    return 0


@command("erase", "remove everything of a person, with a receipt", USER, JSON)
def run_erase(args: Namespace) -> None:
    from healthrelay.flows.household.erase import erase

    built = services()
    receipt = erase(user_name(args.user), built.store, built.disconnect, built.now())
    home = built.settings.igor_prefix
    print(json.dumps(receipt.as_json(home), indent=2) if args.json else receipt.in_words(home))


@command(
    "export",
    "write all that is held of a person into files",
    USER,
    argument("--to", "the folder", type=Path, default=Path(), metavar="DIR"),
    flag("--force", "replace files of the same names"),
)
def run_export(args: Namespace) -> None:
    from healthrelay.flows.household.export import export

    built = services()
    files = export(user_name(args.user), built.store, built.now(), built.settings.system)
    for path in write_privately(args.to, files, replace=args.force):
        print(path)


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
