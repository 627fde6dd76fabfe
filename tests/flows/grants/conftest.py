"""A login for every test of grants."""

from __future__ import annotations

import pytest

from tests.flows.grants.issuer import Login


@pytest.fixture
def login() -> Login:
    return Login()
