"""The database: what is there already, and which one the deployment uses.

A database is found, adopted or made; the one in use is never replaced by an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from deployment.bucket import State
from deployment.choices import DEFAULT_REGION, Choices
from deployment.gcloud import ServiceDisabled, gcloud_json
from deployment.terraform import Terraform

KIND = "google_firestore_database"
DATABASE = f"{KIND}.database"
SCHEDULE = "google_firestore_backup_schedule.daily"


class Database(NamedTuple):
    """A database that exists: its name, where it is, and whether it is Firestore's native kind."""

    name: str
    location: str
    native: bool


def existing(project: str) -> dict[str, Database]:
    """Return the databases of *project* by name; none while the service is switched off."""
    try:
        listed = gcloud_json("firestore", "databases", "list", f"--project={project}")
    except ServiceDisabled:
        return {}
    databases = (_database(one) for one in listed)
    return {one.name: one for one in databases}


def wanted(choices: Choices) -> str:
    """Return the name of the database that is chosen."""
    return str(choices.get("store", "firestore")).partition(":")[2] or "(default)"


def used(state: State | None) -> str:
    """Return the name of the database that is deployed; empty when there is none."""
    return state.attribute(KIND, "name") if state else ""


def located(choices: Choices, state: State | None, databases: dict[str, Database]) -> Choices:
    """Return *choices* with both places written out, so that no later default moves anything.

    A database that is there says where it is, unless a place was chosen: see problems().
    """
    region = state.attribute("google_cloud_tasks_queue", "location") if state else ""
    result = {"region": region or DEFAULT_REGION} | choices
    there = databases.get(wanted(choices))
    place = there.location if there else result["region"]
    former = state.attribute(KIND, "location_id") if state else ""
    # The place of the former database says nothing of another one.
    if there and result.get("database_location") == former:
        result["database_location"] = place
    return {"database_location": place} | result


def problems(
    choices: Choices, state: State | None, databases: dict[str, Database], adopt: bool
) -> Iterator[str]:
    """Yield why the chosen database cannot be used, a sentence each."""
    name, former = wanted(choices), used(state)
    there = databases.get(name)
    if there and not there.native:
        yield (
            f"the database {name} is in Datastore mode, which healthrelay cannot use: add"
            " store=firestore:healthrelay to ARGS"
        )
    elif there and choices["database_location"] != there.location:
        yield (
            f"the database {name} is in {there.location} and cannot move: go back to"
            f" database_location={there.location}, or copy it into another database as"
            " docs/operations.md describes (Backup and restore)"
        )
    elif there and not former and name == "(default)" and not adopt:
        yield (
            "there is a database (default) already: add --adopt to ARGS if it is healthrelay's,"
            " which switches its other indexes off, or store=firestore:healthrelay for one of our"
            " own"
        )
    elif former and not there:
        yield (
            f"there is no database {name}: restore a backup into it first, as docs/operations.md"
            " describes (Backup and restore)"
        )


def takes_over(choices: Choices, state: State | None, databases: dict[str, Database]) -> bool:
    """Return whether the chosen database exists and another one, or none, is known."""
    return wanted(choices) in databases and wanted(choices) != used(state)


def follow(
    terraform: Terraform,
    state: State | None,
    databases: dict[str, Database],
    remember: Callable[[], None],
) -> None:
    """Let Terraform look after the chosen database where it takes one over.

    The former one stays as it is, with its backups. The choice is remembered first, so that a run
    that is cut off in between goes on.
    """
    name = wanted(terraform.choices)
    if not takes_over(terraform.choices, state, databases):
        return
    print(f"Taking over the database {name}.", flush=True)
    remember()
    if known := [one for one in terraform.addresses() if one.startswith("google_firestore_")]:
        terraform.run("state", "rm", *known)
    parent = f"projects/{terraform.project}/databases/{name}"
    terraform.import_(DATABASE, parent)
    for schedule in schedules(terraform.project, name):
        terraform.import_(SCHEDULE, schedule)


def schedules(project: str, database: str) -> list[str]:
    """Return the full name of the daily backup schedule of *database*, if it has one."""
    listing = ["firestore", "backups", "schedules", "list", f"--database={database}"]
    listed: list[dict[str, Any]] = gcloud_json(*listing, f"--project={project}")
    return [one["name"] for one in listed if "dailyRecurrence" in one]


def backups(project: str, database: str) -> list[dict[str, str]]:
    """Return the backups of *database*: each with `name` and `expireTime`."""
    listed: list[dict[str, str]]
    try:
        listed = gcloud_json("firestore", "backups", "list", f"--project={project}")
    except ServiceDisabled:
        return []
    parent = f"projects/{project}/databases/{database}"
    return [one for one in listed if one["database"] == parent]


def _database(shown: dict[str, str]) -> Database:
    name = shown["name"].rpartition("/")[2]
    return Database(name, shown["locationId"], shown["type"] == "FIRESTORE_NATIVE")
