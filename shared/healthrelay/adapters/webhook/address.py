"""Checks where a name leads before anything is sent there.

A name that leads into the house, to the machine itself or to the cloud's metadata would let
a target reach what only we can reach. The address that was checked is the one connected to: a
second look-up could give another.
"""

import ipaddress
import socket

from healthrelay.core.errors import Misconfigured, TryLater

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given to networks of the sixth version; outside of it lie site-local and local
addresses, and those that hide one of the fourth version (iana.org/assignments/ipv6-address-space).
"""
_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        (
            # iana.org/assignments/iana-ipv6-special-registry: protocols with Teredo, what is for
            # documentation, and 6to4, which hides an address of the fourth version.
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "2002::/16",
            # iana.org/assignments/iana-ipv4-special-registry: protocols, and relays of 6to4.
            "192.0.0.0/24",
            "192.88.99.0/24",
        ),
    )
)


def resolve(host: str, port: int, *, private: bool) -> str:
    """Return the first address of *host*; unless *private*, all of them must be public."""
    try:
        results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryLater(f"The name {host} was not found ({type(error).__name__}).") from error
    addresses = [str(sockaddr[0]) for *_, sockaddr in results]
    if not private and not all(is_public(address) for address in addresses):
        sentence = "leads to an address that is not public, which this target is not allowed."
        raise Misconfigured(f"{host} {sentence}").with_cause("not_public")
    return addresses[0]


def is_public(text: str) -> bool:
    """Return whether anybody on the internet could reach the address."""
    address: _Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    special = address.is_multicast or any(address in network for network in _SPECIAL)
    return address.is_global and not special
