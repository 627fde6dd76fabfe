"""How the first answer of a process differs from all others."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask, Request, Response

from healthrelay import assembly
from healthrelay.assembly import loading
from healthrelay.web.endpoint import View
from healthrelay.web.services import WebServices
from tests.household import OWNER_KEY


@pytest.fixture
def new_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings, and nothing built from them yet."""
    monkeypatch.setenv("HEALTHRELAY_OWNER_KEY", OWNER_KEY)
    monkeypatch.setenv("HEALTHRELAY_PUBLIC_URL", "https://relay.example")
    monkeypatch.setenv("HEALTHRELAY_STORE", f"sqlite:///{tmp_path}/healthrelay.db")
    assembly.services.cache_clear()
    yield
    assembly.services.cache_clear()
    gc.unfreeze()


def ask(view: View) -> Response:
    with Flask("test").test_request_context("/") as context:
        return assembly.answer(view, context.request)


def collector_state(_request: Request, _services: WebServices) -> Response:
    return Response("on" if gc.isenabled() else "resting")


@pytest.mark.usefixtures("new_process")
def test_the_collector_rests_during_the_first_answer_only() -> None:
    said = [ask(collector_state).get_data(as_text=True) for _ in range(3)]

    assert said == ["resting", "on", "on"]
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


@pytest.mark.usefixtures("new_process")
def test_a_first_answer_that_breaks_leaves_the_collector_on() -> None:
    def broken(_request: Request, _services: WebServices) -> Response:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        ask(broken)

    assert gc.isenabled()


@pytest.mark.usefixtures("new_process")
def test_without_settings_it_is_on_again_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEALTHRELAY_PROVIDER", "nobody")

    assert ask(collector_state).status_code == 500
    assert gc.isenabled()


def test_of_two_that_load_at_once_none_leaves_the_collector_off() -> None:
    one, other = loading(), loading()
    with one:
        other.__enter__()
    other.__exit__(None, None, None)

    assert gc.isenabled()
    gc.unfreeze()


def test_whoever_switched_the_collector_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


@pytest.mark.usefixtures("new_process")
def test_requests_that_come_first_together_share_one_services() -> None:
    seen: list[WebServices] = []

    def remember(_request: Request, services: WebServices) -> Response:
        seen.append(services)
        return Response()

    def ask_first() -> None:
        assembly.opening.set(lambda: time.sleep(0.05))  # so that all are under way
        ask(remember)

    with ThreadPoolExecutor(8) as pool:
        for one in [pool.submit(ask_first) for _ in range(8)]:
            one.result()

    assert len({id(one) for one in seen}) == 1
    assert gc.isenabled()
