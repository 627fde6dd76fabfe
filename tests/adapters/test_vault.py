"""Sealed secrets open at their place, with their key, and nowhere else."""

import os

import pytest

from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import Misconfigured

OLD, NEW = os.urandom(32), os.urandom(32)
PLACE = "identities/jack/plugindata/fitbit/token google_health 111"


def test_opens_where_it_was_sealed() -> None:
    vault = SealingVault({"old": OLD})

    assert vault.open(vault.seal("a secret é", PLACE), PLACE) == "a secret é"


def test_envelope_shows_the_key_and_not_the_secret() -> None:
    vault = SealingVault({"old": OLD})

    one, two = vault.seal("a secret", PLACE), vault.seal("a secret", PLACE)

    assert one.startswith("v1.old.")
    assert "secret" not in one
    assert one != two


def test_first_key_seals_and_all_open() -> None:
    sealed = SealingVault({"old": OLD}).seal("a secret", PLACE)

    vault = SealingVault({"new": NEW, "old": OLD})

    assert vault.seal("x", PLACE).startswith("v1.new.")
    assert vault.open(sealed, PLACE) == "a secret"


def test_another_place_does_not_open() -> None:
    vault = SealingVault({"old": OLD})
    sealed = vault.seal("a secret", PLACE)

    with pytest.raises(Misconfigured, match="does not open"):
        vault.open(sealed, PLACE.replace("jack", "second"))


def test_missing_key_is_named() -> None:
    sealed = SealingVault({"old": OLD}).seal("a secret", PLACE)

    with pytest.raises(Misconfigured, match="'old'") as caught:
        SealingVault({"new": NEW}).open(sealed, PLACE)

    assert caught.value.names == ("HEALTHRELAY_SEALING_KEYS",)


@pytest.mark.parametrize("damaged", ["", "v1", "v1.old", "v1.old.!!!", "v1.old.AAAA", "v2.old.AA"])
def test_damaged_envelope_does_not_open(damaged: str) -> None:
    with pytest.raises(Misconfigured):
        SealingVault({"old": OLD}).open(damaged, PLACE)


def test_flipped_byte_does_not_open() -> None:
    vault = SealingVault({"old": OLD})
    sealed = vault.seal("a secret", PLACE)
    flipped = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]

    with pytest.raises(Misconfigured):
        vault.open(flipped, PLACE)
