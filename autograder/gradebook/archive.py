"""The end of a year: all that belongs to one class goes to `archive/<year>/`, and the course starts afresh.

Assignments, releases, graders, remarks and settings stay. The class page compares submissions with those of the
archive, too. The gradebook and pages of old years can be found there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from autograder.batch.alone import alone, locked
from autograder.batch.cache import REPORTS
from autograder.batch.submitted import SUBMITTED, is_no_folder_name
from autograder.gradebook import semester
from autograder.gradebook.configuration import SettingsError, database_url, read_configuration

ARCHIVE = "archive"
_SERVED = "served"
"""What `make serve` keeps: uploads, attempts, personal links, and the lock of a running service."""
_OF_A_CLASS = (
    SUBMITTED,
    "downloaded",
    "autograded",
    "feedback",
    "exports",
    _SERVED,
    semester.FILE,
    "gradebook.db*",
    REPORTS,
)
"""Reports come last: the lock of this run is there."""


def archive(root: Path, year: str) -> int:
    """Move what belongs to the class of `year` out of the way; returns the exit status.

    After an interruption, the same command continues.

    Raises:
        SettingsError: there is nothing to archive, or there is such an archive already.
        AnotherRun: the class is being graded, or `make serve` runs.
    """
    if is_no_folder_name(year) or not year:
        raise SettingsError(f"{year!r} cannot be the name of a folder: call the archive 2026, for example")
    target = root / ARCHIVE / year
    if target.exists():
        raise SettingsError(f"there is {ARCHIVE}/{year} already: choose another name")
    config = read_configuration(root)
    students = len([folder for folder in (root / SUBMITTED).glob("*") if folder.is_dir()])
    part = target.with_name(f".{year}.part")
    if not any(place.exists() for place in (root / SUBMITTED, root / "gradebook.db", part)):
        raise SettingsError(f"nothing to archive: no {SUBMITTED}/ and no gradebook.db in {root.name}")
    with alone(root), _no_service(root):
        part.mkdir(parents=True, exist_ok=True)
        for pattern in _OF_A_CLASS:
            for path in root.glob(pattern):
                if (
                    path.name != REPORTS or not (part / REPORTS).exists()
                ):  # moved before: this folder has only the lock
                    path.rename(part / path.name)
        part.rename(target)
    print(f"{ARCHIVE}/{year}: {students} students with submissions")
    url = make_url(database_url(config, root))
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() != "sqlite":
        what = f"the gradebook and what make serve keeps about students stay at {shown}"
        print(f"{what}: set c.CourseDirectory.db_url to a new database")
    elif Path(url.database or "").resolve() != (root / "gradebook.db").resolve():
        print(f"the gradebook stays at {shown}: set c.CourseDirectory.db_url to a new one")
    print(
        "now set the new due dates in nbgrader_config.py, and enter the class with make students FILE=students.csv"
    )
    return 0


@contextlib.contextmanager
def _no_service(root: Path) -> Iterator[None]:
    """Makes sure that no service runs: it would go on writing into the archive."""
    if not (root / _SERVED).is_dir():
        yield
        return
    with locked(root / _SERVED / "lock", "the service runs in this course folder: stop make serve first"):
        yield
