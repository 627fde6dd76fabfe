"""The face of every command: its words, its help, how it runs, and what becomes of an error."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from io import StringIO
from typing import Any, NamedTuple

import click

from healthrelay import log
from healthrelay.commands import output
from healthrelay.commands.exits import DONE, OTHER, USAGE, exit_code
from healthrelay.commands.output import Result
from healthrelay.core.defect import as_error, log_cause
from healthrelay.core.errors import BadRequest, Bug, HealthrelayError, Misconfigured, Unknown

PROGRAM = "healthrelay"


class _Formatter(click.HelpFormatter):
    """Help that reads well on a narrow terminal, too."""

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        super().write_dl(rows, min(col_max, self.width // 3), col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


class Invocation(NamedTuple):
    """One run of a command; `click.pass_obj` gives it."""

    command: str
    as_json: bool
    verbose: bool

    def show(self, result: Result) -> None:
        """Print *result* now, of a command that goes on."""
        output.show(result, self.command, as_json=self.as_json, goes_on=True)

    def announce(self, text: str) -> None:
        """Print what a reader has to know before they are asked; programs get it nowhere."""
        if not self.as_json:
            output.show(Result(None, text), self.command, as_json=False)
            sys.stdout.flush()


_SANDBOX = f"{__name__}.sandbox"


class SandboxOption(click.Option):
    """``--sandbox``, before the command or behind it."""

    def __init__(self) -> None:
        text = "Try it with the sandbox's household."
        super().__init__(["--sandbox"], is_flag=True, expose_value=False, help=text)

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        ctx.meta[_SANDBOX] = bool(value) or wants_sandbox(ctx)
        return super().process_value(ctx, value)


def wants_sandbox(ctx: click.Context) -> bool:
    """Return whether the command is to use the sandbox's household."""
    return bool(ctx.meta.get(_SANDBOX))


class Leaf(click.Command):
    """A command that does something: it returns a `Result`, or an exit code if it showed one."""

    context_class = _Context

    def __init__(
        self, *args: Any, examples: Sequence[str], begins: bool, logs: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples
        """Whole command lines, without the program's name."""
        self.begins = begins
        """Whether it makes a store where there is none; the others leave nothing behind then."""
        self.logs = logs
        """Whether the lines of the log are shown without being asked for."""
        self.params += [
            SandboxOption(),
            click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON object."),
            click.Option(["-v", "--verbose"], is_flag=True, help="Show the store and the log."),
        ]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"  {PROGRAM} {example}\n")

    def invoke(self, ctx: click.Context) -> int:
        from healthrelay.commands.store import opening

        as_json, verbose = ctx.params.pop("as_json"), ctx.params.pop("verbose")
        logs = verbose or self.logs
        words = ctx.command_path.removeprefix(f"{PROGRAM} ")
        ctx.obj = invocation = Invocation(words, as_json, verbose)
        try:
            store = opening(begins=self.begins, verbose=verbose, sandbox=wants_sandbox(ctx))
            with log.events(shown=logs), store:
                done = super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # whatever it is, who typed gets a sentence
            if output.is_lost(error):
                raise
            return _tell(as_error(error), invocation, ctx.params)
        if isinstance(done, Result):
            output.show(done, words, as_json=as_json)
            return done.code
        return int(done or DONE)


def _tell(error: HealthrelayError, invocation: Invocation, params: dict[str, Any]) -> int:
    """Print *error* as a sentence and, if asked for, as JSON; return the exit code."""
    output.complain(_error_text(error, params))
    if invocation.as_json:
        output.show_error(invocation.command, error)
    return exit_code(error)


def _error_text(error: HealthrelayError, params: dict[str, Any]) -> str:
    """Return the sentence, the settings that it does not name itself, and the next step."""
    names = error.names if isinstance(error, Misconfigured) else ()
    unsaid = [name for name in names if name not in error.sentence]
    see = f"See {', '.join(unsaid)}." if unsaid else ""
    near = _near(params.get("user")) if isinstance(error, Unknown) else ""
    where = f"({log_cause(error)})" if isinstance(error, Bug) else ""
    return " ".join(filter(None, (error.sentence, where, near, see, error.next_step)))


def _near(user: object) -> str:
    """Return ``Did you mean jack?`` where somebody's name is like *user*; else nothing."""
    from difflib import get_close_matches

    from healthrelay.commands.arguments import people

    known = people()
    matches = get_close_matches(str(user), known, 1) if user not in known else []
    return f"Did you mean {matches[0]}?" if matches else ""


class CommandGroup(click.Group):
    """A group of commands; each module is read when one of its commands is wanted."""

    context_class = _Context

    def __init__(self, *args: Any, places: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.short_help = (self.help or "").partition(".")[0]
        self.places = places or {}
        """Name → ``module.function`` in this folder, in the order of the help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.places) or list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for name in [cmd_name] if cmd_name in self.places else self.places:
            if name not in self.commands:
                module, _, function = self.places[name].partition(".")
                found = getattr(import_module(f"{__package__}.{module}"), function)
                self.commands[name] = found
        return self.commands.get(cmd_name)


def command(
    name: str, *examples: str, begins: bool = False, logs: bool = False
) -> Callable[[Callable[..., Result | int | None]], Leaf]:
    """Decorate the work of the command *name*; its docstring is the help.

    *examples* are the words of whole command lines, without the program.
    """

    def decorate(run: Callable[..., Result | int | None]) -> Leaf:
        first = (run.__doc__ or "").partition(".")[0]
        leaf: Leaf = click.command(
            name, cls=Leaf, begins=begins, logs=logs, short_help=first, examples=examples
        )(run)
        return leaf

    return decorate


def run(group: CommandGroup, words: Sequence[str]) -> int:
    """Run the command that *words* name; return the exit code."""
    try:
        width = shutil.get_terminal_size().columns
        with group.make_context(PROGRAM, [*words], terminal_width=width) as ctx:
            return int(group.invoke(ctx) or DONE)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.Abort:
        log.write_text("\nNothing was changed.\n")
        return OTHER
    except click.ClickException as error:
        return _refuse(error, as_json="--json" in words)


def _refuse(error: click.ClickException, *, as_json: bool) -> int:
    """Print why the words cannot be read; return the exit code."""
    text = StringIO()
    error.show(text)
    output.complain(text.getvalue().rstrip("\n"))
    if as_json:
        ctx = error.ctx if isinstance(error, click.UsageError) else None
        words = ctx.command_path.removeprefix(PROGRAM).strip() if ctx else ""
        output.show_error(words, BadRequest(error.format_message()).with_cause("usage"))
    return USAGE


def has_terminal() -> bool:
    """Return whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def confirm(user: str, *, yes: bool) -> None:
    """Have the name of *user* typed, unless *yes*. Raise `BadRequest` where nobody can be asked.

    Raise `click.Abort` for another name.
    """
    if yes:
        return
    if not has_terminal():
        raise BadRequest(f"This asks for the name {user} on a terminal; --yes does it unasked.")
    typed = click.prompt(f"Type {user} to go on", default="", show_default=False, err=True)
    if typed.strip() != user:
        raise click.Abort
