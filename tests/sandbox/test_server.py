"""Life of the server: settings, journal, faults, the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from sandbox import Request, Sandbox
from tests.sandbox.person import FitbitPerson, GooglePerson

ROOT = Path(__file__).parents[2]


def test_settings_lead_to_the_endpoints(sandbox: Sandbox) -> None:
    url = sandbox.url
    assert url.startswith("http://127.0.0.1:")
    settings = dict(sandbox.settings)
    assert settings.pop("HEALTHRELAY_CLIENT_ID")
    assert settings.pop("HEALTHRELAY_CLIENT_SECRET")
    assert settings == {
        "HEALTHRELAY_GOOGLE_API_URL": f"{url}/google",
        "HEALTHRELAY_GOOGLE_AUTH_URL": f"{url}/google/o/oauth2/v2/auth",
        "HEALTHRELAY_GOOGLE_TOKEN_URL": f"{url}/google/token",
        "HEALTHRELAY_GOOGLE_REVOKE_URL": f"{url}/google/revoke",
        "HEALTHRELAY_FITBIT_API_URL": f"{url}/fitbit",
        "HEALTHRELAY_FITBIT_AUTH_URL": f"{url}/fitbit/oauth2/authorize",
    }


def test_after_stopping_nobody_answers() -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
    with pytest.raises(RuntimeError):
        _ = sandbox.url


def test_journal_tells_what_was_asked(google: GooglePerson) -> None:
    sandbox = google.sandbox
    requests.post(f"{sandbox.url}/google/token?a=1", data={"b": "2"}, timeout=5)
    (entry,) = sandbox.journal
    assert isinstance(entry, Request)
    assert (entry.method, entry.path, entry.query) == ("POST", "/google/token", {"a": "1"})
    assert entry.body == "b=2"
    assert entry.headers["Content-Type"] == "application/x-www-form-urlencoded"
    shown = requests.get(f"{sandbox.url}/sandbox/journal", timeout=5).json()
    assert [(e["method"], e["body"]) for e in shown] == [("POST", "b=2")]
    sandbox.reset()
    assert sandbox.journal == []


def test_journaled_forms_still_reach_the_endpoint(google: GooglePerson) -> None:
    assert google.connect()["access_token"]


def test_answer_on_demand_happens_as_often_as_ordered(google: GooglePerson) -> None:
    token = google.connect()["access_token"]
    google.sandbox.fail(
        r"/identity$", status=503, headers={"Retry-After": "3"}, body="<html>", times=2
    )
    codes = [google.get(name, token).status_code for name in ("settings", "identity")]
    assert codes == [200, 503]
    second = google.get("identity", token)
    assert (second.status_code, second.text, second.headers["Retry-After"]) == (503, "<html>", "3")
    assert google.get("identity", token).status_code == 200


def test_dropped_connection(google: GooglePerson) -> None:
    google.sandbox.fail("/token", mode="drop")
    code = google.code()
    with pytest.raises(requests.ConnectionError):
        google.exchange(code)
    assert google.exchange(code).status_code == 200


def test_half_an_answer_after_the_work_was_done(fitbit: FitbitPerson) -> None:
    token = fitbit.connect()["refresh_token"]
    fitbit.sandbox.fail("/oauth2/token", mode="half")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        fitbit.refresh(token)
    assert fitbit.refresh(token).status_code == 400


def test_slow_answer(google: GooglePerson) -> None:
    token = google.connect()["access_token"]
    google.sandbox.fail("/identity", mode="slow", body="12345", pause=0.02)
    before = time.monotonic()
    assert google.get("identity", token).text == "12345"
    assert time.monotonic() - before >= 0.1


def test_faults_over_http(sandbox: Sandbox) -> None:
    def order(**fault: object) -> int:
        url = f"{sandbox.url}/sandbox/faults"
        return requests.post(url, json=fault, timeout=5).status_code

    assert order(path="/google/token", status=418, body={"error": "teapot"}) == 204
    answer = requests.post(f"{sandbox.url}/google/token", timeout=5)
    assert (answer.status_code, answer.json()) == (418, {"error": "teapot"})
    assert order(path="x", mode="explode") == 400
    assert order(path="x", color="red") == 400
    assert order(path="(") == 400
    assert order(path="x", times="often") == 400
    assert order(path="/google/token", status=418) == 204
    assert requests.post(f"{sandbox.url}/sandbox/reset", timeout=5).status_code == 204
    assert requests.post(f"{sandbox.url}/google/token", timeout=5).status_code == 400


def test_latency_is_of_the_data_apis_only() -> None:
    with Sandbox(latency=0.5) as sandbox:
        google = GooglePerson(sandbox)
        before = time.monotonic()
        token = google.connect()["access_token"]
        consented = time.monotonic()
        google.get("identity", token)
        assert time.monotonic() - consented >= 0.5
        assert consented - before < 0.5


def test_access_lifetime() -> None:
    with Sandbox(access_lifetime=60) as sandbox:
        assert GooglePerson(sandbox).connect()["expires_in"] == 60
        assert FitbitPerson(sandbox).connect()["expires_in"] == 60


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_says_where_it_serves_and_stops(number: signal.Signals) -> None:
    with command("--fitbit-gone") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert line["settings"]["HEALTHRELAY_FITBIT_API_URL"] == line["url"] + "/fitbit"
        answer = requests.get(f"{line['url']}/fitbit/1/user/-/profile.json", timeout=5)
        assert answer.status_code == 410
        process.send_signal(number)
        assert process.wait(5) == 0
        assert process.stdout.read() == ""


def test_command_refuses_unknown_participants(tmp_path: Path) -> None:
    for name in ("weight-log.csv", "daily-activity.csv"):
        (tmp_path / name).write_text("Id\n")
    with command("--measurements", str(tmp_path), "--participant", "7") as process:
        out, err = process.communicate(timeout=5)
    assert (process.returncode, out) == (2, "")
    assert "no measurements of participant '7'" in err
