"""Cloud Storage as Terraform's backend and gcloud use it: objects with generations, in memory."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from email import message_from_bytes
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Storage:
    """Buckets of projects, and objects by (bucket, name)."""

    buckets: dict[str, str] = field(default_factory=dict)
    versioned: set[str] = field(default_factory=set)
    objects: dict[tuple[str, str], tuple[bytes, int]] = field(default_factory=dict)
    generations: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def put(self, bucket: str, name: str, data: bytes) -> int:
        """Replace an object; return its generation."""
        generation = next(self.generations)
        self.objects[bucket, name] = data, generation
        return generation

    def text(self, bucket: str, name: str) -> str:
        """Return what an object holds."""
        return self.objects[bucket, name][0].decode()

    def answer(self, method: str, target: str, body: bytes, kind: str) -> tuple[int, bytes]:
        """Answer a request of Google's client: JSON, or an object's bytes by the XML way."""
        url = urlsplit(target)
        query = {key: one[0] for key, one in parse_qs(url.query).items()}
        parts = [unquote(part) for part in url.path.strip("/").split("/")]
        if parts[0] == "upload":
            return self._insert(parts[4], query, body, kind)
        if parts[:2] != ["storage", "v1"]:
            bucket, name = parts[0], "/".join(parts[1:])
            found = self.objects.get((bucket, name))
            return (200, found[0]) if found else (404, b"")
        bucket, name = parts[3], "/".join(parts[5:])
        if bucket not in self.buckets:
            return 404, b'{"error": {"code": 404, "message": "The bucket does not exist"}}'
        if method == "GET" and not name:
            listed = [self._shown(*key) for key in self.objects if key[0] == bucket]
            start = query.get("prefix", "")
            items = [one for one in listed if str(one["name"]).startswith(start)]
            return 200, json.dumps({"kind": "storage#objects", "items": items}).encode()
        if (bucket, name) not in self.objects:
            return 404, b'{"error": {"code": 404, "message": "No such object"}}'
        if method == "DELETE":
            del self.objects[bucket, name]
            return 204, b""
        if query.get("alt") == "media":
            return 200, self.objects[bucket, name][0]
        return 200, json.dumps(self._shown(bucket, name)).encode()

    def _insert(
        self, bucket: str, query: dict[str, str], body: bytes, kind: str
    ) -> tuple[int, bytes]:
        message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        about, data = (part.get_payload(decode=True) for part in message.get_payload())
        name = query.get("name") or json.loads(about)["name"]
        if query.get("ifGenerationMatch") == "0" and (bucket, name) in self.objects:
            return 412, b'{"error": {"code": 412, "message": "conditionNotMet"}}'
        self.put(bucket, name, bytes(data))
        return 200, json.dumps(self._shown(bucket, name)).encode()

    def _shown(self, bucket: str, name: str) -> dict[str, str]:
        data, generation = self.objects[bucket, name]
        number = str(generation)
        shown = {"kind": "storage#object", "bucket": bucket, "name": name, "size": str(len(data))}
        return shown | {"generation": number, "metageneration": "1", "id": f"{bucket}/{name}"}
