"""Where the judge's own data lies: the real tables and images, never the student's copies."""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path | None:
    """The folder with the course's data: `COURSE_DATA`, or `shared/data` beside the repository; None without one."""
    named = os.environ.get("COURSE_DATA")
    candidates = [Path(named)] if named else []
    candidates.append(Path(__file__).resolve().parents[2] / "shared" / "data")
    return next((path for path in candidates if path.is_dir()), None)
