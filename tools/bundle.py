"""Pack what each function is deployed from, build/<function>.zip, and what it is made of,
build/<function>.cdx.json (`sbom`).

    python tools/bundle.py [--into FOLDER] [FUNCTION …]

In it: the function's main.py, the package without what only the owner's machine runs, and its pins
as requirements.txt. Of the package its modules and what pyproject.toml lists as its data: whatever
else lies there, such as an .env or a store, is named and stays here. The bytes depend on the files
alone, so that an unchanged function is not deployed again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import sbom

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "shared" / "healthrelay"
ENTRY = ("main.py",)
OWNERS = ("commands", "local", "__main__.py")
# The first day zip can write; the platform sets all times to this year as well.
WHEN = (1980, 1, 1, 0, 0, 0)


def names() -> list[str]:
    """Return the names of all functions, from their table."""
    return sorted(json.loads((PACKAGE / "config" / "functions.json").read_text()))


def contents(function: str) -> dict[str, Path]:
    """Return the files by their names in the bundle, sorted by name."""
    pins = ROOT / "requirements" / f"{function}.txt"
    if not pins.is_file():
        sys.exit(f"{function} has no pins: add its group to pyproject.toml, then `make lock`.")
    files = {"requirements.txt": pins}
    files |= _below(ROOT / "functions" / function, ENTRY)
    files |= {
        f"healthrelay/{name}": path for name, path in _below(PACKAGE, package_files()).items()
    }
    return dict(sorted(files.items()))


def package_files() -> Sequence[str]:
    """Return the patterns of the package's files: those that are installed with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    data: list[str] = project["tool"]["setuptools"]["package-data"][PACKAGE.name]
    return ["**/*.py", *data]


def left_out(functions: Sequence[str]) -> list[Path]:
    """Return what lies in the folders of *functions* or of the package and is in no bundle."""
    folders = {ROOT / "functions" / name: ENTRY for name in functions}
    return [
        path.relative_to(ROOT)
        for folder, patterns in ({**folders, PACKAGE: package_files()}).items()
        for path in sorted(set(_files(folder)) - set(_below(folder, patterns).values()))
    ]


def bundle(function: str, folder: Path) -> Path:
    """Write the bundle of *function* into *folder*; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{function}.zip"
    # Named by the process: two that pack at once must not take each other's draft.
    draft = target.with_suffix(f".{os.getpid()}.draft")
    # Stored, not deflated: each release of zlib may write other bytes.
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as packed:
        for name, path in contents(function).items():
            entry = zipfile.ZipInfo(name, WHEN)
            entry.create_system = 3  # Unix, whatever this machine is
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, path.read_bytes())
    draft.replace(target)
    return target


def _below(folder: Path, patterns: Sequence[str]) -> dict[str, Path]:
    """Return the files of *folder* that one of *patterns* names, by their names in it."""
    named = {path for pattern in patterns for path in folder.glob(pattern)}
    files = (path for path in _files(folder) if path in named and path.name[0] != ".")
    return {path.relative_to(folder).as_posix(): path for path in files}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below *folder*, but for what is compiled and what the owner alone runs."""
    for path in folder.rglob("*"):
        compiled = path.parent.name == "__pycache__"
        if path.is_file() and not compiled and path.relative_to(folder).parts[0] not in OWNERS:
            yield path


def main() -> None:
    """Pack those named, or all, and print each with its size and checksum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("function", nargs="*", help="those to pack; all when none is named")
    parser.add_argument("--into", type=Path, default=ROOT / "build", help="default: build/")
    args = parser.parse_args()
    unknown = set(args.function) - set(names())
    if unknown:
        parser.error(f"there is no function {', '.join(sorted(unknown))}: {', '.join(names())}")
    for path in left_out(args.function or names()):
        print(f"Not packed: {path} is no code of a function.", file=sys.stderr)
    for function in args.function or names():
        packed = bundle(function, args.into)
        sbom.write(function, args.into)
        size, checksum = packed.stat().st_size // 1024, sha256(packed.read_bytes()).hexdigest()
        print(f"{packed.name:12} {size:5} KiB  {checksum[:12]}")


if __name__ == "__main__":
    main()
