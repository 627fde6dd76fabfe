"""The arguments and options that several commands take, and what reads them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from healthrelay.core.errors import BadRequest, HealthrelayError

if TYPE_CHECKING:
    from click.decorators import FC


class _Person(click.ParamType[str]):
    name = "person"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from healthrelay.core.igor_json import user_name

        try:
            return user_name(value)
        except BadRequest as error:
            self.fail(error.sentence, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(name) for name in people() if name.startswith(incomplete)]

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        return f"There are: {', '.join(people())}." if people() else "Nobody is here yet."


class _PersonWithTargets(_Person):
    """Somebody to whose targets something is done."""

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        each = [f"{user} ({', '.join(targets(user)) or 'no target'})" for user in people()]
        return f"There are: {', '.join(each)}." if each else "Nobody is here yet."


class _Target(click.ParamType[str]):
    name = "target"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        return which_target(str(ctx.params.get("user", "")) if ctx else "")


class _Pair(click.ParamType[tuple[str, str]]):
    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, text = str(value).partition("=")
        if not equals:
            self.fail("Write --set NAME=VALUE.", param, ctx)
        return name.strip(), text.strip()


class _Address(click.ParamType[str]):
    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from healthrelay.config.readers import read_url

        try:
            return read_url(str(value))
        except ValueError as error:
            self.fail(f"It {error}.", param, ctx)


PERSON, ADDRESS, PORT = _Person(), _Address(), click.IntRange(1, 65_535)
_WHOSE = "Whose: the name of a person, such as jack."
USER = click.argument("user", type=PERSON, help=_WHOSE)
ANY_USER = click.argument("user", type=PERSON, required=False, help="Only this person.")
USER_WITH_TARGETS = click.argument("user", type=_PersonWithTargets(), help=_WHOSE)
NAME = click.argument("name", type=_Target(), help="What the target is called.")
PAIRS = click.option(
    "--set",
    "pairs",
    type=_Pair(),
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting; again for more.",
)
YES = click.option("--yes", is_flag=True, help="Do not ask for the name.")
NO_CHECK = click.option("--no-check", is_flag=True, help="Keep it untried.")
STORE = click.option(
    "--store",
    metavar="NAME",
    help="sqlite:///path, firestore or firestore:database, instead of HEALTHRELAY_STORE.",
)


def people() -> list[str]:
    """Return the names of everybody, as far as there is a store and they can be read."""
    from healthrelay.assembly import services
    from healthrelay.commands.store import opening

    with suppress(HealthrelayError, OSError), opening(begins=False, verbose=False):
        return services().store.identities.names()
    return []


def targets(user: str) -> list[str]:
    """Return what is sent the changes of *user*, as far as that can be read."""
    from healthrelay.assembly import services
    from healthrelay.commands.store import opening
    from healthrelay.flows.delivery.standing import target_names

    with suppress(HealthrelayError, OSError), opening(begins=False, verbose=False):
        return target_names(services().store.log.following(user), services().shared_targets)
    return []


def which_target(user: str) -> str:
    """Return a sentence that says which targets *user* has."""
    names = targets(user)
    return f"{user} has: {', '.join(names)}." if names else f"{user} has no target."


@contextmanager
def trial() -> Iterator[None]:
    """Let an error of what is tried in this block say that nothing was kept."""
    try:
        yield
    except HealthrelayError as error:
        error.next_step = error.next_step or "Nothing was kept; --no-check keeps it untried."
        raise


def flag(name: str, text: str, *more: str) -> Callable[[FC], FC]:
    """Return an option without a value."""
    return click.option(name, *more, is_flag=True, help=text)


def read_secret(prompt: str) -> str:
    """Return what the owner types without seeing it, or the next line of standard input.

    Never an argument: every process sees those, and shells keep them. Raise `click.Abort` where
    nothing is typed but the end of it.
    """
    from getpass import getpass

    try:
        text = getpass(f"{prompt}: ") if sys.stdin.isatty() else sys.stdin.readline()
        text.encode()  # Python may let bytes that are no text through as halves of surrogate pairs
    except EOFError:  # Ctrl-D
        raise click.Abort from None
    except UnicodeError as error:
        raise BadRequest("What came on standard input is not UTF-8 text.") from error
    return text.lstrip("\ufeff").strip()
