"""The authorize endpoint: the page on which the wearer allows or denies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from sandbox.accounts import Accounts
from sandbox.oauth.client import Client
from sandbox.oauth.ledger import ConsentRequest, Ledger, Refused

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")

Arguments = MultiDict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRules:
    """The rules of one provider. Without *access_types*, every consent is permanent."""

    title: str
    scopes: Callable[[], Mapping[str, str]]
    prompts: frozenset[str]
    access_types: frozenset[str] = frozenset()
    scope_in_answer: bool = False


class ConsentPage:
    """Validates the request, shows it to the wearer, and redirects with the answer."""

    def __init__(
        self, rules: ConsentRules, client: Client, ledger: Ledger, accounts: Accounts
    ) -> None:
        self._rules = rules
        self._client = client
        self._ledger = ledger
        self._accounts = accounts

    def view(self) -> Response:
        """Show the form on GET, take the decision on POST."""
        try:
            uri = self._return_address(request.args)
        except Refused as refusal:
            return self._page("refused.html", 400, refusal=refusal)
        try:
            consent = self._question(request.args, uri)
        except Refused as refusal:
            return _back(uri, request.args.get("state"), {"error": refusal.error})
        if request.method == "POST":
            return self._decide(consent)
        return self._page("consent.html", 200, scopes=self._labels(consent))

    def _return_address(self, args: Arguments) -> str:
        # Never redirect before client and address are known to belong together.
        if args.get("client_id") != self._client.id:
            raise Refused("invalid_client", "The OAuth client was not found.")
        uri = args.get("redirect_uri", "")
        if not self._client.may_return_to(uri):
            raise Refused("redirect_uri_mismatch", "The redirect URI is not registered.")
        return uri

    def _question(self, args: Arguments, uri: str) -> ConsentRequest:
        if args.get("response_type") != "code":
            raise Refused("unsupported_response_type", "Only response_type=code is supported.")
        prompts = set(args.get("prompt", "").split())
        if not prompts <= self._rules.prompts:
            raise Refused("invalid_request", "Invalid prompt.")
        always = not self._rules.access_types
        return ConsentRequest(
            redirect_uri=uri,
            state=args.get("state"),
            scopes=self._known_scopes(args),
            challenge=_challenge(args),
            offline=always or self._access_type(args) == "offline",
            renew=always or "consent" in prompts,
            merge=args.get("include_granted_scopes") == "true",
        )

    def _known_scopes(self, args: Arguments) -> tuple[str, ...]:
        scopes = tuple(dict.fromkeys(args.get("scope", "").split()))
        if not scopes:
            raise Refused("invalid_request", "Missing required parameter: scope")
        if not set(scopes) <= set(self._rules.scopes()):
            raise Refused("invalid_scope", "Some requested scopes were invalid.")
        return scopes

    def _access_type(self, args: Arguments) -> str:
        access_type = args.get("access_type", "online")
        if access_type not in self._rules.access_types:
            raise Refused("invalid_request", "Invalid access_type.")
        return access_type

    def _decide(self, consent: ConsentRequest) -> Response:
        decision = request.form.get("decision")
        if decision not in ("allow", "deny"):
            refusal = Refused("invalid_request", "Neither allowed nor denied.")
            return self._page("refused.html", 400, refusal=refusal)
        ticked = set(request.form.getlist("scope"))
        scopes = tuple(scope for scope in consent.scopes if scope in ticked)
        if decision == "deny" or not scopes:
            return _back(consent.redirect_uri, consent.state, {"error": "access_denied"})
        account = self._accounts.chosen(request.form.get("account", ""))
        answer = {"code": self._ledger.allow(consent, scopes, account)}
        if self._rules.scope_in_answer:
            answer["scope"] = " ".join(scopes)
        return _back(consent.redirect_uri, consent.state, answer)

    def _labels(self, consent: ConsentRequest) -> list[tuple[str, str]]:
        known = self._rules.scopes()
        return [(scope, known[scope]) for scope in consent.scopes]

    def _page(self, template: str, status: int, **words: object) -> Response:
        title = self._rules.title
        html = render_template(template, title=title, account=self._accounts.first.name, **words)
        return make_response(html, status, {"Cache-Control": "no-store"})


def _challenge(args: Arguments) -> str:
    challenge = args.get("code_challenge", "")
    if not challenge and "code_challenge_method" not in args:
        return ""
    if args.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise Refused("invalid_request", "The code challenge is not a S256 challenge.")
    return challenge


def _back(uri: str, state: str | None, answer: dict[str, str]) -> Response:
    parts = urlsplit(uri)
    known = {} if state is None else {"state": state}
    query = urlencode([*parse_qsl(parts.query), *(answer | known).items()])
    return make_response(redirect(parts._replace(query=query).geturl(), 302))
