"""Secrets that the owner types: never an argument, for those every process sees and shells keep."""

from __future__ import annotations

import sys


def typed(question: str) -> str:
    """What the owner types without being shown it, or the next line of standard input."""
    from getpass import getpass

    said = getpass(f"{question}: ") if sys.stdin.isatty() else sys.stdin.readline()
    return said.strip()
