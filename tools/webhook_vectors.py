"""Print docs/vectors/webhooks.json: `python tools/webhook_vectors.py > docs/vectors/webhooks.json`.

Keys and texts are fixed, so the signatures are too. The first vector is the example that Standard
Webhooks publishes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from healthrelay.adapters.webhook.signing import PUBLIC, SECRET, SIGNING, headers
from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.events import index_records
from healthrelay.core.delivery.messages import Address, Message, change_message, snapshot_message
from healthrelay.core.measurements.records import Record

ABOUT = (
    "headers are those of a request, body is its text in UTF-8. valid says of its v1 signatures"
    " whether one is right for secret, and of its v1a signatures for public_key, at the time of"
    " webhook-timestamp."
)
AT = datetime(2026, 11, 28, 15, tzinfo=UTC)


class Keys(NamedTuple):
    """A receiver's keys, each in its notation."""

    secret: str
    signing: str
    public: str


def keys_of(secret: str, seed: bytes) -> Keys:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return Keys(SECRET + secret, SIGNING + _text(seed), PUBLIC + _text(public))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


EXAMPLE = keys_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", bytes(range(32)))
OLD = keys_of(_text(bytes(range(32, 64))), bytes(range(64, 96)))
NEW = keys_of(_text(bytes(range(96, 128))), bytes(range(128, 160)))


def messages() -> dict[str, Message]:
    """Return what healthrelay itself would send, by what it is."""
    day = "2026-11-28"
    weight = Record("body-weight", day, day, {"dateTime": day, "value": "82.4"})
    entry = Entry(2, AT, {"body-weight": (day,)}, {}, {})
    to = Address("node-red", "jack", "http://127.0.0.1:8080")
    large = [weight._replace(data={"value": "8" * 20_000})]
    return {
        "a change": change_message(entry, index_records([weight]), to),
        "a link to a change that is too large": change_message(entry, index_records(large), to),
        "a link to everything": snapshot_message(40, AT, to),
        "bytes are signed, not letters": Message("jack", '{"name": "Zoë"}'.encode(), "msg_zoe"),
    }


def vector(name: str, message: Message, keys: Keys, sent: dict[str, str]) -> dict[str, object]:
    """Return a good vector: *message* as it was *sent*, for who has these *keys*."""
    return {
        "name": name,
        "valid": True,
        "secret": keys.secret,
        "public_key": keys.public,
        "headers": sent,
        "body": message.body.decode(),
    }


def vectors() -> Iterator[dict[str, object]]:
    """Yield all of them, first the good ones."""
    example = Message("", b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek")
    sent = headers(example, [EXAMPLE[:2]], datetime.fromtimestamp(1614265330, UTC))
    yield vector("the example of Standard Webhooks", example, EXAMPLE, sent)
    for name, message in messages().items():
        yield vector(name, message, NEW, headers(message, [NEW[:2]], AT))
    change = messages()["a change"]
    both = headers(change, [NEW[:2], OLD[:2]], AT)
    yield vector("while keys change, for the new ones", change, NEW, both)
    yield vector("while keys change, for the old ones", change, OLD, both)
    sent = headers(change, [NEW[:2]], AT)
    good = vector("", change, NEW, sent)
    bad: dict[str, dict[str, object]] = {
        "another body": {"body": change.body.decode().replace("82.4", "28.4")},
        "another id": {"headers": {**sent, "webhook-id": "msg_other"}},
        "another time": {"headers": {**sent, "webhook-timestamp": str(int(AT.timestamp()) + 1)}},
        "another receiver's keys": {"secret": OLD.secret, "public_key": OLD.public},
        "no signature": {"headers": {**sent, "webhook-signature": ""}},
    }
    for name, other in bad.items():
        yield good | {"name": name, "valid": False} | other


if __name__ == "__main__":
    print(json.dumps({"about": ABOUT, "vectors": list(vectors())}, indent=2, ensure_ascii=False))
