"""Sealing keys wrapped by Cloud KMS, over Google's own client."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import grpc
import pytest
from google.cloud.kms import KeyManagementServiceClient
from google.cloud.kms_v1.services.key_management_service.transports.grpc import (
    KeyManagementServiceGrpcTransport,
)

from healthrelay.adapters.kms import DataKeys, Kms
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.grants.sealing_keys import SealingKey
from tests.peers.kms import KEY, FakeKms, serving
from tests.peers.process import free_port

CONTENT = os.urandom(32)


@pytest.fixture
def fake() -> FakeKms:
    return FakeKms()


@pytest.fixture
def kms(fake: FakeKms) -> Iterator[Kms]:
    with serving(fake) as client:
        yield Kms(KEY, client)


def test_wrapped_key_seals_and_opens_and_is_unwrapped_once(fake: FakeKms, kms: Kms) -> None:
    wrapped = kms.wrap("new", CONTENT)
    assert CONTENT not in wrapped
    keys = {"new": SealingKey(wrapped, wrapped=True), "old": SealingKey(os.urandom(32))}

    vault = SealingVault(DataKeys(keys, kms))
    sealed = [vault.seal("a secret", "a place") for _ in range(3)]

    assert {SealingVault({"new": CONTENT}).open(text, "a place") for text in sealed} == {"a secret"}
    assert {vault.open(text, "a place") for text in sealed} == {"a secret"}
    assert fake.asked == ["encrypt", "decrypt"]


def test_key_that_is_not_needed_is_not_unwrapped(fake: FakeKms, kms: Kms) -> None:
    keys = {"plain": SealingKey(CONTENT), "wrapped": SealingKey(b"x", wrapped=True)}
    vault = SealingVault(DataKeys(keys, kms))

    assert vault.open(vault.seal("a secret", "a place"), "a place") == "a secret"
    assert fake.asked == []
    with pytest.raises(Misconfigured, match="'third', which is not configured"):
        vault.open("v1.third.AAAA", "a place")


def test_entry_under_another_name_does_not_open(kms: Kms) -> None:
    with pytest.raises(Misconfigured):
        kms.unwrap("another", kms.wrap("new", CONTENT))


def test_what_is_not_a_key_is_refused(kms: Kms) -> None:
    with pytest.raises(Misconfigured, match="not one of ours"):
        kms.unwrap("new", kms.wrap("new", b"short"))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.UNAVAILABLE, TryLater),
        (grpc.StatusCode.DEADLINE_EXCEEDED, TryLater),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, TryLater),
        (grpc.StatusCode.INTERNAL, TryLater),
        (grpc.StatusCode.PERMISSION_DENIED, Misconfigured),
        (grpc.StatusCode.NOT_FOUND, Misconfigured),
        (grpc.StatusCode.FAILED_PRECONDITION, Misconfigured),
    ],
)
def test_who_must_act_is_told_without_googles_words(
    fake: FakeKms, kms: Kms, code: grpc.StatusCode, error: type[HealthrelayError]
) -> None:
    fake.fails = code

    with pytest.raises(error) as caught:
        kms.unwrap("new", b"wrapped")

    assert "quotes" not in caught.value.sentence


def test_service_that_is_away_for_a_moment_is_asked_again(fake: FakeKms, kms: Kms) -> None:
    fake.fails, fake.once = grpc.StatusCode.UNAVAILABLE, True

    assert kms.wrap("new", CONTENT)
    assert fake.asked == ["encrypt", "encrypt"]


def test_dead_host_is_told_within_seconds() -> None:
    with grpc.insecure_channel(f"127.0.0.1:{free_port()}") as channel:
        dead = KeyManagementServiceClient(
            transport=KeyManagementServiceGrpcTransport(channel=channel)
        )
        started = time.monotonic()
        with pytest.raises(TryLater, match="could not be reached"):
            Kms(KEY, dead).unwrap("new", b"wrapped")
        assert time.monotonic() - started < 8
