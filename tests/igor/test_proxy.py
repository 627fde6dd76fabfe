"""The proxy in igor/nginx.conf, a real nginx before a real Igor: one PUT passes, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.household import Household
from tests.igor.certificates import self_signed
from tests.igor.expected import ARRIVED, SENSOR, push
from tests.igor.expected import JACK as STORED
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN
from tests.peers.nginx import Nginx

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]

CONF = Path(__file__).resolve().parents[2] / "igor" / "nginx.conf"
JACK = f"/data/{STORED}"
BODY = b'{"jack":{"note":"pushed"}}'
_questions = count()
KEPT = "<fitbit><jack><note>kept</note></jack></fitbit>"


@dataclass(frozen=True)
class Home:
    """An Igor, the nginx before it, and the key that opens both."""

    igor: Igor
    nginx: Nginx
    token: str

    def push(
        self, path: str = JACK, method: str = "PUT", body: bytes = BODY, **headers: str
    ) -> int:
        """One request, written as it is; a header given as nothing is left out."""
        sent = {
            "Host": "igor.example",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in sent.items() if v)]
        return self.nginx.ask("\r\n".join([*lines, "", ""]).encode() + body)


def site(igor: Igor, nginx: Nginx, token: str) -> str:
    """The file as its head says to fill it in; here at another port than 443."""
    text = CONF.read_text()
    served = text[text.index("server {") :]
    if igor.tls:
        lines = [
            line.replace("# proxy_", "proxy_")
            for line in served.splitlines()
            if "proxy_pass http://" not in line
        ]
        served = "\n".join(lines)
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{nginx.port} ssl"),
        ("/etc/ssl/igor.example.pem", str(nginx.certificate)),
        ("/etc/ssl/private/igor.example.key", str(nginx.certificate)),
        *([("/etc/ssl/igor.crt", str(igor.verify))] if igor.tls else []),
        ("TOKEN", token),
        ("9333", str(igor.port)),
    ):
        assert old in served
        served = served.replace(old, new)
    return served


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Callable[[Igor, str], Home]]:
    with ExitStack() as running:

        def start(igor: Igor, token: str) -> Home:
            nginx = Nginx(tmp_path / "nginx", self_signed(tmp_path))
            running.enter_context(nginx.serve(site(igor, nginx, token)))
            igor.put(JACK, json={"jack": {"note": "kept"}}, auth=ADMIN)
            return Home(igor, nginx, token)

        yield start


@pytest.fixture
def home(igor: Igor, guarded: Callable[[Igor, str], Home]) -> Home:
    return guarded(igor, igor.mint_push_token())


def test_healthrelay_pushes_through_it(
    pusher: Callable[..., Household], any_igor: Igor, guarded: Callable[[Igor, str], Home]
) -> None:
    token = any_igor.mint_push_token() if any_igor.capabilities else "any-long-random-text"
    nginx = guarded(any_igor, token).nginx

    household = pusher(igor_url=nginx.url, igor_token=token, igor_ca=str(nginx.certificate))

    assert push(household, any_igor) == ARRIVED


def test_the_one_put_passes(home: Home) -> None:
    assert home.push() == 200

    assert home.igor.data_xml(STORED) == "<jack><note>pushed</note></jack>"
    assert home.push(f"/data/{SENSOR}/_a-b.C9" + "x" * 57) == 200


def test_of_its_headers_only_the_key_passes(home: Home) -> None:
    # Igor would store the text, and read a cookie as somebody's login.
    assert home.push(Content_Type="text/plain", Cookie="session=x", Accept="text/html") == 200

    assert home.igor.data_xml(STORED) == "<jack><note>pushed</note></jack>"


def refused(home: Home, status: int, *answers: int) -> None:
    assert set(answers) == {status}
    assert home.igor.data_xml(SENSOR) == KEPT


def asked(igor: Igor) -> int:
    """How many requests Igor has logged before our own question, which is not counted."""
    question = f"/data/asked-{next(_questions)}"
    igor.get(question)
    igor.until(lambda: question in igor.output())
    lines = igor.output().splitlines()
    return sum(" HTTP/1." in line and "/data/asked-" not in line for line in lines)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "PATCH", "OPTIONS", "put"])
def test_no_other_method_passes(home: Home, method: str) -> None:
    before = asked(home.igor)

    answer = home.push(method=method)

    assert answer in ((403,) if method != "put" else (400, 403))
    assert asked(home.igor) == before
    assert home.igor.data_xml(SENSOR) == KEPT


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/data",
        f"/data/{SENSOR}",
        f"/data/{SENSOR}/",
        f"{JACK}/",
        f"{JACK}/body-weight",
        f"{JACK}?x=1",
        f"{JACK}?",
        f"{JACK}?.METHOD=DELETE",
        f"{JACK}%3Fx=1",
        f"{JACK}#x",
        f"{JACK}%23",
        f"{JACK};x",
        f"{JACK}%00",
        f"{JACK}%0a",
        f"/{JACK}",
        f"/data//{SENSOR}/jack",
        f"/data/{SENSOR}//jack",
        f"/data/{SENSOR}/../fitbit/jack",
        f"/data/{SENSOR}/./jack",
        f"/data/{SENSOR}/..",
        f"/data/{SENSOR}/%2e%2e",
        f"/data/{SENSOR}/%2e%2e%2f%2e%2e%2fplugindata%2ffitbit",
        f"/data/{SENSOR}/%6aack",
        f"/data/{SENSOR}/jack%5b1%5d",
        f"/data/{SENSOR}/jack[1]",
        f"/data/{SENSOR}/*",
        f"/data/{SENSOR}/7XYZ9",
        f"/data/{SENSOR}/" + "x" * 65,
        f"/DATA/{SENSOR}/jack",
        "/data/sensors/_fitbit/jack",
        f"/x/..{JACK}",
        f"/%64ata/{SENSOR}/jack",
        "/internal/stop",
        "/internal/accessControl/createSharedKey",
        "/plugin/copytree",
        "/login",
        "*",
    ],
)
def test_no_other_address_passes(home: Home, path: str) -> None:
    before = asked(home.igor)

    answer = home.push(path)

    assert answer in (400, 403)
    assert asked(home.igor) == before
    assert home.igor.data_xml(SENSOR) == KEPT


def test_no_other_key_passes(home: Home) -> None:
    before = asked(home.igor)
    token = home.token

    refused(
        home,
        401,
        home.push(Authorization=""),
        home.push(Authorization="Bearer "),
        home.push(Authorization=token),
        home.push(Authorization=f"Bearer {token[:-1]}"),
        home.push(Authorization=f"Bearer {token}x"),
        home.push(Authorization=f"Bearer {token.swapcase()}"),
        home.push(Authorization=f"bearer {token}"),
        home.push(Authorization="Basic YWRtaW46"),
    )
    assert asked(home.igor) == before + 1  # our own look


def test_a_body_that_is_too_long_does_not_pass(home: Home) -> None:
    before = asked(home.igor)
    long = b'{"jack":{"note":"' + b"x" * 9_000_000 + b'"}}'
    chunk = b"%x\r\n%s\r\n" % (len(long), long)

    answers = (
        home.push(body=b"", Content_Length=str(10**9)),
        home.push(body=chunk + b"0\r\n\r\n", Content_Length="", Transfer_Encoding="chunked"),
    )

    assert answers == (413, 413)
    assert asked(home.igor) == before
    assert home.igor.data_xml(SENSOR) == KEPT


def test_requests_hidden_in_a_body_do_not_pass(home: Home) -> None:
    hidden = b"POST /internal/stop HTTP/1.1\r\nHost: igor\r\n\r\n"

    both = home.push(body=b"0\r\n\r\n" + hidden, Transfer_Encoding="chunked")
    behind = home.push(body=BODY + hidden, Content_Length=str(len(BODY)), Connection="keep-alive")

    assert both == 400
    assert behind == 200
    assert home.igor.running
    assert "/internal/stop" not in home.igor.output().rpartition("PUT ")[2]


def test_an_address_with_a_host_in_it_is_recognised_by_its_path(home: Home) -> None:
    assert home.push(f"http://igor.example{JACK}") == 200
    assert home.push("http://igor.example/internal/stop") == 403
    assert home.igor.running
