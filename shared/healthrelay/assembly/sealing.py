"""What seals, and what opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.core.grants.sealing_keys import SealingKey
    from healthrelay.ports.peers import Vault


def vault(keys: Mapping[str, SealingKey]) -> Vault:
    """Return what seals with the first of *keys*, and opens with all."""
    from healthrelay.adapters.vault import SealingVault

    return SealingVault({name: key.content for name, key in keys.items()})
