"""Keys for one purpose each."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.derived_keys import LENGTH, derive_key


@given(st.text(min_size=1), st.sampled_from(["state", "invitation", "owner", "pkce", "log"]))
def test_it_is_hkdf(secret: str, purpose: str) -> None:
    hkdf = HKDF(hashes.SHA256(), LENGTH, salt=b"healthrelay", info=purpose.encode())

    assert derive_key(secret, purpose) == hkdf.derive(secret.encode())


def test_no_purpose_has_the_key_of_another() -> None:
    keys = {derive_key("s", purpose) for purpose in ("state", "invitation", "owner", "pkce", "log")}

    assert len(keys) == 5
    assert b"s" not in keys
