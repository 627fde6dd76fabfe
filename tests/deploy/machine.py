"""A person's machine: a checkout, real Terraform, and gcloud over the stand-in cloud."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tests.peers import install, terraform
from tests.peers.bundles import ROOT

VERSION = "6.50.0"
HERE = Path(__file__).parent
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}
GCLOUD = """#!{python} -S
import json, os, sys, urllib.request
body = json.dumps({{"words": sys.argv[1:], "stdin": sys.stdin.read()}}).encode()
with urllib.request.urlopen(os.environ["DEPLOY_TEST_CLOUD"] + "/gcloud", body) as answer:
    answered = json.load(answer)
print(answered.get("stdout", ""))
print(answered.get("stderr", ""), file=sys.stderr)
sys.exit(answered["status"])
"""


def mirror() -> Path:
    """The folder from which Terraform installs the stand-in provider, packed once a checkout."""
    terraform.checker()
    home = Path(os.environ.get("TF_CHECK_HOME", Path.home() / ".cache" / "terraform-check"))
    table, provider = HERE / "immutable.json", HERE / "cloud" / "provider.py"

    def fill(folder: Path) -> None:
        system = f"{platform.system().lower()}_{ARCHITECTURE[platform.machine()]}"
        at = folder / "registry.terraform.io" / "hashicorp" / "google" / VERSION / system
        at.mkdir(parents=True)
        shutil.copyfile(home / "bin" / "schema.json", at / "schema.json")
        shutil.copyfile(table, at / table.name)
        program = at / f"terraform-provider-google_v{VERSION}"
        program.write_text(f"#!{home / 'venv' / 'bin' / 'python'}\n{provider.read_text()}")
        program.chmod(0o755)

    stamp = str(hash_of(table, provider, home / "bin" / "schema.json"))
    return install.once(install.cache() / "terraform-mirror", stamp, fill)


def hash_of(*paths: Path) -> int:
    """A number that changes with what the files hold, the same in every process."""
    return sum(sum(path.read_bytes()) * (index + 1) for index, path in enumerate(paths))


class Machine:
    """One machine with its own checkout; several may share a cloud."""

    def __init__(self, home: Path, cloud: str, healthy: str) -> None:
        home.mkdir()
        self.checkout = home / "checkout"
        self.terraform = self.checkout / "infra" / "terraform"
        for name in ("functions", "infra", "requirements", "shared", "tools"):
            ignore = shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfvars*", "*.tfstate*")
            shutil.copytree(ROOT / name, self.checkout / name, ignore=ignore)
        shutil.copyfile(ROOT / "pyproject.toml", self.checkout / "pyproject.toml")
        tools = self.tools = home / "bin"
        tools.mkdir()
        (tools / "gcloud").write_text(GCLOUD.format(python=sys.executable))
        (tools / "gcloud").chmod(0o755)
        for name in ("terraform", "sh", "dirname"):
            (tools / name).symlink_to(shutil.which(name))
        venv = self.checkout / ".venv" / "bin"
        venv.mkdir(parents=True)
        (venv / "python").symlink_to(sys.executable)
        # The address of the deployment leads nowhere from here: a household stands there.
        real = Path(sys.executable).parent / "healthrelay"
        script = f'''#!/bin/sh
[ "$1 $2" = "doctor --url" ] && exec "{real}" doctor --url "{healthy}"
exec "{real}" "$@"
'''
        (venv / "healthrelay").write_text(script)
        (venv / "healthrelay").chmod(0o755)
        rc = home / "terraformrc"
        rc.write_text(
            f'provider_installation {{\n filesystem_mirror {{ path = "{mirror()}" }}\n}}\n'
        )
        self.env = {
            "PATH": str(tools),
            "HOME": str(home),
            "TF_CLI_CONFIG_FILE": str(rc),
            "CHECKPOINT_DISABLE": "1",
            "GOGC": "off",  # Terraform ends before its garbage matters: a tenth of its time
            "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT": f"{cloud}/storage/v1/",
            "GOOGLE_STORAGE_CUSTOM_ENDPOINT": f"{cloud}/storage/v1/",
            "GOOGLE_OAUTH_ACCESS_TOKEN": "a-token",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER": f"{cloud}/",
            "DEPLOY_TEST_CLOUD": cloud,
            "HEALTHRELAY_CLIENT_SECRET": "from-the-console",
            "HEALTHRELAY_IGOR_TOKEN": "from-igor",
        }

    def run(self, *words: str, given: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run tools/deploy.py; *given* is typed."""
        python = self.checkout / ".venv" / "bin" / "python"
        return subprocess.run(
            [python, self.checkout / "tools" / "deploy.py", *words],
            env=self.env | env,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
