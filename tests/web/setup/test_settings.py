"""Settings: of the application, and of a person, as the owner and the person fill them in."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import requests

from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.household.application import save_registration
from tests.household import START, WEIGHTS, Household, run_command
from tests.igor.recorder import Recorder
from tests.peers.process import free_port, until
from tests.web.setup.conftest import Visitor, heading
from tests.web.setup.test_start import ID, NO_CLIENT, OUR_CLIENT, said, secret_of, stored, title

IN_POUNDS = {"HEALTHRELAY_SYSTEM": "en_US"}
BOXES = {
    "methods": "time_series,sleep",
    "resource": "body/weight,body/fat,activities/steps,activities/heart",
    "period": "1m",
}
PAGE = "people/jack/settings"


def settings_of(household: Household, user: str = "jack") -> dict[str, str]:
    found = household.services.store.identities.settings(user)
    assert found is not None
    return found


def field(page: requests.Response, name: str) -> str:
    """What stands in the text field *name*."""
    match = re.search(rf'<input [^>]*\bname="{name}"[^>]*? value="([^"]*)"', page.text)
    assert match, page.text
    return unescape(match[1])


def chosen(page: requests.Response, name: str) -> str:
    """The value of the select *name*."""
    options = re.search(rf'<select [^>]*name="{name}"[^>]*>(.*?)</select>', page.text, re.S)
    assert options, page.text
    match = re.search(r'<option value="([^"]*)" selected>', options[1])
    assert match, options[1]
    return match[1]


def ticked(page: requests.Response) -> list[str]:
    return re.findall(r'<input type="checkbox" [^>]*value="(\w+)" checked>', page.text)


def wrong_fields(page: requests.Response) -> list[str]:
    return re.findall(
        r'<(?:input|select|fieldset)[^>]*?(?: id="([\w-]+)")?[^>]*aria-invalid', page.text
    )


def save(owner: Visitor, **fields: Any) -> requests.Response:
    """Send the form of what is read, as it stands, with *fields* in place of its own."""
    page = owner.open(PAGE)
    as_it_stands = {"reads": "1", "read": ticked(page), "timezone": field(page, "timezone")}
    as_it_stands |= {name: chosen(page, name) for name in ("interval", "period")}
    return owner.press(PAGE, **(as_it_stands | fields))


def test_another_unit_counts_at_once_and_goes_to_every_target(
    household: Household, owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Recorder() as igor:
        monkeypatch.setenv("HEALTHRELAY_IGOR_URL", igor.url)
        monkeypatch.setenv("HEALTHRELAY_IGOR_TOKEN", "capability")
        household.rebuild()
        household.connect(**WEIGHTS)
        household.fetched()
        before = household.snapshot()["body-weight"][-1]["value"]
        count = len(igor.seen)
        assert chosen(owner.open("settings"), "system") == "metric"

        page = owner.follow(owner.press("settings", system="en_US"))

        assert (heading(page), said(page)) == ("Settings", "Saved.")
        assert chosen(page, "system") == "en_US"
        after = household.snapshot()["body-weight"][-1]["value"]
        assert float(after) == pytest.approx(float(before) * 2.20462, abs=0.01)
        until(lambda: len(igor.seen) > count)
        assert f'"{after}"' in igor.seen[-1].body.decode()


@pytest.mark.parametrize("settings", [IN_POUNDS])
def test_the_units_of_the_environment_win_and_the_page_says_so(owner: Visitor) -> None:
    page = owner.open("settings")

    assert "The units are <b>American: pounds, miles</b>." in page.text
    assert 'name="system"' not in page.text
    refused = owner.press("settings", system="metric")
    assert refused.status_code == 400
    assert "HEALTHRELAY_SYSTEM is set where healthrelay runs, and wins." in refused.text
    assert "system" not in stored(owner.household)


@NO_CLIENT
def test_a_client_is_tried_before_it_is_kept(owner: Visitor) -> None:
    household = owner.household

    refused = owner.press("settings", client_id=ID, client_secret="GOCSPX-wrong", system="en_GB")

    assert (refused.status_code, title(refused)) == (422, "Error: Settings · healthrelay")
    assert "Google Health refuses this secret" in refused.text
    assert wrong_fields(refused) == ["secret"]
    assert 'id="summary" tabindex="-1" data-focus' in refused.text
    assert (field(refused, "client_id"), chosen(refused, "system")) == (ID, "en_GB")
    assert "GOCSPX-wrong" not in refused.text
    assert stored(household).keys() & {"client_id", "system"} == set()

    right = secret_of(household)
    done = owner.press("settings", client_id=ID, client_secret=right, system="en_GB")

    page = owner.follow(done)
    assert "Kept since 28 November. Type a new one to replace it." in page.text
    assert right not in page.text
    assert right not in repr(stored(household))
    assert stored(household)["system"] == "en_GB"
    household.connect(**WEIGHTS)  # with services that knew no client before


@pytest.mark.parametrize(
    "settings",
    [OUR_CLIENT | {"HEALTHRELAY_GOOGLE_TOKEN_URL": f"http://127.0.0.1:{free_port()}/token"}],
)
def test_an_empty_secret_is_the_kept_one_and_is_not_tried_again(owner: Visitor) -> None:
    services = owner.household.services
    save_registration(ID, "a secret", services.store.identities, services.vault)
    before = stored(owner.household)

    done = owner.press("settings", client_id=ID, client_secret="", system="en_US")
    another = owner.press("settings", client_id="another", client_secret="x", system="en_GB")

    assert done.status_code == 303
    assert another.status_code == 503  # nobody answers there
    assert "Google Health could not be reached" in another.text
    assert stored(owner.household) == {**before, "system": "en_US"}


def test_a_client_of_the_environment_has_no_field(owner: Visitor) -> None:
    page = owner.open("settings")

    assert f"The client <b>{ID}</b> comes from where healthrelay was installed" in page.text
    assert 'name="client_secret"' not in page.text
    assert secret_of(owner.household) not in page.text


def test_settings_lead_to_everybodys_and_to_the_way_out(owner: Visitor) -> None:
    owner.household.add("jack")
    other = Visitor(owner.household).sign_in()

    page = owner.open("settings")

    assert f'<a href="/setup/{PAGE}">Settings of Jack</a>' in page.text
    assert f'href="/setup/{PAGE}"' in owner.open("people/jack").text
    owner.press("sign-out/everywhere", page="settings")
    assert other.open("settings").status_code in (303, 401)


def test_what_is_read_how_often_and_where(owner: Visitor) -> None:
    owner.household.add("jack", **BOXES)
    page = owner.open(PAGE)
    assert ticked(page) == ["weight", "steps", "sleep"]
    assert (chosen(page, "interval"), chosen(page, "period")) == ("3600", "1m")

    done = save(
        owner, read=["steps", "food"], interval="900", period="1y", timezone=" Europe/Amsterdam "
    )

    page = owner.follow(done)
    assert said(page) == "Saved."
    assert ticked(page) == ["steps", "food"]
    assert settings_of(owner.household) == {
        "methods": "time_series",
        "resource": "activities/steps,foods/log/caloriesIn,foods/log/water",
        "interval": "900",
        "period": "1y",
        "timezone": "Europe/Amsterdam",
    }


def test_a_form_that_is_sent_as_it_stands_changes_nothing(owner: Visitor) -> None:
    for settings in (
        {},
        BOXES,
        {"methods": "get_devices,sleep", "interval": "5400", "period": "3m"},
    ):
        owner.household.services.store.identities.save("jack", settings)

        assert save(owner).status_code == 303

        assert settings_of(owner.household) == settings


def test_a_choice_that_was_made_otherwise_is_among_the_choices(owner: Visitor) -> None:
    owner.household.add("jack", interval="5400", period="3m")

    page = owner.open(PAGE)

    assert '<option value="5400" selected>Every 1 h 30 min</option>' in page.text
    assert '<option value="3m" selected>3m</option>' in page.text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"interval": "60"}, ["f-interval"]),
        ({"timezone": "Amsterdam"}, ["f-timezone"]),
        ({"period": "2w"}, ["f-period"]),
        ({"read": []}, ["boxes"]),
        ({"methods": "log_activity"}, ["f-methods"]),
        ({"resource": "body/age"}, ["f-resource"]),
        ({"interval": "900", "timezone": "x" * 501}, ["f-timezone"]),
    ],
)
def test_what_the_command_line_refuses_the_page_refuses_in_the_same_words(
    owner: Visitor, fields: dict[str, Any], wrong: list[str]
) -> None:
    owner.household.add("jack", **BOXES)

    page = save(owner, **fields)

    assert (page.status_code, title(page)) == (422, "Error: Settings of Jack · healthrelay")
    assert wrong_fields(page) == wrong
    assert settings_of(owner.household) == BOXES
    assert "Nothing was saved" in page.text
    for name, value in fields.items():
        if name in ("timezone", "methods", "resource"):
            assert field(page, name) == value
    if "read" not in fields:
        pairs = [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]
        sentence = run_command("user", "set", "jack", *pairs, code=2).err.strip()
        assert sentence in unescape(page.text)


def test_an_argument_gets_a_field_and_loses_it(owner: Visitor) -> None:
    owner.household.add("jack", methods="intraday_time_series", resource="activities/heart")
    page = owner.open(PAGE)
    assert field(page, "methods") == "intraday_time_series"
    assert 'name="detail_level"' not in page.text

    page = owner.follow(owner.press(f"{PAGE}/add", page=PAGE, name="detail_level", value="15min"))

    assert field(page, "detail_level") == "15min"
    assert settings_of(owner.household)["detail_level"] == "15min"
    owner.press(PAGE, detail_level="")
    assert "detail_level" not in settings_of(owner.household)


@pytest.mark.parametrize(
    ("name", "value", "wrong", "sentence"),
    [
        ("token", "x", "f-name", "There is no setting 'token'; "),
        ("detail_level", "2h", "f-value", "detail_level"),
        ("<script>alert(1)</script>", "x", "f-name", "There is no setting"),
    ],
)
def test_a_field_that_no_method_takes_is_refused(
    owner: Visitor, name: str, value: str, wrong: str, sentence: str
) -> None:
    before = {"methods": "intraday_time_series", "resource": "activities/heart"}
    owner.household.add("jack", **before)

    page = owner.press(f"{PAGE}/add", page=PAGE, name=name, value=value)

    assert page.status_code == 422
    assert wrong_fields(page) == [wrong]
    assert sentence in unescape(page.text)
    assert (field(page, "name"), field(page, "value")) == (name, value)
    assert "<script>alert" not in page.text
    assert settings_of(owner.household) == before


def test_a_person_chooses_what_is_read_and_nothing_else(visitor: Visitor) -> None:
    household = visitor.household
    household.connect("jack", **BOXES)
    jack = visitor.be("jack")
    page = jack.open(PAGE)
    assert 'name="interval"' not in page.text
    assert "Methods and their arguments" not in page.text

    done = jack.press(PAGE, reads="1", read="sleep", interval="900", methods="get_devices")

    assert done.status_code == 303
    assert settings_of(household) == {"methods": "sleep", "period": "1m"}
    assert jack.press(f"{PAGE}/add", page=PAGE, name="base_date", value="today").status_code == 404
    assert jack.open("settings").status_code == 404
    assert jack.open("people/anna/settings").status_code == 404


def test_what_was_not_allowed_is_named(owner: Visitor) -> None:
    owner.household.add("anna")
    assert "must allow this first" not in owner.open("people/anna/settings").text
    owner.household.connect("jack", methods="sleep")

    page = owner.open(PAGE)

    assert page.text.count("Jack must allow this first.") == 3
    assert re.search(r'value="sleep" checked><span>Sleep</span>', page.text)


def test_who_only_keeps_measurements_has_nothing_to_set(owner: Visitor) -> None:
    identities = owner.household.services.store.identities
    identities.save("jack-1", {"kept_from": "jack 1"})

    assert "Settings of Jack-1" not in owner.open("settings").text
    assert owner.open("people/jack-1/settings").status_code == 400
    assert owner.open("people/nobody/settings").status_code == 404


def test_the_page_speaks_dutch(owner: Visitor) -> None:
    owner.household.add("jack", **BOXES)

    page = owner.open(PAGE, **{"Accept-Language": "nl"})

    assert heading(page) == "Instellingen van Jack"
    assert "Hoe vaak" in page.text


def record(value: str) -> Record:
    return Record(
        "body-weight", "2026-11-28", "2026-11-28", {"dateTime": "2026-11-28", "value": value}, "x"
    )


def test_units_are_read_in_a_store_that_another_process_wrote(household: Household) -> None:
    household.add("jack")
    household.services.store.records.apply("jack", Delta(added=(record("82.4"),)), START)
    assert household.snapshot()["body-weight"][0]["value"] == "82.4"
    application = household.services.store.identities.application()

    household.services.store.identities.save_application(
        {**application, "system": "en_US"}, application
    )

    assert household.snapshot()["body-weight"][0]["value"] == "181.66"
