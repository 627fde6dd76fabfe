"""What is deployed: the same bytes from the same files, complete, light, and compiled."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest
import requests
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from healthrelay import config
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.invitation import Invitation
from healthrelay.flows.grants.signed import SignedNotes
from tests.household import OWNER_KEY
from tests.peers.bundles import ROOT, Built, build, packed
from tests.peers.functions import FunctionProcess

pytest_plugins = ["tests.peers.firestore"]

FUNCTIONS = sorted(entry.parent.name for entry in (ROOT / "functions").glob("*/main.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]+\])?==(\S+)", re.MULTILINE)
SPY = ROOT / "benchmarks" / "spy" / "main.py"
CLIENT = "google-cloud-firestore"
EVERYTHING = {
    "HEALTHRELAY_STORE": "firestore",
    "HEALTHRELAY_PUBLIC_URL": "https://region-project.cloudfunctions.net",
    "HEALTHRELAY_CLIENT_ID": "a-client-id",
    "HEALTHRELAY_CLIENT_SECRET": "a-client-secret",
    "HEALTHRELAY_OWNER_KEY": OWNER_KEY,
    "HEALTHRELAY_SEALING_KEYS": f"one:{base64.b64encode(bytes(32)).decode()}",
}
AT_HOST = {"Host": "region-project.cloudfunctions.net"}
Builder = Callable[[str], Built]
EPOCH = {"SOURCE_DATE_EPOCH": "315532801"}


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return {canonicalize_name(found): version for found, version in PIN.findall(text)}


def group(name: str) -> set[str]:
    """Return what pyproject.toml lists for the function *name*."""
    found: set[str] = set()
    for need in PROJECT["dependency-groups"][name]:
        found |= group(need["include-group"]) if isinstance(need, dict) else {need}
    return found


def needed(name: str) -> dict[str, str]:
    """Of EVERYTHING what the function *name* is given when deployed."""
    names = {f"HEALTHRELAY_{setting.upper()}" for setting in config.functions()[name].settings}
    return {setting: value for setting, value in EVERYTHING.items() if setting in names}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bundle_has_the_same_bytes_wherever_it_is_made(name: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "checkout"
    sources = {"ignore": shutil.ignore_patterns("__pycache__"), "copy_function": shutil.copyfile}
    for room in ("functions", "shared", "requirements", "tools"):
        shutil.copytree(ROOT / room, elsewhere / room, **sources)
    shutil.copyfile(ROOT / "pyproject.toml", elsewhere / "pyproject.toml")
    compiled = elsewhere / "shared" / "healthrelay" / "core" / "__pycache__"
    compiled.mkdir()
    (compiled / "x.pyc").write_bytes(b"x")
    (compiled / "x.pyc.140062").write_bytes(b"half of it")

    one = packed(name, tmp_path / "one")
    other = packed(name, tmp_path / "other", elsewhere)

    assert one.read_bytes() == other.read_bytes()


def test_what_is_no_code_stays_here_and_is_named(tmp_path: Path) -> None:
    checkout = copied(tmp_path / "checkout")
    stray = [
        "functions/fetch/.env",
        "functions/fetch/data/keys.env",
        "functions/fetch/data/healthrelay.db",
        "functions/fetch/client_secret.json",
        "functions/fetch/notes.py",
        "shared/healthrelay/.env",
        "shared/healthrelay/.hidden.py",
        "shared/healthrelay/config/keys.json",
        "shared/healthrelay/web/setup/templates/base.html.orig",
        "shared/healthrelay/web/setup/templates/.base.html",
    ]
    for name in stray:
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text("HEALTHRELAY_OWNER_KEY=a-secret-of-the-owner")
    command = [sys.executable, checkout / "tools" / "bundle.py", "--into", tmp_path, "fetch"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert b"a-secret-of-the-owner" not in (tmp_path / "fetch.zip").read_bytes()
    assert (tmp_path / "fetch.zip").read_bytes() == packed("fetch", tmp_path / "ours").read_bytes()
    named = [line.split()[2] for line in done.stderr.splitlines()]
    assert sorted(named) == sorted(stray)


def test_nothing_of_a_function_is_left_out(tmp_path: Path) -> None:
    command = [sys.executable, copied(tmp_path / "checkout") / "tools" / "bundle.py"]

    done = subprocess.run(
        [*command, "--into", tmp_path], capture_output=True, text=True, check=True
    )

    assert done.stderr == ""


def copied(checkout: Path) -> Path:
    """Copy what git tracks of all that a bundle is made from."""
    rooms = ["functions", "shared", "requirements", "tools", "pyproject.toml"]
    tracked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *rooms]
    listed = subprocess.run(tracked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, checkout / name)
    return checkout


def test_who_packs_at_the_same_time_does_not_disturb_another(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "tools" / "bundle.py", "--into", tmp_path]
    packers = [subprocess.Popen(command, stdout=PIPE, stderr=STDOUT, text=True) for _ in range(8)]

    outputs = {packer.communicate()[0] for packer in packers}

    assert [packer.returncode for packer in packers] == [0] * 8, outputs
    assert len(outputs) == 1
    files = [f"{name}.{kind}" for name in FUNCTIONS for kind in ("cdx.json", "zip")]
    assert sorted(path.name for path in tmp_path.iterdir()) == files


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bundle_holds_its_function_the_package_and_pins(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(name, tmp_path)) as bundle:
        inside = {entry.filename: bundle.read(entry) for entry in bundle.infolist()}

    assert list(inside) == sorted(inside)
    assert inside["main.py"] == (ROOT / "functions" / name / "main.py").read_bytes()
    assert inside["requirements.txt"] == (ROOT / "requirements" / f"{name}.txt").read_bytes()
    assert "healthrelay/web/setup/templates/base.html" in inside
    assert "healthrelay/config/functions.json" in inside
    assert not [path for path in inside if "/local/" in path or path.endswith(".pyc")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_pins_are_of_what_is_tested_and_no_older_wish(name: str) -> None:
    tested, pinned = pins("dev"), pins(name)
    wanted = {canonicalize_name(Requirement(need).name) for need in group(name)}

    assert wanted <= pinned.keys()
    assert {found: tested.get(found) for found in pinned} == pinned


def test_only_who_needs_it_has_a_client_or_a_key() -> None:
    assert not {CLIENT, "cryptography", "requests", "urllib3"} & pins("auth1").keys()
    assert not {"fitbit", "requests-oauthlib"} & pins("relay").keys()
    queue = {"tasks_queue", "tasks_account", "tasks_url"}
    own = {"store", "system", "relay_days", "public_url"}
    assert config.functions()["relay"].settings == own | queue
    assert "sealing_keys" not in config.functions()["auth1"].settings


def test_every_function_and_no_other_is_in_the_table() -> None:
    assert sorted(config.functions()) == FUNCTIONS
    for row in config.functions().values():
        assert row.settings <= set(config.SETTINGS)
        assert row.database in ("read", "write", "none")


def patient(url: str, headers: dict[str, str]) -> requests.Response:
    """Ask again after a 503, as Igor and Tasks do: the first answer of a busy machine is slow."""
    for _ in range(10):
        answer = requests.get(url, headers=headers, timeout=60, allow_redirects=False)
        if answer.status_code != 503:
            break
    return answer


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """Build a function as the platform does."""
    return lambda name: build(name, tmp_path_factory.mktemp("build"), EPOCH)


@pytest.mark.peer
@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("auth1", "user=jack", (303, "/setup/people/jack/connect")),
        ("auth2", "code=c&state=s", (400, "This address is not one that we gave out.")),
        ("fetch", "user=jack", (404, "There is no user jack.")),
        ("relay", "user=jack&key=k", (401, "The key is missing or wrong.")),
    ],
)
def test_a_bundle_alone_answers_with_the_settings_it_needs(
    built: Builder, firestore_emulator: str, name: str, query: str, expected: tuple[int, str]
) -> None:
    cloud = {"FIRESTORE_EMULATOR_HOST": firestore_emulator, "GOOGLE_CLOUD_PROJECT": "demo-bundles"}

    with built(name).process(needed(name) | cloud) as function:
        bearer = {"Authorization": f"Bearer {OWNER_KEY}"} if name == "fetch" else {}
        answer = patient(f"{function.url}/?{query}", AT_HOST | bearer)

    status, words = expected
    shown = answer.headers.get("Location", "") + answer.text
    assert (answer.status_code, words in shown) == (status, True), function.output()


@pytest.mark.peer
def test_auth1_connects_the_invited_and_asks_the_owner_to_invite(built: Builder) -> None:
    scopes = CONSENTS["google_health"].scopes_for(["body-weight"])
    invited = Invitation("jack", scopes, "an-id", "another")
    invitation = SignedNotes(OWNER_KEY).invitation(invited, datetime.now(UTC))
    owner = {"Authorization": f"Bearer {OWNER_KEY}"}

    with built("auth1").process(needed("auth1")) as auth1:
        params = {"user": "jack", "invitation": invitation}
        begun = requests.get(
            auth1.url, params=params, headers=AT_HOST, timeout=30, allow_redirects=False
        )
        owned = requests.get(
            auth1.url,
            params={"user": "jack"},
            headers=AT_HOST | owner,
            timeout=30,
            allow_redirects=False,
        )

    assert begun.status_code == 302, auth1.output()
    assert begun.headers["Location"].startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert owned.status_code == 409
    assert "healthrelay invite jack" in owned.text
    assert "Traceback" not in auth1.output()


def compiled(built: Built, report: Path) -> list[str]:
    """Which source files of the bundle Python had to compile before the first answer."""
    spied = {
        "SPY_SOURCE": str(built.folder / "main.py"),
        "SPY_TARGET": built.name,
        "SPY_REPORT": str(report),
        "K_SERVICE": built.name,
        "PYTHONPATH": str(built.folder),
    }
    env = needed(built.name) | spied
    with FunctionProcess("spied", env=env, source=SPY, python=built.python) as function:
        params = {"user": "jack"}
        requests.get(
            function.url, params=params, headers=AT_HOST, timeout=30, allow_redirects=False
        )
    found: list[str] = json.loads(report.read_text())["compiled"]
    ours = [path for path in found if path.startswith(str(built.folder))]
    return sorted(path for path in ours if path.endswith(".py"))  # pages are compiled when shown


@pytest.mark.peer
def test_a_started_bundle_compiles_nothing_of_ours(tmp_path: Path) -> None:
    fresh = build("auth1", tmp_path / "fresh", EPOCH)
    stale = build("auth1", tmp_path / "stale", {})

    assert compiled(fresh, tmp_path / "fresh.json") == []
    # Without the epoch bytecode is tied to times, and those are reset.
    assert str(stale.folder / "main.py") in compiled(stale, tmp_path / "stale.json")
