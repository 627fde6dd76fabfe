"""Deploy healthrelay into a Google Cloud project, or take it down again.

    python tools/deploy.py deploy PROJECT [NAME=VALUE …] [--adopt] [--plan] [--yes]
    python tools/deploy.py destroy PROJECT [--data]
    python tools/deploy.py rollback PROJECT

Everything that is missing is named at once, before anything is made. What is new is made in stages,
each waiting until Google knows the one before; what changes or goes comes last. Choices, state and
lock file lie in the project's own bucket. Any step can be stopped and the whole run again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from deployment import database, releases, teardown, traces
from deployment.bucket import Bucket
from deployment.choices import ROOT
from deployment.failures import Failed
from deployment.filling import fill
from deployment.preparation import Options, Prepared, prepare
from deployment.stages import carry_out
from deployment.terraform import Terraform


def deploy(project: str, options: Options) -> None:
    """Deploy everything, in the one order in which it works."""
    prepared = prepare(project, options)
    known = prepared.terraform.choices, prepared.state, prepared.databases
    if options.plan_only and database.takes_over(*known):
        raise Failed(
            f"--plan cannot show what becomes of the database {database.wanted(known[0])}, because"
            " Terraform takes it over before it plans: without --plan it does, then shows the plan"
            " and asks before anything is changed."
        )
    pack = [sys.executable, ROOT / "tools" / "bundle.py"]
    if subprocess.run(pack, check=False).returncode != 0:
        raise Failed("The functions could not be packed; nothing was deployed.")
    if options.plan_only:
        prepared.terraform.plan()
        return
    database.follow(prepared.terraform, prepared.state, prepared.databases, prepared.remember)
    carry_out(prepared, options, lambda: _before_functions(project, prepared))
    _show(project, prepared)


def _before_functions(project: str, prepared: Prepared) -> None:
    if not traces.wanted(prepared.terraform.choices):
        traces.switch_off(project)
    if waiting := fill(project):
        lines = "\n  ".join(waiting)
        raise Failed(f"Only you know these; give each, then deploy again:\n  {lines}")


def _show(project: str, prepared: Prepared) -> None:
    outputs = prepared.terraform.outputs()
    callback_url, first_login = outputs["callback_url"], outputs["first_login"]
    url = callback_url.removesuffix("/auth2")
    print(f"""
By hand, once (docs/google-setup.md):
- this callback address must be registered: {callback_url}
  at https://console.cloud.google.com/auth/clients?project={project}
- publish the consent screen, or each login ends after seven days:
  https://console.cloud.google.com/auth/audience?project={project}
The first login:
  {first_login}
""")
    if not _well(url, prepared.terraform):
        back = f"; if it stays so, go back: make rollback PROJECT={project}"
        way_back = back if releases.known(prepared.bucket) else ""
        raise Failed(f"Ask again in a few minutes: healthrelay doctor --url {url}{way_back}")
    releases.remember(prepared.bucket)
    print(f"{project} is deployed. A link to the household's page:\n  tools/cloud {project} open")


def _well(url: str, terraform: Terraform) -> bool:
    """Ask the doctor twice: Google may take a while until it lets in whom we have just let in."""
    doctor = [Path(sys.executable).parent / "healthrelay", "doctor", "--url", url]
    if subprocess.run(doctor, check=False).returncode == 0:
        return True
    print("      … not well yet; again in a minute", flush=True)
    terraform.settle()
    return subprocess.run(doctor, check=False).returncode == 0


def environment(project: str) -> None:
    """Print the settings with which this machine's healthrelay speaks to the deployment.

    All others are empty, which counts as not set: so no .env of a household here fills them. What
    the shell itself was given stays.
    """
    bucket = Bucket(project)
    state = bucket.state() if bucket.exists() else None
    if state is None:
        raise Failed(f"Nothing is deployed in {project}: make deploy PROJECT={project}")
    if state.project() != project:
        raise Failed(f"The state in gs://{bucket.name} is of {state.project()}, not of {project}.")
    lines = state.output("environment").splitlines()
    given = {line.partition("=")[0] for line in lines} | os.environ.keys()
    print("\n".join([*lines, *(f"{name}=" for name in _settings() if name not in given)]))


def _settings() -> list[str]:
    """Return the variables of all settings."""
    sys.path.insert(0, str(ROOT / "shared"))
    from healthrelay.config import PREFIX, SETTINGS  # noqa: PLC0415 - needed by one command only

    return [f"{PREFIX}{name.upper()}" for name in SETTINGS]


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("deploy", "destroy", "rollback", "environment"))
    parser.add_argument("project", help="the id of a Google Cloud project with billing")
    parser.add_argument("words", nargs="*", metavar="NAME=VALUE", help="choices, remembered")
    parser.add_argument("--data", action="store_true", help="destroy the data as well")
    parser.add_argument("--adopt", action="store_true", help="use a (default) database that exists")
    parser.add_argument("--plan", action="store_true", help="show what is planned, and end there")
    parser.add_argument("--yes", action="store_true", help="do not ask before what is planned")
    parser.add_argument(
        "--wait", type=float, default=900, help="seconds to wait for Google at most (900)"
    )
    args = parser.parse_intermixed_args()
    options = Options(args.words, args.adopt, args.yes, args.wait, args.plan)
    try:
        if args.what == "deploy":
            deploy(args.project, options)
        elif args.what == "destroy":
            teardown.destroy(args.project, options, data=args.data)
        elif args.what == "rollback":
            releases.go_back(Bucket(args.project))
        else:
            environment(args.project)
    except Failed as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main()
