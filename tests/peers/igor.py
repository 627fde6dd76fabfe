"""A real Igor as a household: its data, its rights and its actions.

    with Igor(tmp_path) as igor:
        igor.make_parent()
        bearer = {"Authorization": f"Bearer {igor.mint_push_token()}"}
        igor.put("/data/sensors/fitbit/jack", json={"jack": {}}, headers=bearer)
        assert igor.data_xml("sensors/fitbit/jack") == "<jack></jack>"

In tests the fixture `igor` does the first two lines.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from tests.peers.igor_server import ADMIN, IgorServer

PARENT = "/data/sensors/fitbit"
_NO_RIGHTS = {"get": "", "put": "", "post": "", "delete": ""}


class Igor(IgorServer):
    """An Igor whose administrator does what the owner of the home would do."""

    def admin_get(self, path: str, /, **query: str) -> str:
        """GET *path* as the administrator; anything but 200 is a RuntimeError."""
        answer = self.get(path, params=query, auth=ADMIN)
        if answer.status_code != 200:
            raise RuntimeError(f"GET {path}: {answer.status_code} {answer.text[:500]}")
        return answer.text.strip()

    def data_xml(self, path: str) -> str:
        """What is stored at `/data/`*path*, as canonical XML."""
        answer = self.get(f"/data/{path}", headers={"Accept": "application/xml"}, auth=ADMIN)
        if answer.status_code != 200:
            raise RuntimeError(f"GET /data/{path}: {answer.status_code} {answer.text[:500]}")
        return ElementTree.canonicalize(answer.text)

    def status(self, path: str) -> dict[str, Any]:
        """What Igor noted about *path*, for instance `sensors/fitbit`; {} before the first note."""
        answer = self.get(f"/data/status/{path}", headers={"Accept": "application/json"})
        if answer.status_code == 404:
            return {}
        noted: dict[str, Any] = answer.json()[path.rsplit("/", 1)[-1]]
        return noted

    def make_parent(self) -> None:
        """See that `sensors/fitbit` exists; a PUT on an existing one would empty it."""
        if self.get(PARENT, auth=ADMIN).status_code == 404:
            self._empty_parent()

    def mint_push_token(self, user: str | None = None) -> str:
        """A bearer token that may only store below `sensors/fitbit`, or only *user* there."""
        made = self.get("/internal/accessControl/createSharedKey", auth=ADMIN)
        if made.status_code not in (200, 409):  # 409: there is a key already
            raise RuntimeError(f"createSharedKey: {made.status_code} {made.text[:500]}")
        reach = "descendant-or-self" if user else "descendant"
        rights = {**_NO_RIGHTS, "put": reach}  # a right left out is inherited, not refused
        path = f"{PARENT}/{user}" if user else PARENT
        asked = {"tokenId": "admin-data", "newPath": path, "subject": "healthrelay", **rights}
        return self.admin_get("/internal/accessControl/exportToken", **asked)

    def post_action(self, xml: str) -> str:
        """Add the `<action>` in *xml*, which Igor starts at once; returns its name."""
        name = ElementTree.fromstring(xml).findtext("name")
        if not name:
            raise ValueError("an action without a name cannot be granted, run or deleted")
        headers = {"Content-Type": "application/xml"}
        body = xml.strip().encode()
        answer = self.post("/data/actions/action", data=body, headers=headers, auth=ADMIN)
        if answer.status_code != 200:
            raise RuntimeError(f"POST action: {answer.status_code} {answer.text[:500]}")
        return name

    def grant_action(self, name: str, path: str = PARENT, **rights: str) -> None:
        """Give the action *name* its *rights* on *path*; left out: to store below it.

        An acknowledging action needs `get="descendant-or-self"`.
        """
        given = {**_NO_RIGHTS, **(rights or {"put": "descendant"})}
        owner = f'/data/actions/action[name="{name}"]'
        asked = {"tokenId": "admin-data", "newOwner": owner, "newPath": path, **given}
        self.admin_get("/internal/accessControl/newToken", **asked)

    def run_action(self, name: str) -> None:
        """Run the action *name* now. A plugin that it calls may still be at it: see `until`."""
        self.admin_get(f"/action/{name}")
        self.flush()

    def flush(self) -> None:
        """Wait until all calls to Igor itself that it has queued are done."""
        self.admin_get("/internal/flush", timeout="30")

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is *true* of this Igor, for half a minute at most."""
        deadline = time.monotonic() + 30
        while not true():
            if time.monotonic() > deadline:
                raise TimeoutError("Igor never got there")
            time.sleep(0.02)

    def clean(self) -> None:
        """Remove all actions but Igor's own (`_save` and the like) and empty `sensors/fitbit`."""
        named = ElementTree.fromstring(self.data_xml("actions")).iterfind("action/name")
        added = [name.text or "" for name in named if not (name.text or "").startswith("_")]
        for name in added:
            self.delete(f'/data/actions/action[name="{name}"]', auth=ADMIN)
        if added:
            self.admin_get("/internal/updateActions")  # until then a deleted action still fires
        self._empty_parent()

    def _empty_parent(self) -> None:
        answer = self.put(PARENT, json={}, auth=ADMIN)
        if answer.status_code != 200:
            raise RuntimeError(f"PUT {PARENT}: {answer.status_code} {answer.text[:500]}")
