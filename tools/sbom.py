"""What a bundle is made of, as a CycloneDX 1.6 bill of materials in JSON (ECMA-424).

The bytes depend on the pins alone: no time, and a serial number that follows from the rest.
"""

from __future__ import annotations

import json
import os
import tomllib
import uuid
from pathlib import Path
from typing import Any

from pins import LICENCES, ROOT, Pin, pins

_NAMESPACE = uuid.UUID("6d1f3f0e-7e1d-5c0a-9a2b-3f6f2a1c9d10")


def write(function: str, folder: Path) -> Path:
    """Write the bill of *function* into *folder*; return its path."""
    path = folder / f"{function}.cdx.json"
    # Named by the process, as the draft of a bundle is.
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(json.dumps(bill(function), indent=2) + "\n")
    return draft.replace(path)


def bill(function: str) -> dict[str, Any]:
    """Return the bill of *function*: itself, and every package that its pins name."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    licences: dict[str, str] = json.loads(LICENCES.read_text())
    components = [_component(pin, licences.get(pin.name, "")) for pin in pins(function)]
    root = f"healthrelay-{function}@{version}"
    parts: dict[str, Any] = {
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": f"healthrelay-{function}",
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [one["bom-ref"] for one in components]}],
    }
    serial = uuid.uuid5(_NAMESPACE, json.dumps(parts))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}"}
    return {**head, "version": 1, **parts}


def _component(pin: Pin, licence: str) -> dict[str, Any]:
    address = f"pkg:pypi/{pin.name}@{pin.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": pin.name,
        "version": pin.version,
        "purl": address,
        # One with a marker is not installed everywhere.
        "scope": "optional" if pin.marker else "required",
    }
    if licence:
        component["licenses"] = [_licence(licence)]
    return component


def _licence(text: str) -> dict[str, Any]:
    """Return SPDX's id or expression, or the name of what is none of them."""
    if " " in text:
        return {"expression": text}
    return {"license": {"name" if text == "BSD" else "id": text}}
