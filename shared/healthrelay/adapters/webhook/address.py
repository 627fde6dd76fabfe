"""Checks where a name leads before anything is sent there.

A name that leads into the house, to the machine itself or to the cloud's metadata would let
a target reach what only we can reach. The address that was checked is the one connected to: a
second look-up could give another.
"""

import ipaddress
import socket

from healthrelay.core.errors import Misconfigured, TryLater

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# NAT64 (RFC 6052), 6to4 (RFC 3056) and Teredo hide an address of the fourth version.
_PREFIXES = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
_TRANSLATED = tuple(map(ipaddress.ip_network, _PREFIXES))


def resolve(host: str, port: int, *, private: bool) -> str:
    """Return the first address of *host*; unless *private*, all of them must be public."""
    try:
        results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryLater(f"The name {host} was not found ({type(error).__name__}).") from error
    addresses = [str(sockaddr[0]) for *_, sockaddr in results]
    if not private and not all(is_public(address) for address in addresses):
        sentence = "leads to an address that is not public, which this target is not allowed."
        raise Misconfigured(f"{host} {sentence}")
    return addresses[0]


def is_public(text: str) -> bool:
    """Return whether anybody on the internet could reach the address."""
    address: _Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif any(address in net for net in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast
