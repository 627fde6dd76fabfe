"""Move the clock of a Python process: of the tests, and of all that they start."""

import os
import sys
import time

# Where time-machine lies: a process of an environment of its own has no other way to it.
sys.path.append(os.environ["MOVED_PACKAGES"])
# time-machine offers pytest a fixture, and would load it here, a quarter of a second a process.
sys.modules["pytest"] = None
import time_machine  # noqa: E402

del sys.modules["pytest"]
sys.path.remove(os.environ["MOVED_PACKAGES"])

_time, _real = time.time, time_machine.escape_hatch.time.time


def _time_for_caller() -> float:
    # gRPC waits until an instant by its own clock, which is C's and not moved.
    caller = sys._getframe(1).f_globals.get("__name__", "")
    return _real() if caller.startswith("grpc.") else _time()


time_machine.travel(_time() + int(os.environ["MOVED_SECONDS"])).start()
time.time = _time_for_caller
