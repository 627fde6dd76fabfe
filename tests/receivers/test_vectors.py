"""The published vectors are what we sign, and others' libraries judge them as they say."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.peers.node import node, packages

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "vectors" / "webhooks.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text())["vectors"]
# Of the specification and its reference libraries.
PUBLISHED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def by_secret(vector: dict[str, Any]) -> bool:
    """Whether the reference library takes it, at the time that it says."""
    at = datetime.fromtimestamp(int(vector["headers"]["webhook-timestamp"]), UTC)
    with time_machine.travel(at, tick=False):
        try:
            standardwebhooks.Webhook(vector["secret"]).verify(vector["body"], vector["headers"])
        except standardwebhooks.WebhookVerificationError:
            return False
    return True


def by_public_key(vector: dict[str, Any]) -> bool:
    """Whether one of the asymmetric signatures is right."""
    sent = vector["headers"]
    key = base64.b64decode(vector["public_key"].removeprefix("whpk_"))
    content = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.{vector['body']}".encode()
    for signature in sent["webhook-signature"].split():
        version, _, text = signature.partition(",")
        if version == "v1a":
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(text), content)
            except InvalidSignature:
                continue
            return True
    return False


def test_the_file_is_what_the_tool_prints() -> None:
    tool = ROOT / "tools" / "webhook_vectors.py"
    done = subprocess.run([sys.executable, tool], capture_output=True, text=True, check=True)

    assert done.stdout == FILE.read_text()


def test_the_first_is_the_example_of_the_standard() -> None:
    assert VECTORS[0]["headers"]["webhook-signature"].split()[0] == PUBLISHED
    assert {vector["valid"] for vector in VECTORS} == {True, False}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_library_for_python_judges_as_it_says(vector: dict[str, Any]) -> None:
    assert (by_secret(vector), by_public_key(vector)) == (vector["valid"], vector["valid"])


@pytest.mark.peer
def test_the_library_for_javascript_judges_as_they_say() -> None:
    purpose = "the library standardwebhooks"
    home = packages(ROOT / "tests" / "peers" / "webhooks", purpose)
    argv = [node(purpose), Path(__file__).with_name("vectors.cjs"), home]

    done = subprocess.run(argv, input=FILE.read_text(), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[vector["valid"]] * 2 for vector in VECTORS]
