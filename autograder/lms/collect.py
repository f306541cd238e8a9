"""Puts an LMS's download into `submitted/<student>/<assignment>/<assignment>.ipynb`.

The source is a folder or a zip file, with zip files in it or without (archives.py). names.py finds the owner of a file
from the outermost name that the LMS made. Nothing is guessed: a file that is not understood is reported in one line and
stays where it is, and no newer submission is overwritten: `downloaded/<assignment>/collected.json` keeps the numbers by
which the LMS orders the submissions.

`nbgrader zip_collect` finds the students by the same names (zip_collector.py).
"""

from __future__ import annotations

import filecmp
import io
import json
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from autograder.batch.cache import write_json
from autograder.batch.submitted import NOTEBOOK, SUBMITTED, TIMESTAMP, of_another, plain_id, timestamp_text
from autograder.batch.submitted import collect as collected
from autograder.gradebook.checked_semester import checked_semester
from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.grading.safe_text import one_line, say
from autograder.lms.archives import (
    Budget,
    DownloadRefused,
    Entry,
    Loose,
    Reader,
    TooMuch,
    not_a_notebook,
    opened,
)
from autograder.lms.names import Ignored, Names, NotUnderstood, Owner, is_named, read_timestamp
from autograder.lms.roster import Student

DOWNLOADED = "downloaded"
"""nbgrader's folder for downloads from an LMS."""


@dataclass(frozen=True)
class Taken:
    """Where a student's submission came from, with the LMS's own number and name."""

    system: str
    place: str
    """The name that the LMS made; Canvas and Moodle need it again when feedback is returned."""
    attempt: int = 0
    downloaded: str = ""
    """When the download was made, in ISO format; "" if that is not known."""


def taken_before(root: Path, assignment: str) -> dict[str, Taken]:
    """What `make collect` took, by student."""
    try:
        content = json.loads(_record(root, assignment).read_text(encoding="utf-8"))
        return {student: Taken(**facts) for student, facts in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _record(root: Path, assignment: str) -> Path:
    return root / DOWNLOADED / assignment / "collected.json"


def take(
    source: Path,
    assignment: str,
    root: Path | None = None,
    pattern: str | None = None,
    force: bool = False,
) -> int:
    """Put the notebooks of `source` into `submitted/` of the course folder `root`; returns the exit status.

    Args:
        source: a folder or a zip file.
        pattern: see `Names`; the names of the usual systems by default.
        force: replace a submission even if it is not known which one is newer.

    Raises:
        DownloadRefused: there is no notebook, or the pattern is invalid.
        AssignmentError: no such assignment.
        SettingsError: a row of semester.csv is wrong.
    """
    root = Path(root) if root is not None else REPOSITORY
    Assignment.load(assignment, root=root)
    names = Names(assignment, students_of(root), pattern, checked_semester(root).groups(assignment))
    taken = _Taken(root, assignment, force)
    with opened(source) as entries:
        names.learn(entries)
        budget = Budget()
        for student, files in _by_owner(entries, names, taken).items():
            with tempfile.TemporaryDirectory() as folder:
                taken.from_student(student, files, Reader(Path(folder), budget))
            if student in taken.students and names.is_new(student) and not files[0][1].note:
                taken.notes.append(
                    f"{student} is not among the gradebook's students: rename the file if that is wrong"
                )
    taken.save()
    for other, places in taken.others.items():
        more = f" and {len(places) - 5} more" if len(places) > 5 else ""
        taken.lost.append(
            f"{', '.join(places[:5])}{more}: of the assignment {other}, not {assignment}, and not taken: "
            f"collect with ASSIGNMENT={other}, or take them nevertheless with FORCE=1 (--force)"
        )
    if not taken.notebooks:
        raise DownloadRefused(
            "\n".join(
                [
                    f"no notebook in {source.name}: name what the LMS gave, a folder or a zip file",
                    *taken.lost,
                    *taken.notes,
                ]
            )
        )
    counts = ", ".join(f"{count} {what}" for what, count in taken.done.items()) or "none taken"
    print(f"{taken.notebooks} notebook{'s' if taken.notebooks != 1 else ''} in {source.name}: {counts}")
    for sentence in [*taken.notes, *taken.lost]:
        say(one_line(sentence))
    return 2 if taken.lost else 0


def _by_owner(entries: list[Entry], names: Names, taken: _Taken) -> dict[str, list[tuple[Entry, Owner]]]:
    theirs: dict[str, list[tuple[Entry, Owner]]] = defaultdict(list)
    for entry in entries:
        try:
            for owner in names.owners(entry.path):
                theirs[owner.student].append((entry, owner))
        except Ignored:
            continue
        except NotUnderstood as reason:
            if entry.suffix in (".ipynb", ".zip"):
                taken.notebooks += entry.suffix == ".ipynb"
                taken.lost.append(f"{entry.path}: {reason}")
            else:
                taken.notes.append(f"{entry.path}: {not_a_notebook(entry.path)}")
    folders: dict[str, list[str]] = defaultdict(list)
    for student in theirs:
        folders[plain_id(student)].append(student)
    for alike in folders.values():
        if len(alike) > 1:  # on some systems, these are the same folder
            taken.lost.append(f"{' and '.join(sorted(alike))} are one name to some systems: rename the files")
            for student in alike:
                del theirs[student]
    return dict(sorted(theirs.items()))


class _Taken:
    """The results of a download so far."""

    def __init__(self, root: Path, assignment: str, force: bool) -> None:
        self._root = root
        self._assignment = assignment
        self._force = force
        self.notebooks = 0
        self.students: set[str] = set()
        self.done: Counter[str] = Counter()
        self.notes: list[str] = []
        self.lost: list[str] = []
        self.others: dict[str, list[str]] = defaultdict(list)
        """The notebooks of students who have only another assignment's, by its name."""
        self._before = taken_before(root, assignment)

    def save(self) -> None:
        """Remembers what was taken, and under which name."""
        if self.students:
            record = _record(self._root, self._assignment)
            record.parent.mkdir(parents=True, exist_ok=True)
            write_json(record, {student: vars(one) for student, one in sorted(self._before.items())})

    def _of_another(self, notebook: Loose) -> str:
        return of_another(notebook.file.read_bytes(), self._assignment, self._root)

    def from_student(self, student: str, files: list[tuple[Entry, Owner]], reader: Reader) -> None:
        """Takes the likeliest notebook of one student's files."""
        people = {(owner.system, owner.person) for _, owner in files if owner.person}
        if len(people) > 1:
            self.notebooks += sum(entry.suffix == ".ipynb" for entry, _ in files)
            places = " and ".join(sorted({owner.place for _, owner in files}))
            self.lost.append(f"{student}: nothing is taken. {places} are two people in the LMS: rename one")
            return
        if owner := next((owner for _, owner in files if owner.note), None):
            self.notes.append(owner.note)
        try:
            candidates = [(notebook, owner) for entry, owner in files for notebook in reader.read(entry)]
        except TooMuch as reason:
            self.lost.append(f"{student}: nothing is taken. {files[0][0].path}: {reason}")
            return
        self.notebooks += len(candidates)
        if not candidates:
            self.lost.append(f"{student}: nothing is taken. {'; '.join(reader.left_out())}")
            return
        if not self._force:
            other = {notebook.path: self._of_another(notebook) for notebook, _ in candidates}
            if all(other.values()):
                place, name = next(iter(other.items()))
                self.others[name].append(place)
                return
            candidates = [one for one in candidates if not other[one[0].path]]
        best, owner = max(candidates, key=lambda candidate: _likelihood(*candidate, self._assignment))
        is_older = any(
            one.timestamp and owner.timestamp and one.timestamp > owner.timestamp for _, one in files
        )
        self.notes += reader.left_out(others=is_older)
        unordered = {
            owner.place for _, owner in candidates if owner.system == "Brightspace" and not owner.attempt
        }
        if len(unordered) > 1:
            places = ", ".join(sorted(unordered))
            self.lost.append(
                f"{student}: nothing is taken. The dates in {places} are not understood: keep the newest alone"
            )
            return
        others = [notebook.path for notebook, _ in candidates if notebook is not best]
        if others:
            more = f" and {len(others) - 5} more" if len(others) > 5 else ""
            self.notes.append(f"{student}: {best.path} is taken, and not {', '.join(others[:5])}{more}")
        try:
            before = self._before.get(student)
            self.done[_put(best, owner, before, self._root, self._assignment, self._force)] += 1
        except NotUnderstood as reason:
            self.lost.append(f"{best.path}: {reason}")
            return
        self.students.add(student)
        self._before[student] = _as_taken(best, owner)
        if owner.late and owner.timestamp is None:
            self.notes.append(
                f"{student}: Canvas marks this submission late but gives no submission time: write the time into "
                f"{SUBMITTED}/{student}/{self._assignment}/{TIMESTAMP}, like 2026-10-17 08:30:00 UTC"
            )


def students_of(root: Path) -> list[Student]:
    """The students of the gradebook."""
    from nbgrader.api import Gradebook

    from autograder.gradebook.nbgrader_steps import course_directory

    coursedir = course_directory(root)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        facts = ("id", "first_name", "last_name", "email", "lms_user_id")
        return [Student(*(getattr(one, fact) or "" for fact in facts)) for one in gradebook.students]


def _likelihood(notebook: Loose, owner: Owner, assignment: str) -> tuple:
    """Greater is likelier: from the newest attempt, named after the assignment, the latest, with the most cells of the
    release.

    Canvas numbers files, not attempts: one submission may have several files, and their names decide first.
    """
    named = is_named(notebook.path, assignment)
    when = _submission_time(notebook, owner)
    first = (named, owner.attempt) if owner.from_lms else (owner.attempt, named)
    return (*first, when is not None, when, notebook.cells, notebook.path)


def _submission_time(notebook: Loose, owner: Owner) -> datetime | None:
    return owner.timestamp or (None if owner.from_lms else notebook.modified)


def _as_taken(notebook: Loose, owner: Owner) -> Taken:
    downloaded = notebook.modified.isoformat() if owner.from_lms and notebook.modified else ""
    return Taken(owner.system, owner.place, owner.attempt, downloaded)


def _put(
    notebook: Loose, owner: Owner, before: Taken | None, root: Path, assignment: str, force: bool
) -> str:
    """What was done with it, in one word. Raises NotUnderstood if the existing one may be newer."""
    folder = root / SUBMITTED / owner.student / assignment
    if folder.is_symlink() or folder.parent.is_symlink():
        raise NotUnderstood(f"{SUBMITTED}/{owner.student}/{assignment} is a link: remove it")
    when = _submission_time(notebook, owner)
    word = "new"
    if folder.is_dir():
        (there,) = collected(root, assignment, [owner.student])
        if there.file is not None and there.file.resolve().suffix.lower() == NOTEBOOK:
            if filecmp.cmp(there.file, notebook.file, shallow=False):
                return "unchanged"
            if not force and not _is_newer(_as_taken(notebook, owner), before):
                _refuse_unless_newer(folder, when)
            word = "replaced" if force else "newer"
    folder.mkdir(parents=True, exist_ok=True)
    if when is not None:  # before the notebook: after a crash, the next run puts the notebook in place
        _write(folder / TIMESTAMP, io.BytesIO(f"{when:%Y-%m-%d %H:%M:%S} UTC\n".encode()))
    else:
        (folder / TIMESTAMP).unlink(missing_ok=True)
    with notebook.file.open("rb") as content:
        _write(folder / f"{assignment}.ipynb", content)
    return word


def _is_newer(now: Taken, before: Taken | None) -> bool:
    """According to the system's own numbers, or because a later download has what is on the system since then."""
    if before is None or not before.system or now.system != before.system:
        return False
    if now.attempt != before.attempt:
        return now.attempt > before.attempt
    return "" < before.downloaded < now.downloaded


def _refuse_unless_newer(folder: Path, when: datetime | None) -> None:
    place = f"{SUBMITTED}/{folder.parent.name}/{folder.name}"
    try:
        before = read_timestamp(timestamp_text(folder).strip().removesuffix(" UTC"))
    except (OSError, ValueError, NotUnderstood):
        before = None
    if when is None or before is None:
        raise NotUnderstood(
            f"{place} holds another version, and which is newer is not known: FORCE=1 (--force) takes this one"
        )
    if when < before:
        raise NotUnderstood(
            f"{place} holds a newer version, of {before:%Y-%m-%d %H:%M} UTC: FORCE=1 (--force) takes this one"
        )


def _write(file: Path, content: IO[bytes]) -> None:
    """Writes the whole file or nothing; a link in its place is replaced, not followed."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            shutil.copyfileobj(content, stream)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
