"""Files that a person writes: ``.env``, and the keys beside the store."""

import io
from collections.abc import Mapping
from pathlib import Path

from healthrelay.core.errors import NotConfigured

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""The marks with which some editors and shells (Windows' `>` among them) begin a file."""


def read_environment_file(path: Path) -> Mapping[str, str]:
    """Return the names and values in *path*; nothing where there is no such file.

    Raise `NotConfigured`, which names the file and the first line that cannot be read.
    """
    if not path.exists() or path.is_dir():  # some keep a virtual environment in a folder .env
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - no function reads such a file
    from dotenv.parser import parse_stream  # noqa: PLC0415

    text = read_text_file(path)
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or "=" in (binding.key or ""):
            # Not the line itself: it may hold a secret.
            line = binding.original.line
            raise NotConfigured(
                f"Line {line} of {path.absolute()} cannot be read: write NAME=VALUE, with both"
                " quotes or none."
            )
    values = dotenv_values(stream=io.StringIO(text))
    return {name: value or "" for name, value in values.items()}


def read_text_file(path: Path) -> str:
    """Return the text of *path*, in UTF-8 or, by its mark, in UTF-16. Raise `NotConfigured`."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
    except OSError as error:
        sentence = f"{path.absolute()} cannot be read ({error.strerror})."
        raise NotConfigured(sentence) from error
    except UnicodeDecodeError as error:
        raise _no_text(path) from error
    if "\0" in text:
        raise _no_text(path)
    return text


def _no_text(path: Path) -> NotConfigured:
    return NotConfigured(f"{path.absolute()} is not UTF-8 text: save it as UTF-8.")
