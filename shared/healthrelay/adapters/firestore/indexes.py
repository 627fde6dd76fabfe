"""What this store asks of its database beside documents; the deployment makes the same."""

from healthrelay.adapters.firestore.documents import HANDSHAKES

TIME_TO_LIVE = {HANDSHAKES: "expires"}
"""Collection group → the field after whose instant Firestore may delete a document.

It only tidies up: code decides whether something has expired.
"""

INDEXES: dict[str, tuple[str, ...]] = {}
"""Collection group → the fields of a composite index. Documents are found by their names alone."""

UNINDEXED = ("__default__", "*")
"""No field of any collection is ever searched, so Firestore need not index a single one."""
