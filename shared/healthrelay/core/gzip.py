"""Equal bytes for equal bytes, smaller."""

import zlib

MIN_BYTES = 500
"""What is shorter becomes hardly smaller."""
_GZIP = 31
"""zlib's name for a stream with the header of gzip, which holds no time: equal bytes stay equal."""


def compress(body: bytes) -> bytes:
    """Return *body* in the coding ``gzip`` (RFC 1952)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()
