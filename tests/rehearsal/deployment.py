"""What Terraform's files say that a deployment is: who is given what, and who may call whom.

Read from the rows and settings in the files themselves, so that the rehearsal needs no Terraform;
tests/infra/test_rehearsed.py holds it against Terraform's own plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from healthrelay import config
from tests.peers.cloud.gateway import ANYBODY
from tests.peers.cloud.tasks import Limits
from tests.peers.terraform import NUMBER

FILES = Path(__file__).resolve().parents[2] / "infra" / "terraform"
REGION = "europe-west1"
CLIENT_ID = "a-client-id"
_JOB = re.compile(r'^ +(\w+) += \{ function = "(\w+)", (?:query = "([^"]*)")?', re.M)
_ASSIGNED = re.compile(r"^ +(\w+) += (.+)$", re.M)
_SECRETS = ("client_secret", "owner_key", "sealing_keys")


@dataclass(frozen=True)
class Deployment:
    """The project *project* with default variables but for the provider's *addresses*."""

    project: str
    client_id: str = CLIENT_ID
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{REGION}-{self.project}.cloudfunctions.net"

    @property
    def queue(self) -> str:
        return f"projects/{self.project}/locations/{REGION}/queues/healthrelay"

    @property
    def invoker(self) -> str:
        return self.account("invoker")

    def account(self, name: str) -> str:
        """The e-mail address of the account that *name* runs as."""
        return f"healthrelay-{name}@{self.project}.iam.gserviceaccount.com"

    def functions(self) -> list[str]:
        return list(config.functions())

    def environment(self, function: str) -> dict[str, str]:
        settings = self._settings()
        needed = config.functions()[function].settings
        given = {_variable(name): settings[name] for name in settings if name in needed}
        return given | {"GOOGLE_CLOUD_PROJECT": self.project, "GENERATION": "1"}

    def secrets(self, function: str) -> dict[str, str]:
        """Variable → the secret that fills it."""
        needed = config.functions()[function].settings
        return {
            _variable(name): f"healthrelay-{name.replace('_', '-')}"
            for name in _SECRETS
            if name in needed
        }

    def invokers(self) -> dict[str, set[str]]:
        """Function → who may call it."""
        return {
            name: {ANYBODY if row.public else self.invoker}
            for name, row in config.functions().items()
        }

    def slots(self) -> int:
        """Return how many requests a function answers at once, in all of its instances."""
        variable = _between((FILES / "variables.tf").read_text(), '"max_instances" {', "validation")
        instances = dict(_ASSIGNED.findall(variable))["default"]
        service = dict(_ASSIGNED.findall((FILES / "functions.tf").read_text()))
        return int(instances) * int(service["max_instance_request_concurrency"])

    def enqueuers(self) -> set[str]:
        return {self.account(name) for name, row in config.functions().items() if row.enqueues}

    def owners(self) -> str:
        """The environment of healthrelay on the owner's machine, a variable a line."""
        settings = self._settings()
        left_out = ("guard", "igor_url", "igor_user", "tasks_")
        lines = [
            f"{_variable(name)}={settings[name]}"
            for name in sorted(settings)
            if not name.startswith(left_out)
        ]
        return "\n".join([f"GOOGLE_CLOUD_PROJECT={self.project}", *lines])

    def jobs(self) -> dict[str, tuple[str, str]]:
        """Scheduler's job → what it calls, and the audience of its token."""
        found = _JOB.findall((FILES / "scheduler.tf").read_text())
        return {name: (f"{self.inside(on)}/{query}", self.inside(on)) for name, on, query in found}

    def inside(self, function: str) -> str:
        """The address of *function* by which Scheduler and Tasks reach it."""
        return f"https://{function}-{NUMBER}.{REGION}.run.app"

    def limits(self) -> dict[str, str]:
        """How the queue tries again, as it is written."""
        text = _between((FILES / "tasks.tf").read_text(), "retry_config {", "}")
        return dict(re.findall(r'(\w+) += "?(\w+)"?', text))

    def hurried(self, times: float) -> Limits:
        """The queue's limits, its waits so many *times* shorter."""
        written = self.limits()
        return Limits(
            attempts=int(written["max_attempts"]),
            least=float(written["min_backoff"].rstrip("s")),
            most=float(written["max_backoff"].rstrip("s")),
            doublings=int(written["max_doublings"]),
            at_once=int(_default("max_instances")),
            hurry=times,
        )

    def _settings(self) -> dict[str, str]:
        """Return what settings.tf gives the functions, by setting, without what is empty."""
        lines = _between(
            (FILES / "settings.tf").read_text(), "settings = merge({", "}, var.addresses"
        )
        given = {name: self._value(text) for name, text in _ASSIGNED.findall(lines)}
        return {name: value for name, value in (given | dict(self.addresses)).items() if value}

    def _value(self, expression: str) -> str:
        """Return the value of an *expression* of settings.tf with default variables."""
        if "?" in expression:
            return ""  # something that is not asked for
        if found := re.search(r"^(?:tostring\()?var\.(\w+)\)?$", expression):
            return self.client_id if found[1] == "client_id" else _default(found[1])
        known = {
            "var.project": self.project,
            "var.region": REGION,
            "var.queue": _default("queue"),
            "local.invoker": self.invoker,
            "local.shared_host": f"https://{self.host}",
            "local.inside": self.inside("{function}"),
        }
        if expression in known:
            return known[expression]
        return re.sub(r"\$\{([\w.]+)\}", lambda part: known[part[1]], expression.strip('"'))


def _default(variable: str) -> str:
    text = (FILES / "settings.tf").read_text() + (FILES / "variables.tf").read_text()
    block = _between(text, f'variable "{variable}" {{', "\n}")
    found = re.search(r"^ +default += (.+)$", block, re.M)
    assert found, f"{variable} has no default"
    return found[1].strip('"')


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]


def _variable(name: str) -> str:
    return f"HEALTHRELAY_{name.upper()}"
