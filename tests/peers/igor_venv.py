"""The virtual environment a real Igor lives in, and what starts it.

Igor imports `imp`, which Python 3.12 dropped, and loses one feature after the other with
newer libraries, so it gets old ones and an environment apart from that of the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.peers import install

PINS = ("igor-iot==0.99.1", "Flask==2.2.5", "Werkzeug==2.2.3", "PyJWT==1.7.1", "gevent==24.11.1")

_FITS = (
    "import sys, platform, venv, ensurepip;"
    "sys.exit(not ('%d.%d' % sys.version_info[:2] in sys.argv"
    " and platform.python_implementation() == 'CPython'))"
)
VERSIONS = ("3.11", "3.10", "3.9")

LOAD = """
import gevent.monkey; gevent.monkey.patch_all()
import gevent, gevent.pywsgi, igor.besthostname
igor.besthostname.besthostname = lambda: 'localhost'
_Server = gevent.pywsgi.WSGIServer
gevent.pywsgi.WSGIServer = lambda at, *a, **k: _Server(('127.0.0.1', at[1]), *a, **k)
from igor.__main__ import main
sys.argv[0] = 'igorServer'
"""
"""Left to itself Igor listens on every address and asks the internet for its name."""

RUN = "gevent.reinit(); main()"


def igor_bin() -> Path:
    """The `bin` folder of Igor's environment, built if need be; skips where that cannot be."""
    python = find_python()
    if python is None:
        install.unavailable("a real Igor needs CPython 3.9, 3.10 or 3.11 with venv; none was found")
    folder = install.cache() / "igor-venv"
    stamp = "\n".join((str(folder), python, *PINS))
    try:
        install.once(folder, stamp, lambda at: install.environment(at, python, *PINS))
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"the environment for a real Igor cannot be built: {error}")
    return folder / "bin"


def find_python(versions: Sequence[str] = VERSIONS) -> str | None:
    """An interpreter of one of the *versions*, ours if it is, else of the first there is."""
    candidates = _candidates(versions)
    return next((python for python in candidates if _fits(python, versions)), None)


def _candidates(versions: Sequence[str]) -> Iterator[str]:
    yield os.path.realpath(sys.executable)
    for version in versions:
        if found := shutil.which(f"python{version}"):
            yield found
        for kept in sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python")):
            yield str(kept)


def _fits(python: str, versions: Sequence[str]) -> bool:
    try:
        argv = [python, "-I", "-c", _FITS, *versions]
        tried = subprocess.run(argv, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
