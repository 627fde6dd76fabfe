"""The licence of each package that goes with a function: requirements/licences.json.

    python tools/licences.py [--check]

Each is what the installed package says of itself, as an SPDX expression where it is known which
one is meant. With --check nothing is written: the exit code is 1 where the list is out of date, or
names a licence that nobody has agreed to yet (AGREED).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata

from pins import LICENCES, deployed

AGREED = {
    "Apache-2.0",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "ZPL-2.1",
}
"""Of all in an expression. None asks more of who deploys than to keep its text with the package."""
_MEANT = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ZPL 2.1": "ZPL-2.1",
}
"""What packages say → SPDX's name; BSD alone is none, and may mean two."""


def licence(package: str) -> str:
    """Return the licence of an installed *package*; empty where it says none."""
    facts = metadata(package)
    classified = [
        entry.rpartition(" :: ")[2]
        for entry in facts.get_all("Classifier") or []
        if entry.startswith("License")
    ]
    texts = [facts.get("License-Expression"), facts.get("License"), *classified]
    names = [_MEANT.get(text, text) for text in texts if text]
    return next(filter(is_agreed, names), names[0] if names else "")


def is_agreed(expression: str) -> bool:
    return all(part in AGREED for part in re.split(r" (?:AND|OR) ", expression))


def main() -> int:
    """Write the list, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    args = parser.parse_args()
    try:
        licences = {package: licence(package) for package in deployed()}
    except PackageNotFoundError as error:
        sys.exit(f"{error.name} is not installed: run `make check` first.")
    text = json.dumps(licences, indent=2) + "\n"
    if not args.check:
        LICENCES.write_text(text)
    elif LICENCES.read_text() != text:
        sys.exit("requirements/licences.json is out of date: run `make lock`.")
    strange = {name: one or "none" for name, one in licences.items() if not is_agreed(one)}
    for name, one in strange.items():
        print(f"Nobody has agreed to the licence of {name}: {one}", file=sys.stderr)
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main())
