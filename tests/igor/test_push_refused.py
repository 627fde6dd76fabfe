"""A real Igor that refuses: the fetch succeeds, the push waits, and an error says what to do."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from tests.household import Household
from tests.igor.expected import (
    EMPTY,
    JACK,
    KEY_SETTINGS,
    SENSOR,
    WEIGHTS_XML,
    for_owner,
    opening,
    trouble_of,
)
from tests.peers.igor import PARENT, Igor
from tests.peers.igor_server import ADMIN

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]


def token_payload(token: str) -> dict[str, str]:
    """What *token* says."""
    body = token.split(".")[1]
    payload: dict[str, str] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return payload


def none(_igor: Igor, _token: str) -> str:
    return ""


def forged(_igor: Igor, token: str) -> str:
    """*token* with another signature."""
    head, body, _ = token.split(".")
    return f"{head}.{body}.{'A' * 43}"


def ended(igor: Igor, token: str) -> str:
    """*token*, after the shared key went that Igor checks it with; as when Igor has moved."""
    key = {name: token_payload(token)[name] for name in ("iss", "aud")}
    igor.admin_get("/internal/accessControl/deleteSharedKey", **key)
    return token


def revoked(igor: Igor, token: str) -> str:
    """*token*, which Igor's owner has taken back."""
    cid = token_payload(token)["cid"]
    igor.admin_get("/internal/accessControl/revokeToken", parentId="admin-data", tokenId=cid)
    return token


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        pytest.param(none, 401, id="no key at all"),
        pytest.param(forged, 400, id="a key with another signature"),
        pytest.param(ended, 404, id="a key of which the other half is gone"),
        pytest.param(revoked, 400, id="a key that was taken back"),
    ],
)
def test_a_wrong_key_is_the_owners_to_mend(
    pusher: Callable[..., Household],
    household_with: Callable[..., Household],
    make_igor: Callable[..., Igor],
    wrong: Callable[[Igor, str], str],
    status: int,
) -> None:
    igor = make_igor()  # its keys are not those of others
    token = igor.mint_push_token()
    household = pusher(igor_url=igor.url, igor_token=wrong(igor, token))

    refused = household.fetched()

    assert refused["added"] == 2
    error = f"Igor refuses our key (status {status})."
    assert trouble_of(refused) == for_owner(error, KEY_SETTINGS)
    assert igor.data_xml(SENSOR) == EMPTY
    assert household_with(**opening(igor)).delivered() == {"delivered": 1, "waiting": 0}
    assert igor.data_xml(JACK) == WEIGHTS_XML


def test_a_key_for_another_path_is_refused_and_harms_nothing(
    pusher: Callable[..., Household], igor: Igor
) -> None:
    household = pusher(igor_url=igor.url, igor_token=igor.mint_push_token("other"))

    trouble = trouble_of(household.fetched())

    assert (trouble["who"], trouble["settings"]) == ("owner", KEY_SETTINGS)
    assert igor.data_xml(SENSOR) == EMPTY


def test_a_key_that_is_none_may_be_a_trouble_that_passes(
    pusher: Callable[..., Household], igor: Igor
) -> None:
    igor.mint_push_token()  # Igor that has no key at all answers 404
    household = pusher(igor_url=igor.url, igor_token="not-a-capability")

    assert trouble_of(household.fetched()) == {
        "error": "Igor has trouble, or our key is wrong (status 500).",
        "who": "nobody",
        "cause": "ambiguous",
    }
    again = household.delivered()
    assert again["trouble"]["who"] == "owner"


def test_a_missing_parent_is_made_once_by_the_owner(
    pusher: Callable[..., Household], igor: Igor
) -> None:
    household = pusher(**opening(igor))
    igor.delete(PARENT, auth=ADMIN)

    assert trouble_of(household.fetched()) == for_owner(
        "Igor has no element sensors/fitbit; make it once in Igor's database."
    )
    igor.make_parent()
    assert household.delivered()["waiting"] == 0
    assert igor.data_xml(JACK) == WEIGHTS_XML


def test_a_person_who_is_there_twice_is_the_owners_to_mend(
    pusher: Callable[..., Household], igor: Igor
) -> None:
    household = pusher(**opening(igor))
    for _ in range(2):
        igor.post(f"/data/{JACK}", json={"jack": {"note": "appended"}}, auth=ADMIN)

    assert trouble_of(household.fetched()) == for_owner(
        "Igor has this person twice; delete both elements in Igor once."
    )
    igor.delete(f"/data/{JACK}", auth=ADMIN)
    assert household.delivered()["waiting"] == 0
    assert igor.data_xml(JACK) == WEIGHTS_XML
