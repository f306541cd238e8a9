"""Packs each student's page and feedback for upload to an LMS and for a mail merge.

- canvas.zip for "Upload Submissions": Canvas finds the student by the numbers in the names of its own download.
- moodle.zip for "Upload multiple feedback files in a zip": folders named as in Moodle's own download.
- mail/ with a folder for each student, and mail.csv with a row for each: addresses, marks and files.

`make collect` kept the names that Canvas and Moodle made. Students who submitted through nbgrader's
exchange fetch their feedback there (gradebook/exchange.py); everybody is in mail/.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from autograder.batch.cache import REPORTS
from autograder.gradebook.marks import Mark
from autograder.gradebook.settle import settled_marks
from autograder.gradebook.tables import Table
from autograder.grading import assignment as released
from autograder.grading.assignment import Refusal
from autograder.grading.safe_text import one_line, say
from autograder.lms.collect import Taken, taken_before
from autograder.lms.templates import number, score

_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same feedback gives the same bytes
_CANVAS = re.compile(r"[^/_]+?(?:_LATE)?_\d+_\d+_", re.IGNORECASE)
_MOODLE = re.compile(r".+?_\d+_(?=assignsubmission_)", re.IGNORECASE)


class NothingToReturn(Refusal):
    """One sentence with the fix."""


def pack(assignment: str, root: Path | None = None, output: Path | None = None) -> int:
    """Write the files for returning into the folder `output` (exports/<assignment>-return); returns the exit status.

    Raises:
        NotInGradebook: the assignment is not graded.
        NothingToReturn: no student has a page.
    """
    root = Path(root) if root is not None else released.REPOSITORY
    output = output or root / "exports" / f"{assignment}-return"
    marks, maximum = settled_marks(assignment, root)
    files = {mark.id: found for mark in marks if (found := _files(root, assignment, mark.id))}
    if not files:
        raise NothingToReturn(f"no student has a page: run make grade ASSIGNMENT={assignment}")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".return-") as folder:
            new = Path(folder) / "new"
            counts = _write(new, marks, maximum, files, taken_before(root, assignment))
            if output.exists():
                output.rename(Path(folder) / "old")
            new.rename(output)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(output)) from None
    shown = output.relative_to(root) if output.is_relative_to(root) else output
    for name, count in counts.items():
        print(f"{shown / name}: {count} student{'s' if count != 1 else ''}")
    pending = [mark.id for mark in marks if mark.id in files and mark.pending]
    if pending:
        say(f"points are still pending, and their pages say so: {', '.join(pending)}")
    without = [mark.id for mark in marks if mark.id in files and not mark.email]
    if without:
        say(f"no email address in the gradebook: {', '.join(without)}; add them with make students")
    return 0


def _files(root: Path, assignment: str, student: str) -> dict[str, Path]:
    """File name for the student -> file."""
    places = {
        f"{assignment}-report.html": root / REPORTS / assignment / f"{student}.html",
        f"{assignment}-feedback.html": root / "feedback" / student / assignment / f"{assignment}.html",
    }
    return {name: file for name, file in places.items() if file.is_file()}


def _write(
    folder: Path,
    marks: list[Mark],
    maximum: float,
    files: dict[str, dict[str, Path]],
    taken: dict[str, Taken],
) -> dict[str, int]:
    folder.mkdir()
    counts = {}
    for system, form, behind in (("Canvas", _CANVAS, ""), ("Moodle", _MOODLE, "assignsubmission_file_/")):
        before = {
            student: found[0] + behind
            for student, one in taken.items()
            if one.system == system and student in files and (found := form.match(one.place))
        }
        if before:
            name = f"{system.lower()}.zip"
            _zip(
                folder / name,
                ((before[one] + name, file) for one in before for name, file in files[one].items()),
            )
            counts[name] = len(before)
    rows = [["email", "first_name", "last_name", "student", "score", "max_score", "pending", "attachments"]]
    for mark in marks:
        if mark.id not in files:
            continue
        mine = folder / "mail" / mark.id
        mine.mkdir(parents=True)
        for name, file in files[mark.id].items():
            shutil.copyfile(file, mine / name)
        facts = [mark.email, mark.first_name, mark.last_name, mark.id, score(mark, False), number(maximum)]
        attachments = ";".join(f"mail/{mark.id}/{name}" for name in files[mark.id])
        rows.append([*facts, one_line(" ".join(mark.pending)), attachments])
    # Without the byte order mark, Excel and Word read the names in the local code page.
    (folder / "mail.csv").write_bytes(Table(rows, [], encoding="utf-8-sig").to_bytes())
    return counts | {"mail.csv": len(rows) - 1}


def _zip(file: Path, content: Iterable[tuple[str, Path]]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, source in sorted(content):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, source.read_bytes())
