"""The cloud's store: Firestore in native mode."""

from healthrelay.adapters.firestore.store import FirestoreStore

__all__ = ["FirestoreStore"]
