"""Where a record came from: a provider's account, an import, or an earlier version.

Only absence at the same origin may ever remove a record.
"""

import hashlib

IMPORT = "import"
"""From Igor's old plugin."""
UNKNOWN = ""
"""Stored by an earlier version, which kept no origins."""


def origin_of(provider: str, account: str) -> str:
    """Return ``google_health 1a2b3c4d``: the provider and a digest of the account's id.

    Only the provider where the id is not known.
    """
    digest = hashlib.sha256(account.encode()).hexdigest()[:8]
    return f"{provider} {digest}" if account else provider


def is_same_origin(one: str, other: str) -> bool:
    """Return whether both are one provider's and, as far as that is known, one account's."""
    if one == other:
        return True
    (provider, _, account), (their_provider, _, theirs) = one.partition(" "), other.partition(" ")
    return provider == their_provider and not (account and theirs)


def has_provider(origin: str) -> bool:
    """Return whether it is a provider's: there, absence says something."""
    return origin not in (UNKNOWN, IMPORT)
