"""A person's page: charts, the calendar, files of each chart, and a fetch on demand."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from io import StringIO
from itertools import product
from xml.etree import ElementTree as Xml

import pytest

from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.core.json import Json
from healthrelay.core.measurements.ledger import Days, Device, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.household.system import keep_system
from healthrelay.web.setup.figures import CHARTS
from healthrelay.web.setup.person import SHOWN
from tests.core.charts.given import TODAY, daily, day, record, session
from tests.household import Household
from tests.web.setup.conftest import Visitor, heading

CHARTED = {
    "methods": "time_series,sleep",
    "resource": "body/weight,body/fat,activities/steps,activities/heart",
    "period": "30d",
}


def keep(household: Household, *records: Record, user: str = "jack", **ledger: object) -> None:
    """Store *records* of a person, who is made if need be."""
    store = household.services.store
    if store.identities.settings(user) is None:
        household.add(user, **{**CHARTED, "period": "7d", "timezone": "Europe/Amsterdam"})
    known = Ledger(read_at=household.services.now().isoformat())._replace(**ledger)
    store.records.apply(user, Delta(added=records), household.services.now(), known)


def drawings(page: str) -> dict[str, Xml.Element]:
    """The charts of a page by name, each of which must be well-formed."""
    found = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    roots = [Xml.fromstring(one) for one in found]
    return {root.attrib["aria-labelledby"].removesuffix("-t"): root for root in roots}


def texts(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def jack(owner: Visitor) -> Visitor:
    """The owner, of whose household jack has a week of weights, steps, and a night."""
    keep(
        owner.household,
        *(daily("body-weight", day(n), f"{80 + n / 10:.1f}") for n in (22, 24, 25, 28)),
        *(daily("activities-steps", day(n), str(300 * n)) for n in range(22, 29)),
        session("2026-11-27T23:04:00", [("light", 200), ("deep", 60), ("rem", 60)]),
        days={"activities-steps": Days(day(22), "sefssoo")},
        devices={"1": Device("TRACKER", "Charge 6", "2026-11-28T12:31:00", "2026-11-28")},
        causes={"activities-steps": "try_later"},
    )
    return owner


def test_a_page_has_the_charts_of_what_was_measured_and_a_sentence_for_the_rest(
    jack: Visitor,
) -> None:
    page = jack.open("people/jack")

    assert (page.status_code, heading(page)) == (200, "<bdi>Jack</bdi>")
    assert list(drawings(page.text)) == ["weight", "steps", "sleep", "night", "days"]
    assert "No body fat was measured yet." in page.text
    assert "No resting heart rate yet." in page.text
    assert "All times are Europe/Amsterdam." in page.text


def test_the_table_has_the_numbers_of_the_picture(jack: Visitor) -> None:
    page = jack.open("people/jack").text

    titles = [t.text for t in drawings(page)["weight"].iter("title")]
    assert titles[-1] == "Sat 28 Nov: 82.8 kg"
    # The mean of 22 to 28 November: (82.2 + 82.4 + 82.5 + 82.8) / 4.
    assert '<tr><th scope="row">Sat 28 Nov</th><td>82.8</td><td>82.5</td></tr>' in page


def test_the_calendar_lists_what_is_not_complete_and_why(jack: Visitor) -> None:
    shown = " ".join(texts(jack.open("people/jack?days=steps").text).split())

    assert "3 of 7 days are complete." in shown
    assert "Still open : 27 and 28 November Jack’s watch last synced today at 12:31." in shown
    assert "Could not be read : 24 November Google Health did not answer." in shown
    assert "Nothing measured : 23 November Google Health has nothing of these days." in shown
    assert "Read 24 November again" in shown


def test_the_newest_values_stand_first(jack: Visitor) -> None:
    """82.8 kg, and 82.2, 82.4 and 82.5 in the week before: 82.4 on average."""
    shown = " ".join(texts(jack.open("people/jack").text).split())

    assert "82.8 kg Today. 0.4 kg above the week before (82.4 kg)." in shown
    assert "Yesterday 8,100 steps" in shown
    assert "Last night 5 h 20 min 23:04 to 04:24" in shown


def test_a_card_says_what_it_has_and_of_which_day(owner: Visitor) -> None:
    keep(
        owner.household,
        *(daily("body-weight", day(n), "82.4") for n in (20, 25)),
        daily("body-fat", day(27), "22.3"),
        daily("activities-steps", day(28), "100"),
    )

    shown = " ".join(texts(owner.open("people/jack").text).split())

    assert "82.4 kg On 25 November. As in the week before (82.4 kg)." in shown
    assert "Body fat 22.3 % yesterday" in shown
    assert "Sat 28 Nov – 100 – –" in shown
    assert "Wed 25 Nov 82.4 – – –" in shown


def test_without_a_weight_the_steps_are_big(owner: Visitor) -> None:
    keep(owner.household, daily("activities-steps", day(27), "8123"))

    shown = " ".join(texts(owner.open("people/jack").text).split())

    assert "8,123 steps Yesterday." in shown


def test_days_that_a_fetch_left_to_the_next_are_no_failure(owner: Visitor) -> None:
    """The first fetch of years takes as much as memory should hold."""
    keep(owner.household, days={"activities-steps": Days(day(22), "fffsfff")})

    shown = " ".join(texts(owner.open("people/jack?days=steps").text).split())
    states = owner.open("people/jack/days.csv").text

    assert "1 of 7 days are complete." in shown
    assert "Still open : 26 to 28 November, 22 to 24 November" in shown
    assert "Could not be read :" not in shown
    assert "failed" not in states
    assert "activities-steps,2026-11-22,open" in states


def test_who_only_keeps_what_was_measured_is_offered_nothing_that_is_refused(
    owner: Visitor,
) -> None:
    owner.household.add("jack-old", **{**CHARTED, KEPT_FROM: "jack A1B2C3"})

    page = owner.open("people/jack-old").text

    links = {*re.findall(r'(?:href|action)="(/setup/people/jack-old/[^"?]+)', page)}
    assert {one.rpartition("/")[2] for one in links} >= {"export.zip", "erase", "measurements"}
    for link in links - {"/setup/people/jack-old/erase"}:
        assert owner.open(link).status_code == 200, link
    assert 'href="#settings"' not in page


@pytest.mark.parametrize("path", ["settings", "connect", "connected"])
def test_what_is_refused_of_somebody_leads_to_their_page(owner: Visitor, path: str) -> None:
    owner.household.add("jack-old", **{KEPT_FROM: "jack A1B2C3"})

    page = owner.open(f"people/jack-old/{path}")

    assert (page.status_code, heading(page)) == (400, "That did not work")
    assert '<a class="button" href="/setup/people/jack-old">' in page.text


def test_many_days_are_a_press_away(owner: Visitor) -> None:
    keep(owner.household, days={"activities-steps": Days(day(1, 8), "se" * 60)})

    shown = " ".join(texts(owner.open("people/jack?days=steps").text).split())

    # Each second day from 2 August to 28 November, and the newest twelve of them at once.
    assert "60 of 120 days are complete." in shown
    assert "28 November, 26 November" in shown
    assert "6 November 48 more 4 November" in shown


def test_every_choice_shows_a_page(jack: Visitor) -> None:
    for shown, days in product(SHOWN, ("all", "weight", "steps", "sleep", "heart")):
        page = jack.open(f"people/jack?show={shown}&days={days}")

        assert page.status_code == 200
        assert page.text.count('aria-current="true"') == 2
        assert f"show={shown}&amp;days={days}#" in page.text


def test_a_choice_that_is_none_has_a_way_on(jack: Visitor) -> None:
    for query in ("show=7d", "days=moods", "year=1999", "year=3000", "year=x", "show=%3Cscript%3E"):
        page = jack.open(f"people/jack?{query}")

        assert (page.status_code, heading(page)) == (404, "There is no such page"), query
        assert "<script>" not in page.text


def test_older_years_are_a_link_away(owner: Visitor) -> None:
    keep(owner.household, days={"activities-steps": Days(date(2024, 12, 30), "s" * 699)})

    page = owner.open("people/jack?days=steps").text
    assert "Show 2025" in page
    older = owner.open("people/jack?days=steps&year=2025").text
    assert "365 of 365 days are complete." in older
    assert "Show 2024" in older
    assert "Show the last twelve months" in older
    assert "Show 2023" not in owner.open("people/jack?days=steps&year=2024").text


def test_nothing_measured_is_a_page_too(owner: Visitor) -> None:
    owner.household.add("mia")

    page = owner.open("people/mia")

    assert page.status_code == 200
    assert drawings(page.text) == {}
    for sentence in (
        "No weighing yet.",
        "No steps yet.",
        "No night yet.",
        "Mia has not given access yet.",
    ):
        assert sentence in page.text
    assert "All times are UTC." in page.text


def test_a_value_from_long_ago_is_named(owner: Visitor) -> None:
    keep(owner.household, daily("body-weight", date(2025, 3, 3), "84.2"))

    page = owner.open("people/jack").text

    assert "No weighing in this time. The last one was 84.2 kg on 3 March 2025." in page
    assert "Show the year" in page


def test_stones_and_pounds_follow_the_household(owner: Visitor) -> None:
    keep(owner.household, daily("body-weight", TODAY, "82.4"))
    for system, value in (("en_US", "181.7 lb"), ("en_GB", "12 st 13.7 lb")):
        keep_system(system, owner.household.services.store.identities)

        page = owner.open("people/jack").text

        assert f"Sat 28 Nov: {value}" in page
    answer = owner.open("people/jack/charts/weight.json").json()
    assert answer["rows"] == [
        {"day": "2026-11-28", "weight": 181.664, "unit": "lb", "mean": 181.66}
    ]


def test_a_chart_is_a_table_and_files(jack: Visitor) -> None:
    table = jack.open("people/jack/charts/steps?show=90d")
    assert heading(table) == "Steps"
    assert table.text.count('<tr><th scope="row">') == 7

    answer = jack.open("people/jack/charts/steps.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''jack-steps-30d.csv"
    )
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert rows[0] == {"day": "2026-11-22", "steps": "6600", "unit": "steps"}
    assert len(rows) == 7

    found = jack.open("people/jack/charts/sleep.json?show=1y").json()
    row = {"first": "2026-11-23", "last": "2026-11-28", "days": 1}
    row |= {"bed": "23:04", "up": "04:24", "asleep": 320}
    assert found == {"chart": "sleep", "show": "1y", "rows": [row]}


def test_every_chart_has_its_files_even_when_empty(owner: Visitor) -> None:
    owner.household.add("mia")

    for name, kind, shown in product(CHARTS, ("", ".csv", ".json"), ("30d", "all")):
        path = f"people/mia/charts/{name}{kind}?show={shown}"
        assert owner.open(path).status_code == 200, path


def test_a_chart_that_is_none_has_a_way_on(jack: Visitor) -> None:
    for chart in ("moods", "weight.xml", "weight.csv.bak", "weight.", ".csv", "night"):
        assert jack.open(f"people/jack/charts/{chart}").status_code == 404, chart


def test_nobody_of_that_name(owner: Visitor) -> None:
    for path in ("people/nobody", "people/nobody/charts/weight"):
        assert owner.open(path).status_code == 404
    owner.household.add("jack")
    assert owner.press("people/nobody/fetch", page="people/jack").status_code == 404


def test_a_person_sees_their_own_page_and_no_other(
    jack: Visitor, somebody: Callable[[], Visitor]
) -> None:
    himself = somebody().be("jack")
    jack.household.add("anna")

    page = himself.open("people/jack")
    assert (page.status_code, heading(page)) == (200, "<bdi>Jack</bdi>")
    assert "people/jack/invite" not in page.text
    assert himself.open("people/jack/charts/weight.csv").status_code == 200
    for path in ("people/anna", "people/anna/charts/weight.csv", "people/nobody"):
        assert heading(himself.open(path)) == "This is someone else’s page"
    pressed = himself.press("people/anna/fetch", page="people/jack")
    assert pressed.status_code == 404


HOSTILE = "<script>alert(1)</script>"


def test_what_a_provider_sends_is_never_markup(owner: Visitor) -> None:
    data: dict[str, Json] = {
        "dateOfSleep": "2026-11-28",
        "startTime": "2026-11-27T23:00:00",
        "endTime": "2026-11-28T07:00:00",
        "type": HOSTILE,
        "levels": {
            "data": [{"dateTime": "2026-11-27T23:00:00", "level": HOSTILE, "seconds": 60}],
            "summary": HOSTILE,
        },
    }
    keep(
        owner.household,
        daily("body-weight", TODAY, HOSTILE),
        daily("body-fat", TODAY, {HOSTILE: HOSTILE}),
        daily("activities-steps", TODAY, [HOSTILE]),
        record("sleep", "2026-11-28", data, key=HOSTILE),
        days={"body-weight": Days(day(27), "of"), "body-fat": Days(day(27), "fo")},
        devices={HOSTILE: Device("TRACKER", HOSTILE, "2026-11-28T12:31:00", "2026-11-28")},
        causes={"body-weight": HOSTILE, "body-fat": HOSTILE},
    )

    page = owner.open("people/jack?days=weight").text

    assert "alert(1)" in page
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_time_of_the_page_is_that_of_the_person(owner: Visitor) -> None:
    """At 15:00 UTC it is the 29th in Kiritimati, which is fourteen hours ahead."""
    keep(owner.household, daily("activities-steps", day(29), "77"))
    settings = {"timezone": "Pacific/Kiritimati", **CHARTED}
    owner.household.services.store.identities.save("jack", settings)

    page = owner.open("people/jack").text

    assert "Sun 29 Nov: 77 steps so far" in page
    assert "All times are Pacific/Kiritimati." in page


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_fetch_is_asked_for_and_the_page_says_when_it_has_ended(owner: Visitor) -> None:
    household = owner.household
    household.connect(**CHARTED)

    answer = owner.press("people/jack/fetch", page="people/jack")

    minute = int(household.services.now().timestamp()) // 60
    assert answer.headers["Location"] in {
        f"/setup/people/jack?reading={one}" for one in (minute - 1, minute)
    }
    until(lambda: "Reading now" not in owner.follow(answer).text)
    page = owner.follow(answer).text
    assert {"weight", "steps", "sleep", "heart", "fat", "days"} <= set(drawings(page))
    assert re.search(r"Everything is well\. Last read at \d\d:\d\d, next at", page)


def test_a_page_that_waits_says_so_and_has_a_button(jack: Visitor) -> None:
    minute = int(jack.household.services.now().timestamp()) // 60

    waiting = jack.open(f"people/jack?reading={minute + 0}").text
    # What was read was read in this minute: that fetch has ended.
    assert "Reading now" not in waiting
    household = jack.household
    household.connect()
    early = (household.services.now() - timedelta(hours=1)).isoformat()
    household.services.store.records.apply(
        "jack", Delta(), household.services.now(), Ledger(read_at=early)
    )
    waiting = jack.open(f"people/jack?reading={minute}").text
    assert "Reading now. This takes up to a minute." in waiting
    assert "data-look" in waiting
    assert f'<input type="hidden" name="reading" value="{minute}">' in waiting
    assert "Look again" in waiting
    late = jack.open(f"people/jack?reading={minute - 6}").text
    assert "Reading takes longer than usual." in late
    assert "data-look" not in late
    for odd in ("x", "-1", "9" * 30, str(minute + 5)):
        assert "Look again" not in jack.open(f"people/jack?reading={odd}").text


def trouble(household: Household, since: datetime | None, **more: str) -> None:
    """Let the last fetch of jack have met a trouble, as it is stored."""
    document = {"cause": "try_later", "who": "nobody", "sentence": "It is down.", **more}
    times = {"since": since.isoformat()} if since else {}
    household.change_grant(health={"reading": {**document, **times}})


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "has not answered since"),
        ({"cause": "grant_ended", "who": "wearer"}, "must allow it again"),
        ({"cause": "invalid_client", "who": "owner"}, "refuses the client secret"),
        ({"cause": "missing", "who": "owner"}, "must be set right"),
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "of a time that nobody knows"])
def test_a_fetch_that_failed_shows_what_stands_in_its_way(
    owner: Visitor, more: dict[str, str], sentence: str, known: bool
) -> None:
    household = owner.household
    household.connect(**CHARTED)
    now = household.services.now()
    trouble(household, now if known else None, **more)

    page = owner.open(f"people/jack?reading={int(now.timestamp()) // 60}").text

    assert sentence in page
    assert "Reading now" not in page
    assert "data-look" not in page


def test_a_trouble_from_before_a_fetch_stands_beside_the_reading_until_it_should_have_ended(
    owner: Visitor,
) -> None:
    household = owner.household
    household.connect(**CHARTED)
    now = household.services.now()
    minute = int(now.timestamp()) // 60
    trouble(household, now - timedelta(minutes=30))

    waiting = owner.open(f"people/jack?reading={minute}").text
    late = owner.open(f"people/jack?reading={minute - 6}").text

    assert "Reading now" in waiting
    assert "has not answered since" in waiting
    assert "longer than usual" not in late
    assert "Fetch now" in late


def test_of_who_disconnected_nothing_is_reading(owner: Visitor) -> None:
    household = owner.household
    keep(household, daily("body-weight", day(28), "82.4"))
    minute = int(household.services.now().timestamp()) // 60

    assert "Reading" not in texts(owner.open(f"people/jack?reading={minute - 1}").text)


def test_a_night_alone_is_a_measurement(owner: Visitor) -> None:
    keep(owner.household, session("2026-11-27T23:04:00", [("light", 320)]))

    shown = " ".join(texts(owner.open("people/jack").text).split())

    assert "Last night 5 h 20 min 23:04 to 04:24" in shown
    assert "No measurement yet" not in shown


def test_days_are_read_again_alone(owner: Visitor) -> None:
    household = owner.household
    household.connect(**CHARTED)

    owner.press(
        "people/jack/fetch", page="people/jack", base_date="2026-11-24", end_date="2026-11-24"
    )

    records = household.services.store.records
    until(lambda: bool(records.ledger("jack").read_at))
    assert {one.when[:10] for one in records.everything("jack")} == {"2026-11-24"}


def test_days_that_are_none_are_refused(jack: Visitor) -> None:
    answer = jack.press("people/jack/fetch", page="people/jack", base_date="yesterday")

    assert answer.status_code == 400
    assert "base_date must be" in answer.text


def busy_household(owner: Visitor) -> None:
    records = []
    for n in range(400):
        then = TODAY - timedelta(n)
        records += [
            daily("body-weight", then, f"{80 + n % 50 / 10:.1f}"),
            daily("body-fat", then, f"{20 + n % 30 / 10:.1f}"),
            daily("activities-steps", then, str(5000 + n * 7919 % 9000)),
            daily("activities-heart", then, {"restingHeartRate": 55 + n % 7}),
            session(
                str(datetime.combine(then, datetime.min.time()) - timedelta(minutes=n % 90)),
                [("light", 25), ("deep", 30), ("light", 20), ("rem", 25), ("wake", 5)] * 4,
            ),
        ]
    keep(owner.household, *records, days={"activities-steps": Days(date(2025, 11, 1), "s" * 393)})


def test_a_page_has_at_most_100_kilobytes(owner: Visitor) -> None:
    busy_household(owner)

    pages = {shown: owner.open(f"people/jack?show={shown}") for shown in SHOWN}

    for page in pages.values():
        assert len(drawings(page.text)) == 7
        assert len(page.content) <= 100_000
        assert "style=" not in page.text
    assert "60 more rows" in pages["90d"].text
