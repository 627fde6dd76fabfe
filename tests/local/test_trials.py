"""What is given is tried before it is kept, and kept untried only where somebody says so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from healthrelay.core.delivery.progress import Progress
from tests.household import Household, result_of, run_command
from tests.igor.recorder import Recorder, Say
from tests.peers.listening import Listening
from tests.peers.process import free_port

UNTRIED = "Nothing was kept; --no-check keeps it untried.\n"
ID = "sandbox-client.apps.example"


class Receiver(Listening):
    """Answers every OPTIONS and POST with *status*, and has seen *methods*."""

    def __init__(self, status: int) -> None:
        self.methods: list[str] = []
        seen = self.methods

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.append(self.command)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_OPTIONS = do_POST = answer  # noqa: N815 - names that http.server gives

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"


def secret(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))


def stored(household: Household) -> dict[str, str]:
    return household.services.store.identities.application()


def test_a_registration_that_the_provider_knows_is_kept(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret(monkeypatch, household.sandbox.settings["HEALTHRELAY_CLIENT_SECRET"])

    printed = run_command("register", ID).out

    assert printed == "Google Health knows it. Kept. The secret is sealed.\n"
    assert stored(household)["client_id"] == ID


@pytest.mark.parametrize(
    ("client_id", "sentence"),
    [
        ("nobody.example", "Google Health does not know this client id."),
        (ID, "Google Health refuses this client secret."),
        ("two words", "A client id has no spaces and no signs but ASCII."),
    ],
)
def test_one_that_it_refuses_is_not(
    unset: Household, monkeypatch: pytest.MonkeyPatch, client_id: str, sentence: str
) -> None:
    secret(monkeypatch, "GOCSPX-made-up")
    assert run_command("register", client_id, code=5).err == f"{sentence} {UNTRIED}"
    assert "client_id" not in stored(unset)

    secret(monkeypatch, "GOCSPX-made-up")
    printed = run_command("register", client_id, "--no-check").out
    assert printed == "Kept untried. The secret is sealed.\n"
    assert stored(unset)["client_id"] == client_id


def test_one_beside_that_of_the_environment_is_refused_unread(household: Household) -> None:
    refused = run_command("register", "another", "--no-check", code=2).err

    assert refused == "HEALTHRELAY_CLIENT_ID is set, and wins over what is kept.\n"
    assert "client_id" not in stored(household)


@pytest.mark.parametrize(
    "settings", [{"HEALTHRELAY_GOOGLE_TOKEN_URL": f"http://127.0.0.1:{free_port()}/token"}]
)
def test_one_that_nobody_could_be_asked_about_is_not(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret(monkeypatch, "GOCSPX-made-up")

    refused = run_command("register", ID, code=4).err

    assert refused.endswith(f"does not answer. Does it run? {UNTRIED}")
    assert "client_id" not in stored(household)


def test_where_google_answers_its_own_shape_is_asked_for(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTHRELAY_GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token")
    household.rebuild()
    secret(monkeypatch, "GOCSPX-made-up")

    refused = run_command("register", ID, code=5).err

    sentence = "A client id of Google's ends in .apps.googleusercontent.com."
    assert refused == f"{sentence} {UNTRIED}"


@contextmanager
def receiving(status: int) -> Iterator[Receiver]:
    with Receiver(status) as receiver:
        yield receiver


@pytest.mark.parametrize("status", [200, 204, 405, 501])
def test_a_receiver_that_is_there_is_kept(household: Household, status: int) -> None:
    household.add()
    with receiving(status) as receiver:
        done = run_command("relay", "add", "jack", receiver.url, "--name", "x", "--allow-private")

    assert (done.err, receiver.methods) == ("", ["OPTIONS"])
    assert [*household.services.store.targets.of("jack")] == ["x"]


@pytest.mark.parametrize("status", [301, 401, 404, 410, 500, 503])
def test_one_that_answers_anything_else_is_kept_with_a_warning(
    household: Household, status: int
) -> None:
    household.add()
    with receiving(status) as receiver:
        done = run_command("relay", "add", "jack", receiver.url, "--name", "x", "--allow-private")

    assert done.err.startswith(f"It was kept, but x answered with status {status}.")
    assert "whsec_" in done.out
    assert [*household.services.store.targets.of("jack")] == ["x"]


def test_one_that_cannot_be_reached_is_not_kept(household: Household) -> None:
    household.add()
    words = ["relay", "add", "jack", f"http://127.0.0.1:{free_port()}/in", "--name", "x"]

    refused = run_command(*words, "--allow-private", code=4)

    assert refused.err == f"The receiver does not answer. Does it run? {UNTRIED}"
    assert "whsec_" not in refused.out
    assert household.services.store.targets.of("jack") == {}
    assert run_command(*words, "--allow-private", "--no-check").err == ""
    assert [*household.services.store.targets.of("jack")] == ["x"]


def test_one_in_the_house_is_not_asked_unless_it_may_be_there(household: Household) -> None:
    household.add()
    with receiving(200) as receiver:
        url = receiver.url.replace("http:", "https:")
        refused = run_command("relay", "add", "jack", url, "--name", "x", code=5).err

    assert refused.startswith("127.0.0.1 leads to an address that is not public")
    assert receiver.methods == []


def test_what_is_no_igor_is_not_kept(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    with Recorder() as server:
        server.say = Say(404, b"no such page")
        secret(monkeypatch, "a-key")
        refused = run_command("igor", server.url, code=5).err

    assert refused.startswith("There is no Igor at this address.")
    assert [seen.method for seen in server.seen] == ["GET"]
    assert "authorization" not in server.seen[0].headers
    assert "igor_url" not in stored(household)


def test_an_igor_that_does_not_answer_is_kept_only_unchecked(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    secret(monkeypatch, "a-key")
    assert run_command("igor", url, code=4).err.endswith(f"does not answer. Does it run? {UNTRIED}")
    assert "igor_url" not in stored(household)

    secret(monkeypatch, "a-key")
    assert result_of("igor", url, "--no-check") == {"igor": url, "tried": False}
    assert stored(household)["igor_url"] == url


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_IGOR_URL": "http://127.0.0.1:1"}])
@pytest.mark.parametrize("words", [["http://127.0.0.1:2", "--no-check"], ["--forget"]])
def test_one_beside_that_of_the_environment_is_refused(
    household: Household, words: list[str]
) -> None:
    """What the Igor in use has stays known."""
    household.add()
    log = household.services.store.log
    log.save("jack", "igor", Progress(0))

    refused = run_command("igor", *words, code=2).err

    sentence = "HEALTHRELAY_IGOR_URL is set where healthrelay runs, and wins."
    assert refused == f"{sentence} Change it there, or take it away there first.\n"
    assert "igor_url" not in stored(household)
    assert "igor" in log.following("jack").targets
