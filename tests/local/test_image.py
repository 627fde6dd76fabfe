"""The image of Dockerfile, made step by step, and the services of compose.yaml."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.house.measures import HERE as ROOT
from tests.local.test_wheel import tracked
from tests.peers import install
from tests.peers.igor_venv import PINS, igor_bin
from tests.peers.image import Image, context, loopback_up, stages
from tests.peers.process import until

IGOR = ROOT / "igor" / "Dockerfile"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
LATEST = {"build", "cap_drop", "env_file", "environment", "ports", "profiles", "read_only"}
KNOWN = LATEST | {"restart", "security_opt", "tmpfs", "volumes"}
"""The keys of a service that compose.yaml uses (docs.docker.com/reference/compose-file)."""


@pytest.mark.peer
@pytest.mark.xdist_group("wheel")
def test_every_step_of_the_dockerfile_works_and_the_image_is_well(tmp_path: Path) -> None:
    image = Image(tmp_path / "image", ROOT, tracked())
    image.build(ROOT / "Dockerfile")
    process = image.start(tmp_path / "log")
    try:
        until(lambda: image.beside(process, image.health) == 0 or process.poll() is not None, 60)
        output = (tmp_path / "log").read_text()
        assert process.poll() is None, output
        assert "Serving at http://0.0.0.0:8080" in output
        assert image.beside(process, ["test", "-O", "/data/healthrelay.db"]) == 0
        assert image.beside(process, ["touch", "/app/it-is-not-ours"]) != 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
    upper = tmp_path / "image" / "upper"
    assert not list(upper.glob("app/lib/python*/site-packages/pip"))


@pytest.mark.parametrize("dockerfile", [ROOT / "Dockerfile", IGOR], ids=lambda p: p.parent.name)
def test_an_image_is_small_has_a_user_and_keeps_its_data_in_one_place(dockerfile: Path) -> None:
    *_, last = stages(dockerfile)
    words = [step.word for step in last]

    assert dict(last)["USER"] != "root"
    assert dict(last)["FROM"].endswith("-slim")
    assert words.index("RUN") < words.index("USER") < words.index("CMD")
    assert dict(last)["VOLUME"] == "/data"
    assert [step for step in last if step.word == "ADD"] == []


@pytest.mark.parametrize("line", ["RUNN true", "RUN", "FROM x\nADD a b", "RUN true"])
def test_what_is_no_step_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "Dockerfile").write_text(f"{line}\n")
    with pytest.raises(ValueError, match="no step"):
        stages(tmp_path / "Dockerfile")


def test_only_what_the_package_is_made_of_goes_to_docker() -> None:
    strange = [".env", "data/keys.env", "shared/healthrelay/.env", "tests/household.py"]
    strange += [".git/config", "shared/healthrelay/__pycache__/log.cpython-311.pyc"]
    sent = set(context(ROOT, [*tracked(), *strange]))

    assert sent.isdisjoint(strange)
    assert {name.split("/")[0] for name in sent} == {
        *("LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py"),
        *("functions", "igor", "requirements", "sandbox", "shared"),
    }


def test_compose_has_a_household_and_an_igor_that_nobody_else_reaches() -> None:
    services = COMPOSE["services"]

    assert set(COMPOSE) == {"services", "volumes"}
    assert set(services) == {"healthrelay", "igor"}
    assert services["igor"]["profiles"] == ["igor"]
    for name, service in services.items():
        assert set(service) <= KNOWN
        assert (ROOT / service["build"] / "Dockerfile").is_file()
        assert service["cap_drop"] == ["ALL"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        (volume,) = service["volumes"]
        assert volume == f"{name}:/data"
        assert name in COMPOSE["volumes"]


def test_igors_image_has_what_a_real_igor_needs() -> None:
    (installed,) = re.findall(r"pip install --no-cache-dir (.+)", IGOR.read_text())

    assert tuple(installed.split()) == PINS


@pytest.mark.peer
def test_the_command_of_igors_image_makes_an_igor_once_and_starts_it(tmp_path: Path) -> None:
    last = dict(stages(IGOR)[-1])
    line = f"{loopback_up()} && exec {shlex.join(json.loads(last['CMD']))}"
    env = {"PATH": f"{igor_bin()}:/usr/bin:/bin", "HOME": str(tmp_path)}
    ask = "import urllib.request as r; r.urlopen('http://127.0.0.1:9333/')"
    for _ in range(2):
        with (tmp_path / "log").open("wb") as out:
            igor = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", line],
                cwd=tmp_path,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        beside = ["nsenter", "--net", "--target", str(igor.pid), sys.executable, "-c", ask]
        try:
            until(lambda: _succeeds(beside) or igor.poll() is not None, 60)  # noqa: B023
            if igor.poll() == 1 and "unshare" in (tmp_path / "log").read_text():
                install.unavailable("there is no right to a network of one's own")
            assert igor.poll() is None, (tmp_path / "log").read_text()
            igor.send_signal(signal.Signals[last["STOPSIGNAL"]])
            assert igor.wait(20) == 0
        finally:
            igor.kill()
            igor.wait()
    assert (tmp_path / "igor" / "database.xml").is_file()


def _succeeds(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True).returncode == 0
