"""Commands of gcloud, as gcloud's own parser reads them: no call goes out."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.peers import install


def misunderstood(log: Iterable[str], folder: Path) -> dict[str, str]:
    """Return what is wrong with each command in *log* that gcloud does not understand."""
    if shutil.which("gcloud") is None:
        install.unavailable("gcloud is not installed")
    commands = sorted({shlex.join(line.split(" ")) for line in log if line.startswith("gcloud ")})
    assert commands
    listed = folder / "commands.json"
    listed.write_text(json.dumps([{"command_string": command} for command in commands]))
    lint = ["gcloud", "meta", "lint-gcloud-commands", f"--commands-file={listed}"]
    env = os.environ | {"CLOUDSDK_CONFIG": str(folder / "configuration")}
    done = subprocess.run(lint, env=env, capture_output=True, text=True, check=True)
    verdicts = json.loads(done.stdout)
    return {one["command_string"]: one["error_message"] for one in verdicts if not one["success"]}
