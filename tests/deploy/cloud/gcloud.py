"""gcloud over the stand-in cloud: the commands that the tools give, and Google's refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import inf
from typing import Any

from tests.deploy.cloud.model import DISABLED, Model, Project, Refused
from tests.deploy.cloud.storage import Storage

NUMBER = "123456789012"


class Gcloud:
    """Answers one command: what it prints. Raises Refused with what it prints as an error."""

    def __init__(self, model: Model, storage: Storage) -> None:
        self._model = model
        self._storage = storage

    def answer(self, words: list[str], stdin: str) -> str:
        """Return what `gcloud *words` prints."""
        line = " ".join(words)
        self._model.check(f"gcloud {line}")
        flags = dict(re.findall(r"--([\w-]+)=(\S+)", line))
        place = [word for word in words if not word.startswith("--")]
        project = self._model.project(flags.get("project") or place[-1])
        for start, run in self._commands().items():
            if line.startswith(start):
                printed = run(project, place, flags, stdin)
                return printed if isinstance(printed, str) else json.dumps(printed)
        raise Refused(f"ERROR: (gcloud) Invalid choice: '{line}'.")

    def _commands(self) -> dict[str, Callable[..., Any]]:
        return {
            "auth": lambda *_: "a-token",
            "projects describe": lambda *_: NUMBER,
            "billing projects describe": self._billing,
            "resource-manager org-policies describe": self._policy,
            "org-policies describe": lambda project, *_: {"spec": {"rules": project.rules}},
            "storage buckets list": self._buckets,
            "storage buckets create": self._make_bucket,
            "storage buckets update": self._version,
            "storage cat": self._cat,
            "storage cp": self._copy,
            "firestore databases list": self._databases,
            "firestore databases update": self._unprotect,
            "firestore databases delete": self._delete_database,
            "firestore backups schedules list": self._schedules,
            "firestore backups list": lambda project, *_: project.backups,
            "firestore backups delete": self._delete_backup,
            "beta quotas info describe": self._quota,
            "services list": self._services_on,
            "services disable": self._switch_off,
            "run services list": self._services,
            "run services update-traffic": self._send,
            "secrets list": self._secrets,
            "secrets versions list": lambda at, place, *_: "1" if at.secrets[place[3]] else "",
            "secrets versions add": self._add,
            "secrets versions access": lambda at, _, flags, __: at.secrets[flags["secret"]][-1],
            "secrets delete": self._delete_secret,
        }

    def _billing(self, project: Project, _: Any, flags: dict[str, str], __: str) -> str:
        if "billingAccountName" in flags["format"]:
            return "billingAccounts/012345-6789AB-CDEF01" if project.billing else ""
        return str(project.billing)

    def _quota(self, project: Project, place: list[str], *_: Any) -> dict[str, Any]:
        """As Cloud Quotas lists it: what one region has been given, then what all others have."""
        self._on(project, "cloudquotas.googleapis.com")
        value, start = {
            "CpuAllocPerProjectRegion": (project.cpus * 1000, 20_000),
            "MemAllocPerProjectRegion": (project.gib * 2**30, 40 * 2**30),
        }[place[4]]
        own = {"dimensions": {"region": "europe-west1"}, "applicableLocations": ["europe-west1"]}
        others = {"applicableLocations": ["us-central1", "us-east1"]}
        return {
            "quotaId": place[4],
            "dimensions": ["region"],
            "dimensionsInfos": [
                own | {"details": {"value": "-1" if value == inf else str(round(value))}},
                others | {"details": {"value": str(start)}},
            ],
        }

    def _services_on(self, project: Project, _: Any, flags: dict[str, str], __: str) -> str:
        name = flags["filter"].removeprefix("config.name=")
        return name if name in project.services else ""

    def _switch_off(self, project: Project, place: list[str], *_: Any) -> str:
        project.services.discard(place[2])
        return ""

    def _services(self, project: Project, *_: Any) -> list[Any]:
        return [
            {
                "metadata": {
                    "name": name,
                    "labels": {"cloud.googleapis.com/location": "europe-west1"},
                },
                # Without a revision that was ever ready, it has no traffic.
                "status": {"traffic": [{"revisionName": revision, "percent": 100}]}
                if project.revisions.get(name) != 0
                else {},
            }
            for name, revision in {**project.serving(), "a-shop": "a-shop-00001"}.items()
        ]

    def _send(self, project: Project, place: list[str], flags: dict[str, str], _: str) -> str:
        name, revision = place[3], flags["to-revisions"].removesuffix("=100")
        if int(revision.rpartition("-")[2]) > project.revisions[name]:
            raise Refused(f"ERROR: (gcloud.run) Revision '{revision}' does not exist.")
        project.pinned[name] = revision
        return ""

    def _policy(self, project: Project, *_: Any) -> dict[str, Any]:
        listed = {"allowedValues": ["C0abcdefg"]} if project.policy else {"allValues": "ALLOW"}
        return {"constraint": "constraints/iam.allowedPolicyMemberDomains", "listPolicy": listed}

    def _buckets(self, project: Project, _: Any, flags: dict[str, str], __: str) -> str:
        name = flags["filter"].removeprefix("name=")
        return name if self._storage.buckets.get(name) == project.name else ""

    def _make_bucket(self, project: Project, place: list[str], *_: Any) -> str:
        name = place[3].removeprefix("gs://")
        if name in self._storage.buckets:
            raise Refused("ERROR: HTTPError 409: The requested bucket name is not available.")
        self._storage.buckets[name] = project.name
        return ""

    def _version(self, _: Project, place: list[str], *__: Any) -> str:
        self._storage.versioned.add(place[3].removeprefix("gs://"))
        return ""

    def _cat(self, _: Project, place: list[str], *__: Any) -> str:
        bucket, _, name = place[2].removeprefix("gs://").partition("/")
        if (bucket, name) not in self._storage.objects:
            raise Refused("ERROR: (gcloud.storage.cat) The following URLs matched no objects")
        return self._storage.text(bucket, name)

    def _copy(self, _: Project, place: list[str], __: Any, stdin: str) -> str:
        bucket, _, name = place[3].removeprefix("gs://").partition("/")
        self._storage.put(bucket, name, stdin.encode())
        return ""

    def _databases(self, project: Project, *_: Any) -> list[dict[str, str]]:
        self._on(project, "firestore.googleapis.com")
        return [
            {
                "name": f"projects/{project.name}/databases/{name}",
                "locationId": one["location_id"],
                "type": one["type"],
            }
            for name, one in project.databases.items()
        ]

    def _unprotect(self, project: Project, _: Any, flags: dict[str, str], __: str) -> str:
        if flags["database"] not in project.databases:
            raise Refused("ERROR: (gcloud.firestore.databases.update) NOT_FOUND: no such database")
        one = project.databases[flags["database"]]
        one["delete_protection_state"] = "DELETE_PROTECTION_DISABLED"
        return ""

    def _delete_database(self, project: Project, _: Any, flags: dict[str, str], __: str) -> str:
        one = project.databases[flags["database"]]
        if one["delete_protection_state"] == "DELETE_PROTECTION_ENABLED":
            raise Refused("ERROR: FAILED_PRECONDITION: the database has delete protection")
        del project.databases[flags["database"]]
        for kind, name in [*project.made]:
            if kind.startswith("google_firestore_") and flags["database"] in name:
                del project.made[kind, name]
        project.schedules.pop(flags["database"], None)
        return ""

    def _schedules(self, project: Project, _: Any, flags: dict[str, str], __: str) -> Any:
        database = flags["database"]
        if database not in project.schedules:
            return []
        parent = f"projects/{project.name}/databases/{database}"
        name = f"{parent}/backupSchedules/{project.schedules[database]}"
        return [{"name": name, "dailyRecurrence": {}}]

    def _delete_backup(self, project: Project, _: Any, flags: dict[str, str], __: str) -> str:
        project.backups = [
            one for one in project.backups if not one["name"].endswith("/" + flags["backup"])
        ]
        return ""

    def _secrets(self, project: Project, *_: Any) -> list[dict[str, str]]:
        self._on(project, "secretmanager.googleapis.com")
        return [{"name": f"projects/{NUMBER}/secrets/{name}"} for name in project.secrets]

    def _add(self, project: Project, place: list[str], _: Any, stdin: str) -> str:
        project.secrets[place[3]].append(stdin)
        return str(len(project.secrets[place[3]]))

    def _delete_secret(self, project: Project, place: list[str], *_: Any) -> str:
        del project.secrets[place[2]]
        for key in [key for key in project.made if place[2] in key[1]]:
            del project.made[key]
        return ""

    def _on(self, project: Project, service: str) -> None:
        if ("google_project_service", service) not in project.made:
            text = DISABLED.format(service)
            raise Refused(f"ERROR: PERMISSION_DENIED: {text}")
