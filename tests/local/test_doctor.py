"""`healthrelay doctor`, and what `fetch` says of the connection, against the sandbox."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from healthrelay.adapters.vault import SealingVault
from healthrelay.assembly.targets import new_keys
from healthrelay.flows.delivery.targets import Endpoint, add
from healthrelay.flows.household.application import StoredIgor, save_igor, save_registration
from tests.household import TODAY, WEIGHTS, Household, result_of, run_command


def doctor(*words: str, code: int = 0) -> dict[str, Any]:
    """Return what the doctor finds, by person or place."""
    found: dict[str, Any] = result_of("doctor", *words, code=code)
    return found


def state(*, code: int = 0) -> str:
    return str(doctor(code=code)["jack"]["state"])


def test_everybody_is_listed_with_cause_and_next_step(household: Household) -> None:
    household.add("emma")
    household.connect("jack", **WEIGHTS)

    output = run_command("doctor", code=3).out
    assert "emma: not connected\n" in output
    assert "\n  Connect: healthrelay invite emma\n" in output
    assert "/auth1" not in output
    assert "jack: connected since 20" in output
    assert list(doctor("jack")) == ["jack"]
    run_command("doctor", "nobody", code=2)


def test_provider_down_and_well_again(household: Household) -> None:
    household.connect(**WEIGHTS)
    household.sandbox.fail("/dataTypes/", status=500, times=2)

    first, second = household.fetch().json(), household.fetch().json()

    assert first["connection"]["state"] == second["connection"]["state"] == "provider down"
    assert first["connection"]["since"] == second["connection"]["since"]
    assert state() == "provider down"
    assert household.fetched()["connection"]["state"] == "connected"
    assert state() == "connected"


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_switched_off_api_is_the_owners(household: Household) -> None:
    household.connect(**WEIGHTS)
    household.sandbox.fail("/(body|dataTypes)/", status=410, times=3)

    connection = household.fetch().json()["connection"]

    assert connection["state"] == "misconfigured"
    assert "switched off" in connection["cause"]
    doctor(code=5)


def test_missing_sealing_key_is_named(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    household.connect(**WEIGHTS)
    monkeypatch.setenv("HEALTHRELAY_SEALING_KEYS", "another:" + "A" * 43 + "=")
    household.rebuild()

    jack = doctor(code=5)["jack"]

    assert jack["state"] == "misconfigured"
    assert "'local'" in jack["cause"]


SECRETS = {
    "plugindata/fitbit client_secret",
    "plugindata/fitbit igor_password",
    "plugindata/fitbit igor_token",
    "identities/jack/targets/node-red",
}


def test_each_sealed_value_that_does_not_open_is_named_with_the_next_step(
    household: Household,
) -> None:
    """Somebody renamed the key in the store: 'local' became 'lost'."""
    household.connect(**WEIGHTS)
    services = household.services
    store, vault = services.store, services.vault
    save_registration("cid", "a secret", store.identities, vault)
    save_igor(StoredIgor("https://i.example", "u", "token", "pass"), store.identities, vault)
    endpoint = Endpoint("https://a.example", private=False)
    add("jack", "node-red", endpoint, store=store, vault=vault, new_keys=new_keys)
    doctor()
    values = store.identities.application()
    renamed = {name: value.replace("v1.local.", "v1.lost.") for name, value in values.items()}
    store.identities.save_application(renamed, values)
    target = store.targets.of("jack")["node-red"]
    lost = {**target, "sealed": str(target["sealed"]).replace("v1.local.", "v1.lost.")}
    store.targets.save("jack", "node-red", lost, target)

    results = doctor(code=5)

    assert results.keys() == {"jack", *SECRETS}
    assert results["jack"]["state"] == "connected"
    for place in SECRETS:
        assert results[place]["state"] == "does not open"
        assert "needs the sealing key 'lost', which is not configured" in results[place]["cause"]
        assert results[place]["next_step"] == (
            "Put the missing key back into HEALTHRELAY_SEALING_KEYS, or enter the value again."
        )
    printed = run_command("doctor", code=5).out
    assert "plugindata/fitbit igor_token: does not open\n  A stored" in printed


def test_without_the_client_secret_everybody_is_named_and_so_is_the_secret(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    household.add("emma")
    household.connect(**WEIGHTS)
    lost = SealingVault({"lost": b"l" * 32})
    save_registration("cid", "a secret", household.services.store.identities, lost)
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"HEALTHRELAY_{name}")
    household.rebuild()

    results = doctor(code=5)

    assert results["emma"]["state"] == "not connected"
    assert results["jack"]["state"] == "misconfigured"
    assert "'lost'" in results["plugindata/fitbit client_secret"]["cause"]


def test_method_added_later_makes_the_consent_partial(household: Household) -> None:
    household.connect(**WEIGHTS)
    household.add("jack", methods="get_bodyweight,sleep")

    connection = household.fetched()["connection"]

    assert connection["state"] == "partly granted"
    assert connection["cause"] == "Not allowed: sleep."
    assert connection["next_step"].endswith("/auth1?user=jack")
    assert state(code=3) == "partly granted"
    household.connect()
    assert state() == "connected"


def test_grant_of_an_app_in_testing_expires_soon(household: Household) -> None:
    household.sandbox.google.testing = True
    household.connect(**WEIGHTS)

    jack = doctor(code=3)["jack"]

    assert jack["state"] == "expiring soon"
    assert "Testing" in jack["cause"]
    assert household.fetched()["connection"]["state"] == "expiring soon"


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_reconnecting_fills_the_hole(household: Household) -> None:
    """Three weeks without a login: a fetch of one week still brings all of them."""
    household.sandbox.wearer.weights.clear()
    today = datetime.combine(TODAY, time(7))
    household.connect(methods="time_series", resource="body/weight", period="1w")
    for ago in (26, 25):
        household.sandbox.wearer.weigh(today - timedelta(days=ago), "82.4")
    day = (today - timedelta(days=25)).date().isoformat()
    household.fetched(base_date=day, period="1w")
    household.sandbox.revoke_grants()
    household.fetch()
    household.wait_a_minute()
    assert household.fetch().json()["connection"]["state"] == "needs reconnect"
    for ago in range(20, 0, -1):
        household.sandbox.wearer.weigh(today - timedelta(days=ago), "82.1")
    assert household.fetch().status_code == 502
    assert state(code=3) == "needs reconnect"

    household.connect()
    fetched = household.fetched()

    assert fetched["added"] == 20
    assert fetched["connection"]["state"] == "connected"
    assert len(household.snapshot()["body-weight"]) == 22
