"""The command of `make run`: the main job, in the sandbox and with a registration of one's own."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import Sandbox
from tests.household import Clock
from tests.local.terminal import terminal
from tests.peers.process import free_port

pytestmark = pytest.mark.peer

ROOT = Path(__file__).resolve().parents[2]
FOUR_SERIES = {"body-weight", "body-bmi", "activities-steps", "weight"}


def command(folder: Path, *words: str, **more: str) -> dict[str, Any]:
    """How to start ``healthrelay run`` in *folder*."""
    clean = {name: value for name, value in os.environ.items() if "HEALTHRELAY" not in name}
    port = str(free_port())
    return {
        "args": [sys.executable, "-m", "healthrelay", "run", "--port", port, *words],
        "cwd": folder,
        "env": clean | {"HEALTHRELAY_HOME": str(folder / "data")} | more,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }


def refused(folder: Path, *words: str, **more: str) -> str:
    """Run to the end, which comes soon; return standard error."""
    done = subprocess.run(**command(folder, *words, **more), timeout=60)
    assert done.returncode == 5
    return str(done.stderr)


def run(folder: Path, *words: str, **more: str) -> tuple[dict[str, Any], str]:
    """Run to the end; return the JSON object and standard error."""
    done = subprocess.run(**command(folder, "--once", "--json", *words, **more), timeout=90)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)["result"]
    assert isinstance(result, dict)
    return result, done.stderr


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_one_command_brings_thirty_days(tmp_path: Path, provider: str) -> None:
    result, stderr = run(tmp_path, "--provider", provider)

    assert (result["user"], result["provider"]) == ("jack", provider)
    assert result["statuses"] == {"auth1": 302, "auth2": 303, "fetch": 200, "relay": 200}
    assert set(result["series"]) >= FOUR_SERIES
    for series in result["series"].values():
        first, last = (date.fromisoformat(series[end]) for end in ("first", "last"))
        assert timedelta(20) < last - first <= timedelta(31)
        assert series["count"] > 10
    assert result["poll_url"].startswith("http://127.0.0.1:")
    assert "values" not in result
    assert stderr.count("\n") == 2
    assert list(tmp_path.iterdir()) == []


def recording(folder: Path) -> dict[str, float]:
    """Two weeks of a scale, as single-precision kilograms; returns day → kilograms."""
    days = [date(2016, 4, 12) + timedelta(days=n) for n in range(0, 28, 2)]
    kilograms = {day: f"{85.8 - n / 10:.13f}" for n, day in enumerate(days)}
    with (folder / "weight-log.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["Id", "Date", "WeightKg", "WeightPounds", "Fat", "BMI", "IsManualReport", "LogId"]
        )
        for day, kg in kilograms.items():
            at = datetime(day.year, day.month, day.day, 6, 47, 11)
            log_id = int((at - datetime(1970, 1, 1)).total_seconds() * 1000)
            local_time = f"{day.month}/{day.day}/{day.year} 6:47:11 AM"
            rows.writerow([7, local_time, kg, 0, 25.0, 25.6, "False", log_id])
    (folder / "daily-activity.csv").write_text(
        "Id,ActivityDate,TotalSteps,TotalDistance,Calories\n7,4/12/16,8123,6.01,2213\n"
    )
    return {day.isoformat(): float(kg) for day, kg in kilograms.items()}


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_recorded_weights_arrive_to_the_gram(tmp_path: Path, provider: str) -> None:
    expected = recording(tmp_path)
    options = ["--measurements", str(tmp_path), "--participant", "7", "--provider", provider]

    unshifted, _ = run(tmp_path, "--values", "--no-shift", *options)

    weights = unshifted["values"]["body-weight"]
    assert {w["dateTime"]: round(float(w["value"]) * 1000) for w in weights} == {
        day: round(kg * 1000) for day, kg in expected.items()
    }
    assert unshifted["values"]["activities-steps"] == [{"dateTime": "2016-04-12", "value": "8123"}]

    shifted, _ = run(tmp_path, "--values", *options)

    assert [w["value"] for w in shifted["values"]["body-weight"]] == [w["value"] for w in weights]


def test_unknown_participant_is_reported(tmp_path: Path) -> None:
    recording(tmp_path)

    stderr = refused(tmp_path, "--once", "--measurements", str(tmp_path), "--participant", "8")

    assert "8" in stderr
    assert "Traceback" not in stderr


@pytest.fixture
def household_clock() -> Clock:
    """The real one, because processes know no other."""
    return Clock(datetime.now(UTC))


CLICK = """\
import sys
sys.path.insert(0, {root!r})
from healthrelay.local.consent_page import allow
allow(sys.argv[1])
"""


def registration(sandbox: Sandbox, folder: Path) -> Mapping[str, str]:
    """The settings of somebody with a client id, whose browser clicks by itself."""
    script = folder / "browser.py"
    script.write_text(CLICK.format(root=str(ROOT)))
    return sandbox.settings | {
        "BROWSER": f"{sys.executable} {script} %s",
        "HEALTHRELAY_PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
    }


def test_with_a_registration_everything_is_stored(tmp_path: Path, sandbox: Sandbox) -> None:
    more = registration(sandbox, tmp_path)

    first, stderr = run(tmp_path, **more)
    again, _ = run(tmp_path, "--values", **more)

    assert "Please give your consent" in stderr
    assert first["statuses"] == {"fetch": 200, "relay": 200}
    assert re.search("key=[-_a-zA-Z0-9]{32}$", first["poll_url"])
    # Connected already, and the key that Igor has stays good.
    assert again["statuses"] == {"fetch": 200}
    assert again["poll_url"].endswith("key=POLL-KEY")
    assert set(again["values"]) >= FOUR_SERIES
    assert (tmp_path / "data" / "healthrelay.db").exists()


def test_without_a_client_secret_nobody_is_sent_to_the_consent_page(tmp_path: Path) -> None:
    sentence = "HEALTHRELAY_CLIENT_ID is set, and no client secret. See HEALTHRELAY_CLIENT_SECRET."
    assert refused(tmp_path, HEALTHRELAY_CLIENT_ID="cid") == f"{sentence}\n"


def test_serves_on_until_interrupted(tmp_path: Path) -> None:
    process = subprocess.Popen(**command(tmp_path, "--json"))
    assert process.stdout
    assert process.stderr
    try:
        url = json.loads(process.stdout.readline())["result"]["poll_url"]
        assert requests.get(url, timeout=10).json()["jack"]
        printed = iter(process.stderr.readline, "")
        link = next(line for line in printed if "/setup?key=" in line).strip()
        page = requests.Session().get(link, timeout=10)
        assert all(name in page.text for name in ("Jack", "Anna", "Mia"))
        assert "Jack" not in requests.get(link, timeout=10).text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


def test_to_a_pipe_go_the_rows_weight_first_and_no_log_of_what_has_a_row(tmp_path: Path) -> None:
    done = subprocess.run(**command(tmp_path, "--once"), timeout=90)

    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["Weight", "Body fat", "BMI", "Steps"]
    assert rows[0][1].endswith(" kg")
    assert all(re.fullmatch("[▁▂▃▄▅▆▇█·]{30}", row[3]) for row in rows)
    # Nobody weighs himself each day, and nothing that needs the server is left on the screen.
    assert "·" in rows[0][3]
    assert "http" not in done.stdout + done.stderr
    first, last = done.stderr.splitlines()
    assert first.startswith("No HEALTHRELAY_CLIENT_ID is set")
    assert last == "Without --once it goes on: Igor can poll it, and it has a page."


def test_the_consent_page_can_be_clicked(tmp_path: Path) -> None:
    script = tmp_path / "browser.py"
    script.write_text(CLICK.format(root=str(ROOT)))

    result, stderr = run(tmp_path, "--click", BROWSER=f"{sys.executable} {script} %s")

    assert "Please give your consent on this page:" in stderr
    assert result["statuses"] == {"fetch": 200, "relay": 200}


def test_on_a_terminal_are_a_table_and_what_goes_on(tmp_path: Path) -> None:
    env = command(tmp_path)["env"]
    with terminal(tmp_path, "run", "--port", str(free_port()), env=env) as screen:
        screen.wait_for("Ctrl-C.")
        screen.type("\x03")
        assert screen.finish() == 0
    head, weight = screen.lines[1:3]
    assert head.split() == ["series", "newest", "on", "day", "by", "day"]
    assert weight.startswith("Weight ")
    assert screen.lines[-1].endswith("Stopped.")
    assert not any(line.startswith("{") for line in screen.lines)


def test_taken_port_gives_way(tmp_path: Path, sandbox: Sandbox) -> None:
    port = sandbox.url.rpartition(":")[2]

    result, stderr = run(tmp_path, "--port", port)

    assert f"Port {port} is taken" in stderr
    assert f":{port}/" not in result["poll_url"]
