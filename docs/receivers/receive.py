"""Receive healthrelay's webhooks: check who sent them, drop what came before, print the rest.

    HEALTHRELAY_SECRET=whsec_… python3 receive.py [PORT]

Python's standard library is enough. The ids of what was printed are kept in ./seen.txt.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

SECRET = os.environ.get("HEALTHRELAY_SECRET") or sys.exit("Set HEALTHRELAY_SECRET (whsec_…).")
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
SEEN = Path("seen.txt")
MAX_BYTES, MAX_SECONDS = 20_000, 300


def is_genuine(headers, body):
    """Return whether healthrelay signed *body*, less than five minutes ago."""
    sent_at = headers.get("webhook-timestamp", "")
    if not (sent_at.isdecimal() and abs(time.time() - int(sent_at)) < MAX_SECONDS):
        return False
    content = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    ours = b"v1," + base64.b64encode(hmac.digest(KEY, content, hashlib.sha256))
    signatures = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(ours, theirs) for theirs in signatures)


class Receiver(BaseHTTPRequestHandler):
    timeout = 15  # seconds that a silent sender may hold us up

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not (length.isdecimal() and int(length) <= MAX_BYTES):
            return self.answer(413)
        body = self.rfile.read(int(length))
        if not is_genuine(self.headers, body):
            return self.answer(401)
        seen = SEEN.read_text().split() if SEEN.exists() else []
        if self.headers["webhook-id"] not in seen:
            print(json.dumps(json.loads(body)["data"]), flush=True)
            SEEN.write_text("\n".join([*seen[-999:], self.headers["webhook-id"]]))
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()


HTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8090), Receiver).serve_forever()
