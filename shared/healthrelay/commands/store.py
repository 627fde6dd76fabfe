"""The store of this machine, before a command opens it: its name, and whether it is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from healthrelay import log
from healthrelay.config import PREFIX
from healthrelay.config.home import home, store_text
from healthrelay.config.load import MEMORY, keys_file
from healthrelay.config.readers import settings_in
from healthrelay.config.store_name import StoreName, read_store
from healthrelay.core.errors import NotConfigured

_ENVIRONMENT_FILE = ".env"
_PLACE = (f"{PREFIX}HOME", f"{PREFIX}STORE")
_KEYS = (f"{PREFIX}OWNER_KEY", f"{PREFIX}SEALING_KEYS")


@contextmanager
def opening(*, begins: bool, verbose: bool, sandbox: bool = False) -> Iterator[None]:
    """Read ``.env`` here and then that beside the store, which `_check_store` looks at.

    That is before the block opens it. With *sandbox* it opens that of the sandbox's household,
    and no other setting counts.
    """
    from healthrelay import assembly

    _use_environment_file(Path(_ENVIRONMENT_FILE))
    with suppress(NotConfigured):  # where nobody is at home the store will say so
        _use_environment_file(home(settings_in(os.environ)) / _ENVIRONMENT_FILE)
    with ExitStack() as stack:
        if sandbox:
            from healthrelay.local.sandbox_home import sandbox_home

            stack.enter_context(sandbox_home())
        token = assembly.opening.set(partial(_check_store, begins=begins, verbose=verbose))
        stack.callback(assembly.opening.reset, token)
        yield


def _use_environment_file(path: Path) -> None:
    if not os.path.lexists(path):
        return
    from healthrelay.config.text_file import read_environment_file

    for name, value in read_environment_file(path).items():
        os.environ.setdefault(name, value)  # what stands in the environment wins


def _check_store(*, begins: bool, verbose: bool) -> None:
    """Raise `NotConfigured` where there is no store, unless the command *begins* one.

    With *verbose*, name it on standard error.
    """
    given = settings_in(os.environ)
    try:
        store = read_store(store_text(given))
    except ValueError:
        return  # it is named with all else that is wrong
    if verbose:
        name_store(store)
    if store.path in (None, MEMORY):
        return
    path = Path(store.path)
    if not _is_there(path):
        if not {"home", "store"} & given.keys():
            _refuse_another(path)
        if not begins:
            raise no_store(path)
    elif not begins and not {"owner_key", "sealing_keys"} <= given.keys():
        _require_keys(path)


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        sentence = f"The store at {path.absolute()} cannot be looked at ({error.strerror})."
        raise NotConfigured(sentence, _PLACE) from error
    return True


def name_store(store: StoreName) -> None:
    """Write to standard error where *store* is."""
    place = Path(store.path).absolute() if store.path else store.place or "of the project"
    log.write_text(f"Store: {store.scheme} {place}\n")


def no_store(path: Path) -> NotConfigured:
    """Return that there is no store at *path*, and what to do."""
    return NotConfigured(
        f"There is no store at {path.absolute()}. {PREFIX}HOME names its folder, {PREFIX}STORE the"
        " store itself; `healthrelay user add NAME` makes one.",
        _PLACE,
    )


def _refuse_another(path: Path) -> None:
    """Raise where earlier versions would have used another store, because nothing names one."""
    here = Path("data", path.name).absolute()
    if here.exists():
        raise NotConfigured(
            f"There is a store at {here}, and none at {path}. Set {PREFIX}HOME to the folder of the"
            " one you mean.",
            (f"{PREFIX}HOME",),
        )


def _require_keys(path: Path) -> None:
    file = keys_file(str(path)).absolute()
    if not file.exists():
        raise NotConfigured(
            f"The keys of the store at {path.absolute()} are missing: put {file} back, or set"
            f" {' and '.join(_KEYS)}.",
            _KEYS,
        )
