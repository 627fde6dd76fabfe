"""The cloud's store: Firestore in native mode."""
