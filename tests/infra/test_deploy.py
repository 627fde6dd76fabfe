"""`make deploy` and `make destroy`: what is missing is named at once; secrets are filled once."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.household import Household
from tests.peers import install
from tests.peers.bundles import ROOT
from tests.peers.process import free_port
from tests.peers.terraform import PROJECT

# Stands where gcloud and terraform would: notes each call, and keeps what was given to secrets.
STAND_IN = """#!{python}
import json, os, sys
from pathlib import Path
home, words = Path({home!r}), sys.argv[1:]
name = Path(sys.argv[0]).name
with (home / "calls").open("a") as calls:
    calls.write(json.dumps([name, *words]) + "\\n")
secrets = ["client-secret", "owner-key", "sealing-keys"]
line = " ".join(words)
if name == "terraform":
    if words[-2:] == ["output", "-json"]:
        url = (home / "url").read_text()
        outputs = {{"callback_url": url + "/auth2", "first_login": "x"}}
        print(json.dumps({{key: {{"value": value}} for key, value in outputs.items()}}))
elif line.startswith("auth"):
    if (home / "nobody").exists():
        sys.exit(1)
    print("a-token")
elif line.startswith("billing"):
    print("True")
elif line.startswith("secrets list"):
    print(json.dumps([{{"name": "projects/1/secrets/healthrelay-" + one}} for one in secrets]))
elif line.startswith("secrets versions list"):
    print("1" if (home / words[3]).exists() else "")
elif line.startswith("secrets versions add"):
    (home / words[3]).write_text(sys.stdin.read())
    print("1")
"""


class Cloud:
    """A person's machine with a stand-in for gcloud and terraform, and what was asked of them."""

    def __init__(self, home: Path, manager: str) -> None:
        self.home = home
        self.bin = home / "bin"
        self.bin.mkdir()
        for tool in ("gcloud", "terraform"):
            self.install(tool)
        self.env = {
            "PATH": str(self.bin),
            "HOME": str(home),
            "TF_VAR_client_id": "a-client-id",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER": manager,
        }

    def install(self, tool: str) -> None:
        program = self.bin / tool
        program.write_text(STAND_IN.format(python=sys.executable, home=str(self.home)))
        program.chmod(0o755)

    def run(self, *words: str, given: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "tools" / "deploy.py", *words],
            env=self.env | env,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, tool: str) -> list[list[str]]:
        lines = (self.home / "calls").read_text().splitlines()
        return [words for name, *words in map(json.loads, lines) if name == tool]


@pytest.fixture
def rights() -> list[str]:
    """What the signed in person may do; a test empties it."""
    return ["*"]


@pytest.fixture
def cloud(tmp_path: Path, rights: list[str]) -> Iterator[Cloud]:
    """With everything there."""

    class Manager(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            granted = asked["permissions"] if rights == ["*"] else rights
            body = json.dumps({"permissions": granted}).encode()
            assert self.path == f"/v1/projects/{PROJECT}:testIamPermissions"
            assert self.headers["Authorization"] == "Bearer a-token"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Manager)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Cloud(tmp_path, f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("rights", [["run.services.setIamPolicy"]])
def test_everything_missing_is_named_at_once(cloud: Cloud) -> None:
    (cloud.bin / "terraform").unlink()
    del cloud.env["TF_VAR_client_id"]

    done = cloud.run("deploy", PROJECT)

    assert done.returncode == 1
    assert "terraform is not installed" in done.stderr
    assert "no client id" in done.stderr
    assert "you lack cloudfunctions.functions.create" in done.stderr
    assert "run.services.setIamPolicy" not in done.stderr


def test_nobody_signed_in(cloud: Cloud) -> None:
    (cloud.home / "nobody").touch()

    done = cloud.run("deploy", PROJECT)

    assert "nobody is signed in: gcloud auth login" in done.stderr
    assert "gcloud auth application-default login" in done.stderr
    assert cloud.calls("gcloud")
    assert "terraform" not in (cloud.home / "calls").read_text()


def test_secrets_are_filled_once_and_before_any_function(
    cloud: Cloud, household: Household
) -> None:
    (cloud.home / "url").write_text(household.url)

    done = cloud.run("deploy", PROJECT, HEALTHRELAY_CLIENT_SECRET="from-the-console")

    assert done.returncode == 0, done.stdout + done.stderr
    filled = {
        name: (cloud.home / f"healthrelay-{name}").read_text()
        for name in ("client-secret", "owner-key", "sealing-keys")
    }
    assert filled["client-secret"] == "from-the-console"
    assert len(filled["owner-key"]) >= 32
    assert filled["sealing-keys"].startswith("first:")
    steps = [words[1:] for words in cloud.calls("terraform")]
    assert [step[0] for step in steps] == ["init", "apply", "apply", "output"]
    assert "-target=google_secret_manager_secret.secret" in steps[1]
    assert steps[2] == ["apply", f"-var=project={PROJECT}"]
    assert "auth1: well" in done.stdout
    assert "fetch: well" in done.stdout
    assert not [value for value in filled.values() if value in (cloud.home / "calls").read_text()]

    assert cloud.run("deploy", PROJECT).returncode == 0
    assert (cloud.home / "healthrelay-owner-key").read_text() == filled["owner-key"]


def test_a_deployment_that_is_unwell_is_no_success(cloud: Cloud) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    (cloud.home / "url").write_text(url)

    done = cloud.run("deploy", PROJECT, HEALTHRELAY_CLIENT_SECRET="from-the-console")

    assert done.returncode == 1
    assert "relay: 127.0.0.1 gave no whole answer" in done.stdout
    assert done.stderr.endswith(f"Ask again in a few minutes: healthrelay doctor --url {url}\n")


def test_a_secret_that_only_a_person_knows_stops_with_its_command(cloud: Cloud) -> None:
    done = cloud.run("deploy", PROJECT)

    add = f"gcloud secrets versions add healthrelay-client-secret --project={PROJECT}"
    assert done.returncode == 1
    assert f"{add} --data-file=-" in done.stderr
    assert [words[1] for words in cloud.calls("terraform")] == ["init", "apply"]


def test_destroying_keeps_the_data_unless_asked_and_confirmed(cloud: Cloud) -> None:
    assert cloud.run("destroy", PROJECT).returncode == 0
    assert cloud.calls("terraform")[0][1:3] == ["apply", "-var=running=false"]

    done = cloud.run("destroy", PROJECT, "--data", given="another-project\n")
    assert "Nothing was deleted." in done.stderr
    assert len(cloud.calls("terraform")) == 1

    cloud.run("destroy", PROJECT, "--data", given=f"{PROJECT}\n")
    assert [words[1] for words in cloud.calls("terraform")] == ["apply", "apply", "destroy"]
    assert "-var=keep_data=false" in cloud.calls("terraform")[-1]


def written() -> list[str]:
    """Every gcloud command of the tools and docs, with its placeholders filled."""
    found = []
    for path in [*(ROOT / "docs").glob("*.md"), *(ROOT / "infra" / "terraform").glob("*.*")]:
        text = path.read_text().replace("\\\n", " ")
        for line in text.splitlines():
            start = line.strip().removeprefix("# ")
            if start.startswith("gcloud "):
                found.append(start.split(" | ")[0])
    return sorted(set(found))


@pytest.mark.peer
def test_gcloud_understands_every_command(
    cloud: Cloud, household: Household, tmp_path: Path
) -> None:
    if shutil.which("gcloud") is None:
        install.unavailable("gcloud is not installed")
    (cloud.home / "url").write_text(household.url)
    cloud.run("deploy", PROJECT, HEALTHRELAY_CLIENT_SECRET="x")
    commands = {shlex.join(["gcloud", *words]) for words in cloud.calls("gcloud")} | {*written()}
    listed = tmp_path / "commands.json"
    listed.write_text(json.dumps([{"command_string": command} for command in sorted(commands)]))
    lint = ["gcloud", "meta", "lint-gcloud-commands", f"--commands-file={listed}"]
    env = os.environ | {"CLOUDSDK_CONFIG": str(tmp_path / "gcloud")}
    done = subprocess.run(lint, env=env, capture_output=True, text=True, check=True)

    verdicts = {one["command_string"]: one["error_message"] for one in json.loads(done.stdout)}
    assert verdicts == dict.fromkeys(commands)
