"""Settings are read once from the environment; all that is wrong is named in one message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from healthrelay.config.functions import functions
from healthrelay.config.keys import PREFIX, local_keys
from healthrelay.config.readers import read_each
from healthrelay.config.settings import SETTINGS, Settings
from healthrelay.config.stores import parse_store
from healthrelay.core.errors import NotConfigured

LOCAL_URL = "http://127.0.0.1:8080"


def load(environment: Mapping[str, str]) -> Settings:
    """Read and check everything; raises one `NotConfigured` that names all that is wrong.

    A platform that runs one function in a service of its own names it in ``K_SERVICE``: then
    what that function does not need may be missing, and stays empty.
    """
    name = environment.get("K_SERVICE", "")
    function = functions().get(name) if name else None
    needed = function.settings if function else SETTINGS.keys()
    given = _with_local_keys(
        {
            name.removeprefix(PREFIX).lower(): value.strip()
            for name, value in environment.items()
            if name.startswith(PREFIX) and value.strip()
        }
    )
    texts = {name: given.get(name, setting.default) for name, setting in SETTINGS.items()}
    idle = {name for name, text in texts.items() if not text and name not in needed}
    values, wrong = read_each(
        {name: text for name, text in texts.items() if name not in idle},
        {name: setting.read for name, setting in SETTINGS.items()},
    )
    values |= {name: SETTINGS[name].empty for name in idle}
    wrong |= _missing(values)
    wrong |= {name: "is not a setting" for name in given if name not in SETTINGS}
    if wrong:
        reasons = {f"{PREFIX}{name.upper()}": reason for name, reason in wrong.items()}
        listed = "; ".join(f"{name} {reason}" for name, reason in reasons.items())
        raise NotConfigured(f"Invalid settings: {listed}.", tuple(reasons))
    return Settings(**values)


def _with_local_keys(given: dict[str, str]) -> dict[str, str]:
    """Return *given* with what a store on this machine brings along: its keys, and an address."""
    try:
        path = parse_store(given.get("store", SETTINGS["store"].default)).path
    except ValueError:  # named with all else that is wrong
        return given
    return {"public_url": LOCAL_URL} | local_keys(path) | given if path else given


def _missing(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what other settings require and nobody gave; *values* are those that could be read."""
    if values.get("tasks_queue") and values.get("tasks_account") == "":
        return {"tasks_account": "must name whom Cloud Tasks calls as, because there is a queue"}
    return {}
