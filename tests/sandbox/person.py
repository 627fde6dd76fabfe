"""What an application and the person in front of it do, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from sandbox import Sandbox

REDIRECT = "http://localhost:8080/auth2"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
AREAS = ("activity_and_fitness", "health_metrics_and_measurements", "settings", "profile")


def health(*areas: str) -> str:
    """Google Health scopes, as the `scope` parameter has them."""
    return " ".join(f"https://www.googleapis.com/auth/googlehealth.{a}.readonly" for a in areas)


def answer_of(response: requests.Response) -> dict[str, str]:
    """The parameters with which the browser is sent back."""
    assert response.status_code == 302, response.text
    location = urlsplit(response.headers["Location"])
    return {name: values[0] for name, values in parse_qs(location.query).items()}


class _Person(ABC):
    auth_setting: str

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.settings = sandbox.settings
        self.client = (
            self.settings["HEALTHRELAY_CLIENT_ID"],
            self.settings["HEALTHRELAY_CLIENT_SECRET"],
        )

    @abstractmethod
    def question(self, **changes: str) -> dict[str, str]:
        """What the consent page is asked, with some of it changed."""

    def open(self, **changes: str) -> requests.Response:
        """Follow the link to the consent page."""
        url, question = self.settings[self.auth_setting], self.question(**changes)
        return requests.get(url, params=question, allow_redirects=False, timeout=5)

    def decide(self, decision: str, scopes: list[str] | None = None, **changes: str) -> Any:
        """Click a button on the page, with all or some boxes ticked."""
        question = self.question(**changes)
        ticked = question["scope"].split() if scopes is None else scopes
        return requests.post(
            self.settings[self.auth_setting],
            params=question,
            data={"scope": ticked, "decision": decision},
            allow_redirects=False,
            timeout=5,
        )

    def code(self, **changes: str) -> str:
        return answer_of(self.decide("allow", None, **changes))["code"]

    @abstractmethod
    def post_token(self, **form: str) -> requests.Response:
        """A form to the token endpoint, the way this provider wants it."""

    def exchange(self, code: str, **changes: str) -> requests.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        return self.post_token(**form | changes)

    def refresh(self, token: str, **changes: str) -> requests.Response:
        return self.post_token(grant_type="refresh_token", refresh_token=token, **changes)

    def connect(self, **changes: str) -> dict[str, Any]:
        """Consent and exchange: the token answer."""
        response = self.exchange(self.code(**changes))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


class GooglePerson(_Person):
    auth_setting = "HEALTHRELAY_GOOGLE_AUTH_URL"

    def question(self, **changes: str) -> dict[str, str]:
        return {
            "client_id": self.client[0],
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": health(*AREAS),
            "state": "s1",
            "access_type": "offline",
            "prompt": "consent",
        } | changes

    def post_token(self, **form: str) -> requests.Response:
        known = {"client_id": self.client[0], "client_secret": self.client[1]}
        url = self.settings["HEALTHRELAY_GOOGLE_TOKEN_URL"]
        return requests.post(url, data=known | form, timeout=5)

    def revoke(self, token: str) -> requests.Response:
        url = self.settings["HEALTHRELAY_GOOGLE_REVOKE_URL"]
        return requests.post(url, data={"token": token}, timeout=5)

    def url(self, path: str) -> str:
        return f"{self.settings['HEALTHRELAY_GOOGLE_API_URL']}/v4/users/me/{path}"

    def get(self, path: str, token: str, **parameters: str | int) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(self.url(path), params=parameters, headers=headers, timeout=5)

    def points(self, kind: str, token: str, op: str = "", **parameters: Any) -> requests.Response:
        return self.get(f"dataTypes/{kind}/dataPoints{op}", token, **parameters)

    def roll(self, kind: str, token: str, body: Any, op: str = "dailyRollUp") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = self.url(f"dataTypes/{kind}/dataPoints:{op}")
        return requests.post(url, json=body, headers=headers, timeout=5)


class FitbitPerson(_Person):
    auth_setting = "HEALTHRELAY_FITBIT_AUTH_URL"

    def question(self, **changes: str) -> dict[str, str]:
        return {
            "client_id": self.client[0],
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": "weight activity profile settings",
            "state": "s1",
        } | changes

    def post_token(self, **form: str) -> requests.Response:
        url = f"{self.settings['HEALTHRELAY_FITBIT_API_URL']}/oauth2/token"
        return requests.post(url, data=form, auth=self.client, timeout=5)

    def get(self, path: str, token: str, language: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        if language:
            headers["Accept-Language"] = language
        url = f"{self.settings['HEALTHRELAY_FITBIT_API_URL']}/1/user/-/{path}"
        return requests.get(url, headers=headers, timeout=5)


def reason(response: requests.Response) -> tuple[int, str, str]:
    """Code, status and reason of a Google error."""
    error = response.json()["error"]
    assert error["code"] == response.status_code
    details = error.get("details", [{}])
    return response.status_code, error["status"], details[0].get("reason", "")


def fault_of(response: requests.Response) -> tuple[int, str]:
    """Code and type of a Fitbit error."""
    body = response.json()
    assert body["success"] is False
    return response.status_code, body["errors"][0]["errorType"]
