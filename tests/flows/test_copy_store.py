"""A whole store into another: both ways round, killed anywhere, and never over another life."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from healthrelay.__main__ import main
from healthrelay.adapters.firestore import FirestoreStore
from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.delivery.progress import DeadLetters, Progress
from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.flows.copy_store import Copied, Copy, Step
from healthrelay.flows.delivery import events
from healthrelay.flows.delivery.targets import Endpoint, Keys, add, open_keys
from healthrelay.flows.grants.refresh import Grants
from healthrelay.flows.held import held
from healthrelay.flows.household.application import place
from healthrelay.flows.registration import client_secret
from healthrelay.ports.store import Store
from tests.flows.grants.issuer import ACCOUNT, Issuer, grant
from tests.kills.steps import KILLED, Steps, Watched
from tests.stores.contract import NOW, weight

pytest_plugins = ["tests.peers.firestore"]
peer = pytest.mark.peer

ROOT = Path(__file__).resolve().parents[2]
VAULT = SealingVault({"k": b"k" * 32})
SEALING = f"k:{base64.b64encode(b'k' * 32).decode()}"
MINTED = Keys("whsec_shared", "whsk_ours", "whpk_public")
ROUTES = [
    "sqlite sqlite",
    pytest.param("sqlite firestore", marks=peer),
    pytest.param("firestore sqlite", marks=peer),
]


@pytest.fixture
def make(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], Store]:
    """A store by its kind and a word, and the setting that leads to it."""
    if "firestore" in str(getattr(request.node, "callspec", "")):
        project = request.getfixturevalue("firestore_project")
        monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project)

    def made(kind: str, word: str) -> Store:
        if kind == "sqlite":
            return SqliteStore(str(tmp_path / word / "healthrelay.db"))
        store: FirestoreStore = request.getfixturevalue("make_firestore")()
        return store

    return made


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> tuple[str, str]:
    source, target = str(request.param).split()
    return source, target


@pytest.fixture
def source(route: tuple[str, str], make: Callable[[str, str], Store]) -> Store:
    """A household in the middle of its life."""
    return lived(make(route[0], "from"))


@pytest.fixture
def target(route: tuple[str, str], make: Callable[[str, str], Store]) -> Store:
    return make(route[1], "to")


@pytest.fixture
def names(route: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command line calls both."""
    monkeypatch.setenv("HEALTHRELAY_SEALING_KEYS", SEALING)
    return [
        f"sqlite:///{tmp_path}/{word}/healthrelay.db" if kind == "sqlite" else "firestore"
        for kind, word in zip(route, ("from", "to"), strict=True)
    ]


def lived(store: Store) -> Store:
    store.identities.save_application(
        {"client_id": "cid", "client_secret": VAULT.seal("hidden", place("client_secret"))}, {}
    )
    for user in ("jack", "second", "__x__"):
        store.identities.save(user, {"period": "1w", "methods": "time_series"})
    for day in range(1, 9):
        change(store, day)
    store.records.apply("jack", Delta(removed=(weight("2026-11-02"),)), at(9))
    store.log.prune("jack", at(4))
    first = date(2024, 1, 1)
    years = [weight((first + timedelta(day)).isoformat()) for day in range(700)]
    store.records.apply("second", Delta(added=tuple(years)), at(1))
    covered = {"body-weight": (date(2025, 1, 1), date(2026, 11, 8))}
    store.records.apply("jack", Delta(), at(9), covered)
    store.identities.save_poll_key("jack", "a-hash")
    endpoint = Endpoint("https://a.example", False)
    add("jack", "node-red", endpoint, store=store, vault=VAULT, new_keys=lambda: MINTED)
    store.log.save(
        "jack", "igor", Progress(7, state="failing", dead=(DeadLetters(5, 6),), died=at(8))
    )
    store.log.save("jack", "reader:script", Progress(6, at=at(7)))
    Grants("fitbit", store.tokens, VAULT, Issuer()).connect("jack", grant(1), ACCOUNT, NOW)
    return store


def at(day: int) -> datetime:
    return NOW + timedelta(days=day)


def change(store: Store, day: int) -> None:
    store.records.apply("jack", Delta(added=(weight(f"2026-11-{day:02}"),)), at(day))


def same(one: Store, other: Store) -> bool:
    """Whether all of everybody is the same; what was pruned from *one* may be in the other."""
    names = one.identities.names()
    assert other.identities.application() == one.identities.application()
    assert other.identities.names() == names
    for user in names:
        ours = held(one, user)
        assert ours is not None
        assert held(other, user, ours.entries[0].sequence - 1 if ours.entries else 0) == ours
    return True


def test_everything_is_there_afterwards_and_a_second_copy_writes_nothing(
    source: Store, target: Store
) -> None:
    first = Copy(source, target).run()
    again = Copy(source, target).run()

    assert first == Copied(people=3, records=707, written=3, different=())
    assert again == first._replace(written=0)
    assert same(source, target)


def test_numbers_go_on_and_readers_find_their_place(source: Store, target: Store) -> None:
    Copy(source, target).run()
    cursor = events.cursor("jack", "script", target.log)

    told = events.events("jack", events.Page(cursor, 10), log=target.log, records=target.records)
    change(target, 20)

    assert (cursor, told["head"], told["snapshot"]) == (6, 9, False)
    assert [one["sequence"] for one in told["events"]] == [7, 8, 9]  # type: ignore[union-attr, index, call-overload]
    assert target.log.head("jack") == 10
    assert (
        events.events("jack", events.Page(1, 10), log=target.log, records=target.records)[
            "snapshot"
        ]
        is True
    )


def test_secrets_stay_sealed_and_open_with_the_same_keys(source: Store, target: Store) -> None:
    Copy(source, target).run()

    token = Grants("fitbit", target.tokens, VAULT, Issuer()).stored("jack")
    assert token.grant == Grants("fitbit", source.tokens, VAULT, Issuer()).stored("jack").grant
    assert open_keys("jack", "node-red", target.targets.of("jack")["node-red"], VAULT) == [MINTED]
    assert client_secret(target.identities, VAULT) == "hidden"


def test_what_happened_meanwhile_is_brought_by_another_run(source: Store, target: Store) -> None:
    Copy(source, target).run()
    change(source, 12)
    source.records.apply("jack", Delta(removed=(weight("2026-11-01"),)), at(13))
    source.identities.save("jack", {"period": "1m"})
    elsewhere = {"url": "https://b.example", "sealed": "v1.k.x"}
    source.targets.save("jack", "node-red", elsewhere, source.targets.of("jack")["node-red"])
    source.log.save("jack", "igor", Progress(8))
    stored = source.tokens.load("jack")
    assert stored is not None
    later = {**stored.document, "expires_at": at(1).isoformat(), "sealed": "v1.k.new"}
    source.tokens.save("jack", later, stored.version)

    assert Copy(source, target).run().written == 1

    assert same(source, target)


def test_a_person_who_writes_meanwhile_is_named(source: Store, target: Store) -> None:
    def meddle(step: Step) -> None:
        if step.user == "second":
            source.records.apply("jack", Delta(added=(weight("2026-12-24"),)), at(30))

    assert Copy(source, target, meddle).run().different == ("jack",)
    assert Copy(source, target).run().different == ()


class Stopped(BaseException):
    """As sudden as a kill: nobody below catches it."""


class Stopping(Steps):
    """At its last step all is over."""

    def fall(self) -> None:
        raise Stopped


def test_stopped_before_any_step_it_ends_right_and_goes_on_where_it_was(
    source: Store, make: Callable[[str, str], Store], route: tuple[str, str]
) -> None:
    """One target, through all steps: each run is stopped one step later than the one before."""
    target = make(route[1], "to")
    for last in count():
        steps = Stopping(last)
        try:
            copied = Copy(source, Watched(target, "store", steps)).run()
        except Stopped:
            continue
        break

    assert copied.different == ()
    assert last > 20
    assert same(source, target)
    writes = ("save", "restore", "apply")
    repeated = [step for step in steps.taken if step.rpartition(".")[2].startswith(writes)]
    assert repeated == []


@pytest.mark.parametrize("last", [0, 9, 20, 30])
def test_a_killed_process_is_followed_by_one_that_finishes(
    source: Store,
    target: Store,
    names: list[str],
    last: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = [sys.executable, "-m", "tests.kills.copying", *names, str(last)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == KILLED, killed.stderr

    assert main(["copy-store", *names]) == 0

    out, err = capsys.readouterr()
    assert out.startswith("3 people with 707 records; ")
    assert "Read again from both stores and compared: the same." in out
    assert "3 sealed secrets, and all open with the keys of TO." in out
    assert "3 of 3: second" in err
    assert same(source, target)


def strange(target: Store) -> str:
    target.identities.save("emma", {})
    return "it has emma, whom we have not"


def ahead(target: Store) -> str:
    change(target, 20)
    return "jack: its log is at 10, ours at 9"


def elsewhere(target: Store) -> str:
    target.identities.remove("jack")
    target.identities.save("jack", {})
    for day in range(20, 25):
        change(target, day)
    return "jack: entry 5 of its log is not ours"


def refreshed(target: Store) -> str:
    stored = target.tokens.load("jack")
    assert stored is not None
    later = {**stored.document, "expires_at": at(1).isoformat(), "sealed": "v1.k.new"}
    target.tokens.save("jack", later, stored.version)
    return "jack: its grant is another than ours"


def delivered(target: Store) -> str:
    target.log.save("jack", "igor", Progress(9))
    return "jack: it has delivered to igor what we have not"


def followed(target: Store) -> str:
    target.log.save("jack", "reader:another", Progress())
    return "jack: reader:another follows its log, and not ours"


def keyed(target: Store) -> str:
    target.identities.save_poll_key("second", "their-hash")
    return "second: it has a poll key, and we have none"


def registered(target: Store) -> str:
    before = target.identities.application()
    target.identities.save_application({**before, "client_id": "another"}, before)
    return "its client_id is another"


@pytest.mark.parametrize("route", ["sqlite sqlite"], indirect=True)
@pytest.mark.parametrize(
    "use", [strange, ahead, elsewhere, refreshed, delivered, followed, keyed, registered]
)
def test_a_store_that_was_used_is_not_overwritten_without_being_told(
    source: Store, target: Store, use: Callable[[Store], str]
) -> None:
    Copy(source, target).run()
    sentence = use(target)
    before = [held(target, user) for user in target.identities.names()]

    with pytest.raises(BadRequest) as caught:
        Copy(source, target).run()

    assert sentence in caught.value.sentence
    assert "--overwrite" in caught.value.sentence
    assert [held(target, user) for user in target.identities.names()] == before

    assert Copy(source, target).run(overwrite=True).different == ()
    assert set(target.identities.names()) - set(source.identities.names()) <= {"emma"}


@peer
@pytest.mark.parametrize("route", ["sqlite firestore"], indirect=True)
def test_years_of_large_nights_and_of_days_by_the_minute_fit(source: Store, target: Store) -> None:
    days = [(date(2025, 1, 1) + timedelta(n)).isoformat() for n in range(400)]
    nights = [
        Record("sleep", str(n), day, {"logId": n, "dateOfSleep": day, "levels": "x" * 8_000})
        for n, day in enumerate(days)
    ]
    hearts = [
        Record("activities-heart-intraday", day, day, {"dateTime": day, "dataset": "x" * 50_000})
        for day in days[:150]
    ]
    weights = [weight(day) for day in days]
    for part in (nights, hearts, weights):
        source.records.apply("second", Delta(added=tuple(part)), NOW)

    assert Copy(source, target).run().different == ()

    assert len(target.records.everything("second")) == 1316


def test_bad_words_and_missing_keys_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEALTHRELAY_SEALING_KEYS", raising=False)
    one, other = (f"sqlite:///{tmp_path}/{word}/healthrelay.db" for word in ("one", "other"))
    for words, sentence in (
        (["copy-store", one, other], "There is no store at "),
        (
            ["copy-store", "oracle", other],
            "oracle must be sqlite:///path, firestore or firestore:database",
        ),
        (["copy-store", other, other], "FROM and TO are the same store."),
        (["copy-store", one, "sqlite:///:memory:"], "A store in memory"),
    ):
        assert main(words) == 2
        assert sentence in capsys.readouterr().err
    lived(SqliteStore(one.removeprefix("sqlite:///")))
    (tmp_path / "one" / "keys.env").write_text(f"HEALTHRELAY_SEALING_KEYS={SEALING}\n")

    assert main(["copy-store", one, other]) == 0
    out = capsys.readouterr().out
    assert "3 sealed secrets were copied as they are. TO needs the sealing keys of" in out
    assert f"Those of FROM are in {tmp_path}/one/keys.env." in out
    assert not (tmp_path / "other" / "keys.env").exists()

    wrong = f"k:{base64.b64encode(bytes(32)).decode()}"
    monkeypatch.setenv("HEALTHRELAY_SEALING_KEYS", wrong)
    assert main(["copy-store", one, other]) == 1
    out = capsys.readouterr().out
    assert out.count("Not opened: ") == 3
    assert "TO needs the sealing keys of FROM in HEALTHRELAY_SEALING_KEYS." in out
