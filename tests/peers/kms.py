"""A Cloud KMS on loopback: Google's own messages over real gRPC, keys that only it knows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud import kms
from google.cloud.kms_v1.services.key_management_service.transports.grpc import (
    KeyManagementServiceGrpcTransport,
)

KEY = "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/sealing"
_SERVICE = "google.cloud.kms.v1.KeyManagementService"


@dataclass
class FakeKms:
    """Encrypts and decrypts under `KEY`, counts, and fails on demand."""

    asked: list[str] = field(default_factory=list)
    fails: grpc.StatusCode | None = None
    once: bool = False
    _key: AESGCM = field(default_factory=lambda: AESGCM(os.urandom(32)))

    def encrypt(self, request: kms.EncryptRequest, context: Any) -> kms.EncryptResponse:
        self._seen("encrypt", request.name, context)
        nonce = os.urandom(12)
        sealed = self._key.encrypt(nonce, request.plaintext, request.additional_authenticated_data)
        return kms.EncryptResponse(name=request.name, ciphertext=nonce + sealed)

    def decrypt(self, request: kms.DecryptRequest, context: Any) -> kms.DecryptResponse:
        self._seen("decrypt", request.name, context)
        text, said = request.ciphertext, request.additional_authenticated_data
        try:
            return kms.DecryptResponse(plaintext=self._key.decrypt(text[:12], text[12:], said))
        except InvalidTag:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Decryption failed.")
            raise

    def _seen(self, what: str, name: str, context: Any) -> None:
        self.asked.append(what)
        if self.fails:
            code, self.fails = self.fails, None if self.once else self.fails
            context.abort(code, "a text that quotes the request")
        if name != KEY:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such key")


@contextmanager
def serving(fake: FakeKms) -> Iterator[kms.KeyManagementServiceClient]:
    """Serve *fake*, and yield Google's client for it."""
    server = grpc.server(ThreadPoolExecutor(4))
    methods = {
        name: grpc.unary_unary_rpc_method_handler(
            method, request_deserializer=asked.deserialize, response_serializer=told.serialize
        )
        for name, method, asked, told in (
            ("Encrypt", fake.encrypt, kms.EncryptRequest, kms.EncryptResponse),
            ("Decrypt", fake.decrypt, kms.DecryptRequest, kms.DecryptResponse),
        )
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(_SERVICE, methods)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    transport = KeyManagementServiceGrpcTransport(channel=channel)
    try:
        yield kms.KeyManagementServiceClient(transport=transport)
    finally:
        channel.close()
        server.stop(None)
