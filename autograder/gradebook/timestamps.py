"""Reads the timestamp.txt next to a submission, for us and for nbgrader.

If it cannot be read, nbgrader crashes or waits for ever, and it takes whatever follows the time for a zone: +0200 for
200 seconds, PM for no zone. A student may have put anything there: a sentence, a pipe, a link to a device. What is not
a date with a time is ignored.
"""

from __future__ import annotations

import os
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.batch.submitted import TIMESTAMP, timestamp_text
from autograder.grading.safe_text import for_terminal

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

_OFFSET = re.compile(r"[+-]\d\d:?\d\d")


def read(folder: Path) -> datetime | None:
    """When the submission in this folder was made, in UTC; None if nothing says so."""
    try:
        return _parsed(timestamp_text(folder)).astimezone(UTC).replace(tzinfo=None)
    except (OSError, ValueError, OverflowError, ZoneInfoNotFoundError):
        return None


def problem(folder: Path) -> str:
    """What is wrong with the timestamp.txt in this folder; "" if it can be read, or if there is none."""
    if not os.path.lexists(folder / TIMESTAMP) or read(folder) is not None:
        return ""
    shown = Path(*folder.parts[-3:], TIMESTAMP)  # relative to the course folder
    return for_terminal(
        f"{shown} is no date with a time: it is not used; write it like 2026-10-17 08:30:00 UTC"
    )


def _parsed(text: str) -> datetime:
    """A time without a zone is in UTC, as for nbgrader. Raises the errors that `read` takes for no time."""
    words = text.split()
    zone = words.pop() if len(words) > 1 and not words[-1][0].isdigit() else ""
    if _OFFSET.fullmatch(zone):
        words[-1] += zone
        zone = ""
    local = datetime.fromisoformat(" ".join(words))
    if len(words) == 1 and "T" not in words[0]:
        raise ValueError("a day without a time")
    if local.tzinfo is not None:
        if zone:
            raise ValueError("two zones")
        return local
    if zone in ("", "UTC"):
        return local.replace(tzinfo=UTC)
    if (
        zone in time.tzname
    ):  # nbgrader's exchange writes CEST where c.Exchange.timezone is this machine's zone
        return local.astimezone()
    return local.replace(tzinfo=ZoneInfo(zone))


def _existing(self: CourseDirectory, dest_path: str) -> datetime | None:
    folder = Path(dest_path)
    wrong = problem(folder)
    if wrong:
        self.log.warning(wrong)
    return read(folder)


def _submitted(self, assignment_id: str, student_id: str) -> datetime | None:
    coursedir = self.coursedir
    return read(Path(coursedir.format_path(coursedir.submitted_directory, student_id, assignment_id)))


def install() -> None:
    """Replace nbgrader's own functions with these."""
    from nbgrader.coursedir import CourseDirectory  # takes seconds, and is not needed to read a time

    CourseDirectory.get_existing_timestamp = _existing
    api = sys.modules.get("nbgrader.apps.api")  # formgrader has loaded it; importing it takes seconds
    if api is not None and hasattr(api, "NbGraderAPI"):
        api.NbGraderAPI.get_submitted_timestamp = _submitted
