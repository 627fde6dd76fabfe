"""Where the store lies when nothing names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from healthrelay.config.home import ROOT, home, store_text, user_data_folder
from healthrelay.config.store_name import read_store
from healthrelay.core.errors import NotConfigured

JACK = Path("/people/jack")


def test_the_first_name_that_is_given_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/people/jack")
    named = {"home": "/srv/health", "store": "sqlite:///other.db"}

    assert store_text(named) == "sqlite:///other.db"
    assert store_text({"home": named["home"]}) == "sqlite:////srv/health/healthrelay.db"
    assert home({"home": "kept"}) == tmp_path / "kept"
    assert home({"home": "~/kept"}) == JACK / "kept"
    assert home({}) == ROOT / "data"
    assert (ROOT / "shared" / "healthrelay").is_dir()


def test_a_home_of_nobody_is_a_sentence() -> None:
    with pytest.raises(NotConfigured, match="home folder is not known") as caught:
        home({"home": "~nobody-of-that-name/x"})
    assert caught.value.names == ("HEALTHRELAY_HOME",)
    with pytest.raises(ValueError, match="home folder is not known"):
        read_store("sqlite:///~nobody-of-that-name/x.db")


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, JACK / ".local/share"),
        ("linux", {"XDG_DATA_HOME": "/data"}, Path("/data")),
        ("linux", {"XDG_DATA_HOME": "relative"}, JACK / ".local/share"),
        ("freebsd14", {}, JACK / ".local/share"),
        ("darwin", {"XDG_DATA_HOME": "/data"}, JACK / "Library/Application Support"),
        ("win32", {"LOCALAPPDATA": "/x/Local"}, Path("/x/Local")),
        ("win32", {}, JACK / "AppData/Local"),
    ],
)
def test_each_platform_has_a_folder_for_a_users_data(
    platform: str, environment: dict[str, str], folder: Path
) -> None:
    assert user_data_folder(environment, platform, JACK) == folder


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/people/jack")

    assert read_store("sqlite:///~/x.db").path == "/people/jack/x.db"
    assert read_store("sqlite:///data/~/x.db").path == "data/~/x.db"
    assert read_store("sqlite:///:memory:").path == ":memory:"
