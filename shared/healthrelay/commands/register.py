"""``healthrelay register``: our registration with the provider."""

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import NO_CHECK, read_secret, trial
from healthrelay.commands.face import command
from healthrelay.commands.output import Result


@command("register", "register 1234-abcd.apps.googleusercontent.com", begins=True)
@click.argument("client_id", help="The client id that the provider gave you.")
@NO_CHECK
def run_register(client_id: str, no_check: bool) -> Result:
    """Try the provider's client id and secret, then keep them.

    The secret is asked for, or read from standard input, and kept sealed. What the provider
    refuses is not kept.
    """
    from healthrelay.core.household.registration import Registered
    from healthrelay.flows.household.registration import keep_registration, require_given

    built = services()
    require_given(client_id, built.settings.client_id)
    pair = Registered(client_id, read_secret("Client secret"))
    with trial():
        keep_registration(
            pair,
            None if no_check else built.registrar,
            token_url=built.token_url,
            identities=built.store.identities,
            vault=built.vault,
            now=built.now(),
        )
    tried = "Kept untried." if no_check else f"{built.consent.label} knows it. Kept."
    return Result({"client_id": client_id, "tried": not no_check}, f"{tried} The secret is sealed.")
