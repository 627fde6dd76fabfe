"""What the owner does: commands and settings, each repeated until it has worked."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from healthrelay.assembly.targets import new_keys
from healthrelay.core.errors import Duplicate, Unknown
from healthrelay.core.household.move import Move
from healthrelay.flows.delivery import targets
from healthrelay.flows.household.erase import erase as erase_person
from healthrelay.flows.household.secrets import Rotation
from healthrelay.flows.transfer.move import move_account
from tests.years.account import Account
from tests.years.logins import connect

if TYPE_CHECKING:
    from tests.years.history import Event
    from tests.years.household import Household

KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
KEY_NAMES = ("second", "third")


def add_receiver(household: Household, user: str) -> None:
    """Make a target of their own for *user*."""

    def deed() -> None:
        process = household.process
        endpoint = targets.Endpoint("https://receiver.example/in", False)
        with suppress(Duplicate):
            targets.add(user, "script", endpoint, process.store, process.vault, new_keys)

    household.pending.append(deed)


def disconnect(household: Household, event: Event) -> None:
    """End somebody's login; they consent again later."""

    def deed() -> None:
        household.people[event.who].leaving = True
        household.process.disconnect(event.who)

    household.pending.append(deed)
    household.later(event, lambda: connect(household, event.who))


def move(household: Household, event: Event) -> None:
    """Move somebody to a new account; they consent with it then."""
    user = event.who
    number = len(household.services["google_health"].accounts)
    kept = f"{user}-{number}" if event.what == "keep" else ""
    wanted = Move(user, kept, event.what == "remove")

    def deed() -> None:
        process, person = household.process, household.people[user]
        person.leaving, person.bound = True, False
        with household.owner_acts(user):
            move_account(wanted, process.store, process.disconnect, process.now())
        person.move(stays=not wanted.empties, today=household.today(user).isoformat())
        _open_account(household, user, number)
        connect(household, user)

    household.pending.append(deed)


def erase(household: Household, event: Event) -> None:
    """Erase otto; if he is gone, let him come again."""
    if household.store.identities.settings("otto") is None:
        connect(household, "otto")
        return

    def deed() -> None:
        process, person = household.process, household.people["otto"]
        person.leaving, person.bound = True, False
        with household.owner_acts("otto"), suppress(Unknown):  # by an attempt that was cut short
            erase_person("otto", process.store, process.disconnect, process.now())

    household.pending.append(deed)


def change_system(household: Household, event: Event) -> None:
    household.restart(SYSTEM=event.what)


def change_provider(household: Household, event: Event) -> None:
    """Leave Fitbit for Google Health; each consents there some days later."""
    if household.provider == "fitbit":
        household.restart(PROVIDER="google_health")
        for number, habits in enumerate(household.life.people):
            later = event._replace(hours=event.hours * (number + 1))
            household.later(later, lambda user=habits.user: connect(household, user))


def rotate(household: Household, event: Event) -> None:
    """Seal everything with another key, and take the old one away when nothing needs it."""
    keys = household.settings["HEALTHRELAY_SEALING_KEYS"].split(",")
    name = next(one for one in KEY_NAMES if not keys[0].startswith(one))
    # One that waits while the store refuses has not sealed everything with its own yet.
    older = [key for key in keys if not key.startswith(name)]
    household.restart(SEALING_KEYS=",".join((f"{name}:{KEY}", *older)))

    def deed() -> None:
        rotation = Rotation(household.process.store, household.process.vault)
        rotation.run()
        if not rotation.unopened:
            # Another rotation may have begun since.
            newest = household.settings["HEALTHRELAY_SEALING_KEYS"].split(",")[0]
            household.restart(SEALING_KEYS=newest)

    household.pending.append(deed)


def _open_account(household: Household, user: str, number: int) -> None:
    """Let the wearer use a new account, which knows some days from before."""
    person = household.people[user]
    since = (household.clock.now() - timedelta(days=5)).date().isoformat()
    digit, zone = str(number % 8 + 1), person.habits.zone
    linked = f"F-{user}-{number}" if household.provider == "fitbit" else ""
    google = Account("google_health", f"G-{user}-{number}", zone, linked, since, digit)
    person.open(household.services["google_health"], google, since)
    if linked:
        fitbit = Account("fitbit", linked, zone, "", since, f"9{digit}")
        person.open(household.service, fitbit, since)


DEEDS = {
    "disconnect": disconnect,
    "move": move,
    "erase": erase,
    "system": change_system,
    "change of provider": change_provider,
    "rotate": rotate,
}
