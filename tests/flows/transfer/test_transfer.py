"""A whole store into a file and back: either way round, killed anywhere, over nobody."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import BadRequest, Duplicate, TryLater
from healthrelay.core.measurements.ledger import Days, Ledger, Look
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.delivery import events
from healthrelay.flows.delivery.targets import open_keys
from healthrelay.flows.household.application import amend, open_client_secret
from healthrelay.flows.transfer.dump import Dumped, dump
from healthrelay.flows.transfer.load import load
from healthrelay.flows.transfer.person import Step
from healthrelay.ports.store import Store
from tests.crash.steps import KILLED, Steps, Watched
from tests.flows.grants.issuer import VAULT, grants_of
from tests.flows.transfer.conftest import MINTED, at, change, contents
from tests.stores.contract import NOW, weight

ROOT = Path(__file__).resolve().parents[3]
WHOLE = Dumped(people=3, records=707)
Make = Callable[[str, str], Store]


def dumped(store: Store) -> bytes:
    file = io.BytesIO()
    assert dump(store, NOW, file.write) == WHOLE
    return file.getvalue()


def loaded(content: bytes, store: Store) -> Dumped:
    return load(io.BytesIO(content), store)


def refused(content: bytes, target: Store, match: str | None = None) -> None:
    """See that *content* is refused, and that nothing of it is written."""
    with pytest.raises(BadRequest, match=match):
        loaded(content, target)
    assert contents(target) == {"": {}}


def stopped(content: bytes, target: Store, last: int) -> None:
    """Load up to the step numbered *last*."""
    watched: Any = Watched(target, "store", Stopping(last))
    with pytest.raises(Stopped):
        load(io.BytesIO(content), watched)


def _page(store: Store, cursor: int) -> dict[str, Any]:
    """Return what a reader gets who has everything up to *cursor*."""
    return events.events("jack", events.Page(cursor, 10), log=store.log, records=store.records)


def sealed(lines: list[bytes]) -> bytes:
    """Return a file of *lines* whose digest is right."""
    content = b"".join(lines)
    digest = hashlib.sha256(content).hexdigest()
    return content + f'{{"digest":"{digest}","lines":{len(lines)}}}\n'.encode()


def test_everything_is_there_afterwards_and_another_dump_has_the_same_bytes(
    source: Store, target: Store, make: Make, route: tuple[str, str]
) -> None:
    content = dumped(source)

    assert loaded(content, target) == WHOLE

    assert contents(target) == contents(source)
    assert dumped(target) == content
    third = make("sqlite", "third")
    loaded(dumped(target), third)
    assert dumped(third) == content


def test_a_dump_has_a_line_for_each_thing_and_ends_with_its_digest(source: Store) -> None:
    *lines, last = dumped(source).splitlines(keepends=True)

    first, *rest = [json.loads(line) for line in lines]
    kinds = [next(iter(line)) for line in rest]
    assert first == {
        "format": "healthrelay store",
        "version": 2,
        "at": "2026-11-01T12:00:00+00:00",
        "people": 3,
    }
    assert [line["person"] for line in rest if "person" in line] == ["__x__", "jack", "second"]
    assert kinds == [
        *["person"],
        *["person", *["entry"] * 6, *["record"] * 7],
        *["person", "entry", *["record"] * 700],
        "application",
    ]
    assert json.loads(last) == {
        "digest": hashlib.sha256(b"".join(lines)).hexdigest(),
        "lines": len(lines),
    }
    assert b"hidden" not in b"".join(lines)


@pytest.mark.parametrize("route", [("sqlite", "sqlite")], indirect=True)
def test_a_file_of_version_1_is_read(target: Store) -> None:
    """It has days that were covered, whatever was missing in between, and no origins."""
    weighed = {"dateTime": "2026-11-01", "value": "82.4"}
    lines: list[dict[str, object]] = [
        {"format": "healthrelay store", "version": 1, "at": NOW.isoformat(), "people": 1},
        {
            "person": "jack",
            "settings": {"period": "1w"},
            "poll_key": None,
            "invitations": None,
            "grant": None,
            "accounts": [],
            "targets": {},
            "progress": {},
            "coverage": {"body-weight": ["2026-10-30", "2026-11-01"]},
            "entries": 1,
            "records": 1,
        },
        {"entry": [1, NOW.isoformat(), {"added": {"body-weight": ["2026-11-01"]}}]},
        {"record": ["body-weight", "2026-11-01", "2026-11-01", weighed]},
        {"application": {}},
    ]

    assert loaded(sealed([json.dumps(line).encode() + b"\n" for line in lines]), target) == Dumped(
        1, 1
    )

    # They were read once, so that one more reading of nothing says that there is nothing.
    covered = {date(2026, 10, 30) + timedelta(n): Look(2) for n in range(3)}
    days = {"body-weight": Days(date(2026, 10, 30), "ooo", covered)}
    assert target.records.ledger("jack") == Ledger(days=days)
    assert target.records.everything("jack") == [weight("2026-11-01")]
    assert target.log.following("jack") == Following(1)


def test_each_person_is_reported(source: Store, target: Store) -> None:
    steps: list[Step] = []
    content = io.BytesIO()
    dump(source, NOW, content.write, steps.append)
    load(content, target, steps.append)

    assert steps == 2 * [Step(1, 3, "__x__"), Step(2, 3, "jack"), Step(3, 3, "second")]


def test_numbers_go_on_and_readers_find_their_place(source: Store, target: Store) -> None:
    loaded(dumped(source), target)
    cursor = events.cursor("jack", "script", target.log)

    page = _page(target, cursor)
    change(target, 20)

    assert (cursor, page["head"], page["snapshot"]) == (6, 9, False)
    assert [one["sequence"] for one in page["events"]] == [7, 8, 9]
    assert target.log.head("jack") == 10
    assert _page(target, 1)["snapshot"] is True
    assert target.log.following("jack").progress("igor").sequence == 7


def test_secrets_stay_sealed_and_open_with_the_same_keys(source: Store, target: Store) -> None:
    loaded(dumped(source), target)

    assert grants_of(target).load("jack").grant == grants_of(source).load("jack").grant
    assert open_keys("jack", "node-red", target.targets.of("jack")["node-red"], VAULT) == [MINTED]
    assert open_client_secret(target.identities, VAULT) == "hidden"


class Writing(Steps):
    """While records are read, somebody writes, so many times."""

    def __init__(self, store: Store, times: int) -> None:
        super().__init__()
        self._store, self._days = store, iter(range(times))

    def reach(self, name: str) -> None:
        if name == "records.everything" and (day := next(self._days, None)) is not None:
            for user in self._store.identities.names():
                new = Delta(added=(weight(f"2027-01-{day + 1:02}"),))
                self._store.records.apply(user, new, at(day))


@pytest.mark.parametrize("route", [("sqlite", "sqlite")], indirect=True)
def test_what_changes_while_it_is_read_is_read_again(source: Store, target: Store) -> None:
    file = io.BytesIO()
    dump(Watched(source, "store", Writing(source, 3)), NOW, file.write)  # type: ignore[arg-type]
    load(file, target)

    assert contents(target) == contents(source)
    with pytest.raises(TryLater, match=r"^__x__ changes while being read"):
        dump(Watched(source, "store", Writing(source, 5)), NOW, file.write)  # type: ignore[arg-type]


class Stopped(BaseException):
    """As sudden as a kill: nobody below catches it."""


class Stopping(Steps):
    """At its last step all is over."""

    def fall(self) -> None:
        raise Stopped


def test_stopped_before_any_step_it_ends_right_and_shows_nobody_in_part(
    source: Store, target: Store
) -> None:
    """One store, through all steps: each run is stopped one step later than the one before."""
    content, whole = dumped(source), contents(source)
    for last in count():
        steps = Stopping(last)
        try:
            result = load(io.BytesIO(content), Watched(target, "store", steps))  # type: ignore[arg-type]
        except Stopped:
            people = contents(target)
            people.pop("")
            assert all(person == whole[user] for user, person in people.items())
            continue
        break

    assert result == WHOLE
    assert contents(target) == whole
    assert steps.taken == ["store.restore", "identities.save_application"]
    assert last == 3


@pytest.mark.parametrize("last", range(5))
def test_a_killed_process_is_followed_by_one_that_finishes(
    source: Store, target: Store, route: tuple[str, str], tmp_path: Path, last: int
) -> None:
    content = dumped(source)
    (tmp_path / "dump").write_bytes(content)
    name = f"sqlite:///{tmp_path}/to/healthrelay.db" if route[1] == "sqlite" else "firestore"
    command = [sys.executable, "-m", "tests.crash.loading", str(tmp_path / "dump"), name, str(last)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == KILLED, killed.stderr

    assert loaded(content, target) == WHOLE

    assert contents(target) == contents(source)


def test_who_lived_on_before_it_went_on_keeps_what_they_have(source: Store, target: Store) -> None:
    content = dumped(source)
    stopped(content, target, 3)
    change(target, 20)
    target.log.save("jack", "igor", Progress(10))
    amend(target.identities, lambda before: {**before, "client_id": "changed"})

    assert loaded(content, target) == WHOLE

    assert target.identities.application()["client_id"] == "changed"
    assert target.log.head("jack") == 10
    assert target.log.following("jack").progress("igor") == Progress(10)
    assert len(target.records.everything("jack")) == 8


@pytest.mark.parametrize("route", [("sqlite", "sqlite")], indirect=True)
class TestRefusals:
    """Nothing is written by whatever is refused."""

    def test_people_who_exist_are_named(self, source: Store, target: Store) -> None:
        content = dumped(source)
        for user in ("second", "jack", "emma"):
            target.identities.save(user, {})
        before = contents(target)

        with pytest.raises(Duplicate, match=r"^Nothing was loaded: jack, second exist in this"):
            loaded(content, target)

        assert contents(target) == before

    def test_others_who_exist_stay(self, source: Store, target: Store) -> None:
        target.identities.save("emma", {"period": "1m"})

        loaded(dumped(source), target)

        everybody = contents(target)
        assert everybody.pop("emma")
        assert everybody == contents(source)

    def test_a_file_that_was_loaded_is_not_loaded_twice(self, source: Store, target: Store) -> None:
        content = dumped(source)
        loaded(content, target)

        with pytest.raises(Duplicate, match="__x__, jack, second exist"):
            loaded(content, target)

        assert contents(target) == contents(source)

    def test_another_file_does_not_go_on_where_one_broke_off(
        self, source: Store, target: Store
    ) -> None:
        stopped(dumped(source), target, 3)
        change(source, 20)
        file = io.BytesIO()
        dump(source, NOW, file.write)

        with pytest.raises(Duplicate, match="__x__, jack exist"):
            load(file, target)

    def test_what_was_loaded_in_part_is_dumped_as_what_it_is(
        self, source: Store, target: Store
    ) -> None:
        stopped(dumped(source), target, 2)
        file = io.BytesIO()

        assert dump(target, NOW, file.write).people == 1
        assert b"loading" not in file.getvalue()

    def test_another_registration_is_named(self, source: Store, target: Store) -> None:
        target.identities.save_application({"client_id": "another", "igor_url": "u"}, {})

        with pytest.raises(Duplicate, match=r"this store has another client_id\.$"):
            loaded(dumped(source), target)

        assert target.identities.names() == []
        target.identities.save_application({"igor_url": "u"}, target.identities.application())
        loaded(dumped(source), target)
        known = source.identities.application()
        assert target.identities.application() == {**known, "igor_url": "u"}

    def test_a_file_cut_at_any_line_or_in_the_middle_of_one(
        self, source: Store, target: Store
    ) -> None:
        lines = dumped(source).splitlines(keepends=True)
        lines = lines[:20] + lines[-3:]
        for number in range(len(lines)):
            for cut in (lines[:number], [*lines[:number], lines[number][:-2]]):
                refused(b"".join(cut), target)

    def test_a_file_damaged_in_any_line(self, source: Store, target: Store) -> None:
        lines = dumped(source).splitlines(keepends=True)
        for number in [*range(20), -3, -2, -1]:
            for damage in (
                lambda line: b"",
                lambda line: line + line,
                lambda line: line.replace(b'"', b"'", 1),
                lambda line: line.replace(b'":', b'" :', 1),
                lambda line: line[:-1] + b" \n",
                lambda line: b"[]\n",
                lambda line: b"\xff\n",
                lambda line: b"[" * 100_000 + b"\n",
            ):
                damaged = [*lines]
                damaged[number] = damage(lines[number])
                refused(b"".join(damaged), target)

    def test_something_behind_the_last_line(self, source: Store, target: Store) -> None:
        refused(dumped(source) + b"\n", target, "damaged")

    @pytest.mark.parametrize(
        ("first", "sentence"),
        [
            ({"format": "healthrelay store", "version": 3}, "version 3 of the format, and we read"),
            ({"format": "another", "version": 1}, "no file that healthrelay dump has written"),
            ({"people": 3}, "no file that healthrelay dump has written"),
        ],
    )
    def test_another_format(
        self, source: Store, target: Store, first: dict[str, object], sentence: str
    ) -> None:
        _, *lines = dumped(source).splitlines(keepends=True)
        content = sealed([json.dumps(first).encode() + b"\n", *lines[:-1]])

        refused(content, target, sentence)

    @pytest.mark.parametrize(
        ("number", "change"),
        [
            (1, {"entries": 5}),
            (1, {"records": "x"}),
            (2, {"ledger": {"days": {"x": ["2026-13-01", 1, "A"]}}}),
            (2, {"ledger": None, "coverage": {"x": ["2026-13-01", "2026-11-01"]}}),
            (2, {"progress": {"igor": {"strange": 1}}}),
            (2, {"settings": None, "grant": 1, "person": None, "ledger": 1}),
            (3, {"entry": [1]}),
            (10, {"record": ["too", "short"]}),
        ],
    )
    def test_a_right_digest_over_wrong_lines(
        self, source: Store, target: Store, number: int, change: dict[str, object]
    ) -> None:
        lines = dumped(source).splitlines(keepends=True)[:-1]
        lines[number] = json.dumps(json.loads(lines[number]) | change).encode() + b"\n"

        refused(sealed(lines), target, "damaged")

    def test_no_file_of_ours(self, target: Store) -> None:
        for content in (b"", b"SQLite format 3\x00", b'{"digest": 1}\n', b"{}\n", b"\n"):
            refused(content, target)


def test_memory_does_not_grow_with_the_number_of_people(make: Make, tmp_path: Path) -> None:
    """A dump of many people takes about what that of one takes."""
    peaks = []
    for people in (2, 40):
        store = make("sqlite", str(people))
        for number in range(people):
            store.identities.save(f"p{number}", {})
            years = [
                weight(f"{year}-11-{day:02}") for year in range(1900, 2026) for day in range(1, 9)
            ]
            store.records.apply(f"p{number}", Delta(added=tuple(years)), NOW)
        tracemalloc.start()
        with (tmp_path / "dump").open("w+b") as file:
            dump(store, NOW, file.write)
            load(file, make("sqlite", f"{people}-loaded"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0]
