"""Tests that share an expensive peer are given to one worker."""

import pytest


@pytest.mark.xdist_group("groups")
def test_a_group_is_in_the_name_by_which_tests_go_to_workers(
    request: pytest.FixtureRequest,
) -> None:
    by_group = getattr(request.config.option, "loadgroup", False)

    assert request.node.nodeid.endswith("@groups") == by_group
