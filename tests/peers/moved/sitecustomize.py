"""Move the clock of a Python process: of the tests, and of all that they start."""

import os
import sys

# Where time-machine lies: a process of an environment of its own has no other way to it.
sys.path.append(os.environ["MOVED_PACKAGES"])
# time-machine offers pytest a fixture, and would load it here, a quarter of a second a process.
sys.modules["pytest"] = None

from time import time  # noqa: E402

import time_machine  # noqa: E402

time_machine.travel(time() + int(os.environ["MOVED_SECONDS"])).start()
del sys.modules["pytest"]
sys.path.remove(os.environ["MOVED_PACKAGES"])
