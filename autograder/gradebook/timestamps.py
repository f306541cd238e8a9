"""Reads the timestamp.txt next to a submission for nbgrader, which ends, or waits for ever, where it cannot be read.

A student may have put anything in its place: a sentence, a pipe, a link to a device. Such a one counts as none.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.batch.submitted import TIMESTAMP, timestamp_text
from autograder.grading.text import for_terminal


def read(folder: Path) -> datetime | None:
    """When the submission in this folder was made, in UTC; None where nothing says so."""
    try:
        return parse_utc(timestamp_text(folder).strip())
    except (OSError, ValueError, OverflowError, TypeError):
        return None


def _existing(self: CourseDirectory, dest_path: str) -> datetime | None:
    folder = Path(dest_path)
    found = read(folder)
    if found is None and os.path.lexists(folder / TIMESTAMP):
        self.log.warning(for_terminal(f"{folder / TIMESTAMP} is no date with a time: it is not used"))
    return found


def _submitted(self, assignment_id: str, student_id: str) -> datetime | None:
    coursedir = self.coursedir
    return read(Path(coursedir.format_path(coursedir.submitted_directory, student_id, assignment_id)))


def install() -> None:
    """Put these in the place of nbgrader's own."""
    CourseDirectory.get_existing_timestamp = _existing
    api = sys.modules.get("nbgrader.apps.api")  # formgrader has it; to import it takes seconds
    if api is not None and hasattr(api, "NbGraderAPI"):
        api.NbGraderAPI.get_submitted_timestamp = _submitted
