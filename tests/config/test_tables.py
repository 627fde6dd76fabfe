"""One table for each thing that is listed: what cannot read a table is compared with it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from healthrelay import config
from healthrelay.assembly.providers import PROVIDERS
from healthrelay.assembly.stores import BUILDERS
from healthrelay.config.stores import SCHEMES
from healthrelay.core.grants.consent import CONSENTS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "shared" / "healthrelay"
TERRAFORM = ROOT / "infra" / "terraform"
ADDRESSES = {name for name in config.SETTINGS if re.match(r"(google|fitbit)_\w+_url$", name)}
ON_ONE_MACHINE = {"igor_ca"}
"""Igor's own certificate is a file, and is for a push within one network."""


def test_the_example_file_is_made_from_the_table() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "env_example.py"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert (ROOT / ".env.example").read_text() == made.stdout, (
        "run: .venv/bin/python tools/env_example.py > .env.example"
    )


def test_every_setting_has_a_field_and_a_word_of_help_above_it() -> None:
    rows = list(config.SETTINGS.values())

    assert tuple(config.SETTINGS) == config.Settings._fields
    assert rows[0].help
    assert all(len(row.help) > 20 for row in rows if row.help)


def test_terraform_gives_every_setting_that_a_function_needs() -> None:
    text = (TERRAFORM / "main.tf").read_text()
    block = text.partition("settings = merge({")[2].partition("}, var.addresses")[0]
    plain = set(re.findall(r"^ +(\w+) +=", block, re.M))
    secret = {name for name, row in config.SETTINGS.items() if row.secret}
    needed = set().union(*(row.settings for row in config.functions().values()))

    assert plain <= set(config.SETTINGS), "infra/terraform/main.tf"
    assert needed - ADDRESSES - ON_ONE_MACHINE == plain | secret, "infra/terraform/main.tf"


def test_terraform_lets_every_address_be_replaced() -> None:
    text = (TERRAFORM / "variables.tf").read_text()
    block = text.partition('variable "addresses"')[2].partition("\n}\n")[0]

    assert set(re.findall(r'"(\w+_url)"', block)) == ADDRESSES, "infra/terraform/variables.tf"


def test_terraform_makes_every_secret_that_a_function_needs() -> None:
    text = (TERRAFORM / "secrets.tf").read_text()

    named = set(re.findall(r'"(\w+)"', text.partition("secrets = toset(")[2].partition("))")[0]))
    assert named == {name for name, row in config.SETTINGS.items() if row.secret}


@pytest.mark.parametrize("name", config.functions())
def test_a_function_has_a_folder_packages_and_pins(name: str) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]

    assert (ROOT / "functions" / name / "main.py").is_file()
    assert name in groups, "pyproject.toml"
    assert (ROOT / "requirements" / f"{name}.txt").is_file(), "run: make lock"


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
    assert set(SCHEMES) == set(BUILDERS)


NAMES = "|".join([*PROVIDERS, *SCHEMES])
BRANCH = re.compile(rf'[!=]= "({NAMES})"|"({NAMES})" [!=]=|(startswith\(|case )"({NAMES})')


def test_nobody_branches_on_the_name_of_a_provider_or_store() -> None:
    sources = [*PACKAGE.rglob("*.py"), *(ROOT / "tools").glob("*.py")]

    branches = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text().splitlines()
        if BRANCH.search(line)
    ]
    assert branches == []
