"""Where a target may lie: anywhere on the internet, and nowhere else unless it is allowed."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from healthrelay.adapters.webhook.address import is_public, resolve
from healthrelay.core.errors import Misconfigured, TryLater

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "0.0.0.0", "::", "::1"]
PRIVATE = ["10.1.2.3", "172.16.0.1", "192.168.1.10", "100.64.0.1", "fd00:ec2::254"]
LINK_LOCAL = ["169.254.169.254", "fe80::1", "fe80::1%eth0"]
NO_HOST = ["224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "ff02::1"]
MAPPED = ["::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"]
COMPATIBLE = ["::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1", "::ffff:0:808:808"]
TUNNELS = ["2002:7f00:1::", "2001:0:0:0:0:0:0:1", "192.88.99.1"]
SPECIAL = ["fec0::1", "3fff::1", "5f00::1", "2001:db8::1", "192.0.0.8", "192.0.0.170", "100::1"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [*LOOPBACK, *PRIVATE, *LINK_LOCAL, *NO_HOST])
def test_no_place_on_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [*MAPPED, *COMPATIBLE, *TUNNELS, *SPECIAL])
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "169.254.169.254", "::1"]
)
def test_however_it_is_written_it_is_refused(host: str) -> None:
    with pytest.raises(Misconfigured, match="not public"):
        resolve(host, 443, private=False)


def test_the_owner_may_allow_it() -> None:
    assert resolve("127.0.0.1", 443, private=True) == "127.0.0.1"


def test_one_address_of_many_that_is_not_public_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: object, **__: object) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
            for address in ("8.8.8.8", "169.254.169.254")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    with pytest.raises(Misconfigured):
        resolve("rebinding.example", 443, private=False)
    assert resolve("rebinding.example", 443, private=True) == "8.8.8.8"


def test_a_name_that_is_not_there_may_come_later() -> None:
    with pytest.raises(TryLater, match="not found"):
        resolve("nowhere.invalid", 443, private=False)
    with pytest.raises(TryLater, match="not found"):
        resolve("x" * 70 + ".example", 443, private=False)
