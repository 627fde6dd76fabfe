"""A plan of Terraform's, read the way that its policies ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Plan:
    """What `terraform show -json` prints of a plan. Values known only later are absent."""

    def __init__(self, shown: dict[str, Any]) -> None:
        self.shown = shown
        self.resources: list[dict[str, Any]] = shown["planned_values"]["root_module"]["resources"]

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a kind: key (or name, where there is one only) → values."""
        return {
            str(one.get("index", one["name"])): one["values"]
            for one in self.resources
            if one["type"] == f"google_{kind}"
        }

    def functions(self) -> dict[str, dict[str, Any]]:
        """Function → its values."""
        return self.all("cloudfunctions2_function")

    def environment(self, function: str) -> dict[str, str]:
        """The plain environment of *function*."""
        found: dict[str, str] = self._service(function)["environment_variables"]
        return found

    def secrets(self, function: str) -> dict[str, str]:
        """Variable → the secret that fills it."""
        bound = self._service(function)["secret_environment_variables"]
        return {one["key"]: one["secret"] for one in bound}

    def roles(self) -> set[tuple[str, str, str]]:
        """Everybody's roles: (account, role, on what)."""
        return set(self._roles())

    def _service(self, function: str) -> dict[str, Any]:
        found: dict[str, Any] = self.functions()[function]["service_config"][0]
        return found

    def _roles(self) -> Iterator[tuple[str, str, str]]:
        for one in self.resources:
            values = one["values"]
            if one["type"].endswith("_iam_member"):
                yield _account(values["member"]), values["role"], _on(one["type"], values)


def _account(member: str) -> str:
    return "anybody" if member == "allUsers" else member.partition(":")[2].partition("@")[0]


def _on(kind: str, values: dict[str, Any]) -> str:
    if kind == "google_project_iam_member":
        return str(values["condition"][0]["title"]) if values.get("condition") else "the project"
    if kind == "google_service_account_iam_member":
        # Unknown before it is made: the one resource of its kind.
        return "healthrelay-invoker"
    places = ("secret_id", "repository", "bucket", "name")
    return str(next(values[place] for place in places if values.get(place)))
