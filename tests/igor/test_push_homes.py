"""Every kind of home: with a password, with another element, behind TLS, without capabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.household import Household
from tests.igor.expected import (
    ARRIVED,
    EMPTY,
    JACK,
    SENSOR,
    WEIGHTS_XML,
    for_owner,
    opening,
    push,
    trouble_of,
)
from tests.peers.igor import PARENT, Igor
from tests.peers.igor_server import ADMIN

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]

ACCOUNT = "healthrelay"
PASSWORD = "a password with spaces"


@pytest.fixture
def account(igor: Igor) -> Iterator[str]:
    """An account of Igor's that may store below `sensors/fitbit` and nothing else."""
    igor.put(f"/data/identities/{ACCOUNT}", json={}, auth=ADMIN)
    control = "/internal/accessControl"
    igor.admin_get(f"{control}/setUserPassword", username=ACCOUNT, password=PASSWORD)
    igor.admin_get(
        f"{control}/newToken",
        tokenId="admin-data",
        newOwner=f"/data/identities/{ACCOUNT}",
        newPath=PARENT,
        put="descendant",
        get="",
        post="",
        delete="",
    )
    yield ACCOUNT
    igor.delete(f"/data/identities/{ACCOUNT}", auth=ADMIN)


def test_user_and_password_open_an_igor(
    pusher: Callable[..., Household], igor: Igor, account: str
) -> None:
    household = pusher(igor_url=igor.url, igor_user=account, igor_password=PASSWORD)

    assert push(household, igor) == ARRIVED


def test_a_key_for_one_person_is_enough(pusher: Callable[..., Household], igor: Igor) -> None:
    household = pusher(igor_url=igor.url, igor_token=igor.mint_push_token("jack"))

    assert push(household, igor) == ARRIVED


@pytest.mark.parametrize(
    ("user", "who"),
    [
        # Igor 0.99.1 trips over a wrong password and answers 500.
        pytest.param(ACCOUNT, "nobody", id="wrong password"),
        pytest.param("nobody", "owner", id="no such account"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_wrong_password_stores_nothing(
    pusher: Callable[..., Household], igor: Igor, user: str, who: str
) -> None:
    household = pusher(igor_url=igor.url, igor_user=user, igor_password="guessed")

    trouble = trouble_of(household.fetched())

    assert trouble["who"] == who
    assert "our key" in trouble["error"]
    assert igor.data_xml(SENSOR) == EMPTY


def test_the_element_of_the_oldest_plugin_can_be_kept(
    pusher: Callable[..., Household], igor: Igor
) -> None:
    igor.put("/data/sensors/_fitbit", json={}, auth=ADMIN)
    household = pusher(igor_url=igor.url, igor_user="admin", igor_prefix="sensors/_fitbit")

    assert push(household, igor, "sensors/_fitbit/jack") == ARRIVED

    assert igor.data_xml(SENSOR) == EMPTY
    igor.delete("/data/sensors/_fitbit", auth=ADMIN)


def test_tls_is_verified_by_the_certificate_that_the_owner_names(
    pusher: Callable[..., Household],
    household_with: Callable[..., Household],
    make_igor: Callable[..., Igor],
) -> None:
    igor = make_igor(tls=True)
    opens = opening(igor)
    assert igor.url.startswith("https://localhost:")

    refused = pusher(**opens | {"igor_ca": ""}).fetched()

    assert refused["added"] == 2
    assert trouble_of(refused) == for_owner(
        f"{urlsplit(igor.url).netloc} shows a certificate that is not trusted."
    )
    assert igor.data_xml(SENSOR) == EMPTY
    assert household_with(**opens).delivered() == {"delivered": 1, "waiting": 0}
    assert igor.data_xml(JACK) == WEIGHTS_XML


def test_an_igor_without_capabilities_needs_no_key(
    pusher: Callable[..., Household], make_igor: Callable[..., Igor]
) -> None:
    igor = make_igor(capabilities=False)

    assert push(pusher(igor_url=igor.url), igor) == ARRIVED
