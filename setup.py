"""What goes into the package beside its own modules: what a checkout has in folders of its own.

All else is in pyproject.toml, which cannot say "this folder, under another name, whole".
"""

from pathlib import Path
from shutil import copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py

PARTS = ("functions", "sandbox", "igor")


class BuildWithParts(build_py):
    """Copy the parts to ``healthrelay/parts``, where `healthrelay.local.parts` looks for them."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in PARTS:
                target = Path(self.build_lib, "healthrelay", "parts", name)
                copytree(name, target, ignore=ignore_patterns("__pycache__"), dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithParts})
