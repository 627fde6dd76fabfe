"""One table for each thing that is listed: what cannot read a table is compared with it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from healthrelay import config
from healthrelay.assembly.providers import PROVIDERS
from healthrelay.assembly.stores import STORES
from healthrelay.config.store_name import SCHEMES
from healthrelay.core.grants.consent import CONSENTS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "shared" / "healthrelay"
TERRAFORM = ROOT / "infra" / "terraform"
SETTINGS_TF = TERRAFORM / "settings.tf"
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
ADDRESSES = {name for name in config.SETTINGS if re.search(r"_(api|auth|token|revoke)_url$", name)}
ON_ONE_MACHINE = {"igor_ca"}
"""Igor's own certificate is a file, and is for a push within one network."""


def variable(name: str) -> str:
    """Return what settings.tf declares for the variable *name*."""
    return SETTINGS_TF.read_text().partition(f'variable "{name}" {{')[2].partition("\n}\n")[0]


def default(block: str) -> str:
    (value,) = re.findall(r'^ +default += "?([^"\n]*)"?$', block, re.M)
    assert isinstance(value, str)
    return value


def group(name: str) -> set[str]:
    """Return the packages that pyproject.toml lists for the function *name*."""
    packages: set[str] = set()
    for need in GROUPS[name]:
        included = isinstance(need, dict)
        packages |= group(need["include-group"]) if included else {re.split("[<>=]", need)[0]}
    return packages


def test_the_example_file_is_made_from_the_table() -> None:
    command = [sys.executable, ROOT / "tools" / "env_example.py"]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    fix = "run: .venv/bin/python tools/env_example.py > .env.example"
    assert (ROOT / ".env.example").read_text() == made, fix


def test_every_setting_has_a_word_of_help_above_it() -> None:
    rows = list(config.SETTINGS.values())

    assert rows[0].help
    assert all(len(row.help) > 20 for row in rows if row.help)


def test_terraform_gives_every_setting_that_a_function_needs() -> None:
    text = SETTINGS_TF.read_text()
    block = text.partition("settings = merge({")[2].partition("}, var.addresses")[0]
    plain = set(re.findall(r"^ +(\w+) +=", block, re.M))
    secret = {name for name, row in config.SETTINGS.items() if row.secret}
    needed = set().union(*(row.settings for row in config.functions().values()))

    assert plain <= set(config.SETTINGS), "infra/terraform/settings.tf"
    assert needed - ADDRESSES - ON_ONE_MACHINE == plain | secret, "infra/terraform/settings.tf"


def test_terraform_lets_every_address_be_replaced() -> None:
    named = set(re.findall(r'"(\w+_url)"', variable("addresses")))

    assert named == ADDRESSES, "infra/terraform/settings.tf"


@pytest.mark.parametrize("name", ["igor_prefix", "log_days", "relay_days", "repush_hours"])
def test_terraform_has_the_default_of_the_table(name: str) -> None:
    assert default(variable(name)) == config.SETTINGS[name].default, "infra/terraform/settings.tf"


@pytest.mark.parametrize(
    ("name", "called", "usual"),
    # What the deployment says costs no read, so that it says the units, too.
    [("provider", "measurements_from", "google_health"), ("system", "system", "metric")],
)
def test_terraform_has_the_choices_of_the_table(name: str, called: str, usual: str) -> None:
    setting, block = config.SETTINGS[name], variable(called)
    choices = re.findall(r'"(\w+)"', block.partition("contains([")[2].partition("]")[0])

    with pytest.raises(ValueError, match=re.escape(f"one of {', '.join(choices)}") + "$"):
        setting.read("nothing of that kind")
    assert setting.default in ("", usual)
    assert default(block) == usual, "infra/terraform/settings.tf"


def test_terraform_makes_every_secret_that_a_function_needs() -> None:
    text = (TERRAFORM / "secrets.tf").read_text()

    named = set(
        re.findall(r'"(\w+)"', text.partition("kept = toset(")[2].partition("secrets = ")[0])
    )
    assert named == {name for name, row in config.SETTINGS.items() if row.secret}


@pytest.mark.parametrize("name", config.functions())
def test_a_function_has_a_folder_packages_and_pins(name: str) -> None:
    assert (ROOT / "functions" / name / "main.py").is_file()
    assert name in GROUPS, "pyproject.toml"
    assert (ROOT / "requirements" / f"{name}.txt").is_file(), "run: make lock"


@pytest.mark.parametrize("name", config.functions())
def test_a_function_installs_the_clients_of_its_row_and_no_other(name: str) -> None:
    row, packages = config.functions()[name], group(name)

    assert ("google-cloud-firestore" in packages) == (row.database != "none"), "pyproject.toml"
    assert ("google-cloud-tasks" in packages) == row.enqueues, "pyproject.toml"
    assert ("requests-oauthlib" in packages) == ("client_secret" in row.settings), "pyproject.toml"
    assert ("cryptography" in packages) == ("sealing_keys" in row.settings), "pyproject.toml"


def test_the_page_lists_every_function() -> None:
    text = (ROOT / "docs" / "functions.md").read_text().partition("| function |")[2]
    rows = re.findall(r"^\| `(\w+)`", text.partition("\n\n")[0], re.M)

    assert rows == list(config.functions()), "docs/functions.md"


def test_no_folder_is_without_its_row() -> None:
    folders = {entry.parent.name for entry in (ROOT / "functions").glob("*/main.py")}

    assert folders == set(config.functions())


def test_every_provider_has_a_row_a_consent_and_a_name_for_the_owner() -> None:
    read = config.SETTINGS["provider"].read

    assert set(PROVIDERS) == set(CONSENTS)
    assert [read(name) for name in PROVIDERS] == list(PROVIDERS)
    with pytest.raises(ValueError, match=", ".join(PROVIDERS)):
        read("no provider")


def test_every_scheme_of_a_store_has_who_opens_it() -> None:
    assert set(SCHEMES) == set(STORES)


NAMES = {*PROVIDERS, *SCHEMES}
NAMED = re.compile("|".join(name.split("_")[0] for name in NAMES), re.IGNORECASE)


def names(node: ast.expr) -> bool:
    """Return whether *node* is a name of a provider or store, a constant of it, or holds one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.partition(":")[0] in NAMES
    if isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        return name.isupper() and NAMED.fullmatch(name.split("_")[0]) is not None
    return isinstance(node, ast.Tuple | ast.List | ast.Set) and any(map(names, node.elts))


def branches(node: ast.AST) -> bool:
    """Return whether *node* compares with a provider or store, or asks for its class."""
    if isinstance(node, ast.Compare):
        return any(map(names, [node.left, *node.comparators]))
    if isinstance(node, ast.MatchValue):
        return names(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        kinds = node.func.id == "isinstance" and ast.unparse(node.args[1])
        return bool(kinds and NAMED.search(kinds))
    starts = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return (
        starts and node.func.attr in ("startswith", "removeprefix") and any(map(names, node.args))
    )


def lines_that_branch(source: str) -> list[str]:
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if branches(node)]


@pytest.mark.parametrize(
    "line",
    [
        'settings.provider == "fitbit"',
        '"google_health" != provider',
        'provider in ("google_health", "garmin")',
        "series.only == FITBIT",
        'store.startswith("sqlite:///")',
        'store.removeprefix("firestore:")',
        "isinstance(store, SqliteStore)",
        'match scheme:\n    case "sqlite": pass',
    ],
)
def test_a_branch_on_a_name_is_seen(line: str) -> None:
    assert lines_that_branch(line)


def test_nobody_branches_on_the_name_of_a_provider_or_store() -> None:
    """But an adapter, which may know itself."""
    own = [PACKAGE / "adapters" / name for name in NAMES]
    sources = [
        path
        for folder in (PACKAGE, ROOT / "tools", ROOT / "functions")
        for path in folder.rglob("*.py")
        if not any(path.is_relative_to(adapter) for adapter in own)
    ]

    assert {
        str(path.relative_to(ROOT)): lines
        for path in sources
        if (lines := lines_that_branch(path.read_text()))
    } == {}
