"""Files that a person writes are read, or named in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay import config
from healthrelay.config.load import kept_keys, local_keys
from healthrelay.config.readers import meant
from healthrelay.config.text_file import read_environment_file, read_text_file
from healthrelay.core.errors import NotConfigured

LINES = "# Jörg's\nHEALTHRELAY_SYSTEM=metric\nHEALTHRELAY_IGOR_USER='jörg'\n"
VALUES = {"HEALTHRELAY_SYSTEM": "metric", "HEALTHRELAY_IGOR_USER": "jörg"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_unicode_that_says_which_is_read(file: Path, encoding: str, newline: str) -> None:
    mark = "\ufeff" if encoding[-3:] in ("-le", "-be") else ""
    file.write_bytes((mark + LINES.replace("\n", newline)).encode(encoding))

    assert read_environment_file(file) == VALUES


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode("latin-1"),
        LINES.encode("utf-16-le"),
        LINES.encode("utf-16")[:-1],
        b"HEALTHRELAY_SYSTEM=met\0ric\n",
        b"\x80\x80\xff",
    ],
)
def test_any_other_is_named_with_its_path(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with pytest.raises(NotConfigured) as caught:
        read_environment_file(file)

    assert caught.value.sentence == f"{file} is not UTF-8 text: save it as UTF-8."


@pytest.mark.parametrize("line", ["HEALTHRELAY_OWNER_KEY='a-secret-of-no-end", "'a=b'=a-secret"])
def test_a_line_that_is_none_is_named_by_its_number(file: Path, line: str) -> None:
    file.write_text(f"{LINES}{line}\n")

    with pytest.raises(NotConfigured, match=r"Line 4 of .*/\.env cannot be read") as caught:
        read_environment_file(file)

    assert "a-secret" not in caught.value.sentence


def test_no_file_and_a_folder_of_that_name_hold_nothing(file: Path) -> None:
    assert read_environment_file(file) == {}
    file.mkdir()
    assert read_environment_file(file) == {}
    with pytest.raises(NotConfigured, match=r"cannot be read \(Is a directory\)"):
        read_text_file(file)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_lies_there_it_is_read_or_one_sentence(content: bytes) -> None:
    with NamedTemporaryFile(suffix=".env") as made:
        made.write(content)
        made.flush()
        values, sentence = read_or_sentence(Path(made.name))

    assert not sentence or made.name in sentence
    assert not [name for name in values if "=" in name or not name]
    assert not [text for pair in values.items() for text in pair if "\0" in text]


def read_or_sentence(path: Path) -> tuple[Mapping[str, str], str]:
    try:
        return read_environment_file(path), ""
    except NotConfigured as error:
        return {}, error.sentence


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("metric", "metric"),
        (' "metric" ', "metric"),
        ("'metric'\r", "metric"),
        ('"', '"'),
        ('""', ""),
        ("\"met'", "\"met'"),
        ('a"b"', 'a"b"'),
    ],
)
def test_quotes_around_a_value_are_not_of_it(text: str, value: str) -> None:
    assert meant(text) == value


def test_every_setting_may_stand_in_quotes() -> None:
    """As `docker run --env-file` leaves them."""
    plain = {
        "HEALTHRELAY_STORE": "sqlite:///:memory:",
        "HEALTHRELAY_SYSTEM": "en_GB",
        "HEALTHRELAY_RELAY_DAYS": "12",
        "HEALTHRELAY_OWNER_KEY": "an-owner-key-for-tests-of-forty-characters",
        "HEALTHRELAY_IGOR_URL": "",
        "HEALTHRELAY_HOME": "kept",
    }
    keys = {"HEALTHRELAY_SEALING_KEYS": local_keys("")["sealing_keys"]}

    quoted = {name: f'"{value}"' for name, value in (plain | keys).items()}

    assert config.load(quoted) == config.load(plain | keys)


def test_keys_that_an_editor_saved_open_the_same(tmp_path: Path) -> None:
    path = str(tmp_path / "healthrelay.db")
    made = local_keys(path)
    file = tmp_path / "keys.env"
    lines = file.read_text().splitlines()

    for encoding in ("utf-8-sig", "utf-16"):
        file.write_text("\r\n".join(lines) + "\r\n \r\n", encoding, newline="")
        assert kept_keys(path) == made
    file.write_text("\n".join(f"{n}='{v}'" for n, _, v in (x.partition("=") for x in lines)))
    assert kept_keys(path) == made
    file.write_bytes(b"\xe9" + file.read_bytes())
    with pytest.raises(NotConfigured, match=r"keys\.env is not UTF-8 text"):
        kept_keys(path)
