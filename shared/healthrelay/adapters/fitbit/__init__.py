"""The legacy Fitbit Web API, and servers that are like it."""

from healthrelay.adapters.fitbit.provider import LegacyFitbit

__all__ = ["LegacyFitbit"]
