"""Signatures, both ways: what we sign others verify, and what others sign is what we sign."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from healthrelay.adapters.webhook.signing import headers, mint
from healthrelay.core.delivery.messages import Message

# The example of Standard Webhooks and its reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = Message("jack", b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek")
AT = datetime.fromtimestamp(1614265330, UTC)
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

# RFC 8032, section 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNING = f"whsk_{base64.b64encode(SEED).decode()}"


def signatures(sent: dict[str, str], version: str) -> list[str]:
    return [s for s in sent["webhook-signature"].split(" ") if s.startswith(f"{version},")]


def verify(public: bytes, sent: dict[str, str], message: Message) -> list[bool]:
    """For each ``v1a`` signature, whether it is one of *public* for what the headers say."""
    content = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + message.body
    good = []
    for signature in signatures(sent, "v1a"):
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(
                base64.b64decode(signature.partition(",")[2]), content
            )
            good.append(True)
        except InvalidSignature:
            good.append(False)
    return good


def test_published_example_is_signed_as_published() -> None:
    sent = headers(MESSAGE, [(SECRET, SIGNING)], AT)

    assert sent["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert sent["webhook-timestamp"] == "1614265330"
    assert signatures(sent, "v1") == [SIGNATURE]
    assert verify(PUBLIC, sent, MESSAGE) == [True]


@pytest.mark.parametrize("body", [b"{}", b'{"name":"Zo\xc3\xab"}', b"x" * 19_999])
def test_the_reference_library_signs_the_same(body: bytes) -> None:
    secret, signing, _ = mint()
    message = Message("jack", body, "msg_1")

    sent = headers(message, [(secret, signing)], AT)

    theirs = standardwebhooks.Webhook(secret).sign("msg_1", AT, body.decode())
    assert signatures(sent, "v1") == [theirs]


def test_the_reference_library_takes_what_we_sign() -> None:
    secret, signing, _ = mint()
    now = datetime.now(UTC)
    sent = headers(MESSAGE, [(secret, signing)], now)
    theirs = standardwebhooks.Webhook(secret)

    assert theirs.verify(MESSAGE.body, sent) == json.loads(MESSAGE.body)

    for changed in ({"webhook-id": "msg_2"}, {"webhook-timestamp": str(int(now.timestamp()) + 1)}):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            theirs.verify(MESSAGE.body, sent | changed)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        theirs.verify(MESSAGE.body + b" ", sent)
    late = headers(MESSAGE, [(secret, signing)], now - timedelta(minutes=6))
    with pytest.raises(standardwebhooks.WebhookVerificationError, match="too old"):
        theirs.verify(MESSAGE.body, late)


def test_while_keys_are_renewed_both_are_good() -> None:
    new, old, other = mint(), mint(), mint()
    sent = headers(MESSAGE, [new[:2], old[:2]], datetime.now(UTC))

    for secret, _, public in (new, old):
        standardwebhooks.Webhook(secret).verify(MESSAGE.body, sent)
        raw = base64.b64decode(public.removeprefix("whpk_"))
        assert sum(verify(raw, sent, MESSAGE)) == 1
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(other[0]).verify(MESSAGE.body, sent)
    assert not any(verify(base64.b64decode(other[2].removeprefix("whpk_")), sent, MESSAGE))


def test_keys_are_new_each_time_and_written_as_the_standard_says() -> None:
    one, two = mint(), mint()

    assert [key.partition("_")[0] for key in one] == ["whsec", "whsk", "whpk"]
    assert all(len(base64.b64decode(key.partition("_")[2])) == 32 for key in one)
    assert len({*one, *two}) == 6
