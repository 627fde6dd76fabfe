"""Bring what the log holds to every target."""
