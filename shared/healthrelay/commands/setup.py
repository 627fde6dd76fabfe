"""``healthrelay setup``: from a bare project at Google to the first person's link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import NO_CHECK, PERSON, read_secret
from healthrelay.commands.exits import CONFIGURATION, DONE
from healthrelay.commands.face import Invocation, command, has_terminal
from healthrelay.commands.output import Result, Verbatim
from healthrelay.commands.wizard import Wizard, plain
from healthrelay.core.errors import BadRequest, HealthrelayError

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.core.grants.checks import Check
    from healthrelay.core.household.registration import Registered


@command(
    "setup",
    "setup",
    "setup --project our-house-4711 --client-id 4711-abcd.apps.googleusercontent.com --person jack",
    begins=True,
)
@click.option("--project", metavar="ID", default="", help="The project's id at Google.")
@click.option(
    "--client-id", metavar="ID", default="", help="The client id; its secret is read apart."
)
@click.option("--person", type=PERSON, help="Whom to make a link for; made if not there.")
@NO_CHECK
@click.pass_obj
def run_setup(
    invocation: Invocation, project: str, client_id: str, person: str | None, no_check: bool
) -> Result:
    """Register with Google step by step, and check what can be checked.

    Names each page of Google's console, what to do and what to paste there; tries client id and
    secret before they are kept; makes a link for the first person. Run it again at any time: what
    is kept is offered, and once somebody is connected it says whether the API is on and the
    project is in production. Without a terminal the options say everything, and the secret is
    read from standard input.
    """
    from healthrelay.core.grants.console import STEPS
    from healthrelay.web.setup.texts import Texts

    wizard = Wizard(services(), Texts(), invocation, has_terminal(), no_check)
    _require(wizard, project, client_id)
    first, *others = enumerate(STEPS, 1)
    wizard.explain(first[1], first[0], "")
    project = _keep_project(project, wizard)
    for number, step in others:
        wizard.explain(step, number, project)
    registered = _keep_client(client_id, wizard)
    user = person or _choose_person(wizard)
    link = _invite(user, wizard) if user else ""
    checks = _checks(wizard, user)
    return _result(wizard, project, registered, link, checks)


def _require(wizard: Wizard, project: str, client_id: str) -> None:
    """Raise `BadRequest`, naming the option, where nobody is there to type what is missing."""
    stored = wizard.built.store.identities.application()
    known = client_id or wizard.built.settings.client_id or stored.get("client_id")
    for name, value in (("--project", project or stored.get("project")), ("--client-id", known)):
        if not value and not wizard.interactive:
            raise BadRequest(f"Without a terminal {name} must be given.")


def _keep_project(project: str, wizard: Wizard) -> str:
    from healthrelay.core.household.registration import read_project
    from healthrelay.flows.household.registration import save_project, stored_project

    identities = wizard.built.store.identities
    stored = stored_project(identities)
    while True:
        try:
            chosen = read_project(project or wizard.prompt("Project ID", stored))
        except BadRequest as error:
            if project or not wizard.interactive:
                raise
            wizard.invocation.announce(error.sentence)
            continue
        save_project(chosen, identities)
        return chosen


def _keep_client(client_id: str, wizard: Wizard) -> str:
    """Try and keep a client until one is right; return its id."""
    built = wizard.built
    if built.settings.client_id:
        return _try_given(client_id, built)
    while True:
        try:
            return _keep_one(client_id, wizard)
        except HealthrelayError as error:
            if client_id or not wizard.interactive:
                raise
            wizard.invocation.announce(f"{error.sentence} {error.next_step}".strip())


def _try_given(client_id: str, built: Services) -> str:
    """Try the client that the environment gives, which wins over what is kept."""
    from healthrelay.flows.household.application import open_client_secret
    from healthrelay.flows.household.registration import require_given, try_given

    given = built.settings.client_id
    require_given(client_id or given, given)
    identities = built.store.identities
    secret = built.settings.client_secret or open_client_secret(identities, built.vault)
    try_given(_pair(given, secret), built.registrar, identities)
    return given


def _keep_one(client_id: str, wizard: Wizard) -> str:
    from healthrelay.commands.arguments import trial
    from healthrelay.flows.household.application import open_client_secret
    from healthrelay.flows.household.registration import keep_registration

    built = wizard.built
    identities, vault = built.store.identities, built.vault
    stored = identities.application().get("client_id", "")
    chosen = client_id or wizard.prompt("Client ID", stored)
    kept = open_client_secret(identities, vault) if chosen == stored else ""
    unread = kept and not (wizard.interactive or client_id)
    typed = "" if unread else read_secret(_secret_prompt(kept))
    with trial():
        keep_registration(
            _pair(chosen, typed or kept),
            None if wizard.no_check else built.registrar,
            token_url=built.token_url,
            identities=identities,
            vault=vault,
            now=built.now(),
        )
    built.forget_application()
    return chosen


def _secret_prompt(kept: str) -> str:
    return "Client secret (Enter takes the one that is kept)" if kept else "Client secret"


def _pair(client_id: str, client_secret: str) -> Registered:
    from healthrelay.core.household.registration import Registered

    return Registered(client_id, client_secret)


def _choose_person(wizard: Wizard) -> str:
    from healthrelay.core.igor_json import user_name

    while wizard.interactive:
        question = "Who connects first? A name in small letters; Enter for nobody"
        typed = str(click.prompt(question, default="", show_default=False, err=True)).strip()
        try:
            return user_name(typed) if typed else ""
        except BadRequest as error:
            wizard.invocation.announce(error.sentence)
    return ""


def _invite(user: str, wizard: Wizard) -> str:
    """Make *user* where they are not there yet; return a link with which they connect."""
    from healthrelay.core.household.reads import USUAL, settings_for
    from healthrelay.flows.household import people

    built = wizard.built
    identities = built.store.identities
    if identities.settings(user) is None:
        people.add(user, settings_for(USUAL), identities, built.now().date())
    link = built.invitation_link(user)
    wizard.invocation.announce(f"\n{plain(wizard.texts.text('google.family.what'))}")
    wizard.invocation.announce(f"This link is for {user}, once, for a week:")
    wizard.invocation.announce(Verbatim(link))
    if wizard.interactive:
        question = f"Enter when {user} has connected (healthrelay serve must run for that), or now"
        click.prompt(question, default="", show_default=False, err=True)
    return link


def _checks(wizard: Wizard, user: str) -> tuple[Check, ...]:
    """Return what the connection of *user*, or of whoever is connected, tells."""
    from healthrelay.core.grants.checks import UNKNOWN
    from healthrelay.flows.grants.checks import check_connection

    built = wizard.built
    tokens = built.store.tokens
    names = [user] if user else built.store.identities.names()
    connected = next((name for name in names if tokens.load(name)), "")
    if wizard.no_check or not connected:
        return UNKNOWN
    return check_connection(
        connected, built.now(), tokens=tokens, grants=built.grants, provider=built.provider
    )


def _result(
    wizard: Wizard, project: str, client_id: str, link: str, checks: tuple[Check, ...]
) -> Result:
    from healthrelay.core.grants.checks import LATER, NO, YES, Check
    from healthrelay.core.grants.console import STEPS

    every = (Check("client", LATER if wizard.no_check else YES), *checks)
    lines = [f"{one.state:5}  {_check_text(one, wizard)}" for one in every]
    data = {
        "project": project,
        "client_id": client_id,
        "link": link or None,
        "steps": {step.name: step.link(project) for step in STEPS},
        "checks": {one.name: one.state for one in every},
    }
    code = CONFIGURATION if any(one.state == NO for one in every) else DONE
    return Result(data, "\n".join(["", *lines]), code)


def _check_text(check: Check, wizard: Wizard) -> str:
    if check.name == "client" and wizard.no_check:
        return "Client ID and secret were kept untried."
    return f"{wizard.texts.text(f'google.check.{check.name}.{check.state}')}."
