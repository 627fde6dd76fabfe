"""Deploy healthrelay into a Google Cloud project, or take it down again.

    python tools/deploy.py deploy PROJECT [-- terraform arguments …]
    python tools/deploy.py destroy PROJECT [--data]

First everything that is missing is named at once. Then places for the secrets are made, those that
can be generated are filled once, and only then comes the rest, because a function does not start
without its secrets. Any step can be stopped and the whole run again.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TERRAFORM = ROOT / "infra" / "terraform"
RIGHTS = (
    "cloudfunctions.functions.create",
    "cloudscheduler.jobs.create",
    "cloudtasks.queues.create",
    "datastore.databases.create",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.create",
    "logging.exclusions.create",
    "monitoring.alertPolicies.create",
    "resourcemanager.projects.setIamPolicy",
    "run.services.setIamPolicy",
    "secretmanager.versions.add",
    "serviceusage.services.enable",
    "storage.buckets.create",
)
_MANAGER = "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER"
GENERATED: dict[str, Callable[[], str]] = {
    "healthrelay-owner-key": lambda: secrets.token_urlsafe(32),
    "healthrelay-sealing-keys": lambda: (
        f"first:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    ),
}


def output(*command: str, stdin: str | None = None) -> str:
    """Return what *command* prints; nothing when it fails."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def terraform(project: str, *arguments: str) -> None:
    """Run it where the user sees it; its failure ends everything."""
    command = ["terraform", f"-chdir={TERRAFORM}", *arguments]
    if arguments[0] != "init":
        command.append(f"-var=project={project}")
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit(f"Terraform stopped at `{arguments[0]}`; fix it and run the same command again.")


def missing(project: str) -> Iterator[str]:
    """Yield everything that keeps us from deploying, a sentence each."""
    tools = {"terraform": "https://developer.hashicorp.com/terraform/install"}
    tools["gcloud"] = "https://cloud.google.com/sdk/docs/install"
    for tool, link in tools.items():
        if shutil.which(tool) is None:
            yield f"{tool} is not installed: {link}"
    if not _variable("client_id"):
        yield 'no client id: write client_id = "…" into infra/terraform/terraform.tfvars'
    if shutil.which("gcloud") is None:
        return
    if not output("gcloud", "auth", "application-default", "print-access-token"):
        yield "Terraform may not act for you: gcloud auth application-default login"
    token = output("gcloud", "auth", "print-access-token")
    if not token:
        yield "nobody is signed in: gcloud auth login"
        return
    yield from _missing_in(project, token)


def _missing_in(project: str, token: str) -> Iterator[str]:
    billing = output(
        "gcloud", "billing", "projects", "describe", project, "--format=value(billingEnabled)"
    )
    if billing.lower() != "true":
        yield f"{project} has no billing account, or does not exist: https://console.cloud.google.com/billing/linkedaccount?project={project}"
    lacking = sorted(set(RIGHTS) - _granted(project, token))
    if lacking:
        yield f"in {project} you lack {', '.join(lacking)}: the role Owner has them all"


def _granted(project: str, token: str) -> set[str]:
    """Return those of RIGHTS that the person who is signed in has."""
    base = os.environ.get(_MANAGER, "https://cloudresourcemanager.googleapis.com/").rstrip("/")
    request = urllib.request.Request(  # noqa: S310 - the address is Google's, or one that gcloud uses too
        f"{base}/v1/projects/{project}:testIamPermissions",
        json.dumps({"permissions": RIGHTS}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return set(json.load(answer).get("permissions", []))
    except (urllib.error.URLError, ValueError):
        return set()


def _variable(name: str) -> bool:
    files = [path.read_text() for path in TERRAFORM.glob("*.tfvars")]
    return f"TF_VAR_{name}" in os.environ or any(f"{name} " in text for text in files)


def has_value(project: str, secret: str) -> bool:
    """Return whether the secret has a value."""
    versions = ["gcloud", "secrets", "versions", "list", secret, f"--project={project}"]
    return bool(output(*versions, "--filter=state=ENABLED", "--limit=1", "--format=value(name)"))


def fill(project: str) -> list[str]:
    """Generate what can be, once; return the commands that fill what only a person knows."""
    waiting = []
    shown = json.loads(
        output(
            "gcloud",
            "secrets",
            "list",
            f"--project={project}",
            "--filter=labels.part-of=healthrelay",
            "--format=json(name)",
        )
        or "[]"
    )
    for name in sorted(one["name"].rpartition("/")[2] for one in shown):
        if has_value(project, name):
            continue
        variable = name.upper().replace("-", "_")
        value = GENERATED[name]() if name in GENERATED else os.environ.get(variable, "")
        add = [
            "gcloud",
            "secrets",
            "versions",
            "add",
            name,
            f"--project={project}",
            "--data-file=-",
        ]
        if not value or not output(*add, "--format=value(name)", stdin=value):
            waiting.append(" ".join(add))
    return waiting


def deploy(project: str, arguments: list[str]) -> None:
    """Deploy everything, in the one order in which it works."""
    if problems := list(missing(project)):
        sys.exit("Fix this before you deploy:\n- " + "\n- ".join(problems))
    if subprocess.run([sys.executable, ROOT / "tools" / "bundle.py"], check=False).returncode != 0:
        sys.exit("The functions could not be packed; nothing was deployed.")
    terraform(project, "init", "-input=false")
    places = "-target=google_secret_manager_secret.secret"
    terraform(project, "apply", "-input=false", "-auto-approve", places, *arguments)
    if waiting := fill(project):
        sys.exit("Only you know these; give each, then deploy again:\n  " + "\n  ".join(waiting))
    terraform(project, "apply", *arguments)
    outputs = json.loads(output("terraform", f"-chdir={TERRAFORM}", "output", "-json"))
    url = outputs["callback_url"]["value"].removesuffix("/auth2")
    print(f"""
By hand, once (docs/google-setup.md):
- register the callback address  {outputs["callback_url"]["value"]}
  at https://console.cloud.google.com/auth/clients?project={project}
- publish the consent screen, or each login ends after seven days:
  https://console.cloud.google.com/auth/audience?project={project}
The first login:
  {outputs["first_login"]["value"]}
""")
    doctor = [Path(sys.executable).parent / "healthrelay", "doctor", "--url", url]
    if subprocess.run(doctor, check=False).returncode != 0:
        # Google may take a few minutes until it lets in whom we have just let in.
        sys.exit(f"Ask again in a few minutes: healthrelay doctor --url {url}")


def destroy(project: str, *, data: bool) -> None:
    """Take down what runs; the data, their secrets and keys only with --data and when confirmed."""
    if not data:
        print(
            "Everything that runs goes. The database, the secrets and the keys stay;"
            " --data takes them too."
        )
        terraform(project, "apply", "-var=running=false")
        return
    print(
        f"ALL measurements, logins and keys in {project} will be deleted. Nothing brings them back."
    )
    if input("Type the project's id to go on: ") != project:
        sys.exit("Nothing was deleted.")
    terraform(project, "apply", "-auto-approve", "-var=running=false", "-var=keep_data=false")
    terraform(project, "destroy", "-var=keep_data=false")


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("deploy", "destroy"))
    parser.add_argument("project", help="the id of a Google Cloud project with billing")
    parser.add_argument("--data", action="store_true", help="destroy the data as well")
    parser.add_argument(
        "rest", nargs="*", help="after --: for Terraform, such as -var=alerts=false"
    )
    args = parser.parse_args()
    if args.what == "deploy":
        deploy(args.project, args.rest)
    else:
        destroy(args.project, data=args.data)


if __name__ == "__main__":
    main()
