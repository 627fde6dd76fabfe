"""What a move to another account does with a fetch that is under way, on either store."""

from __future__ import annotations

import pytest

from healthrelay.core.errors import Conflict
from healthrelay.core.household.move import Move
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.transfer.move import move_account
from healthrelay.ports.store import Store
from tests.stores.contract import LEDGER, NOW, add_weights, weight

WAYS = {
    "keep": Move("jack", keep_as="jack-old"),
    "remove": Move("jack", remove=True),
    "continue": Move("jack"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_read_while_the_account_changes_is_not_stored(
    either_store: Store, way: str
) -> None:
    """The fetch has read the ledger before, and comes to store after it."""
    records = either_store.records
    either_store.identities.save("jack", {})
    records.apply("jack", add_weights("2026-10-31"), NOW, LEDGER)
    under_way = records.ledger("jack")

    move_account(WAYS[way], either_store, lambda _user: None, NOW)

    for delta in (add_weights("2026-11-01"), Delta()):
        with pytest.raises(Conflict, match="moved to another account"):
            records.apply("jack", delta, NOW, under_way)
    left = [weight("2026-10-31")] if way == "continue" else []
    assert records.everything("jack") == left
    assert records.ledger("jack").days == {}
    if way == "keep":
        assert records.everything("jack-old") == [weight("2026-10-31")]
        assert records.ledger("jack-old") == LEDGER


@pytest.mark.parametrize("way", WAYS)
def test_what_comes_late_of_the_account_before_is_treated_as_the_rest(
    either_store: Store, way: str
) -> None:
    """A fetch stores after the move has begun, and before the new epoch."""
    records = either_store.records
    either_store.identities.save("jack", {})
    records.apply("jack", add_weights("2026-10-31"), NOW, LEDGER)

    def disconnect(_user: str) -> None:
        records.apply("jack", add_weights("2026-11-01"), NOW, LEDGER)

    move_account(WAYS[way], either_store, disconnect, NOW)

    both = [weight("2026-10-31"), weight("2026-11-01")]
    assert records.everything("jack") == (both if way == "continue" else [])
    if way == "keep":
        assert records.everything("jack-old") == both
