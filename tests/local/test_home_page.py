"""docs/home.md: what it prints is run."""

from __future__ import annotations

import plistlib
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.house.measures import HERE as ROOT
from tests.igor.certificates import self_signed
from tests.local.serving import Home
from tests.local.test_commands import without_settings
from tests.local.test_service import verify
from tests.peers.nginx import Nginx
from tests.peers.process import free_port

PAGE = (ROOT / "docs" / "home.md").read_text()
NAME = "relay.example"
SECONDS = 30


def blocks(language: str) -> list[str]:
    """Return the blocks of the page in *language*."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def block(language: str) -> str:
    """Return the one block of the page in *language*."""
    (text,) = blocks(language)
    return text


@pytest.mark.peer
def test_a_household_is_reached_through_the_nginx_of_the_page(home: Home, stack: ExitStack) -> None:
    port, nginx = free_port(), Nginx(home.folder / "nginx", self_signed(home.folder))
    site = block("nginx")
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{nginx.port} ssl"),
        (f"/etc/ssl/{NAME}.pem", str(nginx.certificate)),
        (f"/etc/ssl/private/{NAME}.key", str(nginx.certificate)),
        ("127.0.0.1:8080", f"127.0.0.1:{port}"),
    ):
        assert old in site
        site = site.replace(old, new)
    settings = {"HEALTHRELAY_PUBLIC_URL": f"https://{NAME}", "HEALTHRELAY_CLIENT_ID": "cid"}
    home.serve(stack, port, "--trusted-proxy", "127.0.0.1", **settings)
    stack.enter_context(nginx.serve(site))

    def get(path: str) -> requests.Response:
        return requests.get(
            f"{nginx.url}/{path}",
            params={"user": "jack", "key": home.key},
            headers={"Host": NAME, "X-Forwarded-Host": "stranger.example"},
            verify=str(nginx.certificate),
            allow_redirects=False,
            timeout=SECONDS,
        )

    assert get("relay").status_code == 200
    # By its public name, whatever a stranger forwards: nobody is led to another.
    answer = get("auth1")
    assert (answer.status_code, urlsplit(answer.headers["Location"]).netloc) == (303, NAME)


def test_the_caddyfile_hands_everything_to_the_process() -> None:
    # Nothing at hand reads a Caddyfile; this is all of its syntax that the page uses
    # (https://caddyserver.com/docs/caddyfile/concepts): a site's name, one directive, one tab.
    assert block("caddy") == f"{NAME} {{\n\treverse_proxy 127.0.0.1:8080\n}}\n"


def test_launchd_would_start_serve() -> None:
    job = plistlib.loads(block("xml").encode())

    assert job["ProgramArguments"][1:] == ["serve"]
    assert job["RunAtLoad"] is job["KeepAlive"] is True


@pytest.mark.peer
def test_the_timer_makes_a_dump(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home.folder))
    program = home.folder / ".local" / "bin" / "healthrelay"
    program.parent.mkdir(parents=True)
    program.symlink_to(Path(sys.executable).parent / "healthrelay")
    (home.folder / "backup").mkdir()
    units = dict(zip(("service", "timer"), blocks("ini"), strict=True))
    for kind, text in units.items():
        unit = home.folder / f"healthrelay-backup.{kind}"
        unit.write_text(text)
        assert f"`{unit.name}`" in PAGE
    assert verify(home.folder / "healthrelay-backup.timer") == ""

    (command,) = re.findall(r"^ExecStart=(.*)$", units["service"], re.MULTILINE)
    words = command.replace("%h", str(home.folder)).split()
    env = without_settings() | {"HEALTHRELAY_HOME": str(home.folder / "data")}
    subprocess.run(words, cwd=home.folder, env=env, check=True)

    assert (home.folder / "backup" / "healthrelay.ndjson").read_text().startswith("{")
