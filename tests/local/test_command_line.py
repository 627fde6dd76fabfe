"""What holds for every command: help, examples, JSON, exit codes, completion."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from healthrelay import log
from healthrelay.__main__ import CLI
from healthrelay.commands.exits import EXITS, exit_code, worst
from healthrelay.commands.face import Leaf
from healthrelay.core import damage, errors
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.trouble import Trouble
from tests.command_line import leaves, parse
from tests.household import WEIGHTS, Household, result_of, run_command
from tests.igor.recorder import Recorder
from tests.local.test_commands import healthrelay

LEAVES = dict(leaves())


@pytest.mark.parametrize("name", LEAVES)
def test_every_word_has_help_and_every_command_an_example(name: str) -> None:
    command = LEAVES[name]

    assert command.help
    assert [param.name for param in command.params if not getattr(param, "help", "")] == []
    assert command.examples
    for example in command.examples:
        assert example.startswith(name)
        parse(shlex.split(example.partition(" |")[0]))
    shown = run_command(*name.split(), "--help").out
    assert all(f"  healthrelay {example}\n" in shown for example in command.examples)


@pytest.mark.parametrize("name", LEAVES)
def test_a_word_too_many_is_usage_for_people_and_programs(name: str) -> None:
    printed = run_command(*name.split(), "--json", "--no-such-option", code=2)

    assert "No such option '--no-such-option'" in printed.err.replace(": --", " '--")
    document = json.loads(printed.out)
    assert list(document) == ["command", "exit_code", "result", "error"]
    assert (document["command"], document["exit_code"], document["result"]) == (name, 2, None)
    assert document["error"].keys() == {"sentence", "who", "cause", "next_step"}
    assert document["error"]["cause"] == "usage"


def test_an_error_is_a_sentence_for_people_and_an_object_for_programs(household: Household) -> None:
    household.add("jack")

    printed = run_command("fetch", "jack", "--json", code=3)

    document = json.loads(printed.out)
    assert document["result"] is None
    assert document["error"]["who"] == "wearer"
    assert printed.err.startswith(document["error"]["sentence"])


def test_exit_codes_say_who_must_act(household: Household, sandbox_down: None) -> None:
    """One way to each, by commands; tests/local/test_home.py has 5 for each of them."""
    household.add("mia")
    assert run_command("invite", "nobody", code=2).err == "There is no user nobody.\n"
    assert "mia" in run_command("fetch", "mia", code=3).err
    assert "trouble (status 503)" in run_command("fetch", "jack", code=4).err


@pytest.fixture
def sandbox_down(household: Household) -> None:
    household.connect(**WEIGHTS)
    household.sandbox.fail("/dataTypes/", status=503, times=50)


LIFE = """
new-key second
service install --user --dry-run
user add jack --set methods=time_series --set resource=body/weight --set period=1m
user set jack --set period=1w
user list
user key jack
invite jack
open
register sandbox-client.apps.example --no-check
setup --project our-house-4711
igor https://igor.example:9333 --no-check
igor --forget
import igor old.xml
fetch jack --plan
fetch jack
status
status jack
doctor jack
probe jack
relay add jack RECEIVER --name node-red --allow-private
relay test jack node-red
relay rotate jack node-red
relay status
relay replay jack
relay remove jack node-red
igor-config jack
export jack --to out
rotate-keys
dump all.ndjson
move-account jack --continue --yes
disconnect jack --yes
erase jack --yes
load all.ndjson --user jack
"""


@pytest.fixture
def receiver() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def test_every_command_gives_programs_the_same_object(
    household: Household, receiver: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = "<data><identities><mia><plugindata><fitbit/></plugindata></mia></identities></data>"
    (tmp_path / "old.xml").write_text(old)
    monkeypatch.chdir(tmp_path)
    met = set()
    for line in LIFE.replace("RECEIVER", receiver.url).strip().splitlines():
        monkeypatch.setattr("sys.stdin", io.StringIO("a-secret\n"))
        printed = run_command(*shlex.split(line), "--json")
        document = json.loads(printed.out)
        assert list(document) == ["command", "exit_code", "result", "error"]
        assert line.startswith(document["command"])
        assert (document["result"] is None, document["error"]) == (False, None), line
        met.add(document["command"])
        if line.startswith("user set"):
            household.connect()

    # Others run what goes on (tests/local/test_run.py, test_serve.py), or asks systemd.
    assert met == LEAVES.keys() - {"run", "serve", "service uninstall"}


CODES = {"caller": 2, "wearer": 3, "nobody": 4, "owner": 5}


def kinds(kind: type[HealthrelayError]) -> list[type[HealthrelayError]]:
    return [kind, *(more for one in kind.__subclasses__() for more in kinds(one))]


@pytest.mark.parametrize("kind", kinds(HealthrelayError), ids=lambda kind: kind.__name__)
def test_each_kind_of_error_has_a_code(kind: type[HealthrelayError]) -> None:
    error = kind.__new__(kind)

    assert exit_code(error) == (1 if kind in (errors.Bug, HealthrelayError) else CODES[kind.who])


def test_of_several_troubles_the_one_that_somebody_must_act_on_decides() -> None:
    wearer, owner, nobody = (Trouble("c", who, "s") for who in ("wearer", "owner", "nobody"))

    assert worst([]) == 0
    assert worst([nobody]) == 4
    assert worst([nobody, wearer]) == 3
    assert worst([nobody, wearer, owner]) == 5
    assert worst([owner, errors.Bug()]) == 1


def test_the_version_is_there_before_anything_heavy_is_loaded() -> None:
    code = (
        "import sys; from healthrelay.__main__ import main; code = main(['--version']);"
        "print(sorted({name.partition('.')[0] for name in sys.modules})); sys.exit(code)"
    )
    # What counts statements keeps them in a database.
    uncounted = {name: text for name, text in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code], env=uncounted, capture_output=True, text=True, check=True
    )

    shown, modules = done.stdout.splitlines()
    assert shown == f"healthrelay {version('healthrelay')}"
    heavy = {"rich", "flask", "requests", "urllib3", "cryptography", "sqlite3", "fitbit"}
    assert heavy & set(ast.literal_eval(modules)) == set()


@pytest.mark.parametrize(
    ("words", "guess"),
    [(["fetsh"], "fetch"), (["relay", "statsu"], "status"), (["fetch", "jack", "--pln"], "--plan")],
)
def test_a_word_that_is_nearly_one_is_guessed(words: list[str], guess: str) -> None:
    refused = run_command(*words, code=2).err

    assert re.search(f"Did you mean '?{guess}'?\\?", refused)


def test_a_name_that_is_nearly_one_is_guessed(household: Household) -> None:
    household.add("jack")

    assert run_command("fetch", "jak", code=2).err == "There is no user jak. Did you mean jack?\n"
    assert run_command("fetch", "xyz", code=2).err == "There is no user xyz.\n"


def complete(*words: str, incomplete: str = "") -> list[str]:
    shell = ShellComplete(CLI, {}, "healthrelay", "_HEALTHRELAY_COMPLETE")
    return [item.value for item in shell.get_completions([*words], incomplete)]


def test_a_shell_learns_commands_options_and_people(household: Household) -> None:
    household.add("jack")
    household.add("jane")
    household.add("mia")

    assert complete(incomplete="re") == ["relay", "register"]
    assert complete("relay", incomplete="r") == ["rotate", "remove", "replay"]
    assert complete("fetch", incomplete="--p") == ["--plan"]
    assert complete("fetch", incomplete="ja") == ["jack", "jane"]


def test_a_shell_that_asks_makes_no_store(tmp_path: Path) -> None:
    words = {
        "_HEALTHRELAY_COMPLETE": "bash_complete",
        "COMP_WORDS": "healthrelay fetch ",
        "COMP_CWORD": "2",
    }

    done = healthrelay(tmp_path, **words)

    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_bash_can_load_the_script(tmp_path: Path) -> None:
    script = healthrelay(tmp_path, _HEALTHRELAY_COMPLETE="bash_source").stdout

    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=True)
    assert done.stderr == ""
    assert "_healthrelay_completion" in script


@pytest.mark.parametrize("error", [ValueError("secret"), PermissionError(13, "no", "secret")])
def test_a_defect_is_a_sentence_with_its_place_and_no_text_of_it(error: Exception) -> None:
    @click.pass_context
    def broken(_ctx: click.Context) -> None:
        raise error

    command = Leaf("broken", callback=broken, examples=(), begins=True, logs=False, help="Break.")
    CLI.add_command(command)
    try:
        printed = run_command("broken", code=1)
    finally:
        del CLI.commands["broken"]

    assert "Something unexpected went wrong here" in printed.err
    assert "test_command_line.py" in printed.err
    assert "secret" not in printed.err


def test_the_new_command_of_the_page_works(household: Household) -> None:
    page = (Path(__file__).parents[2] / "docs" / "extending.md").read_text()
    (source,) = re.findall(r"```python\n(.*?)```", page, re.S)
    module: dict[str, click.Command] = {}
    exec(source, module)  # type: ignore[arg-type]
    household.add("jack")

    CLI.add_command(module["run_people"])
    try:
        assert run_command("people", "--names").out == "1 person.\njack\n"
        assert result_of("people") == {"people": ["jack"]}
    finally:
        del CLI.commands["people"]


def test_the_log_is_back_after_a_command(
    household: Household, capfd: pytest.CaptureFixture[str]
) -> None:
    household.connect(**WEIGHTS)
    capfd.readouterr()

    run_command("fetch", "jack")
    assert capfd.readouterr().err == ""
    log.log_event("INFO", "fetch")
    assert '"event": "fetch"' in capfd.readouterr().err


def test_every_exit_code_is_explained() -> None:
    assert {*CODES.values(), 0, 1, 130} == EXITS.keys()
    assert issubclass(damage.Damaged, errors.Misconfigured)
