"""What is chosen for one project: the values of Terraform's variables, remembered between runs.

They lie as terraform.tfvars.json beside the state in the project's bucket, so that every machine
deploys the same. A choice is changed by NAME=VALUE on the command line, and taken back by NAME=.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from deployment.failures import Failed

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM = ROOT / "infra" / "terraform"
# Filled by the tools: no choices.
OURS = {"bundles", "project", "project_number", "running"}
DEFAULT_REGION = "europe-west1"
_DECLARED = re.compile(r'^variable "(\w+)"', re.MULTILINE)
_LINE = re.compile(r"^\s*(\w+)\s*=\s*(.+?)\s*$")

Choices = dict[str, Any]


def declared() -> set[str]:
    """Return the names of all variables that may be chosen."""
    text = "\n".join(path.read_text() for path in TERRAFORM.glob("*.tf"))
    return set(_DECLARED.findall(text)) - OURS


def changed(choices: Mapping[str, Any], words: Iterable[str]) -> Choices:
    """Return *choices* with what *words* choose, each NAME=VALUE, or NAME= for the default.

    A value is JSON where it begins as a list or a map does, otherwise a text, which Terraform
    converts. Raise Failed for a name that is no variable.
    """
    result = dict(choices)
    known = declared()
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            raise Failed(f"There is no {name} to choose: give NAME=VALUE, of {_listed(known)}.")
        if value:
            result[name] = _value(name, value)
        else:
            result.pop(name, None)
    return result


def taken_over(path: Path) -> Choices:
    """Return what a terraform.tfvars chooses that a person wrote; raise Failed if it is no table.

    Terraform reads such a file for every project, so what it holds must move to one of them.
    """
    result: Choices = {}
    for line in path.read_text().splitlines():
        text = line.partition("#")[0] if '"' not in line else line
        if not text.strip() or text.lstrip().startswith(("#", "//")):
            continue
        match = _LINE.match(text)
        try:
            if match is None:
                raise ValueError(text)
            result[match[1]] = json.loads(match[2])
        except ValueError:
            raise Failed(
                f"{path.name} would hold for every project: give its values as NAME=VALUE in ARGS,"
                " then delete it."
            ) from None
    return {name: value for name, value in result.items() if name in declared()}


def callback_url(project: str, choices: Mapping[str, Any]) -> str:
    """Return the address to register with the provider, before anything is deployed."""
    region = choices.get("region", DEFAULT_REGION)
    return f"https://{region}-{project}.cloudfunctions.net/auth2"


def ask(project: str, choices: Choices, billing_account: str) -> Choices:
    """Return *choices* with what a first deploy has to know; nobody there leaves it open.

    An answer is remembered, an empty one too: each question is asked once a project.
    """
    result = dict(choices)
    if "client_id" not in result:
        answer = _answer(
            "Register with Google first, the steps of docs/google-setup.md, with this redirect"
            f" address:\n  {callback_url(project, choices)}\nThe client id that it gives you: "
        )
        if answer:
            result["client_id"] = answer
    if "alert_email" not in result:
        answer = _answer("Who gets an e-mail when something needs a person? (empty: nobody) ")
        if answer is not None:
            result["alert_email"] = answer
    if "billing_account" not in result and billing_account:
        answer = _answer(
            "From which sum a month shall a budget warn, in whole units of your billing account's"
            " currency? (empty: no budget) "
        )
        if answer is not None:
            result["billing_account"] = billing_account if answer else ""
            result |= {"monthly_budget": answer} if answer else {}
    return result


def _answer(question: str) -> str | None:
    """Return what was typed; None where nobody types."""
    try:
        return input(question).strip()
    except EOFError:
        print()
        return None


def _value(name: str, text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise Failed(f'{name} is no JSON: write it like {name}={{"fetch": "0 * * * *"}}') from None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
