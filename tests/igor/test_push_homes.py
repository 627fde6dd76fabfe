"""Every kind of home: with a password, with another element, behind TLS, without capabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.household import Household
from tests.igor.expected import FIX_THIS, WEIGHTS, WEIGHTS_XML
from tests.peers.igor import PARENT, Igor
from tests.peers.igor_server import ADMIN

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]

JACK = "sensors/fitbit/jack"
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
    household_with: Callable[..., Household], igor: Igor, account: str
) -> None:
    household = household_with(igor_url=igor.url, igor_user=account, igor_password=PASSWORD)
    household.connect(**WEIGHTS)

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    assert igor.data_xml(JACK) == WEIGHTS_XML


def test_a_key_for_one_person_is_enough(
    household_with: Callable[..., Household], igor: Igor
) -> None:
    household = household_with(igor_url=igor.url, igor_token=igor.mint_push_token("jack"))
    household.connect(**WEIGHTS)

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    assert igor.data_xml(JACK) == WEIGHTS_XML


@pytest.mark.parametrize(
    ("user", "who"),
    [
        # Igor 0.99.1 trips over a wrong password and answers 500.
        pytest.param(ACCOUNT, "nobody", id="wrong password"),
        pytest.param("nobody", "owner", id="no such account"),
    ],
)
def test_a_wrong_password_stores_nothing(
    household_with: Callable[..., Household], igor: Igor, account: str, user: str, who: str
) -> None:
    household = household_with(igor_url=igor.url, igor_user=user, igor_password="guessed")
    household.connect(**WEIGHTS)

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (0, 1)
    assert fetched["trouble"]["who"] == who
    assert "our key" in fetched["trouble"]["error"]
    assert igor.data_xml("sensors/fitbit") == "<fitbit></fitbit>"


def test_the_element_of_the_oldest_plugin_can_be_kept(
    household_with: Callable[..., Household], igor: Igor
) -> None:
    igor.put("/data/sensors/_fitbit", json={}, auth=ADMIN)
    household = household_with(igor_url=igor.url, igor_user="admin", igor_prefix="sensors/_fitbit")
    household.connect(**WEIGHTS)

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    assert igor.data_xml("sensors/_fitbit/jack") == WEIGHTS_XML
    assert igor.data_xml("sensors/fitbit") == "<fitbit></fitbit>"
    igor.delete("/data/sensors/_fitbit", auth=ADMIN)


def test_tls_is_verified_by_the_certificate_that_the_owner_names(
    household_with: Callable[..., Household], make_igor: Callable[..., Igor]
) -> None:
    igor = make_igor(tls=True)
    opens = {"igor_url": igor.url, "igor_token": igor.mint_push_token()}
    assert igor.url.startswith("https://localhost:")

    stranger = household_with(**opens)
    stranger.connect(**WEIGHTS)
    refused = stranger.fetched()

    assert (refused["added"], refused["delivered"], refused["waiting"]) == (2, 0, 1)
    assert refused["trouble"].pop("since")
    assert refused["trouble"] == {
        "error": "localhost shows a certificate that is not trusted.",
        "who": "owner",
        "cause": "misconfigured",
        "next_step": FIX_THIS,
    }
    assert igor.data_xml("sensors/fitbit") == "<fitbit></fitbit>"
    trusting = household_with(**opens, igor_ca=str(igor.verify)).delivered()
    assert trusting == {"delivered": 1, "waiting": 0}
    assert igor.data_xml(JACK) == WEIGHTS_XML


def test_an_igor_without_capabilities_needs_no_key(
    household_with: Callable[..., Household], make_igor: Callable[..., Igor]
) -> None:
    igor = make_igor(capabilities=False)
    household = household_with(igor_url=igor.url)
    household.connect(**WEIGHTS)

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    assert igor.data_xml(JACK) == WEIGHTS_XML
