"""The embedded store: the contract, in memory and on disk, and what a file adds to it."""

from __future__ import annotations

import gc
import multiprocessing
import random
import sqlite3
import stat
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.database import translate_errors
from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.damage import Damaged, Unusable
from healthrelay.core.errors import Misconfigured, TryLater
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.ports.store import Store
from tests.peers.install import unavailable
from tests.stores.contract import DOCUMENT, NOW, StoreContract, add_weights, weight
from tests.stores.overview_contract import OverviewContract

OPEN_FILES = Path("/proc/self/fd")


class TestSqlite(StoreContract, OverviewContract):
    @pytest.fixture(params=["in memory", "on disk"])
    def empty(self, request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
        store = SqliteStore(str(path) if request.param == "on disk" else ":memory:")
        yield store
        store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "healthrelay.db"


def test_only_the_owner_may_read_the_file(path: Path) -> None:
    SqliteStore(str(path)).identities.save("jack", {})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_store_that_nobody_has_any_more_is_closed(path: Path) -> None:
    store = SqliteStore(str(path))
    store.identities.save("jack", {})
    assert store.identities.names() == ["jack"]
    log = path.with_name(f"{path.name}-wal")
    assert log.exists()

    with warnings.catch_warnings(record=True) as warned:  # from Python 3.13 on
        warnings.simplefilter("always")
        del store
        gc.collect()

    assert [str(one.message) for one in warned] == []
    assert not log.exists()  # who closes last folds it into the file


def test_what_could_not_be_opened_stays_open_nowhere(path: Path) -> None:
    if not OPEN_FILES.exists():
        unavailable("only Linux lists a process's open files")
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    store = SqliteStore(str(path))
    met = []  # whoever keeps an error keeps the frames that it came through

    for use in (store.identities.names, lambda: store.identities.save("jack", {})):
        with pytest.raises(Unusable) as error:
            use()
        met.append(error)

    assert path.resolve() not in {one.resolve() for one in OPEN_FILES.iterdir()}


def test_file_is_in_write_ahead_mode_and_names_its_migrations(path: Path) -> None:
    SqliteStore(str(path)).identities.names()

    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        names = [row[0] for row in connection.execute("SELECT name FROM migrations")]
    assert names == ["0001-documents-records-log", "0002-progress", "0003-origins"]


@pytest.mark.parametrize("seed", [0, 2])
def test_not_one_byte_of_a_removed_person_stays_in_the_files(path: Path, seed: int) -> None:
    """Also not in pages that were split, where these draws leave copies even of wiped rows."""
    rng, people = random.Random(seed), ("jack", "emma", "zoe")
    one, other = SqliteStore(str(path)), SqliteStore(str(path))
    days = [(u, date(2020, 1, 1) + timedelta(n)) for n in range(300) for u in people]
    rng.shuffle(days)
    for user in people:
        one.identities.save(user, {"methods": f"settings-of-{user}"})
        one.tokens.save(user, DOCUMENT | {"sealed": f"grant-of-{user}"}, 0)
    for user, day in days:
        record = weight(day.isoformat(), f"marker-of-{user}" * rng.randint(1, 60))
        one.records.apply(user, Delta(added=(record,)), NOW)

    assert other.identities.remove("jack")

    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert content.count(b"jack") == 0
    assert content.count(b"marker-of-emma") > 300
    for store in (one, other):
        assert len(store.records.everything("zoe")) == 300


def test_removal_that_another_process_holds_up_is_reported_and_finished_later(path: Path) -> None:
    store = SqliteStore(str(path), timeout_seconds=0.2)
    store.identities.save("jack", {"methods": "marker"})
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM documents").fetchall()
        with pytest.raises(TryLater, match="run it again"):
            store.identities.remove("jack")
        reader.execute("COMMIT")

    assert store.identities.names() == []
    assert not store.identities.remove("jack")
    assert not any(b"marker" in file.read_bytes() for file in path.parent.iterdir())


READS: list[Callable[[Store], object]] = [
    lambda store: store.identities.names(),
    lambda store: store.identities.poll_key("jack"),
    lambda store: store.tokens.load("jack"),
    lambda store: store.accounts.load(),
    lambda store: store.records.everything("jack"),
    lambda store: store.records.apply("jack", Delta(), NOW),
    lambda store: store.log.followings(),
    lambda store: store.targets.of("jack"),
]


def test_a_write_that_waits_for_another_process_stops_no_read(path: Path) -> None:
    store = SqliteStore(str(path))
    store.identities.save("jack", {})
    writing = threading.Thread(
        target=lambda: store.records.apply("jack", add_weights("2026-11-01"), NOW)
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing.start()
        writing.join(0.2)
        for read in READS:
            read(store)
        # Had a read waited for it, the write would have given up first.
        assert writing.is_alive()
        other.execute("ROLLBACK")
    writing.join()

    assert store.log.head("jack") == 1


def _start(path: str, user: str) -> None:
    store = SqliteStore(path)
    store.identities.save(user, {})
    for day in range(1, 11):
        store.records.apply(user, add_weights(f"2026-11-{day:02}"), NOW)


def test_processes_may_start_and_write_at_once(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_start, args=(str(path), user)) for user in ("a", "b", "c", "d")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    store = SqliteStore(str(path))
    assert [store.log.head(user) for user in store.identities.names()] == [10, 10, 10, 10]


def test_used_rounds_are_forgotten_after_their_time(path: Path) -> None:
    store = SqliteStore(str(path))
    store.handshakes.use("old", NOW, NOW - timedelta(minutes=10))

    store.handshakes.use("new", NOW + timedelta(minutes=11), NOW + timedelta(minutes=1))

    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("SELECT nonce FROM handshakes").fetchall() == [("new",)]


def test_a_half_written_change_leaves_nothing(path: Path) -> None:
    store = SqliteStore(str(path))
    store.identities.save("jack", {})
    with closing(sqlite3.connect(path)) as connection, connection:
        # The log refuses, after the records were taken: both must be undone.
        connection.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END"
        )

    with pytest.raises(TryLater, match="The store could not be written"):
        store.records.apply("jack", add_weights("2026-11-01"), NOW)

    assert store.records.everything("jack") == []
    assert store.log.head("jack") == 0


def test_a_file_that_is_no_database_says_so_without_its_content(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"secret words that are no database at all, and long enough to be read")

    with pytest.raises(Unusable, match="is damaged or is no database") as caught:
        SqliteStore(str(path)).identities.names()

    assert str(path) in caught.value.sentence
    assert "secret" not in str(caught.value)
    assert "load a dump" in caught.value.next_step


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Unusable, match=r"file/healthrelay\.db cannot be written to"):
        SqliteStore(str(tmp_path / "file" / "healthrelay.db")).identities.names()


def test_a_text_that_is_no_utf8_is_damage(path: Path) -> None:
    store = SqliteStore(str(path))
    store.identities.save("jack", {})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE documents SET data = CAST(x'7bff7d' AS TEXT)")

    with pytest.raises(Damaged) as caught:
        store.identities.settings("jack")

    assert str(path) in caught.value.sentence
    assert store.identities.names() == ["jack"]


def test_a_full_disk_is_the_owners(path: Path) -> None:
    """As SQLite reports it when the file may not grow."""
    SqliteStore(str(path)).identities.save("jack", {})

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        with (
            pytest.raises(Unusable, match="is full") as caught,
            translate_errors(str(path), "The store could not be written"),
        ):
            connection.execute("CREATE TABLE more AS SELECT zeroblob(1000000) AS data")

    assert (caught.value.who, str(path) in caught.value.sentence) == ("owner", True)


def test_a_lock_of_another_process_passes(path: Path) -> None:
    store = SqliteStore(str(path), timeout_seconds=0.1)
    store.identities.save("jack", {})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TryLater):
            store.identities.save("jack", {"period": "1w"})


def test_what_the_last_write_met_is_remembered_until_one_succeeds(path: Path) -> None:
    store = SqliteStore(str(path))
    store.identities.save("jack", {})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE documents RENAME TO away")
        with pytest.raises(Unusable):
            store.identities.save("jack", {"period": "1w"})
        with pytest.raises(Unusable):
            store.require_writable()
        connection.execute("ALTER TABLE away RENAME TO documents")

    store.identities.save("jack", {"period": "1w"})
    store.require_writable()


def test_a_lease_is_for_one_process_wherever_the_file_is_named(path: Path) -> None:
    other_name = path.parent.parent / "link"
    other_name.symlink_to(path.parent)
    with closing(SqliteStore(str(path))) as one:
        one.scheduler_lease.take(NOW)
        one.scheduler_lease.take(NOW + timedelta(days=1))
        with closing(SqliteStore(str(other_name / path.name))) as other:
            with pytest.raises(Misconfigured, match="Another `healthrelay serve`"):
                other.scheduler_lease.take(NOW + timedelta(days=1))
            one.scheduler_lease.release()
            other.scheduler_lease.take(NOW)


def test_a_lease_that_cannot_be_kept_is_the_owners(path: Path) -> None:
    path.parent.write_text("a file where the folder would be")
    with closing(SqliteStore(str(path))) as store, pytest.raises(Unusable):
        store.scheduler_lease.take(NOW)


def test_damaged_runs_are_written_over(path: Path) -> None:
    store = SqliteStore(str(path))
    store.runs.record({"fan-out": NOW})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE documents SET data = '[]'")
    with pytest.raises(Damaged):
        store.runs.load()

    store.runs.record({"deliver": NOW})

    assert store.runs.load() == {"deliver": NOW}


def fill(path: Path) -> None:
    store = SqliteStore(str(path))
    store.identities.save("jack", {})
    store.records.apply("jack", Delta(added=tuple(many_weights())), NOW)
    store.close()


def many_weights() -> Iterator[Record]:
    yield from (weight((date(2020, 1, 1) + timedelta(n)).isoformat()) for n in range(2000))


def zeros(content: bytes) -> bytes:
    return bytes(100) + content[100:]


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def stretches(content: bytes) -> bytes:
    """Overwrite a stretch of each page but the first few, which hold the schema."""
    pages = [content[at : at + 4096] for at in range(0, len(content), 4096)]
    return b"".join(pages[:12] + [page[:8] + b"\xa5" * 40 + page[48:] for page in pages[12:]])


@pytest.mark.parametrize("spoil", [zeros, half, stretches])
def test_a_file_that_is_damaged_is_the_owners_with_a_way_back(
    path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    fill(path)
    path.write_bytes(spoil(path.read_bytes()))

    problems = SqliteStore(str(path)).problems()

    assert problems
    for problem in problems:
        assert (problem.who, problem.cause) == ("owner", "store_unusable")
        assert str(path) in problem.sentence
        assert "load a dump" in problem.next_step


def test_a_well_store_has_no_problems_until_others_may_read_it(path: Path) -> None:
    fill(path)
    store = SqliteStore(str(path))
    assert store.problems() == []

    path.chmod(0o666)

    assert [problem.next_step for problem in store.problems()] == [f"chmod 600 {path}"]
