"""Groups: several students submit one notebook. semester.csv says who is in a group (`make group`).

Before grading, each member gets the group's newest notebook (`share_submissions`), so that every way of grading finds
it in the usual place. Afterwards, all members get the points and comments that the instructor gave to the one who
submitted (`share_marks`). What the instructor gave only to another member stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.batch.cache import KEPT, REPORTS, read_json, write_json
from autograder.batch.submitted import SUBMITTED, TIMESTAMP, collect, is_ordinary, timestamp_text
from autograder.gradebook import timestamps
from autograder.gradebook.checked_semester import checked_semester
from autograder.gradebook.semester import Semester

if TYPE_CHECKING:
    from nbgrader.api import Comment, Grade, SubmittedAssignment

OWN = "own"
"""Part of the name of a member's own notebook, after a newer one of the group has replaced it."""
_OWN_TIMESTAMP = f"timestamp-{OWN}.txt"


@dataclass(frozen=True)
class _Notebook:
    student: str
    file: Path
    digest: str
    when: str
    """The text of its timestamp.txt; empty without one."""


def share_submissions(root: Path, name: str) -> list[str]:
    """Gives each group's newest notebook to all its members, and takes it back from students who are no longer members.

    Returns notes for the instructor.

    Raises:
        SettingsError: a row of semester.csv is wrong.
    """
    semester = checked_semester(root)
    groups = semester.groups(name)
    record = _record(root, name)
    copies: dict[str, dict[str, str]] = read_json(record) or {}
    if not groups and not copies:
        return []
    notes = _take_back(root, name, groups, copies)
    for group, members in groups.items():
        found = [one for student in members if (one := _notebook(root, name, student)) is not None]
        own = [one for one in found if copies.get(one.student, {}).get("digest") != one.digest]
        newest = _newest(own)
        if newest is None:
            if own:
                names = " and ".join(one.student for one in own)
                notes.append(
                    f"group {group}: {names} submitted different notebooks, and it is not known which is newer: "
                    f"delete one, or write a {TIMESTAMP} next to both"
                )
            continue
        for student in members:
            if student == newest.student or semester.has_withdrawn(student):
                continue
            there = next((one for one in found if one.student == student), None)
            is_own = there is not None and (there in own or copies[student].get("is") == OWN)
            is_same = there is not None and there.digest == newest.digest
            is_of_other_time = not is_own and there is not None and there.when != newest.when
            if not is_same or is_of_other_time:
                try:
                    _copy(root, name, newest, student, keep=is_own)
                except OSError as error:
                    notes.append(f"group {group}: {student} does not get the notebook: {error.strerror}")
                    continue
            if there is None or there in own:
                notes.append(f"group {group}: {student} gets the notebook of {newest.student}")
            kind = OWN if is_own and is_same else "copy"
            copies[student] = {"of": newest.student, "digest": newest.digest, "is": kind}
        copies.pop(newest.student, None)
    write_json(record, copies)
    return notes


def _take_back(
    root: Path, name: str, groups: Mapping[str, tuple[str, ...]], copies: dict[str, dict[str, str]]
) -> list[str]:
    """Takes copies back from students who are no longer in a group with the notebook's owner, unless they submitted
    another.

    Removes their entries from `copies`.
    """
    together = {member: members for members in groups.values() for member in members}
    notes = []
    for student, copy in list(copies.items()):
        if copy["of"] in together.get(student, ()):
            continue
        there = _notebook(root, name, student)
        if there is not None and there.digest == copy["digest"] and copy.get("is") != OWN:
            try:
                _restore(root / SUBMITTED / student / name, name)
            except OSError as error:
                notes.append(f"{student} keeps the notebook of {copy['of']}: {error.strerror}")
                continue
            gone = f"{student} is in no group with {copy['of']} any more"
            if _notebook(root, name, student) is not None:
                notes.append(f"{gone}, and has their own notebook back")
            else:
                notes.append(
                    f"{gone}: the copy of {copy['of']}'s notebook is removed; "
                    f"marks that {student} has for it stay in the gradebook until {student} submits"
                )
        del copies[student]
    return notes


def _restore(folder: Path, name: str) -> None:
    """Undoes `_copy`."""
    (folder / TIMESTAMP).unlink(missing_ok=True)
    if (folder / _OWN_TIMESTAMP).is_file():
        (folder / _OWN_TIMESTAMP).replace(folder / TIMESTAMP)
    own, copy = folder / f"{name}-{OWN}.ipynb", folder / f"{name}.ipynb"
    if own.is_file():
        own.replace(copy)
        return
    copy.unlink()
    with contextlib.suppress(OSError):  # unless the folder contains something else
        folder.rmdir()
        folder.parent.rmdir()


def copied_from(root: Path, name: str) -> dict[str, str]:
    """The owner of the notebook that each member of a group was given, by member."""
    return {student: copy["of"] for student, copy in (read_json(_record(root, name)) or {}).items()}


def _record(root: Path, name: str) -> Path:
    """Whose notebook each member has: student -> {of, digest, is}. It is our copy, or the student submitted the
    same."""
    return root / REPORTS / KEPT / name / "groups.json"


def _notebook(root: Path, name: str, student: str) -> _Notebook | None:
    (found,) = collect(root, name, [student])
    if found.file is None:
        return None
    when = ""
    with contextlib.suppress(OSError):
        when = timestamp_text(found.file.parent).strip()
    return _Notebook(student, found.file, hashlib.sha256(found.file.read_bytes()).hexdigest(), when)


def _newest(notebooks: list[_Notebook]) -> _Notebook | None:
    """None if it is not known which one is newest."""
    if len({one.digest for one in notebooks}) == 1:
        return min(notebooks, key=lambda one: one.student)
    times = {one.student: timestamps.read(one.file.parent) for one in notebooks}
    if not times or None in times.values():
        return None
    newest = [one for one in notebooks if times[one.student] == max(times.values())]
    return newest[0] if len({one.digest for one in newest}) == 1 else None


def _copy(root: Path, name: str, notebook: _Notebook, student: str, keep: bool) -> None:
    """Puts a notebook where nbgrader looks for the one of `student`; with `keep`, the student's own is kept."""
    home = root / SUBMITTED / student
    folder = home / name
    if home.is_symlink() or folder.is_symlink():
        raise OSError(0, f"{SUBMITTED}/{student} is a link")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.ipynb"
    if keep:
        (folder / _OWN_TIMESTAMP).unlink(missing_ok=True)
        if is_ordinary(folder / TIMESTAMP):
            (folder / TIMESTAMP).replace(folder / _OWN_TIMESTAMP)
        if not target.is_symlink():
            target.replace(folder / f"{name}-{OWN}.ipynb")
    # before the notebook: after a crash, nobody has another's notebook with their own, earlier time
    (folder / TIMESTAMP).unlink(missing_ok=True)
    if notebook.when:
        (folder / TIMESTAMP).write_text(notebook.when + "\n", encoding="utf-8")
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as stream:
        stream.write(notebook.file.read_bytes())
    shutil.copymode(notebook.file, stream.name)
    os.replace(stream.name, target)


def share_marks(submissions: list[SubmittedAssignment], semester: Semester, name: str, root: Path) -> None:
    """Gives members what the instructor gave to the owner of their notebook, unless they got something else.

    Students who are no longer in a group lose it.
    """
    copies = copied_from(root, name)
    members = {member: group for group in semester.groups(name).values() for member in group}
    record = root / REPORTS / KEPT / name / "group-marks.json"
    before: dict[str, dict[str, list]] = read_json(record) or {}
    by_student = {one.student_id: one for one in submissions}
    now: dict[str, dict[str, list]] = {}
    for student, leader in copies.items():
        if not {student, leader} <= by_student.keys() or leader not in members.get(student, ()):
            continue
        theirs, mine = _cells(by_student[leader]), _cells(by_student[student])
        for cell in theirs.keys() & mine.keys():
            given, has = theirs[cell].given, mine[cell].given
            if has != given and has not in (mine[cell].nothing, before.get(student, {}).get(cell)):
                continue  # what the instructor gave only to this member
            now.setdefault(student, {})[cell] = given
            if has != given:
                mine[cell].give(given)
    if before or now:
        write_json(record, now)
    for student in before.keys() & by_student.keys() - members.keys():
        mine = _cells(by_student[student])
        for cell, given in before[student].items():
            if cell in mine and mine[cell].given == given:
                mine[cell].give(mine[cell].nothing)


class _Points:
    """What the instructor gave for a cell."""

    nothing = [None, None]

    def __init__(self, grade: Grade) -> None:
        self._grade = grade

    @property
    def given(self) -> list[float | None]:
        return [self._grade.manual_score, self._grade.extra_credit]

    def give(self, given: list[float | None]) -> None:
        self._grade.manual_score, self._grade.extra_credit = given
        self._grade.needs_manual_grade = self._grade.manual_score is None and self._grade.auto_score is None


class _Words:
    """What the instructor wrote about a cell."""

    nothing = [None]

    def __init__(self, comment: Comment) -> None:
        self._comment = comment

    @property
    def given(self) -> list[str | None]:
        return [self._comment.manual_comment or None]

    def give(self, given: list[str | None]) -> None:
        (self._comment.manual_comment,) = given


def _cells(submission: SubmittedAssignment) -> dict[str, _Points | _Words]:
    found: dict[str, _Points | _Words] = {}
    for notebook in submission.notebooks:
        found |= {f"points of {grade.name}": _Points(grade) for grade in notebook.grades}
        found |= {f"comment on {comment.name}": _Words(comment) for comment in notebook.comments}
    return found
