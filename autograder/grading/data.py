"""Where the judge's own data is: the real tables and images, never the student's copies."""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from autograder.grading.assignment import REPOSITORY, SHARED


def folder() -> Path | None:
    """The folder with the course's data: `COURSE_DATA`, or `shared/data` next to the repository; None without one."""
    named = os.environ.get("COURSE_DATA")
    candidates = [Path(named)] if named else []
    candidates.append(REPOSITORY.parent / "shared" / "data")
    return next((path for path in candidates if path.is_dir()), None)


def files(patterns: Iterable[str]) -> list[Path]:
    """The files of that folder, and of the folders in it, whose names match one of the patterns.

    >>> data.files(["titanic.csv"])
    """
    here = folder()
    return sorted({path for pattern in patterns for path in here.rglob(pattern)}) if here else []


@functools.cache
def supplied(place: str) -> ModuleType:
    """A module of `assignments/common/`, by its path, so that a grader reads the data with the students' own loader.

    >>> data.supplied("course/data.py").stand_in_titanic()
    """
    file = REPOSITORY / SHARED / place
    spec = importlib.util.spec_from_file_location(f"supplied_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
