"""``healthrelay register``: our registration with the provider."""

from argparse import Namespace

from healthrelay.assembly import services
from healthrelay.commands.words import argument, command, read_secret


@command(
    "register", "store the provider's client id and secret", argument("client_id"), begins=True
)
def run_register(args: Namespace) -> None:
    from healthrelay.flows.household.application import save_registration

    built = services()
    secret = read_secret("Client secret")
    save_registration(args.client_id, secret, built.store.identities, built.vault)
    print("Stored. The secret is sealed.")
