"""Bring measurements from a provider into the store."""
