"""The form of a person's stored targets, ``{"script": {"url": …, "private": …, "sealed": …}}``."""

from collections.abc import Mapping
from typing import Any

from healthrelay.core.json import require


def read_targets(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the targets in *document* by name. Raise `ValueError` and its like for no such."""
    for target in document.values():
        require(target["url"], str)
        require(target["private"], bool)
        require(target["sealed"], str)
    return dict(document)
