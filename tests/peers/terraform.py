"""Real Terraform over the real schema of Google's provider, which here is asked nothing else.

The program that serves the schema is found by TERRAFORM_CHECK, or beside the checkout
at ../shared/tools/terraform-check/check. It makes no call to any cloud.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.peers import install

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "infra" / "terraform"
BACKEND = "backend.tf"
FUNCTIONS = Path("shared", "healthrelay", "config", "functions.json")
PROJECT, NUMBER = "demo-project", "123456789012"
# There is no state to protect.
_ALONE = ("-input=false", "-no-color", "-lock=false")
_MORE = ("artifact_registry_repository_iam_member",)
_BESIDE = Path("..", "shared", "tools", "terraform-check", "check")


def checker() -> Path:
    """The program, ready to use; unavailable where it is not, for it cannot be installed.

    A copy of it, which knows the resources of ours that its own list lacks.
    """
    found = Path(os.environ.get("TERRAFORM_CHECK", ROOT / _BESIDE))
    if not found.is_file() or shutil.which("terraform") is None:
        install.unavailable(
            f"Terraform's files are checked by {_BESIDE} and terraform: not both are here"
        )
    stamp = "\n".join((str(found), *_MORE))
    folder = install.cache() / "terraform-check"
    return install.once(folder, stamp, lambda at: _prepare(found, at)) / "program" / found.name


def terraform(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command over infra/terraform."""
    program = checker()
    # The program lays down its parts anew each time: two at once would tread on each other.
    with install.locked(_home().with_suffix(".lock")):
        _forget_certificate()
        return subprocess.run(
            [program, workspace(install.cache() / "terraform"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=100,
        )


def workspace(root: Path) -> Path:
    """Copy infra/terraform, and what it reads, below *root*: its state is in a file there."""
    shutil.rmtree(root, ignore_errors=True)  # a file may be gone by now
    for path in [*FOLDER.rglob("*.tf"), *FOLDER.rglob("*.hcl"), ROOT / FUNCTIONS]:
        if path.name != BACKEND and ".terraform" not in path.parts:
            target = root / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return root / FOLDER.relative_to(ROOT)


def _home() -> Path:
    """Where the program keeps its parts, for all checkouts of this machine."""
    return Path(os.environ.get("TF_CHECK_HOME", Path.home() / ".cache" / "terraform-check"))


def plan(target: Path, variables: Mapping[str, object]) -> dict[str, Any]:
    """What would be made with these *variables*: the plan as `terraform show -json` tells it."""
    done = terraform("plan", *_ALONE, f"-out={target}", *_given(variables))
    assert done.returncode == 0, done.stdout + done.stderr
    shown = terraform("show", "-json", str(target))
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def refusal(variables: Mapping[str, object]) -> str:
    """What Terraform says to *variables* that it must not accept."""
    done = terraform("plan", *_ALONE, *_given(variables))
    assert done.returncode != 0, done.stdout
    return " ".join(done.stderr.replace("│", " ").split())


@functools.cache
def choices() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Resource → dotted attribute → the values that the provider's own documentation allows."""
    program = checker()
    described = _home() / "npm" / "node_modules" / "@cdktf" / "provider-google" / ".jsii"

    def fill(at: Path) -> None:
        # The description of everything is of 100 MB: its choices are picked out once.
        at.mkdir()
        found = _Described(json.loads(described.read_text())["types"]).all()
        (at / "choices.json").write_text(json.dumps(found))

    stamp = f"{program} {described.stat().st_size}"
    kept = install.once(install.cache() / "terraform-choices", stamp, fill)
    found: dict[str, dict[str, tuple[str, ...]]] = json.loads((kept / "choices.json").read_text())
    return found


class _Described:
    """The types of the provider's bindings: each property's remarks name what it may be."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = types

    def all(self) -> dict[str, dict[str, tuple[str, ...]]]:
        found = {}
        for name in self._types:
            *_, resource, kind = ["", *name.split(".")]
            if kind == f"{resource[:1].upper()}{resource[1:]}Config":
                found[f"google_{_snake(resource)}"] = dict(self._within(name, ""))
        return found

    def _within(self, name: str, above: str) -> list[tuple[str, tuple[str, ...]]]:
        found = []
        for told in self._types.get(name, {}).get("properties", []):
            path = above + _snake(told["name"])
            said = json.dumps(told.get("docs", {}))
            if "Possible values: [" in said:
                inside = said.split("Possible values: [")[1].split("]")[0]
                found.append((path, tuple(word.strip(' \\"') for word in inside.split(","))))
            for inner in _names(told["type"]):
                if inner != name and inner.startswith("@cdktf/provider-google"):
                    found += self._within(inner, f"{path}.")
        return found


def _names(told: Any) -> list[str]:
    if isinstance(told, dict):
        own = [told["fqn"]] if "fqn" in told else []
        return own + [name for value in told.values() for name in _names(value)]
    return [name for value in told for name in _names(value)] if isinstance(told, list) else []


def _snake(camel: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in camel)


def _given(variables: Mapping[str, object]) -> list[str]:
    told = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in variables.items()
    }
    return [f"-var={name}={value}" for name, value in told.items()]


def _prepare(check: Path, at: Path) -> None:
    shutil.copytree(check.parent, at / "program", copy_function=shutil.copyfile)
    program, resources = at / "program" / check.name, at / "program" / "resources.txt"
    program.chmod(0o755)
    known = resources.read_text().split()
    resources.write_text("\n".join([*known, *(one for one in _MORE if one not in known)]))
    with install.locked(_home().with_suffix(".lock")):
        _forget_certificate()
        install.run([program, FOLDER, "validate"])


def _forget_certificate() -> None:
    """Forget the certificate that the program keeps: one of a moved clock is not valid now."""
    (Path.home() / ".cache" / "tf-python-provider" / "ssl_cert.json").unlink(missing_ok=True)
