"""The wheel, installed into an empty environment as pipx does: it needs nothing beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from healthrelay.config import functions
from tests.house.measures import HERE as ROOT
from tests.house.test_docs import shows_what_readme_does
from tests.local.test_commands import without_settings
from tests.peers import install
from tests.peers.process import free_port

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("wheel")]
SECONDS = 120


def tracked() -> list[str]:
    """Return the files of this checkout, and nothing that was built in it."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, because a build leaves its traces."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source]
    install.run([sys.executable, "-m", "pip", *build])
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("installed") / "venv"
    try:
        install.environment(at, sys.executable, wheel)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"what the wheel needs cannot be installed: {error}")
    return at / "bin"


def made(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def healthrelay(bin_folder: Path, at: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in *at*/odd, at home in *at*/home, with a temporary folder of its own."""
    for name in ("odd", "home", "tmp"):
        (at / name).mkdir(exist_ok=True)
    env = without_settings() | {"HOME": str(at / "home"), "TMPDIR": str(at / "tmp")}
    for name in ("XDG_DATA_HOME", "PYTHONPATH"):
        env.pop(name, None)
    return subprocess.run(
        [bin_folder / "healthrelay", *words],
        cwd=at / "odd",
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def test_all_that_runs_is_in_the_wheel_and_nothing_that_is_not_ours(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    packed = {name.removeprefix("healthrelay/parts/") for name in names if "/parts/" in name}
    expected = {
        name for name in tracked() if name.split("/")[0] in {"functions", "sandbox", "igor"}
    }

    assert packed == expected
    assert {f"functions/{name}/main.py" for name in functions()} <= packed
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"healthrelay"}
    modules = {n for n in tracked() if n.startswith("shared/") and not n.endswith(".md")}
    assert {name.removeprefix("shared/") for name in modules} <= names


def test_it_runs_from_an_odd_folder_and_leaves_nothing_there(
    bin_folder: Path, tmp_path: Path
) -> None:
    done = healthrelay(bin_folder, tmp_path, "run", "--once", "--json", "--port", str(free_port()))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"]["user"] == "jack"
    assert made(tmp_path) == []


def test_what_is_installed_prints_what_readme_shows(bin_folder: Path, tmp_path: Path) -> None:
    done = healthrelay(bin_folder, tmp_path, "run", "--once", "--port", str(free_port()))

    assert done.returncode == 0, done.stderr
    assert shows_what_readme_does(done.stdout)


def test_the_household_lies_in_the_folder_for_a_users_data(
    bin_folder: Path, tmp_path: Path
) -> None:
    done = healthrelay(bin_folder, tmp_path, "user", "add", "jack")

    assert done.returncode == 0, done.stderr
    at = "home/.local/share/healthrelay"
    assert set(made(tmp_path)) >= {f"{at}/healthrelay.db", f"{at}/keys.env"}
    assert os.listdir(tmp_path / "odd") == []
