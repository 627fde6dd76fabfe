"""The Google Health API v4, the living source of Fitbit measurements."""

from healthrelay.adapters.google_health.provider import GoogleHealth

__all__ = ["GoogleHealth"]
