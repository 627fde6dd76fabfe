"""Which keys seal: plain ones, or such as only Cloud KMS can open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from healthrelay.core.grants.sealing_keys import sealing_key

if TYPE_CHECKING:
    from healthrelay.config import Settings
    from healthrelay.core.grants.sealing_keys import SealingKey
    from healthrelay.ports.peers import Vault


def vault(settings: Settings) -> Vault:
    """What seals with the first of the configured keys, and opens with all."""
    return vault_of(settings.sealing_keys, settings.kms_key)


def vault_of(keys: Mapping[str, SealingKey], kms_key: str) -> Vault:
    """The same with *keys*, which *kms_key* wraps, if any."""
    from healthrelay.adapters.vault import SealingVault

    if not kms_key:
        return SealingVault({name: key.content for name, key in keys.items()})
    from healthrelay.adapters.kms import DataKeys, Kms

    return SealingVault(DataKeys(keys, Kms(kms_key)))


def new_key(settings: Settings, name: str) -> str:
    """A new entry of HEALTHRELAY_SEALING_KEYS, wrapped where a Cloud KMS key is set."""
    content = os.urandom(32)
    if not settings.kms_key:
        return sealing_key(name, content)
    from healthrelay.adapters.kms import Kms

    return sealing_key(name, Kms(settings.kms_key).wrap(name, content), wrapped=True)
