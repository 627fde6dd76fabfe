"""A person takes their own along, or is erased with a receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from healthrelay.flows.delivery.targets import Endpoint, Keys, add
from tests.household import Household
from tests.local.test_damaged import SPOILED, spoil
from tests.web.setup.conftest import Visitor, heading

WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "1w"}
HOOK = "https://red.example.org/<script>alert(1)</script>"
KEYS = Keys("whsec_shared", "whsk_ours", "whpk_public")


@pytest.fixture
def jack(household: Household, somebody: Callable[[], Visitor]) -> Visitor:
    """Jack's own browser; he was read, and node-red is told."""
    household.connect("jack", **WEIGHTS)
    household.fetched()
    services = household.services
    endpoint = Endpoint(HOOK, private=False)
    add("jack", "node-red", endpoint, services.store, services.vault, lambda: KEYS)
    return somebody().be("jack")


def test_everything_is_taken_along_and_no_key(jack: Visitor) -> None:
    answer = jack.open("people/jack/export.zip")

    assert answer.headers["Content-Type"] == "application/zip"
    assert "healthrelay-jack.zip" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    with ZipFile(BytesIO(answer.content)) as archive:
        assert {"jack.json", "jack.body-weight.csv"} <= set(archive.namelist())
        document = json.loads(archive.read("jack.json"))
        everything = b"".join(map(archive.read, archive.namelist()))
    assert document["records"]["body-weight"]
    assert b"whs" not in everything
    assert b"access" not in everything


def test_nobody_is_erased_without_their_name(jack: Visitor) -> None:
    for typed in ("", "Jack", "anna", "<script>alert(1)</script>"):
        page = jack.press("people/jack/erase", name=typed)

        assert (page.status_code, "<title>Error: Erase Jack?" in page.text) == (422, True)
        assert "alert(1)" not in page.text
        assert jack.household.services.store.identities.settings("jack") is not None


def test_erased_with_a_receipt_that_this_browser_alone_has(
    jack: Visitor, somebody: Callable[[], Visitor]
) -> None:
    household = jack.household
    count = len(household.services.store.records.everything("jack"))
    assert f"{count} measurements" in jack.open("people/jack/erase").text

    answer = jack.press("people/jack/erase", name="jack")

    assert household.services.store.identities.names() == []
    assert not household.sandbox.honours("jack")
    path = answer.headers["Location"]
    for _ in range(2):
        page = jack.open(path)
        assert (page.status_code, heading(page)) == (200, "Jack is erased")
    assert f"{count} measurements" in page.text
    assert "Google Health has ended the permission." in page.text
    assert "red.example.org/&lt;script&gt;" in page.text
    assert "<code>sensors/fitbit/jack</code>" in page.text
    text = jack.open(f"{path}.txt")
    assert text.text.startswith("Everything of jack was removed at 2026-11-28 ")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert somebody().open(path).status_code == 404
    assert jack.open("receipts/2222").status_code == 404
    assert jack.open("people/jack").status_code in (303, 401)


def test_a_provider_that_does_not_answer_keeps_nobody_here(jack: Visitor) -> None:
    jack.household.sandbox.fail("/revoke", status=500, times=9)

    page = jack.follow(jack.press("people/jack/erase", name="jack"))

    assert "has not ended the permission" in page.text
    assert jack.household.services.store.identities.names() == []


def test_many_long_addresses_fit_into_the_receipt(jack: Visitor) -> None:
    services = jack.household.services
    for number in range(8):
        endpoint = Endpoint(f"https://red.example.org/{'a' * 1_900}", private=False)
        name = f"long-{number}"
        add("jack", name, endpoint, services.store, services.vault, lambda: KEYS)

    page = jack.follow(jack.press("people/jack/erase", name="jack"))

    assert heading(page) == "Jack is erased"
    assert "long-7: what was sent to its address" in page.text


@pytest.mark.parametrize(
    "kind", ["settings", "grant", "targets", "invitations", "ledger", "record", "progress"]
)
def test_who_is_damaged_can_be_erased(owner: Visitor, tmp_path: Path, kind: str) -> None:
    household = owner.household
    household.connect("emma", **WEIGHTS)
    household.fetched("emma")
    services = household.services
    endpoint = Endpoint(HOOK, private=False)
    add("emma", "node-red", endpoint, services.store, services.vault, lambda: KEYS)
    household.poll_key("emma")
    assert kind in SPOILED
    spoil(tmp_path / "healthrelay.db", kind)

    page = owner.open("people/emma/erase")

    uncounted = "some are damaged, so that they cannot be counted"
    assert (page.status_code, heading(page)) == (200, "Erase Emma?")
    assert (uncounted in page.text) == (kind == "record")
    assert ("Keep a copy first?" in page.text) == (kind != "record")
    erased = owner.follow(owner.press("people/emma/erase", name="emma"))
    assert heading(erased) == "Emma is erased"
    assert services.store.identities.names() == []


def test_of_a_stranger_nothing_can_be_erased(owner: Visitor) -> None:
    assert owner.open("people/emma/erase").status_code == 404
