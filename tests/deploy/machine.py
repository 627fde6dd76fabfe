"""A person's machine: a checkout, real Terraform, and gcloud over the stand-in cloud."""

from __future__ import annotations

import json
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
# It is asked hundreds of times: a Python without a library starts in a tenth of the time.
GCLOUD = """#!{python} -IS
import json, os, socket, sys
host, port = os.environ["DEPLOY_TEST_CLOUD"].removeprefix("http://").split(":")
body = json.dumps({{"words": sys.argv[1:], "stdin": sys.stdin.read()}}).encode()
with socket.create_connection((host, int(port))) as cloud:
    cloud.sendall(b"POST /gcloud HTTP/1.0\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    answered = json.loads(cloud.makefile("rb").read().partition(b"\\r\\n\\r\\n")[2])
print(answered.get("stdout", ""))
print(answered.get("stderr", ""), file=sys.stderr)
sys.exit(answered["status"])
"""
# Its lock file names the provider that lies in the mirror: only that one is known to `init`.
TERRAFORM = """#!/bin/sh
[ "$2" = init ] || export TF_REATTACH_PROVIDERS="$DEPLOY_TEST_PROVIDER"
exec "{real}" "$@"
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


class KeptProvider:
    """One process of the stand-in provider, for every cloud and every Terraform of a session."""

    def __init__(self) -> None:
        program = next(mirror().rglob("terraform-provider-google_v*"))
        self._process = subprocess.Popen(
            [program, "kept"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def over(self, cloud: str) -> str:
        """What tells Terraform to ask this process about what is in the *cloud*."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{cloud}\n")
        where = {"Network": "unix", "String": self._process.stdout.readline().strip()}
        told = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": self._process.pid, "Test": True}
        return json.dumps({"registry.terraform.io/hashicorp/google": told | {"Addr": where}})

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate()


def hash_of(*paths: Path) -> int:
    """A number that changes with what the files hold, the same in every process."""
    return sum(sum(path.read_bytes()) * (index + 1) for index, path in enumerate(paths))


class Machine:
    """One machine with its own checkout; several may share a cloud.

    Its Terraform starts its provider for each command, as everywhere, or asks a kept *provider*.
    """

    def __init__(self, home: Path, cloud: str, healthy: str, provider: str = "") -> None:
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
        (tools / "terraform").write_text(TERRAFORM.format(real=shutil.which("terraform")))
        (tools / "terraform").chmod(0o755)
        for name in ("sh", "dirname"):
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
            "DEPLOY_TEST_PROVIDER": provider,
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
