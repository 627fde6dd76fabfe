"""Settings: read once, every fault named at once, secrets never printed."""

from __future__ import annotations

import base64
import multiprocessing
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from healthrelay import config
from healthrelay.assembly.services import Services
from healthrelay.core.errors import NotConfigured
from tests.household import OWNER_KEY

ROOT = Path(__file__).resolve().parents[2]

KEY = base64.b64encode(b"k" * 32).decode()
OTHER = base64.urlsafe_b64encode(b"\xff" * 32).decode()


def load(**given: str) -> config.Settings:
    complete = {"STORE": "sqlite:///:memory:"} | given
    return config.load({f"HEALTHRELAY_{name}": value for name, value in complete.items()})


def faults(**given: str) -> NotConfigured:
    """Return the error that names what is wrong with *given*."""
    with pytest.raises(NotConfigured) as caught:
        load(**given)
    return caught.value


def test_defaults_are_the_living_provider_in_the_units_that_are_kept() -> None:
    settings = load()

    assert (settings.provider, settings.system) == ("google_health", "")
    assert settings.igor_prefix == "sensors/fitbit"
    assert settings.google_api_url == "https://health.googleapis.com"
    assert settings.public_url == "http://127.0.0.1:8080"


def test_everything_wrong_is_named_in_one_message() -> None:
    wrong = {"PROVIDER": "garmin", "PUBLIC_URL": "relay", "OWNER_KEY": "x", "IGOR_CA": "/no.pem"}

    error = faults(**wrong)

    assert error.names == tuple(f"HEALTHRELAY_{name}" for name in wrong)
    assert all(name in error.sentence for name in error.names)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYSTEM", "en_FR"),
        ("STORE", "mysql://x"),
        ("STORE", "sqlite:///"),
        ("STORE", "firestore:(default)"),
        ("PUBLIC_URL", "https://user:pass@relay.example"),
        ("PUBLIC_URL", "https://relay.example/?x=1"),
        ("PUBLIC_URL", "ftp://relay.example"),
        ("GOOGLE_TOKEN_URL", "http://oauth2.example/token"),
        ("FITBIT_API_URL", "http://api.example"),
        ("IGOR_URL", "igor.local"),
        ("SEALING_KEYS", f"new:kms:{KEY}"),
        ("IGOR_PREFIX", "sensors/../plugindata"),
        ("IGOR_PREFIX", "sensors//fitbit"),
        ("IGOR_PASSWORD", "with:colon"),
        ("SEALING_KEYS", "noname"),
        ("SEALING_KEYS", "k:AAAA"),
        ("SEALING_KEYS", f"a.b:{KEY}"),
        ("SEALING_KEYS", f"k:{KEY},"),
        ("OWNER_KEY", "x" * 31),
        ("OWNER_KEY", "a" * 64),
        ("OWNER_KEY", "abcdefg" * 8),
        ("OWNER_KEY", "a good key with spaces in between the words"),
        ("OWNER_KEY", "ein-schlüssel-mit-umlauten-und-noch-mehr-davon"),
        ("OWNER_KEY", "a-key-with-a-newline\nand-more-behind-it-that-is-long"),
        ("NONSENSE", "1"),
    ],
)
def test_bad_values_are_refused_by_name(name: str, value: str) -> None:
    assert f"HEALTHRELAY_{name}" in faults(**{name: value}).names


def test_bad_secrets_are_not_repeated() -> None:
    secrets = {"OWNER_KEY": "hidden-but-short", "SEALING_KEYS": "k:hidden"}

    assert "hidden" not in faults(**secrets, IGOR_PASSWORD="hidden:word").sentence


def test_in_the_cloud_no_key_is_made_up() -> None:
    needed = ("PUBLIC_URL", "SEALING_KEYS", "OWNER_KEY")

    assert faults(STORE="firestore").names == tuple(f"HEALTHRELAY_{name}" for name in needed)


def test_another_database_of_firestore_can_be_named() -> None:
    keys = {"OWNER_KEY": OWNER_KEY, "SEALING_KEYS": f"k:{KEY}", "PUBLIC_URL": "https://x.example"}

    assert load(STORE="firestore:restored-1", **keys).store.place == "restored-1"
    assert load(STORE="firestore", **keys).store == ("firestore", "", None)
    assert load(STORE="firestore", **keys).store.path is None


def test_slashes_at_the_end_do_not_matter() -> None:
    settings = load(PUBLIC_URL="https://relay.example/", IGOR_PREFIX="/sensors/fitbit/")

    assert settings.public_url == "https://relay.example"
    assert settings.igor_prefix == "sensors/fitbit"


def test_loopback_may_do_without_tls() -> None:
    assert load(GOOGLE_TOKEN_URL="http://127.0.0.1:9/token").google_token_url.startswith("http:")


def test_both_alphabets_of_base64_are_keys() -> None:
    keys = load(SEALING_KEYS=f"new:{KEY}, old:{OTHER}").sealing_keys

    assert list(keys) == ["new", "old"]
    assert keys["old"].content == b"\xff" * 32
    assert repr(keys["old"]) == "SealingKey()"


def test_two_keys_of_one_name_are_refused_because_one_would_be_lost() -> None:
    wrong = faults(SEALING_KEYS=f"first:{KEY},first:{OTHER}")

    assert "HEALTHRELAY_SEALING_KEYS has two keys called first" in wrong.sentence
    assert [*load(SEALING_KEYS=f"first:{KEY},first:{KEY}").sealing_keys] == ["first"]


def test_a_queue_without_an_account_is_named_with_all_else_that_is_wrong() -> None:
    queue = "projects/p/locations/europe-west1/queues/healthrelay"

    both = faults(TASKS_QUEUE=queue, OWNER_KEY="short")

    assert both.names == ("HEALTHRELAY_OWNER_KEY", "HEALTHRELAY_TASKS_ACCOUNT")
    assert load(TASKS_QUEUE=queue, TASKS_ACCOUNT="a@p.iam.gserviceaccount.com").tasks_queue == queue
    nobody = faults(TASKS_QUEUE=queue, TASKS_ACCOUNT="nobody")
    assert "e-mail address" in nobody.sentence
    assert nobody.names == ("HEALTHRELAY_TASKS_ACCOUNT",)


@pytest.mark.parametrize("token", ["a\r\nX: b", "a\N{EURO SIGN}", "a\xe9b"])
def test_what_no_header_can_hold_is_refused_when_it_is_set(token: str) -> None:
    assert faults(IGOR_TOKEN=token).names == ("HEALTHRELAY_IGOR_TOKEN",)


@pytest.mark.parametrize("number", ["9" * 5000, "1_0", "١٢", "-1", "1e3"])
def test_a_number_of_days_is_a_few_digits(number: str) -> None:
    assert "must be a number of days from 1 to 36500" in faults(LOG_DAYS=number).sentence


def test_secrets_do_not_print() -> None:
    secrets = {
        "OWNER_KEY": OWNER_KEY,
        "CLIENT_SECRET": "c" * 20,
        "IGOR_TOKEN": "t" * 20,
        "IGOR_PASSWORD": "p" * 20,
        "SEALING_KEYS": f"k:{KEY}",
    }

    printed = repr(load(**secrets))

    assert not any(value in printed for value in secrets.values())
    assert "kkkk" not in printed


def test_local_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/data/healthrelay.db"

    first, second = load(STORE=store), load(STORE=store)

    assert first.owner_key == second.owner_key
    assert first.sealing_keys == second.sealing_keys
    kept = tmp_path / "data" / "keys.env"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sorted(path.name for path in kept.parent.iterdir()) == ["healthrelay.db", "keys.env"]
    assert stat.S_IMODE((kept.parent / "healthrelay.db").stat().st_mode) == 0o600


def test_a_store_that_is_gone_from_beside_its_keys_is_asked_about(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/healthrelay.db"
    load(STORE=store)
    (tmp_path / "healthrelay.db").unlink()

    with pytest.raises(NotConfigured, match="is not there or empty") as caught:
        load(STORE=store)

    assert str(tmp_path / "healthrelay.db") in caught.value.sentence
    assert "healthrelay load FILE" in caught.value.next_step
    assert not (tmp_path / "healthrelay.db").exists()
    (tmp_path / "keys.env").unlink()
    assert load(STORE=store).owner_key


@pytest.mark.parametrize("seconds", [-9_000, 0, 9_000])
def test_an_empty_store_beside_keys_is_asked_about(tmp_path: Path, seconds: int) -> None:
    path = tmp_path / "healthrelay.db"
    store = f"sqlite:///{path}"
    load(STORE=store)
    assert load(STORE=store).owner_key  # about to be used
    os.truncate(path, 0)
    made = path.stat().st_mtime + seconds
    os.utime(tmp_path / "keys.env", (made, made))

    with pytest.raises(NotConfigured, match="is not there or empty"):
        load(STORE=store)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotConfigured, match="cannot be made or used") as caught:
        load(STORE=f"sqlite:///{tmp_path}/file/data/healthrelay.db")

    assert str(tmp_path / "file" / "data") in caught.value.sentence


def test_given_keys_win_over_the_kept_ones(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/healthrelay.db"
    load(STORE=store)

    assert load(STORE=store, OWNER_KEY=OWNER_KEY).owner_key == OWNER_KEY


def _owner_key(path: str) -> str:
    return load(STORE=f"sqlite:///{path}/healthrelay.db").owner_key


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(_owner_key, [str(tmp_path / "data")] * 8)

    assert len(set(keys)) == 1


RELAY = {
    "K_SERVICE": "relay",
    "HEALTHRELAY_STORE": "firestore",
    "HEALTHRELAY_PUBLIC_URL": "https://relay.example",
}


def test_a_function_in_a_service_of_its_own_may_lack_what_it_does_not_need() -> None:
    relay = config.load(RELAY)

    assert (relay.owner_key, relay.sealing_keys, relay.client_id) == ("", {}, "")
    with pytest.raises(NotConfigured) as caught:
        config.load({"K_SERVICE": "auth1", "HEALTHRELAY_STORE": "firestore"})
    assert caught.value.names == ("HEALTHRELAY_PUBLIC_URL", "HEALTHRELAY_OWNER_KEY")


def test_a_missing_owner_key_is_no_key_that_fits() -> None:
    services = Services(config.load(RELAY))

    with pytest.raises(NotConfigured):
        _ = services.owner_key


def test_the_command_that_is_named_makes_a_good_owner_key() -> None:
    named = re.findall(r"makes one: (.+)\)", faults(OWNER_KEY="short").sentence)
    helped = re.findall(r"makes them: (.+)\.", config.SETTINGS["owner_key"].help)
    assert named == helped

    made = subprocess.run(["sh", "-c", *named], capture_output=True, text=True, check=True).stdout

    assert load(OWNER_KEY=made).owner_key == made.strip()


def test_the_platforms_guard_is_refused_where_no_platform_looks() -> None:
    account = {"TASKS_ACCOUNT": "invoker@p.iam.gserviceaccount.com"}

    assert faults(GUARD="iam", **account).names == ("HEALTHRELAY_GUARD",)
    assert faults(GUARD="iam").names == ("HEALTHRELAY_TASKS_ACCOUNT", "HEALTHRELAY_GUARD")


def test_a_certificate_is_a_pem_file(tmp_path: Path) -> None:
    file = tmp_path / "igor.crt"
    text = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    for content in (b"", b"\x30\x82", text.encode("utf-16")):
        file.write_bytes(content)
        assert faults(IGOR_CA=str(file)).names == ("HEALTHRELAY_IGOR_CA",)
    assert faults(IGOR_CA=str(tmp_path)).names == ("HEALTHRELAY_IGOR_CA",)
    file.write_text(text)
    assert load(IGOR_CA=str(file)).igor_ca == str(file)


def test_the_queue_reaches_each_function_at_a_path_or_at_a_host_of_its_own() -> None:
    shared = load(PUBLIC_URL="https://shared.example")
    own = load(TASKS_URL="https://{function}-1.europe-west1.run.app")

    assert shared.private_address("fetch") == "https://shared.example/fetch"
    assert own.private_address("fetch") == "https://fetch-1.europe-west1.run.app"
    for wrong in ("http://{function}.example", "{function}", "https://{other}.example"):
        assert faults(TASKS_URL=wrong).names == ("HEALTHRELAY_TASKS_URL",)
