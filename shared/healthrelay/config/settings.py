"""The table of settings; ``.env.example`` is made from it, and Terraform's variables compared.

Whoever runs healthrelay on one machine need set none: what is missing there is generated once
into the data folder, readable by its owner alone.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from healthrelay.config.readers import (
    FUNCTION,
    SealingKey,
    number_of,
    one_of,
    optional,
    read_account,
    read_file,
    read_header,
    read_keys,
    read_owner_key,
    read_password,
    read_path,
    read_private_url,
    read_secure_url,
    read_tasks_queue,
    read_text,
    read_url,
)
from healthrelay.config.store_name import StoreName, read_store

MAX_DAYS = 36_500
MAX_HOURS = 8_760


class Setting(NamedTuple):
    """How one setting is read. *read* raises `ValueError`, which says what the text must be."""

    read: Callable[[str], object]
    default: str = ""
    secret: bool = False
    empty: object = ""
    """The value where a function does not need the setting and is not given it."""
    help: str = ""
    """For ``.env.example``; empty where the setting above explains this one too."""


setting: Callable[..., Any] = Setting
"""The same for a field, which has its row in place of a default."""


class Settings(NamedTuple):
    """One field for each ``HEALTHRELAY_…`` variable, in lower case; secrets do not print."""

    provider: str = setting(
        one_of("google_health", "fitbit"),
        default="google_health",
        help="Where measurements come from: google_health (the live one) or fitbit "
        "(Fitbit-compatible servers).",
    )
    public_url: str = setting(
        read_url,
        help="Where browsers and Igor reach the functions. Register <this>/auth2 with the provider "
        "as the callback address, byte for byte. On one machine: http://127.0.0.1:8080.",
    )
    relay_url: str = setting(
        optional(read_url),
        help="Where Igor and other readers reach the functions, if not at the public URL: with "
        "`healthrelay serve --host 0.0.0.0`, this machine's name or address in the network at "
        "home, while the provider sends browsers to 127.0.0.1.",
    )
    client_id: str = setting(
        read_text,
        help="Your registration with the provider. `healthrelay register CLIENT_ID` keeps it and "
        "its secret in the store instead.",
    )
    client_secret: str = setting(read_text, secret=True)
    system: str = setting(
        optional(one_of("metric", "en_US", "en_GB")),
        help="Units in which everything is given out: metric (kg), en_US (lb) or en_GB (stone); if "
        "this is not set, those of the page's settings, or metric. "
        "What is stored is metric: a change counts at once for all of it, and Igor and every "
        "other target get everything again.",
    )
    home: str = setting(
        read_text,
        help="The folder of the store and its keys on one machine. Without it: data/ of the "
        "checkout, and where there is none, the platform's folder for a user's data "
        "(~/.local/share/healthrelay).",
    )
    store: StoreName = setting(
        read_store,
        help="Where tokens and measurements are kept, if not in that folder: sqlite:///path (three "
        "slashes: relative, four: absolute, ~ is your home), or firestore of the project in "
        "GOOGLE_CLOUD_PROJECT (firestore:NAME for another database than (default); needs the extra "
        "healthrelay[firestore], and the public URL, the owner key and the sealing keys must be "
        "given).",
    )
    sealing_keys: Mapping[str, SealingKey] = setting(
        read_keys,
        secret=True,
        empty={},
        help="32 random bytes in base64 for each key: name:base64,name:base64. The first seals, "
        "all open. `healthrelay new-key NAME` makes one; docs/security.md says how keys are "
        "changed.",
    )
    owner_key: str = setting(
        read_owner_key,
        secret=True,
        help="What the owner shows to fetch and to connect people: at least 32 random characters. "
        "This makes them: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'.",
    )
    guard: str = setting(
        one_of("owner_key", "iam"),
        default="owner_key",
        help="Who may run fetch and deliver: whoever shows the owner_key, or (iam, on Cloud Run "
        "alone, which checks identity tokens) the account in HEALTHRELAY_TASKS_ACCOUNT.",
    )
    tasks_queue: str = setting(
        optional(read_tasks_queue),
        help="In the cloud, a queue of Cloud Tasks (projects/P/locations/L/queues/Q; needs the "
        "extra healthrelay[tasks]) and the service account in whose name it calls. Without one, "
        "tasks run in the process that takes them.",
    )
    tasks_account: str = setting(optional(read_account))
    tasks_url: str = setting(
        optional(read_private_url),
        help="Where the queue reaches the private functions, if not at the public URL; {function} "
        "in it has the function's name.",
    )
    igor_url: str = setting(
        optional(read_url),
        help="Push to Igor after each fetch that changed something, and once in a while; without a "
        "URL, Igor polls. `healthrelay igor URL` keeps it and its secret in the store instead.",
    )
    igor_token: str = setting(
        read_header,
        secret=True,
        help="A capability that Igor made for us, or else a user and password (without a colon).",
    )
    igor_user: str = setting(read_text)
    igor_password: str = setting(read_password, secret=True)
    igor_prefix: str = setting(
        read_path,
        default="sensors/fitbit",
        help="The element that holds everybody: sensors/fitbit, or sensors/_fitbit where the "
        "plugin has that name.",
    )
    igor_ca: str = setting(
        optional(read_file),
        help="A PEM file with Igor's certificate, when no public authority signed it.",
    )
    repush_hours: int = setting(
        number_of("hours", MAX_HOURS),
        default="24",
        help="After how many hours Igor gets everything again although nothing changed, because it "
        "may forget.",
    )
    relay_days: int = setting(
        number_of("days", MAX_DAYS),
        default="365",
        help="How much of a person Igor gets: so many days before the newest measurement.",
    )
    log_days: int = setting(
        number_of("days", MAX_DAYS),
        default="30",
        help="How many days the log of changes is kept, for receivers that were away.",
    )
    google_api_url: str = setting(
        read_secure_url,
        default="https://health.googleapis.com",
        help="The providers' addresses, for a server that stands in for them.",
    )
    google_auth_url: str = setting(
        read_secure_url, default="https://accounts.google.com/o/oauth2/v2/auth"
    )
    google_token_url: str = setting(read_secure_url, default="https://oauth2.googleapis.com/token")
    google_revoke_url: str = setting(
        read_secure_url, default="https://oauth2.googleapis.com/revoke"
    )
    fitbit_api_url: str = setting(read_secure_url, default="https://api.fitbit.com")
    fitbit_auth_url: str = setting(
        read_secure_url, default="https://www.fitbit.com/oauth2/authorize"
    )

    @property
    def readers_url(self) -> str:
        """Where Igor and other readers reach the functions."""
        return self.relay_url or self.public_url

    def private_address(self, function: str) -> str:
        """Return where the queue reaches *function*; a token for it names the same."""
        url = self.tasks_url or self.public_url
        return url.replace(FUNCTION, function) if FUNCTION in url else f"{url}/{function}"

    def __repr__(self) -> str:
        shown = (f"{n}={v!r}" for n, v in self._asdict().items() if not SETTINGS[n].secret)
        return f"Settings({', '.join(shown)})"


SETTINGS: dict[str, Setting] = Settings._field_defaults
"""The rows by name, in the order of the fields."""
