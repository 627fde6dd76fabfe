"""`healthrelay igor URL` tries a real Igor before anything is kept, and changes nothing there."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest

from tests.household import Household, run_command
from tests.igor.expected import EMPTY, SENSOR
from tests.peers.igor import PARENT, Igor
from tests.peers.igor_server import ADMIN

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]

ACCOUNT, PASSWORD = "healthrelay", "a password with spaces"
KEPT = "Igor takes this key. Kept, with the secret sealed. Restart what is running to use it.\n"
REFUSED = {
    "no key": ("", "", "Igor refuses our key (status 401)."),
    "no capability": ("made-up", "", "Igor does not know this key or this password."),
    "wrong password": ("made-up", ACCOUNT, "Igor does not know this key or this password."),
    "no such account": ("made-up", "nobody", "Igor refuses our key (status 501)."),
}


@pytest.fixture
def account(igor: Igor) -> Iterator[str]:
    """An account of Igor's that may store below `sensors/fitbit` and nothing else."""
    igor.put(f"/data/identities/{ACCOUNT}", json={}, auth=ADMIN)
    control = "/internal/accessControl"
    igor.admin_get(f"{control}/setUserPassword", username=ACCOUNT, password=PASSWORD)
    rights = {"put": "descendant", "get": "", "post": "", "delete": ""}
    owner = {"tokenId": "admin-data", "newOwner": f"/data/identities/{ACCOUNT}"}
    igor.admin_get(f"{control}/newToken", **owner, newPath=PARENT, **rights)
    yield ACCOUNT
    igor.delete(f"/data/identities/{ACCOUNT}", auth=ADMIN)


def kept_igor(household: Household) -> str:
    return household.services.store.identities.application().get("igor_url", "")


def keep(igor: Igor, secret: str, *more: str, monkeypatch: pytest.MonkeyPatch, code: int) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{secret}\n"))
    printed = run_command("igor", igor.url, *more, code=code)
    return printed.err or printed.out


def test_a_key_that_may_only_store_is_kept(
    household: Household, igor: Igor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in (None, "jack"):
        token = igor.mint_push_token(user)
        assert keep(igor, token, monkeypatch=monkeypatch, code=0) == KEPT

    assert kept_igor(household) == igor.url
    assert igor.data_xml(SENSOR) == EMPTY


def test_an_account_is_kept(
    household: Household, igor: Igor, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--user", account]

    assert keep(igor, PASSWORD, *words, monkeypatch=monkeypatch, code=0) == KEPT
    assert kept_igor(household) == igor.url


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("what", REFUSED)
def test_what_opens_nothing_is_not_kept(
    household: Household, igor: Igor, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, user, sentence = REFUSED[what]
    words = ["--user", user] if user else []

    refused = keep(igor, secret, *words, monkeypatch=monkeypatch, code=5)

    assert refused.startswith(sentence)
    assert "Nothing was kept; --no-check keeps it untried." in refused
    assert kept_igor(household) == ""


def test_a_key_of_another_igor_is_not_kept(
    household: Household,
    igor: Igor,
    make_igor: Callable[..., Igor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    igor.mint_push_token()
    token = make_igor().mint_push_token()

    refused = keep(igor, token, monkeypatch=monkeypatch, code=5)

    assert refused.startswith("Igor refuses our key (status ")
    assert kept_igor(household) == ""


def test_without_capabilities_no_key_is_needed(
    household: Household, make_igor: Callable[..., Igor], monkeypatch: pytest.MonkeyPatch
) -> None:
    igor = make_igor(capabilities=False)

    assert keep(igor, "", monkeypatch=monkeypatch, code=0) == KEPT
    assert kept_igor(household) == igor.url


def test_an_igor_behind_tls_is_tried_with_its_certificate(
    household: Household, make_igor: Callable[..., Igor], monkeypatch: pytest.MonkeyPatch
) -> None:
    igor = make_igor(tls=True)
    token = igor.mint_push_token()

    refused = keep(igor, token, monkeypatch=monkeypatch, code=5)
    assert refused.startswith("localhost:")
    assert "shows a certificate that is not trusted." in refused

    monkeypatch.setenv("HEALTHRELAY_IGOR_CA", str(igor.verify))
    household.rebuild()
    assert keep(igor, token, monkeypatch=monkeypatch, code=0) == KEPT
