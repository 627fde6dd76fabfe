"""Where in our code something unforeseen happened."""

import traceback
from pathlib import Path

MAX_STEPS = 6


def code_path(error: Exception) -> str:
    """Return the kind of *error* and its path through the code, without its text.

    The text may hold a secret or a value.
    """
    frames = traceback.extract_tb(error.__traceback__)[-MAX_STEPS:]
    steps = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} at {steps}"
