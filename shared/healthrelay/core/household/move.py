"""What becomes of a person's measurements when they go on with another provider account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from healthrelay.core.household.settings import KEPT_FROM


class Move(NamedTuple):
    """How *user* gets rid of an account: the measurements stay, go, or become another person."""

    user: str
    keep_as: str = ""
    """The name of the person whom they become."""
    remove: bool = False

    @property
    def empties(self) -> bool:
        """Return whether the user begins without measurements."""
        return self.remove or bool(self.keep_as)

    def in_words(self, counts: Mapping[str, int], home: str) -> str:
        """Return what will be, beforehand.

        *counts* is series → how many records; *home* is where Igor keeps everybody.
        """
        user, total = self.user, sum(counts.values())
        series = ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"
        return "\n".join(
            [
                f"{user} has {total} measurements here: {series}.",
                f"The login of {user} ends, and so do open invitations.",
                f"The next account that connects is {user}'s.",
                "What Igor will have:",
                *(f"  - {line}" for line in self._igor_lines(home)),
            ]
        )

    def _igor_lines(self, home: str) -> list[str]:
        place = f"/data/{home}/{self.user}"
        if not self.empties:
            return [f"{place}: what it has now; from today on what the new account measures"]
        later = "until the new account has measured something, and then only that"
        lines = [f"{place}: what it has now {later}"]
        if self.keep_as:
            kept = f"/data/{home}/{self.keep_as}"
            return [*lines, f"{kept}: what {self.user} has now, as soon as Igor gets it"]
        return [*lines, "nothing else: what it has now is removed here"]


def mark_kept(user: str, person: str) -> dict[str, str]:
    """Return the settings of who keeps what *user*, with the id *person*, had until this move."""
    return {KEPT_FROM: f"{user} {person}"}
