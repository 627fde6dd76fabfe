"""``healthrelay new-key`` and ``rotate-keys``: the keys that seal secrets."""

import os
from argparse import Namespace

from healthrelay.assembly import services
from healthrelay.commands.words import NAME, command
from healthrelay.config.readers import KEY_BYTES, sealing_key


@command("new-key", "make a key for HEALTHRELAY_SEALING_KEYS", NAME)
def new_key(args: Namespace) -> None:
    print(sealing_key(args.name, os.urandom(KEY_BYTES)))


@command("rotate-keys", "seal everything with the first key")
def rotate_keys(_args: Namespace) -> int:
    from healthrelay.flows.household.secrets import Rotation

    built = services()
    first, *others = built.settings.sealing_keys
    rotation = Rotation(built.store, built.vault)
    rotation.run()
    print(f"{len(rotation.resealed)} secrets sealed again with '{first}'.")
    print(f"{len(rotation.current)} were so already.")
    for place, sentence in rotation.unopened.items():
        print(f"Not opened: {place}: {sentence}")
    if rotation.unopened:
        print("Configure the missing keys and run this again before you take any key away.")
        return 1
    if others:
        print(f"Once every function runs with '{first}' as its first key, run this once more;")
        print(f"then {', '.join(others)} may go from HEALTHRELAY_SEALING_KEYS.")
    return 0
