"""``healthrelay dump`` and ``load``, as the owner types them."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from healthrelay.__main__ import main
from healthrelay.adapters.sqlite.store import SqliteStore
from tests.flows.transfer.conftest import contents, household
from tests.household import run_command

SEALING = f"k:{base64.b64encode(b'k' * 32).decode()}"


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Return the names of a store with a household, and of one that is not there."""
    for name in [name for name in os.environ if name.startswith("HEALTHRELAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    one, other = (f"sqlite:///{tmp_path}/{word}/healthrelay.db" for word in ("one", "other"))
    household(opened(one)).close()  # type: ignore[attr-defined]
    return one, other


def opened(name: str) -> SqliteStore:
    return SqliteStore(name.removeprefix("sqlite:///"))


def test_a_store_is_dumped_and_loaded(
    stores: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = stores
    monkeypatch.setenv("HEALTHRELAY_SEALING_KEYS", SEALING)

    out, err = run_command("dump", "household.ndjson", "--store", one)
    assert out == ""
    assert err.startswith("3 people with 707 records.\n")
    file = tmp_path / "household.ndjson"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    monkeypatch.setenv("HEALTHRELAY_STORE", other)
    out, err = run_command("load", str(file))
    assert err == ""
    assert out.splitlines() == [
        "3 people with 707 records.",
        "3 of 3 sealed values open with the keys of this store.",
        "Run only one of the two stores: a grant that both refresh may end.",
    ]
    assert contents(opened(other)) == contents(opened(one))
    refused = run_command("load", str(file), code=2).err
    assert "__x__, jack, second exist in this store already" in refused


def test_standard_output_takes_it_too(
    stores: tuple[str, str], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["dump", "--store", stores[0]]) == 0
    out, _ = capfdbinary.readouterr()
    assert json.loads(out.splitlines()[-1])["lines"] == len(out.splitlines()) - 1

    (tmp_path / "file").write_bytes(out)
    assert main(["load", "file", "--store", stores[1]]) == 5
    assert contents(opened(stores[1])) == contents(opened(stores[0]))


def test_keys_lie_beside_the_file_or_are_named_where_they_are_missing(
    stores: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = stores
    run_command("dump", "file", "--store", one)
    out = run_command("load", "file", "--store", other, code=5).out
    assert out.count("Not opened: ") == 3
    assert "Not opened: plugindata/fitbit client_secret: A stored secret needs the sealing" in out
    assert "add the sealing keys of the dumped store to HEALTHRELAY_SEALING_KEYS" in out
    assert not (tmp_path / "other" / "keys.env").exists()

    third = f"sqlite:///{tmp_path}/third/healthrelay.db"
    (tmp_path / "third").mkdir()
    (tmp_path / "third" / "keys.env").write_text(f"HEALTHRELAY_SEALING_KEYS={SEALING}\n")
    assert "3 of 3 sealed values open" in run_command("load", "file", "--store", third).out

    wrong = f"k:{base64.b64encode(bytes(32)).decode()}"
    monkeypatch.setenv("HEALTHRELAY_SEALING_KEYS", wrong)
    fourth = f"sqlite:///{tmp_path}/fourth/x.db"
    out = run_command("load", "file", "--store", fourth, code=5).out
    assert "does not open with the sealing key 'k'" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["dump", "file", "--store", "sqlite:///none.db"], "none.db."),
        (["dump", "file", "--store", "oracle"], "oracle must be sqlite:///path, firestore"),
        (["dump", "file", "--store", "sqlite:///:memory:"], "A store in memory ends with"),
        (["dump", "none/file", "--store", "ONE"], "none cannot be written to (FileNotFoundError)."),
        (["load", "none"], "none cannot be read (FileNotFoundError)."),
        (["load", "."], ". cannot be read (IsADirectoryError)."),
    ],
)
def test_bad_arguments_leave_no_file(
    stores: tuple[str, str], tmp_path: Path, words: list[str], sentence: str
) -> None:
    before = sorted(tmp_path.iterdir())

    given = [stores[0] if word == "ONE" else word for word in words]
    assert sentence in run_command(*given, code=2).err

    assert sorted(tmp_path.iterdir()) == before


def test_a_dump_that_fails_leaves_the_one_before(stores: tuple[str, str], tmp_path: Path) -> None:
    run_command("dump", "file", "--store", stores[0])
    before = (tmp_path / "file").read_bytes()
    (tmp_path / "one" / "healthrelay.db").write_bytes(b"no database at all, and of some length")
    for more in (tmp_path / "one").glob("healthrelay.db-*"):
        more.unlink()

    run_command("dump", "file", "--store", stores[0], code=5)

    assert (tmp_path / "file").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "one"]
