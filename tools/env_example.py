"""Print .env.example from the table of settings: `python tools/env_example.py > .env.example`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from healthrelay.config import PREFIX, SETTINGS

HEAD = """\
Every setting of healthrelay. Copy this file to .env and change what you need; what stands in the
environment wins. On one machine none is needed: without a client id, `make run` uses the sandbox,
and missing keys are made once into the folder of the store."""
WIDTH = 98


def lines() -> Iterator[str]:
    """Yield the lines of the file: each setting below what explains it, and commented out."""
    yield from (f"# {line}" for line in HEAD.splitlines())
    for name, setting in SETTINGS.items():
        if setting.help:
            yield ""
            wrapped = textwrap.wrap(setting.help, WIDTH, break_on_hyphens=False)
            yield from (f"# {line}" for line in wrapped)
        yield f"# {PREFIX}{name.upper()}={setting.default}"


if __name__ == "__main__":
    print("\n".join(lines()))
