"""Say plainly, before anything is installed, that this Python is too old (ASCII for Python 2)."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may have an older one
    sys.exit("healthrelay needs Python 3.11 or newer; name one with: make PYTHON=python3.11 ...")
