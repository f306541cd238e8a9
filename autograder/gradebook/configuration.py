"""nbgrader's settings for a course folder. Read without nbgrader, whose import takes seconds."""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.grading.assignment import REPOSITORY

FILE = "nbgrader_config.py"


class SettingsError(Exception):
    """What the instructor wrote into a file of the course cannot be used; each line is one sentence with the fix."""


def read_configuration(root: Path) -> Config:
    """The settings of the course folder `root`: its own nbgrader_config.py, or this repository's without one."""
    return _read(root if (root / FILE).is_file() else REPOSITORY, root)


def own_configuration(root: Path) -> Config:
    """The settings of the course folder's own nbgrader_config.py; empty without one."""
    return _read(root, root) if (root / FILE).is_file() else Config()


def _read(folder: Path, root: Path) -> Config:
    config = PyFileConfigLoader(FILE, path=str(folder)).load_config()
    place = str(root.resolve())
    # nbgrader makes a URL of the path, and puts it into a file in which % begins a code, without quoting either
    if not config.CourseDirectory.get("db_url") and not {"%", "?"}.isdisjoint(place):
        raise SettingsError(
            f"nbgrader cannot open a gradebook in {place}, because of the % or ? in it: rename the folder"
        )
    return config


def database_url(config: Config, root: Path) -> str:
    """Where the gradebook is, as an SQLAlchemy URL."""
    return config.CourseDirectory.get("db_url") or f"sqlite:///{root.resolve() / 'gradebook.db'}"
