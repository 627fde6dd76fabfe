"""What the stand-in cloud has, and how Google refuses: late, by policy, by quota, or for good."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
# Each from an issue of the provider or Google's own pages.
BUILD = (
    "Error waiting for Creating function: Error code 3, message: Build failed with status: FAILURE."
    " Could not build the function due to a missing permission on the build service account. If you"
    " didn't revoke that permission explicitly, this could be caused by a change in the"
    " organization policies."
)
METRIC = (
    'Error creating AlertPolicy: googleapi: Error 404: Cannot find metric that matches type = "{}".'
    " If a metric was created recently, it could take up to 10 minutes to become available. Please"
    " try again soon."
)
DISABLED = (
    "googleapi: Error 403: {0} has not been used in project 123456789012 before or it is disabled."
    " Enable it by visiting https://console.developers.google.com/apis/api/{0} then retry."
    " SERVICE_DISABLED"
)
POLICY = (
    "googleapi: Error 400: One or more users named in the policy do not belong to a permitted"
    " customer,  perhaps due to an organization policy."
)
EXISTS = "googleapi: Error 409: Database already exists. Please use another database_id"
QUEUE = (
    "googleapi: Error 400: The queue cannot be created because a queue with this name existed too"
    " recently."
)
QUOTA = (
    "googleapi: Error 400: Max instances must be set to {} or fewer in order to set the requested"
    " total CPU."
)
NETWORK = "dial tcp: lookup iam.googleapis.com: no such host"
SERVICES = {
    "google_firestore_": "firestore.googleapis.com",
    "google_secret_manager_": "secretmanager.googleapis.com",
    "google_cloud_tasks_": "cloudtasks.googleapis.com",
    "google_cloudfunctions2_": "cloudfunctions.googleapis.com",
    "google_logging_": "logging.googleapis.com",
}


class Refused(Exception):
    """Google says no; the text is its own."""

    def __init__(self, text: str, *, tainted: bool = False) -> None:
        super().__init__(text)
        self.tainted = tainted


@dataclass
class Fault:
    """A failure: where, by a pattern of "action kind name" or of gcloud's words, and how often."""

    where: str
    text: str
    times: int = 1
    tainted: bool = False


@dataclass
class Project:
    """One project: what was made in it, by (kind, name), and what it has besides."""

    name: str
    made: dict[tuple[str, str], Values] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=dict)
    databases: dict[str, Values] = field(default_factory=dict)
    schedules: dict[str, str] = field(default_factory=dict)
    backups: list[Values] = field(default_factory=list)
    rested: set[str] = field(default_factory=set)
    billing: bool = True
    policy: bool = False
    rules: list[Values] = field(default_factory=list)
    cpus: float = 20
    gib: float = 40
    services: set[str] = field(default_factory=lambda: {"cloudtrace.googleapis.com"})
    """What Google itself switches on in a new project, of what concerns us."""
    revisions: dict[str, int] = field(default_factory=dict)
    pinned: dict[str, str] = field(default_factory=dict)
    """Function → the revision that was chosen by hand, until the next deploy."""

    def revise(self, function: str) -> None:
        """Make a new revision of *function*, which gets all of its traffic."""
        self.revisions[function] = self.revisions.get(function, 0) + 1
        self.pinned.pop(function, None)

    def serving(self) -> dict[str, str]:
        """Function → the revision that gets all of its traffic."""
        return {n: self.pinned.get(n, f"{n}-{at:05}") for n, at in self.revisions.items()}


class Model:
    """All projects, and the faults that are still to come."""

    def __init__(self) -> None:
        self.projects: dict[str, Project] = {}
        self.faults: list[Fault] = []
        self.log: list[str] = []
        self._numbers = itertools.count(1)

    def project(self, name: str) -> Project:
        """Return a project; the first look makes it."""
        return self.projects.setdefault(name, Project(name))

    def fail(self, where: str, text: str, times: int = 1, *, tainted: bool = False) -> None:
        """Let what matches *where* fail so many times."""
        self.faults.append(Fault(where, text, times, tainted))

    def check(self, what: str) -> None:
        """Raise Refused if a fault awaits *what*."""
        self.log.append(what)
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.where, what):
                fault.times -= 1
                raise Refused(fault.text, tainted=fault.tainted)

    def provider(self, action: str, kind: str, before: Values, after: Values) -> Values | None:
        """Do what Terraform asks of one resource; return its values, None when it is gone."""
        values = after or before
        if action == "import":
            project, name = self.project(before["id"].split("/")[1]), before["id"]
            self.check(f"import {kind} {name}")
            return self._imported(project, kind, name)
        project = self.project(_project(values))
        self.check(f"{action} {kind} {_name(kind, values)}")
        if action == "read":
            return before if self._there(project, kind, before) else None
        if action == "delete":
            self._delete(project, kind, before)
            return None
        if action == "create":
            self._create(project, kind, values)
        if kind == "google_cloudfunctions2_function":
            project.revise(values["name"])
        result = self._computed(kind, values)
        project.made[kind, _name(kind, result)] = result
        if kind == "google_firestore_database":
            project.databases[values["name"]] = result
        return result

    def _create(self, project: Project, kind: str, values: Values) -> None:
        service = next((name for start, name in SERVICES.items() if kind.startswith(start)), "")
        if service and ("google_project_service", service) not in project.made:
            raise Refused(DISABLED.format(service))
        rules = {
            "google_firestore_database": self._database,
            "google_cloud_tasks_queue": self._queue,
            "google_cloudfunctions2_function": self._function,
            "google_cloud_run_v2_service_iam_member": self._member,
            "google_secret_manager_secret": lambda at, one: at.secrets.setdefault(
                one["secret_id"], []
            ),
            "google_firestore_backup_schedule": self._schedule,
        }
        rules.get(kind, lambda at, one: None)(project, values)

    def _database(self, project: Project, values: Values) -> None:
        if values["name"] in project.databases:
            raise Refused(EXISTS)

    def _schedule(self, project: Project, values: Values) -> None:
        if values["database"] in project.schedules:
            raise Refused("googleapi: Error 409: Requested entity already exists")
        project.schedules[values["database"]] = f"schedule-{next(self._numbers)}"

    def _queue(self, project: Project, values: Values) -> None:
        if values["name"] in project.rested:
            raise Refused(QUEUE)

    def _function(self, project: Project, values: Values) -> None:
        (service,) = values["service_config"]
        most = int(project.cpus / float(service["available_cpu"]))
        if service["max_instance_count"] > most:
            raise Refused(QUOTA.format(most))
        for one in service["secret_environment_variables"]:
            if not project.secrets.get(one["secret"]):
                raise Refused(f"Secret {one['secret']}/versions/latest was not found")

    def _member(self, project: Project, values: Values) -> None:
        if project.policy and values["member"] == "allUsers":
            raise Refused(POLICY)

    def _delete(self, project: Project, kind: str, values: Values) -> None:
        if values.get("deletion_protection"):
            raise Refused(f"cannot destroy {kind} without setting deletion_protection=false")
        if kind == "google_project_service" and not values.get("disable_on_destroy"):
            return  # it stays switched on
        project.made.pop((kind, _name(kind, values)), None)
        if kind == "google_cloud_tasks_queue":
            project.rested.add(values["name"])
        elif kind == "google_secret_manager_secret":
            project.secrets.pop(values["secret_id"], None)

    def _there(self, project: Project, kind: str, values: Values) -> bool:
        if kind == "google_firestore_database":
            return values["name"] in project.databases
        return (kind, _name(kind, values)) in project.made

    def _imported(self, project: Project, kind: str, name: str) -> Values:
        last = name.rpartition("/")[2]
        if kind == "google_firestore_database" and last in project.databases:
            values = project.databases[last]
        elif kind == "google_firestore_backup_schedule" and last in project.schedules.values():
            # projects/p/databases/d/backupSchedules/n: of two databases, n may be the same
            database = name.split("/")[3]
            values = {"database": database, "name": last, "project": project.name, "id": name}
            values |= {"daily_recurrence": [{}], "retention": "604800s"}
        else:
            raise Refused(f"Cannot import non-existent remote object {name}")
        project.made[kind, _name(kind, values)] = values
        return values

    def _computed(self, kind: str, values: Values) -> Values:
        """Fill what Google computes and others refer to."""
        project, result = _project(values), dict(values)
        result["id"] = result.get("id") or f"{kind}/{_name(kind, values)}"
        if kind == "google_service_account":
            email = f"{values['account_id']}@{project}.iam.gserviceaccount.com"
            result |= {"email": email, "name": f"projects/{project}/serviceAccounts/{email}"}
        elif kind in ("google_monitoring_notification_channel", "google_firestore_field"):
            result["name"] = result.get("name") or f"projects/{project}/{next(self._numbers)}"
        elif kind == "google_monitoring_uptime_check_config":
            result["uptime_check_id"] = f"check-{next(self._numbers)}"
        return result


def _project(values: Values) -> str:
    found = values.get("project") or re.search(r"projects/([^/]+)", json.dumps(values))
    if isinstance(found, str):
        return found
    # What belongs to a bucket or an account names its project in the name.
    text = json.dumps(values)
    named = re.search(r'"([a-z0-9-]+)-healthrelay-\w+"|@([a-z0-9-]+)\.iam', text)
    return next(filter(None, named.groups())) if named else "unknown"


def _name(kind: str, values: Values) -> str:
    if kind == "google_project_service":
        return str(values["service"])
    keys = ("secret_id", "service_account_id", "account_id", "name", "display_name", "bucket")
    base = [str(values[key]) for key in keys if values.get(key)][:1]
    more = ("role", "member", "database", "collection", "field", "location")
    if kind == "google_firestore_field":
        base = []
    return " ".join([*base, *(str(values[key]) for key in more if values.get(key))])
