"""The embedded store: one file, nothing to install."""

from healthrelay.adapters.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
