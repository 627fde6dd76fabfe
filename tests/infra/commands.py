"""Commands of gcloud, as gcloud's own parser reads them: no call goes out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.peers import install


def verdicts(commands: Iterable[str], folder: Path) -> dict[str, str]:
    """Return what is wrong with each of the *commands* that gcloud does not understand."""
    if shutil.which("gcloud") is None:
        install.unavailable("gcloud is not installed")
    listed = folder / "commands.json"
    listed.write_text(json.dumps([{"command_string": command} for command in sorted({*commands})]))
    lint = ["gcloud", "meta", "lint-gcloud-commands", f"--commands-file={listed}"]
    env = os.environ | {"CLOUDSDK_CONFIG": str(folder / "configuration")}
    done = subprocess.run(lint, env=env, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {one["command_string"]: one["error_message"] for one in found if not one["success"]}
