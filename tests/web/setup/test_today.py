"""Today over real HTTP: everybody's newest numbers, who needs somebody, and one button each."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from healthrelay.core.delivery.progress import Progress
from healthrelay.core.measurements.ledger import Days, Device, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.grants.links import invite
from tests.household import START, Household
from tests.web.setup.conftest import Visitor, heading

EVERYTHING = {
    "methods": "get_bodyweight,sleep,time_series",
    "resource": "activities/steps",
    "period": "1m",
    "timezone": "Europe/Amsterdam",
}
WEEK = timedelta(days=7)


def card(page: str, user: str) -> str:
    """The text of a person's card."""
    match = re.search(rf'<section class="card" id="{user}".*?</section>', page, re.S)
    assert match, page
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", match[0])).split())


def weighed(day: str, kilograms: str, time: str = "07:12:00") -> Record:
    data = {"logId": int(day[-2:]), "date": day, "time": time, "weight": float(kilograms)}
    return Record("weight", day, f"{day}T{time}", data, "import")


def walked(day: str, steps: int) -> Record:
    data = {"dateTime": day, "value": str(steps)}
    return Record("activities-steps", day, day, data, "import")


NIGHT = {
    "logId": 7,
    "dateOfSleep": "2026-11-28",
    "startTime": "2026-11-27T23:04:00.000",
    "endTime": "2026-11-28T06:41:00.000",
    "minutesAsleep": 437,
}
MEASURED = (
    weighed("2026-11-20", "90"),
    *(weighed(f"2026-11-{day}", "82.7") for day in (21, 23, 26)),
    weighed("2026-11-28", "82.4"),
    walked("2026-11-27", 8123),
    walked("2026-11-28", 900),
    Record("sleep", "7", "2026-11-28", NIGHT, "import"),
)


def connect_jack(household: Household, ledger: Ledger | None = None) -> None:
    """Let jack be connected, with these measurements."""
    household.connect("jack", **EVERYTHING)
    household.services.store.records.apply("jack", Delta(added=MEASURED), START, ledger)


@pytest.fixture
def jack(household: Household) -> Household:
    """Jack is connected, and these are his measurements."""
    ledger = Ledger(read_at=(START - timedelta(minutes=10)).isoformat())
    connect_jack(household, ledger)
    return household


def test_an_empty_household_is_led_on(owner: Visitor) -> None:
    page = owner.open("/setup")

    assert (page.status_code, heading(page)) == (200, "Nobody is here yet")
    assert "A project at Google" in page.text


def test_the_newest_numbers_have_their_day_and_the_week_before(
    jack: Household, owner: Visitor
) -> None:
    page = owner.open("/setup")

    # The mean of 82.7 on three of the seven days before the 28th; the 90 is older.
    assert heading(page) == "Saturday 28 November"
    text = card(page.text, "jack")
    assert "82.4 kg" in text
    assert "0.3 kg below the week before" in text
    assert "Yesterday 8,123 steps" in text
    assert "7 h 17 min 23:04 to 06:41" in text
    assert '<svg class="chart spark"' in page.text
    assert page.text.count("Everything is well.") == 2
    assert "Last read at 15:50, next at " in text
    assert 'aria-label="Fetch now: Jack"' in page.text


def test_the_button_fetches_and_the_next_page_has_it(household: Household, owner: Visitor) -> None:
    household.connect("jack", **EVERYTHING)
    page = owner.open("/setup")
    assert "No measurement yet" in card(page.text, "jack")
    assert "Jack is connected. We look again at" in card(page.text, "jack")

    household.fetched()

    assert "kg" in card(owner.open("/setup").text, "jack")


def test_whose_sleep_alone_is_read_has_it_on_the_card(household: Household, owner: Visitor) -> None:
    household.connect("jack", methods="sleep", timezone="Europe/Amsterdam")
    ledger = Ledger(read_at=(START - timedelta(minutes=10)).isoformat())
    household.services.store.records.apply("jack", Delta(added=MEASURED[-1:]), START, ledger)

    text = card(owner.open("/setup").text, "jack")

    assert "Last night 7 h 17 min 23:04 to 06:41" in text
    assert "Everything is well." in text
    for untrue in ("No measurement yet", "There is nothing", "No weight"):
        assert untrue not in text


def eaten(day: str) -> Record:
    return Record("foods-log-caloriesIn", day, day, {"dateTime": day, "value": "2100"}, "import")


def test_whose_food_alone_is_read_is_well(household: Household, owner: Visitor) -> None:
    household.connect("jack", methods="time_series", resource="foods/log/caloriesIn", period="1m")
    ledger = Ledger(read_at=(START - timedelta(minutes=10)).isoformat())
    household.services.store.records.apply(
        "jack", Delta(added=[eaten("2026-11-27")]), START, ledger
    )

    text = card(owner.open("/setup").text, "jack")
    page = owner.open("people/jack").text

    assert "Everything is well. Last read" in text
    assert "No weight, night or whole day of steps yet All measurements" in text
    assert "No weight, night or whole day of steps yet" in page
    for untrue in ("No measurement yet", "There is nothing", "We look again"):
        assert untrue not in text + page


def test_who_was_read_and_has_nothing_is_waited_for(household: Household, owner: Visitor) -> None:
    household.connect("jack", methods="time_series", resource="foods/log/caloriesIn", period="1m")
    ledger = Ledger(read_at=(START - timedelta(minutes=10)).isoformat())
    household.services.store.records.apply("jack", Delta(), START, ledger)

    text = card(owner.open("/setup").text, "jack")

    assert "No measurement yet" in text
    assert "Jack is connected. We look again at" in text


def test_whom_the_provider_turned_away_is_named_first(jack: Household, owner: Visitor) -> None:
    jack.add("anna")
    jack.add("mia")
    trouble = {"cause": "invalid_grant", "who": "wearer", "sentence": "It was refused."}
    ended = (START - timedelta(days=3)).isoformat()
    jack.change_grant(health={"ended_at": ended, "refreshing": {**trouble, "since": ended}})

    page = owner.open("/setup").text

    assert "3 people need you" in page
    assert re.search(r'<a class="state need" href="#jack">', page)
    text = card(page, "jack")
    assert "Needs you" in text
    assert (
        "ended Jack’s permission on Wednesday. Jack must allow it again; nothing is lost." in text
    )
    assert "82.4 kg" in text
    assert "Anna has not given access yet." in card(page, "anna")
    assert "All times are Europe/Amsterdam." in page
    assert re.findall(r'id="(jack|anna|mia)"', page) == ["jack", "anna", "mia"]


def test_who_was_invited_is_waited_for_and_gets_no_other_link(
    jack: Household, owner: Visitor
) -> None:
    jack.add("mia")
    services = jack.services
    invite("mia", services.consent, services.store.identities, services.now())

    page = owner.open("/setup")

    text = card(page.text, "mia")
    assert "Mia Invited" in text
    # A week from Saturday 28 November.
    assert "Mia has not connected yet. The link works until 5 December." in text
    link = 'href="/setup/start/people#mia" aria-label="Show the link: Mia"'
    assert link in page.text
    assert re.search(r'<a class="state waiting" href="#mia">', page.text)


def test_who_must_connect_again_and_has_a_link_is_shown_it(jack: Household, owner: Visitor) -> None:
    ended = (START - timedelta(days=3)).isoformat()
    trouble = {"cause": "invalid_grant", "who": "wearer", "sentence": "It was refused."}
    jack.change_grant(health={"ended_at": ended, "refreshing": {**trouble, "since": ended}})
    services = jack.services
    invite("jack", services.consent, services.store.identities, services.now())

    text = card(owner.open("/setup").text, "jack")

    assert "Jack must allow it again; nothing is lost." in text
    assert text.endswith("Show the link")


def test_of_a_fetch_in_parts_it_is_said_how_far_it_is(jack: Household, owner: Visitor) -> None:
    ledger = jack.services.store.records.ledger("jack")
    # The month of the settings; of its steps the next fetch reads the last nineteen days.
    days = Days(date(2026, 10, 29), "s" * 12 + "f" * 19)
    known = ledger._replace(days={"activities-steps": days}, causes={})
    jack.services.store.records.apply("jack", Delta(), START, known)

    text = card(owner.open("/setup").text, "jack")

    assert "Jack Reading" in text
    assert "12 of 31 days are read. We go on at " in text


def test_a_watch_that_does_not_sync_is_named(jack: Household, owner: Visitor) -> None:
    ledger = jack.services.store.records.ledger("jack")
    watch = Device("TRACKER", "Charge 6", "2026-11-22T09:00:00", "2026-11-28")
    days = {"activities-steps": Days(datetime(2026, 11, 20).date(), "ss" + "o" * 7)}
    known = ledger._replace(devices={"1": watch}, days=days)
    jack.services.store.records.apply("jack", Delta(), START, known)

    text = card(owner.open("/setup").text, "jack")

    assert re.search(r"Jack’s watch last synced on Sunday\. \d+ days are still open\.", text)
    assert "Waiting" in text


@pytest.mark.parametrize(
    ("sequence", "words"),
    [(1, "Igor has it, up to 15:40."), (0, "Igor has everything up to 15:40.")],
)
def test_igor_stands_beside_it(jack: Household, owner: Visitor, sequence: int, words: str) -> None:
    at = datetime(2026, 11, 28, 14, 40, tzinfo=UTC)
    jack.services.store.log.save("jack", "igor", Progress(sequence, at=at))

    assert words in owner.open("/setup").text


def test_who_cannot_be_read_keeps_nobody_from_the_page(jack: Household, owner: Visitor) -> None:
    jack.add("anna")
    database = jack.services.store._database  # type: ignore[attr-defined]
    with database.write() as connection:
        path = "identities/anna/plugindata/fitbit"
        connection.execute("UPDATE documents SET data = '{' WHERE path = ?", (path,))

    page = owner.open("/setup").text

    assert "What is stored of Anna cannot be read." in card(page, "anna")
    assert "82.4 kg" in card(page, "jack")


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_SYSTEM": "en_US"}])
def test_weights_are_in_the_units_of_the_household(jack: Household, owner: Visitor) -> None:
    assert "181.7 lb" in card(owner.open("/setup").text, "jack")


def test_who_has_a_zone_that_is_not_known_here_keeps_nobody_from_the_page(
    jack: Household, owner: Visitor
) -> None:
    """The zone of a store that came from a machine with a newer database of zones."""
    jack.services.store.identities.save("anna", {**EVERYTHING, "timezone": "Mars/Olympus_Mons"})

    page = owner.open("/setup").text

    assert "What is stored of Anna cannot be read." in card(page, "anna")
    assert "82.4 kg" in card(page, "jack")
    assert owner.open("people/anna").status_code == 502
