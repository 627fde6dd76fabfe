"""The command line, in a process of its own, as the owner types it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.config.load import local_keys
from tests.household import run_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".env").write_text(
        "HEALTHRELAY_PUBLIC_URL=https://relay.example\nHEALTHRELAY_CLIENT_ID=cid\n"
    )
    make_store(tmp_path)
    return tmp_path


def make_store(folder: Path) -> None:
    """Make the store of nobody, with its keys, that `healthrelay` finds from *folder*."""
    path = str(folder / "data" / "healthrelay.db")
    store = SqliteStore(path)
    assert store.identities.names() == []
    store.close()
    local_keys(path)


def healthrelay(
    folder: Path, *words: str, stdin: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one command in *folder*, its store below, with no other setting than *more*."""
    clean = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    return subprocess.run(
        [sys.executable, "-m", "healthrelay", *words],
        cwd=folder,
        env=clean | more,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def without_settings() -> dict[str, str]:
    """Return this environment without anything of healthrelay's."""
    return {name: value for name, value in os.environ.items() if "HEALTHRELAY" not in name}


def test_a_person_from_first_to_last(folder: Path) -> None:
    settings = ["--set", "methods=time_series", "--set", "resource=body/weight"]

    added = healthrelay(folder, "user", "add", "jack", *settings, "--set", "period=1m")
    assert (added.returncode, added.stderr) == (0, "")
    changed = healthrelay(folder, "user", "set", "jack", "--set", "period=1w")
    assert changed.stdout == "methods=time_series\nresource=body/weight\nperiod=1w\n"
    listed = healthrelay(folder, "user", "list").stdout
    assert listed.startswith("jack\tnot connected\t")
    assert "period=1w" in listed
    one, two = (healthrelay(folder, "user", "key", "jack").stdout.strip() for _ in range(2))
    assert one != two
    assert re.fullmatch(r"[-_A-Za-z0-9]{32}", one)
    link = healthrelay(folder, "invite", "jack").stdout
    assert link.startswith("https://relay.example/auth1?user=jack&invitation=")
    erased = healthrelay(folder, "erase", "jack", "--yes")
    assert (erased.returncode, erased.stderr) == (0, "")
    assert healthrelay(folder, "user", "list").stdout == ""


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["user", "add", "2fit"], 2, "A user name is"),
        (["user", "add", "jack", "--set", "period"], 2, "NAME=VALUE"),
        (["user", "add", "jack", "--set", "methods=log_activity"], 2, "no such reading method"),
        (["user", "set", "jack"], 2, "There is no user jack"),
        (["erase", "jack", "--yes"], 2, "There is no user jack"),
        (["disconnect", "jack", "--yes"], 2, "There is no user jack"),
        (["export", "jack"], 2, "There is no user jack"),
        (["user", "key", "jack"], 2, "There is no user jack"),
        (["invite", "jack"], 2, "There is no user jack"),
        (["run", "--participant", "1"], 2, "belong together"),
        (["igor-config", "jack"], 2, "There is no user jack"),
        (["igor-config", "jack", "--interval", "0"], 2, "--interval takes whole seconds"),
        (["import", "igor", "nothing.xml"], 2, "nothing.xml cannot be read (No such file"),
        (["import", "igor", ".env"], 2, "is not XML"),
    ],
)
def test_wrong_words_get_one_sentence(
    folder: Path, words: list[str], code: int, sentence: str
) -> None:
    done = healthrelay(folder, *words)

    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "99999999999999999999", "-1", "8080.5", "eighty"])
@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_port_that_is_none_is_usage(command: str, port: str) -> None:
    assert "Invalid value for '--port'" in run_command(command, f"--port={port}", code=2).err


@pytest.mark.parametrize("words", [["doctor", "--url"], ["igor-config", "jack", "--igor"]])
@pytest.mark.parametrize("url", ["http://127.0.0.1:65536", "http://127.0.0.1:0", "http://[::1"])
def test_an_address_that_is_none_is_usage(words: list[str], url: str) -> None:
    refused = run_command(*words, url, code=2).err

    assert f"Invalid value for '{words[-1]}': It must be an address such as" in refused


@pytest.mark.parametrize("url", ["https://x.example:65536/", "https://[::1/", "https://x:0/"])
def test_an_address_of_a_target_that_is_none_is_a_sentence(folder: Path, url: str) -> None:
    healthrelay(folder, "user", "add", "jack")

    for words in (["relay", "add", "jack", url], ["igor", url]):
        done = healthrelay(folder, *words)
        assert done.returncode == 2
        assert re.fullmatch(r"The address .+\.\n", done.stderr), words


def test_files_that_a_person_wrote_are_read_or_named(folder: Path) -> None:
    (folder / ".env").write_bytes("HEALTHRELAY_PUBLIC_URL=https://two.example\n".encode("utf-16"))
    healthrelay(folder, "user", "add", "jack")
    assert healthrelay(folder, "invite", "jack").stdout.startswith("https://two.example/")

    (folder / ".env").write_bytes("HEALTHRELAY_IGOR_USER=jörg\n".encode("latin-1"))
    refused = healthrelay(folder, "user", "list")

    assert refused.returncode == 5
    assert refused.stderr == f"{folder}/.env is not UTF-8 text: save it as UTF-8.\n"


def test_a_port_in_a_file_is_a_setting(folder: Path) -> None:
    (folder / ".env").write_text("HEALTHRELAY_PUBLIC_URL=http://127.0.0.1:99999\n")

    done = healthrelay(folder, "serve")

    assert done.returncode == 5
    assert "HEALTHRELAY_PUBLIC_URL must be an address" in done.stderr
    assert "with a port from 1 to 65535" in done.stderr


@pytest.mark.parametrize("utf8", ["0", "1"])
def test_a_secret_that_is_no_text_is_a_sentence(folder: Path, utf8: str) -> None:
    clean = without_settings() | {"HEALTHRELAY_HOME": str(folder / "data")}
    clean |= {"PYTHONUTF8": utf8, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "healthrelay", "register", "cid"],
        cwd=folder,
        env=clean,
        input="schlüssel\n".encode("latin-1"),
        capture_output=True,
        timeout=60,
    )

    assert done.returncode == 2
    assert done.stderr == b"What came on standard input is not UTF-8 text.\n"


def test_wrong_settings_are_all_named(folder: Path) -> None:
    done = healthrelay(folder, "user", "list", HEALTHRELAY_PROVIDER="x", HEALTHRELAY_SYSTEM="y")

    assert done.returncode == 5
    assert "HEALTHRELAY_PROVIDER" in done.stderr
    assert "HEALTHRELAY_SYSTEM" in done.stderr


def test_who_is_not_registered_yet_learns_which_settings_are_wanted(tmp_path: Path) -> None:
    make_store(tmp_path)

    done = healthrelay(tmp_path, "fetch", "jack")

    assert done.returncode == 5
    assert done.stderr == (
        "healthrelay is not registered with Google Health yet."
        " See HEALTHRELAY_CLIENT_ID, HEALTHRELAY_CLIENT_SECRET.\n"
    )


def test_settings_beside_the_store_count_wherever_the_folder_says_nothing(folder: Path) -> None:
    (folder / "data" / ".env").write_text("HEALTHRELAY_PUBLIC_URL=https://beside.example\n")
    healthrelay(folder, "user", "add", "jack")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    household = {"HEALTHRELAY_HOME": str(folder / "data")}

    beside = healthrelay(elsewhere, "invite", "jack", **household).stdout
    assert beside.startswith("https://beside.example/")
    assert healthrelay(folder, "invite", "jack").stdout.startswith("https://relay.example/")


def test_environment_wins_over_the_file(folder: Path) -> None:
    healthrelay(folder, "user", "add", "jack")

    link = healthrelay(folder, "invite", "jack", HEALTHRELAY_PUBLIC_URL="https://other.example")

    assert link.stdout.startswith("https://other.example/")


def test_registration_is_read_from_standard_input_and_sealed(folder: Path) -> None:
    done = healthrelay(folder, "register", "cid", "--no-check", stdin="a-client-secret\n")

    assert done.returncode == 0
    content = b"".join(path.read_bytes() for path in (folder / "data").glob("*.db*"))
    assert b"cid" in content
    assert b"a-client-secret" not in content


def test_igor_is_kept_with_its_key_sealed_and_forgotten_again(folder: Path) -> None:
    url = "https://igor.example:9333"
    done = healthrelay(folder, "igor", url, "--no-check", stdin="a-capability-of-igor\n")

    assert (done.returncode, done.stderr) == (0, "")
    content = b"".join(path.read_bytes() for path in (folder / "data").glob("*.db*"))
    assert url.encode() in content
    assert b"a-capability-of-igor" not in content
    assert healthrelay(folder, "igor", "--forget").returncode == 0
    for words in (["igor"], ["igor", "igor.local"], ["igor", url, "--user", "a:b"]):
        refused = healthrelay(folder, *words, stdin="secret\n")
        assert refused.returncode == 2, words
        assert "secret" not in refused.stderr


def test_keys_are_rotated_and_the_old_one_may_go(folder: Path) -> None:
    healthrelay(folder, "register", "cid", "--no-check", stdin="a-client-secret\n")
    old = (folder / "data/keys.env").read_text().partition("SEALING_KEYS=")[2].strip()
    new = healthrelay(folder, "new-key", "second").stdout.strip()
    both = {"HEALTHRELAY_SEALING_KEYS": f"{new},{old}"}

    rotated = healthrelay(folder, "rotate-keys", **both)
    again = healthrelay(folder, "rotate-keys", **both)
    alone = healthrelay(folder, "rotate-keys", HEALTHRELAY_SEALING_KEYS=new)
    strange = healthrelay(
        folder, "rotate-keys", HEALTHRELAY_SEALING_KEYS=healthrelay(folder, "new-key", "x").stdout
    )

    assert rotated.stdout.startswith("1 secret sealed again with 'second'.\n0 were so already.")
    assert "local may go" in rotated.stdout
    assert again.stdout.startswith("0 secrets sealed again with 'second'.\n1 was so already.")
    assert (alone.returncode, alone.stderr) == (0, "")
    assert strange.returncode == 5
    assert "needs the sealing key 'second'" in strange.stdout


def test_a_database_that_is_not_igors_own_work_cannot_steer_us(folder: Path) -> None:
    laughs = '<!DOCTYPE data [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><data>&b;</data>'
    (folder / "laughs.xml").write_text(laughs)
    odd = "<data><identities><jack><plugindata><fitbit/></plugindata></jack></identities><actions>"
    odd += "<action><url>/plugin/fitbit?user=jack&amp;%1b[31m=x</url></action></actions></data>"
    (folder / "odd.xml").write_text(odd)

    refused = healthrelay(folder, "import", "igor", "laughs.xml")
    accepted = healthrelay(folder, "import", "igor", "odd.xml")

    assert refused.returncode == 2
    assert "has a document type" in refused.stderr
    assert accepted.returncode == 0
    assert "There is no setting '?[31m'" in accepted.stdout
    assert "\x1b" not in accepted.stdout
