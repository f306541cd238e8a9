"""Where the judge's own data lies: the real tables and images, never the student's copies."""

from __future__ import annotations

import functools
import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from autograder.grading.assignment import COURSE, REPOSITORY

if TYPE_CHECKING:
    import pandas as pd


def folder() -> Path | None:
    """The folder with the course's data: `COURSE_DATA`, or `shared/data` next to the repository; None without one."""
    named = os.environ.get("COURSE_DATA")
    candidates = [Path(named)] if named else []
    candidates.append(REPOSITORY.parent / "shared" / "data")
    return next((path for path in candidates if path.is_dir()), None)


@functools.cache
def titanic() -> pd.DataFrame:
    """The passengers: the real table where this machine has it, else the stand-in that students get, too.

    Nothing is downloaded: a grading must not depend on the network. Do not change the frame: it is shared.

    Raises:
        ValueError: there is a `titanic.csv` that is not the pinned one.
    """
    course, path = _course_data(), titanic_file()
    return course.read_titanic(path) if path else course.stand_in_titanic()


def titanic_file() -> Path | None:
    """The real table, where this machine has it."""
    course = _course_data()
    here = folder()
    path = here / course.TITANIC_FILE if here else None
    return path if path is not None and path.is_file() else course.find_titanic()


def _course_data() -> ModuleType:
    """The students' loader, by its path: its package is no part of ours."""
    spec = importlib.util.spec_from_file_location("course_data", REPOSITORY / COURSE / "data.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
