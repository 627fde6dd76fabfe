"""The workflow for CI: well formed, without a key, and nothing in it but the Makefile's targets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.peers import install
from tests.peers.bundles import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "deploy.yml"
PINS = ("check-jsonschema==0.39.0", "zizmor==1.32.0")


@pytest.fixture(scope="module")
def linters() -> Path:
    """The folder of programs that read workflows; neither asks anybody anything."""
    folder = install.cache() / "workflow-linters"
    try:
        install.once(folder, "\n".join(PINS), _build)
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"the linters of workflows cannot be installed: {error}")
    return folder / "bin"


def _build(at: Path) -> None:
    install.environment(at, sys.executable, *PINS)


@pytest.mark.peer
@pytest.mark.parametrize(
    "command",
    [
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
        ("zizmor", "--offline", "--no-progress", "--persona", "pedantic"),
    ],
)
def test_the_linters_find_nothing(linters: Path, command: tuple[str, ...]) -> None:
    program, *words = command
    done = subprocess.run(
        [linters / program, *words, WORKFLOW], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    return found


def test_each_step_is_a_pinned_action_or_a_target_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z ]+):", makefile, re.MULTILINE)
    known = {target for line in targets for target in line.split()}

    for job in jobs().values():
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"])
            else:
                (target,) = re.findall(r"\bmake (\w+)", step["run"])
                assert target in known


def test_only_who_deploys_gets_a_token_and_nobody_a_key() -> None:
    tokens = {name for name, job in jobs().items() if "id-token" in job["permissions"]}

    assert tokens == {"plan", "apply"}
    assert jobs()["apply"]["environment"] == "production"
    assert jobs()["apply"]["needs"] == "plan"
    assert jobs()["plan"]["needs"] == "tests"
    assert "github.event_name == 'push'" in jobs()["plan"]["if"]
    assert not re.search("credentials_json|secrets\\.", WORKFLOW.read_text())


def test_the_page_switches_on_what_is_asked_before_anything_is_deployed() -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    (line,) = re.findall("^gcloud services enable (.*) --project=my-project$", page, re.MULTILINE)

    # To act for the account by a token of GitHub's, and to ask, as that account, about billing.
    services = {"sts", "iamcredentials", "cloudbilling"}
    assert {*line.split()} == {f"{name}.googleapis.com" for name in services}
