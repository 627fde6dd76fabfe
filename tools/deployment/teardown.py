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
    remembered = bucket.choices() if bucket.exists() else {}
    if not remembered:
        raise Failed(
            f"Nothing is deployed in {project}: gs://{bucket.name} is not there, or without"
            " choices. What an earlier version deployed is taken over by:"
            f" make deploy PROJECT={project}"
        )
    chosen = changed(remembered, options.words)
    terraform = opened(project, bucket, chosen, options.wait)
    deployed = database.used(bucket.state())
    if data:
        _confirm(project, deployed)
    else:
        print("All that runs goes. The database, secrets and keys stay; --data takes them too.")
    _stop(bucket, terraform, ask=not (data or options.yes))
    if data:
        ours = deployed or _deleted_before(project, database.wanted(chosen))
        _delete_data(project, terraform, deployed)
        _delete_backups(project, ours)
        terraform.destroy()
        _say_what_remains(project, bucket, ours)


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
    """Ask; *name* is the database that is deployed, if there is one."""
    base = f"The database {name}, with ALL measurements and logins in it, and " if name else ""
    print(f"{base}ALL keys in {project} will be deleted. Nothing brings them back.")
    if _answer("Type the project's id to go on: ") != project:
        raise Failed("Nothing was deleted.")


def _deleted_before(project: str, name: str) -> str:
    """Return *name* if no database has it any more; empty where one has, which was never ours.

    It is deleted before the state forgets it, so one that the state does not have is
    somebody else's, at which a deploy stopped.
    """
    return "" if name in database.existing(project) else name


def _delete_data(project: str, terraform: Terraform, name: str) -> None:
    """Delete the database, if one is deployed, and the keys, then let Terraform forget them."""
    place = f"--project={project}"
    if name:
        with suppress(NotThere, ServiceDisabled):  # deleted by a run that was stopped
            unprotect = f"--database={name}", "--no-delete-protection"
            gcloud("firestore", "databases", "update", *unprotect, place)
            gcloud("firestore", "databases", "delete", f"--database={name}", place, "--quiet")
    with suppress(ServiceDisabled):  # a first deploy came no further
        for secret in listed(project):
            gcloud("secrets", "delete", secret, place, "--quiet")
    if kept := [one for one in terraform.addresses() if one.startswith(KEPT)]:
        terraform.run("state", "rm", *kept)


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
