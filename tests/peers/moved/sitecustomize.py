"""Python from 3.11 on sleeps until an instant, which libfaketime 0.9.10 refuses (EINVAL)."""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
