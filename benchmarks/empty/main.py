"""The floor: what the functions framework costs when the function does nothing."""

from flask import Request


def empty(request: Request) -> str:
    """Answer at once."""
    return "ok"
