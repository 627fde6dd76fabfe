"""What the environment says of proxies, certificates and passwords changes no call of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from healthrelay.adapters.fitbit.provider import LegacyFitbit
from healthrelay.adapters.google_health.provider import GoogleHealth
from healthrelay.adapters.http import Http
from healthrelay.adapters.igor import Credential, IgorTarget
from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint, Registration
from healthrelay.adapters.webhook.sender import WebhookTarget
from healthrelay.adapters.webhook.signing import mint
from healthrelay.core.delivery.messages import Message
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.token import Grant
from healthrelay.core.measurements.reads import Read
from tests.adapters.peers import answering
from tests.adapters.reading import MONDAY, SUNDAY
from tests.igor.certificates import self_signed
from tests.igor.recorder import Recorder, Say
from tests.peers.process import free_port

pytestmark = pytest.mark.usefixtures("loopback")

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
SECONDS = 1
GRANT = Grant("the-access-token", "the-refresh-token", NOW, ())
MESSAGE = Message("jack", b"{}", "msg_1")
SHARED, SIGNING, _ = mint()


def token_endpoint(url: str, provider: str) -> OAuth2TokenEndpoint:
    basic = provider == "fitbit"
    urls = f"{url}/token", f"{url}/revoke", "cid", "http://127.0.0.1:9/auth2"
    us = Registration(CONSENTS[provider], *urls, basic, "the-client-secret")
    return OAuth2TokenEndpoint(us, Http(), lambda: NOW)


def read_google(url: str) -> None:
    GoogleHealth(url, Http()).read("the-access-token", Read("weight", MONDAY, SUNDAY))


def read_fitbit(url: str) -> None:
    LegacyFitbit(url, "cid", Http()).read("the-access-token", Read("weight", MONDAY, SUNDAY))


def push(url: str) -> None:
    IgorTarget(url, "sensors/fitbit", Credential, Http(), SECONDS).send(MESSAGE)


def post(url: str) -> None:
    keys = [(SHARED, SIGNING)]
    WebhookTarget("hook", url, True, lambda: keys, lambda: NOW, seconds=SECONDS).send(MESSAGE)


CALLS: dict[str, Callable[[str], object]] = {
    "google consent": lambda url: token_endpoint(url, "google_health").exchange("code", "verifier"),
    "fitbit consent": lambda url: token_endpoint(url, "fitbit").exchange("code", "verifier"),
    "google refresh": lambda url: token_endpoint(url, "google_health").refresh("refresh"),
    "fitbit refresh": lambda url: token_endpoint(url, "fitbit").refresh("refresh"),
    "google revoke": lambda url: token_endpoint(url, "google_health").revoke(GRANT),
    "fitbit revoke": lambda url: token_endpoint(url, "fitbit").revoke(GRANT),
    "google data": read_google,
    "fitbit data": read_fitbit,
    "igor": push,
    "webhook": post,
}
CASES = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@pytest.fixture
def peer() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@CASES
def test_a_proxy_is_asked_by_no_call(
    call: Callable[[str], object], peer: Recorder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login stranger password of-a-stranger\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        for variable in (name, name.lower()):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{free_port()}")
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)

    with suppress(HealthrelayError):  # its answer is nothing to a provider
        call(peer.url)

    (seen,) = peer.seen
    assert "c3RyYW5nZXI6" not in repr(seen.headers)


@CASES
def test_a_certificate_is_trusted_by_no_variable(
    call: Callable[[str], object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = self_signed(tmp_path)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(certificate))

    with (
        answering(b"", certificate=certificate) as url,
        pytest.raises(Misconfigured, match="certificate that is not trusted"),
    ):
        call(url.replace("127.0.0.1", "localhost"))


@CASES
def test_no_call_is_sent_again_or_elsewhere(call: Callable[[str], object], peer: Recorder) -> None:
    for status in (302, 503):
        peer.say = Say(status, b"", {"Location": f"{peer.url}/elsewhere", "Retry-After": "7"})
        peer.seen.clear()

        with pytest.raises(HealthrelayError):
            call(peer.url)

        assert len(peer.seen) == 1


@CASES
def test_each_call_without_an_answer_is_tried_later(call: Callable[[str], object]) -> None:
    with answering() as url, pytest.raises(TryLater, match="no whole"):
        call(url)
