"""The deployed shape on this machine, and the hands of those who use it.

Each function runs in a process of its own, from its own bundle, in the environment that Terraform
gives it. What leads to the stand-ins comes on top: Firestore's emulator, the way to Cloud Tasks,
a metadata server for each instance, and the sandbox in the provider's place.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from healthrelay.local.consent_page import allow_page
from sandbox import Sandbox
from tests.household import OWNER_KEY
from tests.igor.certificates import self_signed
from tests.peers.bundles import ROOT, build
from tests.peers.cloud import tasks
from tests.peers.cloud.gateway import Gateway
from tests.peers.cloud.identity import Identity
from tests.peers.cloud.internet import Internet
from tests.peers.cloud.metadata import Metadata
from tests.peers.cloud.tasks import CloudTasks
from tests.peers.functions import FunctionProcess
from tests.peers.process import by_our_clock
from tests.rehearsal.deployment import Deployment

REHEARSAL = [
    pytest.mark.peer,
    pytest.mark.xdist_group("rehearsal"),
    pytest.mark.timeout(600),  # whichever test comes first also builds the bundles' environments
]
EPOCH = {"SOURCE_DATE_EPOCH": "315532801"}
SECONDS = 60
PATIENCE = 5
"""So often is tried again what a busy machine was too slow for."""
HURRY = 20.0
"""So many times shorter are the waits of the queue between two tries."""
_GCLOUD = """#!/bin/sh
case "$*" in
*"buckets list"*) echo "{project}-healthrelay-state" ;;
*"storage cat"*) cat "{home}/state" ;;
*) for word; do cat "{home}/${{word#--secret=}}" 2>/dev/null; done; true ;;
esac
"""


@dataclass
class Cloud:
    """A rehearsed deployment; everybody reaches it through the *internet* by its name."""

    deployment: Deployment
    functions: Mapping[str, FunctionProcess]
    gateway: Gateway
    tasks: CloudTasks
    internet: Internet
    project: Internet
    """The way that Scheduler and Tasks go."""
    authority: Path
    identity: Identity
    sandbox: Sandbox
    owners: Mapping[str, str]
    """The environment of the owner's shell."""

    @property
    def url(self) -> str:
        return f"https://{self.deployment.host}"

    def browser(self) -> requests.Session:
        """Whoever knows names only."""
        return _browser(self.internet, self.authority)

    def get(self, target: str, token: str = "", **query: str) -> requests.Response:
        """A GET of *target*, such as `relay`, with an identity token or none."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.ask("GET", target, params=query, headers=headers)

    def ask(self, method: str, target: str, **more: Any) -> requests.Response:
        """One request, with options of requests; again while the store is slow to be reached."""
        with self.browser() as browser:
            url = f"{self.url}/{target}"
            return _patiently(lambda: browser.request(method, url, timeout=SECONDS, **more))

    def call(self, function: str, token: str = "", query: str = "") -> requests.Response:
        """A GET of a private *function* from inside, as the queue calls it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.deployment.inside(function)}/{query}"
        with _browser(self.project, self.authority) as caller:
            return _patiently(lambda: caller.get(url, headers=headers, timeout=SECONDS))

    def tick(self, job: str) -> requests.Response:
        """What Cloud Scheduler does when the time of *job* has come."""
        uri, audience = self.deployment.jobs()[job]
        token = self.identity.token(self.deployment.invoker, audience)
        headers = {
            "Authorization": f"Bearer {token}",
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": f"healthrelay-{job}",
        }
        with _browser(self.project, self.authority) as scheduler:
            return scheduler.post(uri, headers=headers, timeout=SECONDS)

    def ticked(self, job: str) -> requests.Response:
        """The same, and the ticks after it while a busy machine is slow to reach its store."""
        return _patiently(lambda: self.tick(job))

    def owner(self, *words: str, given: str = "") -> str:
        """What `tools/cloud PROJECT …` prints on the owner's machine."""
        for _ in range(PATIENCE):
            done = subprocess.run(
                [ROOT / "tools" / "cloud", self.deployment.project, *words],
                env=dict(self.owners),
                input=given,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            if "could not be reached" not in done.stderr:
                break
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def connect(self, user: str, *, look: bool = True, **settings: str) -> str:
        """The owner makes and invites *user*, who allows everything; the page they end at.

        Their first fetch is asked for by that page, so by nobody who does not *look* at it.
        """
        pairs = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        self.owner("user", "add", user, *pairs)
        link = self.owner("invite", user)
        for _ in range(PATIENCE):
            with self.browser() as browser:
                begun = browser.get(link, allow_redirects=False, timeout=SECONDS)
                assert begun.status_code == 302, begun.text
                # The gateway calls a function by another name than the browser: a step more.
                assert begun.headers["Location"] == f"{link}&at=public"
                begun = browser.get(f"{link}&at=public", allow_redirects=False, timeout=SECONDS)
                page = allow_page(begun.headers["Location"], user)
                back = browser.get(page, allow_redirects=look, timeout=SECONDS)
            if back.status_code != 503:
                break
        assert back.status_code == (200 if look else 303), back.text
        return back.text

    def done(self, function: str, user: str) -> bool:
        """Whether a task for *function* and *user* has been answered 2xx."""
        return any(
            one.url == self.deployment.inside(function)
            and f"user={user}" in one.body.split("&")
            and one.status == 200
            for one in self.tasks.tries
        )

    def output(self) -> str:
        return "".join(function.output() for function in self.functions.values())


def _patiently(ask: Callable[[], requests.Response]) -> requests.Response:
    """Do it again while a busy machine is slow to reach its store."""
    for _ in range(PATIENCE):
        answer = ask()
        if "could not be reached" not in answer.text:
            break
    return answer


@contextmanager
def rehearsed(folder: Path, emulator: str, sandbox: Sandbox) -> Iterator[Cloud]:
    deployment = _deployment(sandbox)
    secrets = {
        "healthrelay-client-secret": sandbox.settings["HEALTHRELAY_CLIENT_SECRET"],
        "healthrelay-owner-key": OWNER_KEY,
        "healthrelay-sealing-keys": f"first:{base64.b64encode(os.urandom(32)).decode()}",
    }
    identity = Identity()
    own = [urlsplit(deployment.inside(name)).netloc for name in deployment.functions()]
    pem = self_signed(folder, deployment.host, tasks.HOST, *own)
    key, mark, certificate = pem.read_text().partition("-----BEGIN CERTIFICATE-----")
    authority = folder / "authority.pem"
    authority.write_text(mark + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    hosts: dict[str, int] = {}
    hosts_inside: dict[str, int] = {}
    with ExitStack() as stack:
        internet = stack.enter_context(Internet(hosts))
        project = stack.enter_context(Internet(hosts_inside))
        caller = stack.enter_context(_browser(project, authority))
        queue = CloudTasks(
            deployment.queue,
            deployment.hurried(HURRY),
            deployment.enqueuers(),
            identity,
            lambda *words, **more: caller.request(*words, timeout=SECONDS, **more),
        )
        hosts[tasks.HOST] = queue.listen(key.encode(), authority.read_bytes())
        common = {
            "FIRESTORE_EMULATOR_HOST": emulator,
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(authority),
            "grpc_proxy": internet.url,
            "no_grpc_proxy": "127.0.0.1",
            # All instances of a function are one process, which must answer as many at once.
            "THREADS": str(deployment.slots()),
        }
        functions = {}
        for name in deployment.functions():
            metadata = stack.enter_context(
                Metadata(deployment.account(name), deployment.project, identity)
            )
            filled = {key: secrets[secret] for key, secret in deployment.secrets(name).items()}
            env = deployment.environment(name) | filled | common | metadata.environment
            functions[name] = build(name, folder, EPOCH).process(env)
        gateway = stack.enter_context(
            Gateway(functions, deployment.invokers(), identity, context, deployment.slots())
        )
        hosts |= dict.fromkeys([deployment.host, *own], gateway.port)
        hosts_inside |= dict.fromkeys(own, gateway.inside)
        stack.enter_context(queue)
        owners = _owners(folder, deployment, secrets) | {"FIRESTORE_EMULATOR_HOST": emulator}
        yield Cloud(
            deployment=deployment,
            functions=functions,
            gateway=gateway,
            tasks=queue,
            internet=internet,
            project=project,
            authority=authority,
            identity=identity,
            sandbox=sandbox,
            owners=owners,
        )


def _deployment(sandbox: Sandbox) -> Deployment:
    given = {
        name.removeprefix("HEALTHRELAY_").lower(): value for name, value in sandbox.settings.items()
    }
    addresses = {name: value for name, value in given.items() if name.endswith("_url")}
    return Deployment(f"demo-{os.urandom(4).hex()}", given["client_id"], addresses)


def _owners(folder: Path, deployment: Deployment, secrets: Mapping[str, str]) -> dict[str, str]:
    """The owner's shell: with a gcloud that knows this deployment."""
    home = folder / "owner"
    home.mkdir()
    made = {"mode": "managed", "instances": [{"attributes": {"project": deployment.project}}]}
    outputs = {"environment": {"value": deployment.owners()}}
    (home / "state").write_text(json.dumps({"outputs": outputs, "resources": [made]}))
    for name, value in secrets.items():
        (home / name).write_text(value)
    (home / "gcloud").write_text(_GCLOUD.format(home=home, project=deployment.project))
    (home / "gcloud").chmod(0o755)
    path = f"{home}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return by_our_clock({"PATH": path, "HOME": str(home), "LANG": "C.UTF-8"})


def _browser(internet: Internet, authority: Path) -> requests.Session:
    session: Any = requests.Session()
    session.trust_env = False
    session.proxies = {"https": internet.url}
    session.verify = str(authority)
    return session
