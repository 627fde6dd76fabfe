"""Take down what runs; the data, their secrets and keys only when that is asked and confirmed."""

from __future__ import annotations

from contextlib import suppress

from deployment import checks, database, releases
from deployment.bucket import Bucket
from deployment.choices import changed
from deployment.failures import Failed
from deployment.filling import listed
from deployment.gcloud import NotThere, ServiceDisabled, gcloud
from deployment.preparation import Options, opened
from deployment.terraform import Terraform

# Terraform never deletes these: nothing brings them back.
KEPT = ("google_firestore_", "google_secret_manager_secret.kept")


def destroy(project: str, options: Options, *, data: bool) -> None:
    """Take down *project* as it was deployed: with the same choices, from any machine."""
    for check in (checks.tools, checks.login):
        if problems := [*check()]:
            raise Failed("Fix this first:\n- " + "\n- ".join(problems))
    bucket = Bucket(project)
    if not bucket.exists():
        raise Failed(
            f"Nothing is deployed in {project}: there is no gs://{bucket.name}. What an earlier"
            f" version deployed is taken over by: make deploy PROJECT={project}"
        )
    chosen = changed(bucket.choices(), options.words)
    terraform = opened(project, bucket, chosen, options.wait)
    if data:
        _confirm(project, database.wanted(chosen))
    else:
        print("All that runs goes. The database, secrets and keys stay; --data takes them too.")
    _stop(bucket, terraform, ask=not (data or options.yes))
    if data:
        _delete_data(project, terraform)
        terraform.destroy()
        _say_what_remains(project, bucket, database.wanted(chosen))


def _stop(bucket: Bucket, terraform: Terraform, *, ask: bool) -> None:
    """Delete what runs. A state that is half made, or emptied, lacks the rest: that is not made."""
    changes = terraform.plan(running=False, show=False)
    running = [one.address for one in changes if one.actions == ("delete",)]
    if not running:
        print(f"Nothing runs in {terraform.project}.")
        return
    terraform.plan(*running, running=False, gone=True)
    if ask and _answer("Only yes is a yes: ") != "yes":
        raise Failed("Nothing was taken down.")
    releases.forget(bucket)
    terraform.apply(*running, running=False, gone=True, planned=True)


def _confirm(project: str, name: str) -> None:
    print(
        f"The database {name} of {project} will be deleted, with ALL measurements and logins in it,"
        " and ALL keys. Nothing brings them back."
    )
    if _answer("Type the project's id to go on: ") != project:
        raise Failed("Nothing was deleted.")


def _delete_data(project: str, terraform: Terraform) -> None:
    """Delete the database and the keys by their names, then let Terraform forget them."""
    name, place = database.wanted(terraform.choices), f"--project={project}"
    try:
        unprotect = f"--database={name}", "--no-delete-protection"
        gcloud("firestore", "databases", "update", *unprotect, place)
        gcloud("firestore", "databases", "delete", f"--database={name}", place, "--quiet")
    except (NotThere, ServiceDisabled):
        pass  # deleted by a run that was stopped
    with suppress(ServiceDisabled):  # a first deploy came no further
        for secret in listed(project):
            gcloud("secrets", "delete", secret, place, "--quiet")
    if kept := [one for one in terraform.addresses() if one.startswith(KEPT)]:
        terraform.run("state", "rm", *kept)
    _delete_backups(project, name)


def _delete_backups(project: str, name: str) -> None:
    """Delete the backups, which outlive their database, when that is asked for."""
    backups = database.backups(project, name)
    if not backups:
        return
    last = max(one["expireTime"] for one in backups)
    print(f"{len(backups)} backups hold the measurements until {last}.")
    if _answer("Type yes to delete them now: ") != "yes":
        return
    for one in backups:
        _, _, _, location, _, backup = one["name"].split("/")
        where = f"--backup={backup}", f"--location={location}", f"--project={project}"
        gcloud("firestore", "backups", "delete", *where, "--quiet")


def _say_what_remains(project: str, bucket: Bucket, name: str) -> None:
    print(f"""
What remains in {project}:
- gs://{bucket.name}: choices and former states, without secrets or measurements
    gcloud storage rm --recursive gs://{bucket.name} --project={project}
- lines in the log for 30 days; services stay switched on
- backups of the database: {_number_of_backups(project, name)}
- the name of the queue rests for some days: the next deploy takes another one
- the registration at https://console.cloud.google.com/auth/clients?project={project}""")
    others, problem = checks.answered(lambda: database.existing(project))
    if problem:
        print(f"- other databases, if there are any: they cannot be listed. {problem}")
    for other in sorted({*(others or {})} - {name}):
        which = f"--database='{other}' --project={project}"
        print(f"""\
- the database {other}, backups of it: {_number_of_backups(project, other)}
  It may be somebody else's. If it is yours, this deletes it:
    gcloud firestore databases update --no-delete-protection {which}
    gcloud firestore databases delete {which}""")


def _number_of_backups(project: str, name: str) -> str:
    found, problem = checks.answered(lambda: database.backups(project, name))
    return problem or str(len(found or []))


def _answer(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        return ""
