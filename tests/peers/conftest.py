"""The real peers' own tests meet Igor through the same fixtures as everybody else."""

from tests.peers.igor_fixtures import igor, igor_server, make_igor

__all__ = ["igor", "igor_server", "make_igor"]
