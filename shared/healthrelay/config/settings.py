"""Every setting, read once from the environment; ``.env.example`` explains each.

Whoever runs healthrelay on one machine need set none: what is missing there is generated
once into the data folder, readable by its owner alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from healthrelay.config.keys import PREFIX, local_keys
from healthrelay.config.needs import needs
from healthrelay.config.readers import DEFAULTS, READERS, SQLITE
from healthrelay.core.errors import NotConfigured
from healthrelay.core.grants.sealing_keys import SealingKey

SECRETS = frozenset({"client_secret", "sealing_keys", "owner_key", "igor_token", "igor_password"})
"""What a printed object of settings leaves out."""

_EMPTY: Mapping[str, object] = {"sealing_keys": {}}


class Settings(NamedTuple):
    """One field for each ``HEALTHRELAY_…`` variable, in lower case; secrets do not print."""

    provider: str
    public_url: str
    client_id: str
    client_secret: str
    system: str
    store: str
    sealing_keys: Mapping[str, SealingKey]
    owner_key: str
    guard: str
    tasks_queue: str
    tasks_account: str
    tasks_url: str
    igor_url: str
    igor_token: str
    igor_user: str
    igor_password: str
    igor_prefix: str
    igor_ca: str
    repush_hours: int
    relay_days: int
    log_days: int
    google_api_url: str
    google_auth_url: str
    google_token_url: str
    google_revoke_url: str
    fitbit_api_url: str
    fitbit_auth_url: str

    def __repr__(self) -> str:
        told = (f"{n}={v!r}" for n, v in self._asdict().items() if n not in SECRETS)
        return f"Settings({', '.join(told)})"

    @property
    def sqlite_path(self) -> str | None:
        """The file of the embedded store; None when the store is another."""
        return self.store.removeprefix(SQLITE) if self.store.startswith(SQLITE) else None

    @property
    def firestore_database(self) -> str | None:
        """The database of Firestore, where it is not the one called ``(default)``."""
        return self.store.partition(":")[2] or None


def load(environment: Mapping[str, str]) -> Settings:
    """Read and check everything; raises one `NotConfigured` that names all that is wrong.

    A platform that runs one function in a service of its own names it in ``K_SERVICE``: then
    what that function does not need may be missing, and stays empty.
    """
    needed = needs().get(environment.get("K_SERVICE", ""), READERS.keys())
    given = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environment.items()
        if name.startswith(PREFIX) and value.strip()
    }
    store = given.get("store", DEFAULTS["store"])
    if store.startswith(SQLITE):
        given = local_keys(store.removeprefix(SQLITE)) | given
        given.setdefault("public_url", "http://127.0.0.1:8080")
    values: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for name, read in READERS.items():
        text = given.get(name, DEFAULTS.get(name, ""))
        if not text and name not in needed:
            values[name] = _EMPTY.get(name, "")
            continue
        try:
            values[name] = read(text)
        except ValueError as error:
            wrong[name] = str(error)
    wrong |= _lacking(values)
    wrong |= {name: "is not a setting" for name in given if name not in READERS}
    if wrong:
        names = tuple(f"{PREFIX}{name.upper()}" for name in wrong)
        said = "; ".join(f"{n} {why}" for n, why in zip(names, wrong.values(), strict=True))
        raise NotConfigured(f"Settings to mend: {said}.", names)
    return Settings(**values)  # type: ignore[arg-type]


def _lacking(values: Mapping[str, Any]) -> dict[str, str]:
    """What other settings call for and nobody gave; *values* holds those that could be read."""
    found = {}
    if values.get("tasks_queue") and values.get("tasks_account") == "":
        found["tasks_account"] = "must name whom Cloud Tasks calls as, since there is a queue"
    return found
