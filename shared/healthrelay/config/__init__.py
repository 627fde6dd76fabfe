"""Settings: read once from the environment, all that is wrong named in one message."""

from healthrelay.config.keys import PREFIX
from healthrelay.config.needs import needs
from healthrelay.config.readers import DEFAULTS, READERS
from healthrelay.config.settings import Settings, load

__all__ = ["DEFAULTS", "PREFIX", "READERS", "Settings", "load", "needs"]
