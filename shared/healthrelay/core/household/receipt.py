"""What the removal of a person took away, and what remains where we cannot remove it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.json import Json


class Receipt(NamedTuple):
    """Everything that was stored of *user* just before it was removed at *at*."""

    user: str
    at: datetime
    records: Mapping[str, int]
    """Series → how many records."""
    changes: int
    """Entries of the log."""
    settings: tuple[str, ...]
    poll_key: bool
    provider: str | None
    """Whom the grant was for; None when the person was not connected."""
    trouble: str = ""
    """Why the provider did not end the grant."""
    targets: Mapping[str, str] = {}
    """Receivers of every change: name → address."""

    def as_json(self, home: str) -> dict[str, Json]:
        """Return the receipt for programs.

        *home* is where the household's Igor keeps everybody, ``sensors/fitbit``.
        """
        removed: dict[str, Json] = {
            "records": dict(self.records),
            "changes": self.changes,
            "settings": list(self.settings),
            "poll_key": self.poll_key,
            "grant": self.provider is not None,
            "targets": list(self.targets),
        }
        return {
            "user": self.user,
            "at": self.at.isoformat(),
            "removed": removed,
            "provider": self._provider_sentence(),
            "remains": list(self._remains(home)),
        }

    def in_words(self, home: str) -> str:
        """Return the receipt for the person, who keeps it."""
        counts = [f"{count} {series}" for series, count in self.records.items()]
        private = ["settings"] + ["poll key"] * self.poll_key
        private += ["grant"] * (self.provider is not None) + ["targets"] * bool(self.targets)
        return "\n".join(
            [
                f"Everything of {self.user} was removed at {self.at:%Y-%m-%d %H:%M} UTC.",
                f"  records: {', '.join(counts) or 'none'}",
                f"  entries of the log: {self.changes}",
                f"  and: {', '.join(private)}",
                self._provider_sentence(),
                "What remains elsewhere:",
                *(f"  - {line}" for line in self._remains(home)),
            ]
        )

    def _provider_sentence(self) -> str:
        if self.provider is None:
            return "There was no grant to end."
        consent = CONSENTS[self.provider]
        if not self.trouble:
            return f"{consent.label} has ended the grant."
        return (
            f"{consent.label} has not ended the grant: {self.trouble}"
            f" {self.user} can end it at {consent.manage}"
        )

    def _remains(self, home: str) -> tuple[str, ...]:
        label = CONSENTS[self.provider].label if self.provider else "the provider"
        return (
            f"Igor: delete /data/{home}/{self.user} there, and the action healthrelay-{self.user}",
            "a fetch that was under way: it may have delivered to Igor once more, so look again",
            *(f"{name}: what was sent to {url}" for name, url in self.targets.items()),
            f"what {label} itself keeps of {self.user}: only they can delete it there",
            "backups of the store, and Firestore's point-in-time recovery, until they run out",
            "exports that were made, and log lines, which name an alias and no value",
        )
