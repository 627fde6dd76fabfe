"""Where the functions and the sandbox lie: in the checkout, or in the package when installed."""

from pathlib import Path

from healthrelay.core.errors import NotConfigured

ROOT = Path(__file__).resolve().parents[3]
"""Of the checkout, where this is one."""
_PACKED = Path(__file__).resolve().parents[1] / "parts"
"""What setup.py copies there."""


def part(name: str) -> Path:
    """Return the folder or file *name*. Raise `NotConfigured` where it is not."""
    path = (_PACKED if _PACKED.is_dir() else ROOT) / name
    if not path.exists():
        raise NotConfigured(f"{name} is not where healthrelay is installed: install it again.")
    return path
