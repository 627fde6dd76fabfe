"""Settings and functions: one table of each, read once from the environment and from a file."""

from healthrelay.config.functions import functions
from healthrelay.config.load import load
from healthrelay.config.readers import PREFIX
from healthrelay.config.settings import SETTINGS, Settings

__all__ = ["PREFIX", "SETTINGS", "Settings", "functions", "load"]
