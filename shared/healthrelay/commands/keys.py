"""``healthrelay new-key`` and ``rotate-keys``: the keys that seal secrets."""

import os

import click

from healthrelay.assembly import services
from healthrelay.commands.exits import CONFIGURATION, DONE
from healthrelay.commands.face import command
from healthrelay.commands.output import Result, Verbatim
from healthrelay.config.readers import KEY_BYTES, sealing_key
from healthrelay.core.plural import count


@command("new-key", "new-key second")
@click.argument("name", help="What to call the key.")
def new_key(name: str) -> Result:
    """Make a key for HEALTHRELAY_SEALING_KEYS."""
    key = sealing_key(name, os.urandom(KEY_BYTES))
    return Result({"key": key}, Verbatim(key))


@command("rotate-keys", "rotate-keys")
def rotate_keys() -> Result:
    """Seal everything again with the first key."""
    from healthrelay.flows.household.secrets import Rotation

    built = services()
    first, *others = built.settings.sealing_keys
    rotation = Rotation(built.store, built.vault)
    rotation.run()
    lines = [
        f"{count(len(rotation.resealed), 'secret')} sealed again with '{first}'.",
        f"{len(rotation.current)} {'was' if len(rotation.current) == 1 else 'were'} so already.",
        *(f"Not opened: {place}: {sentence}" for place, sentence in rotation.unopened.items()),
    ]
    if rotation.unopened:
        lines.append("Configure the missing keys and run this again before you take any key away.")
    elif others:
        lines.append(
            f"Once every function runs with '{first}' as its first key, run this once more;\n"
            f"then {', '.join(others)} may go from HEALTHRELAY_SEALING_KEYS."
        )
    else:
        lines.append("There is no other key. To change it, begin with: healthrelay new-key NAME")
    data = {
        "key": first,
        "resealed": len(rotation.resealed),
        "current": len(rotation.current),
        "unopened": dict(rotation.unopened),
    }
    return Result(data, "\n".join(lines), CONFIGURATION if rotation.unopened else DONE)
