"""Loose notebooks, as an LMS gives them for download, into `submitted/<student>/<assignment>/<assignment>.ipynb`.

The source is a folder or a zip file, with zip files in it or without (archives.py). Whose a file is stands in the
outermost name that the LMS made: a pattern says how, and the usual ones of Canvas, Moodle and instructors are known.
Canvas and Moodle write names and not logins: who that is, the gradebook's students tell (`make students`). Nothing is
guessed: what is not understood gets one sentence and stays where it is, and no newer submission is overwritten.

`nbgrader zip_collect` finds the students by the same patterns (zip_collector.py).
"""

from __future__ import annotations

import filecmp
import io
import os
import re
import shutil
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.batch.submitted import NOTEBOOK, SUBMITTED, TIMESTAMP, is_no_folder_name, timestamp_text
from autograder.batch.submitted import collect as collected
from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.grading.text import one_line, say
from autograder.lms.archives import Budget, DownloadRefused, Entry, Loose, Reader, TooMuch, opened
from autograder.lms.roster import Student

CANVAS = "{name}{late}_{lms_id}_{number}_*"
MOODLE = "{name}_{number}_assignsubmission_file*"
PLAIN = "{student}_{assignment}*"

_FIELDS = {
    "student": r"[^/]+?",
    "name": r"[^/_]+?",
    "lms_id": r"\d+",
    "late": r"(?:_LATE)?",
    "number": r"\d+",  # of a file or a participant: not one that the gradebook knows
    "timestamp": r"\d{4}-?\d\d-?\d\d[T_ -]?\d\d[-:.]?\d\d(?:[-:.]?\d\d)?(?:Z|[+-]\d\d:?\d\d)?",
}
_MOODLE_MARK = re.compile(r"_\d+_assignsubmission_file", re.IGNORECASE)
_DATE = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T_ -]?(\d\d)[-:.]?(\d\d)(?:[-:.]?(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Owner:
    """What a name says: `student` is the id in the gradebook."""

    student: str
    timestamp: datetime | None  # UTC
    from_lms: bool  # Canvas and Moodle give every file the moment of the download
    late: bool  # Canvas marks late submissions, and does not say when they came


class NotUnderstood(Exception):
    """Why a file is left where it is: the end of a sentence that begins with its name."""


class Names:
    """Whose file it is, by its name."""

    def __init__(self, assignment: str, students: Iterable[Student], pattern: str | None = None) -> None:
        """Args:
        students: those of the gradebook.
        pattern: {student} is an id of the gradebook, {name} a name, {lms_id} an LMS's number, {assignment} the
            assignment, {timestamp} a date with a time; * and ? stand for anything. With a / in it, folders count.

        Raises:
            DownloadRefused: the pattern names no student, or something that is not known.
        """
        patterns = (MOODLE, CANVAS, PLAIN) if pattern is None else (pattern,)
        self._expressions = {one: _expression(one, assignment) for one in patterns}
        self._given = pattern
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_lms_id: dict[str, list[str]] = defaultdict(list)
        self._by_id: dict[str, str] = {}
        for student in students:
            self._by_id[student.id.casefold()] = student.id
            if student.first_name or student.last_name:
                for name in (student.first_name + student.last_name, student.last_name + student.first_name):
                    if student.id not in self._by_name[_plain(name)]:
                        self._by_name[_plain(name)].append(student.id)
            if student.lms_user_id:
                self._by_lms_id[student.lms_user_id].append(student.id)

    def owner(self, path: str) -> Owner:
        """Whose the file at `path` of the download is. Names within a student's own archive don't belong there.

        The outermost name that Canvas or Moodle made decides. Otherwise it is the file's own name, or with a pattern
        of one's own a folder's where the file's does not fit; a folder around it that names another student refuses it.

        Raises NotUnderstood.
        """
        parts = PurePosixPath(path).with_suffix("").parts
        if self._given is None:
            for part in parts:
                if len(_MOODLE_MARK.findall(part)) > 1:
                    raise NotUnderstood("it could be of two students: look who uploaded it")
                for pattern in (MOODLE, CANVAS):
                    if match := self._expressions[pattern].fullmatch(part):
                        return self._owner(match.groupdict(), pattern)
        pattern = self._given or PLAIN
        expression = self._expressions[pattern]
        if "/" in pattern:
            candidates = ["/".join(parts)]
        else:
            candidates = [parts[-1], *parts[:-1]] if self._given else [parts[-1]]
        for place in candidates:
            if match := expression.fullmatch(place):
                found = self._owner(match.groupdict(), pattern)
                if "/" not in pattern:
                    self._refuse_another(found.student, [part for part in parts if part != place])
                return found
        wanted = self._given or f"{PLAIN}.ipynb, nor is it one of Canvas's or Moodle's"
        raise NotUnderstood(f"its name does not fit {wanted}: rename it, or say --pattern")

    def _refuse_another(self, student: str, folders: Iterable[str]) -> None:
        """A student may choose the file's name, and the LMS the folder's."""
        for folder in folders:
            words = {_plain(word) for word in re.split(r"[\W_]+", folder)} | {_plain(folder)}
            named = [one for key, one in self._by_id.items() if _plain(key) in words]
            named += [one for name, ones in self._by_name.items() if name in _plain(folder) for one in ones]
            if named and student not in named:
                raise NotUnderstood(
                    f"its name says {student}, and the folder {folder} says {named[0]}: rename one"
                )

    def _owner(self, facts: dict[str, str], pattern: str) -> Owner:
        timestamp = _read_timestamp(facts["timestamp"]) if facts.get("timestamp") else None
        student = facts.get("student")
        if student is None:
            student = self._student(facts.get("lms_id"), facts.get("name"))
        student = unicodedata.normalize("NFC", student)
        if student not in self._by_id.values():
            student = self._by_id.get(student.casefold(), student)
        if is_no_folder_name(student):
            raise NotUnderstood(f"{student!r} cannot be a student's id")
        return Owner(student, timestamp, pattern in (CANVAS, MOODLE), late=bool(facts.get("late")))

    def is_new(self, student: str) -> bool:
        """Whether the gradebook has students, and this is none of them."""
        return bool(self._by_id) and student.casefold() not in self._by_id

    def _student(self, lms_id: str | None, name: str | None) -> str:
        said = " or ".join(filter(None, (lms_id and f"the LMS id {lms_id}", name and f"the name {name}")))
        found = self._by_lms_id.get(lms_id or "") or self._by_name.get(_plain(name or ""), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise NotUnderstood(f"{' and '.join(found)} have {said}: rename it to {PLAIN}.ipynb")
        raise NotUnderstood(f"nobody in the gradebook has {said}: enter them with make students")


def _expression(pattern: str, assignment: str) -> re.Pattern[str]:
    known = {**_FIELDS, "assignment": _spelled(assignment)}
    parts = re.split(r"(\{\w*\}|\*|\?)", pattern.removesuffix(".ipynb").removesuffix(".IPYNB"))
    regular = []
    for part in parts:
        name = part.strip("{}")
        if part in ("*", "?"):
            regular.append("[^/]*?" if part == "*" else "[^/]")
        elif not part.startswith("{"):
            regular.append(re.escape(part))
        elif name not in known:
            raise DownloadRefused(
                f"the pattern {pattern} has {part}: there are "
                + ", ".join(f"{{{field}}}" for field in known if field not in ("late", "number"))
            )
        elif name in ("assignment", "number"):
            regular.append(known[name])
        else:
            regular.append(f"(?P<{name}>{known[name]})")
    if not {"{student}", "{name}", "{lms_id}"} & set(parts):
        raise DownloadRefused(f"the pattern {pattern} has no {{student}}: say where the student's id is")
    text = "".join(regular)
    if "/" in pattern:
        text = r"(?:.*/)?" + text
    return re.compile(text, re.IGNORECASE)


def _spelled(assignment: str) -> str:
    """vanishing-gradients, Vanishing Gradients, vanishing_gradients …"""
    return "[-_ ]?".join(re.escape(word) for word in assignment.split("-"))


def _plain(name: str) -> str:
    """Canvas drops spaces, accents may be written in two ways: letters alone count."""
    return "".join(c for c in unicodedata.normalize("NFC", name).casefold() if c.isalnum())


def _read_timestamp(text: str) -> datetime:
    """A time without a zone is UTC, as it is to nbgrader."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise NotUnderstood(f"{text} is no date with a time")
    *numbers, zone = match.groups()
    try:
        iso = "{}-{}-{}T{}:{}:{}".format(*(number or "00" for number in numbers))
        when = datetime.fromisoformat(iso + (zone or "Z").upper())
    except ValueError:
        raise NotUnderstood(f"{text} is no date with a time") from None
    return when.astimezone(UTC)


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
        pattern: see `Names`; the usual ones by default.
        force: replace submissions also where it is not known which one is newer.

    Raises:
        DownloadRefused: no notebook there, or a pattern that cannot be.
        AssignmentError: no such assignment.
    """
    root = Path(root) if root is not None else REPOSITORY
    Assignment.load(assignment, root=root)
    names = Names(assignment, students_of(root), pattern)
    taken = _Taken(root, assignment, force)
    with opened(source) as entries:
        budget = Budget()
        for student, files in _by_owner(entries, names, taken).items():
            with tempfile.TemporaryDirectory() as folder:
                taken.from_student(student, files, Reader(Path(folder), budget))
            if student in taken.students and names.is_new(student):
                taken.notes.append(
                    f"{student} is not among the gradebook's students: rename the file if that is wrong"
                )
    if not taken.notebooks:
        raise DownloadRefused(
            "\n".join(
                [f"no notebook in {source.name}: name what the LMS gave, a folder or a zip file", *taken.lost]
            )
        )
    counts = ", ".join(f"{count} {what}" for what, count in taken.done.items()) or "none taken"
    print(f"{taken.notebooks} notebooks in {source.name}: {counts}")
    for sentence in [*taken.notes, *taken.lost]:
        say(one_line(sentence))
    return 2 if taken.lost else 0


def _by_owner(entries: list[Entry], names: Names, taken: _Taken) -> dict[str, list[tuple[Entry, Owner]]]:
    theirs: dict[str, list[tuple[Entry, Owner]]] = defaultdict(list)
    for entry in entries:
        try:
            owner = names.owner(entry.path)
            theirs[owner.student].append((entry, owner))
        except NotUnderstood as reason:
            if entry.suffix in (".ipynb", ".zip"):
                taken.notebooks += entry.suffix == ".ipynb"
                taken.lost.append(f"{entry.path}: {reason}")
            else:
                taken.notes.append(f"{entry.path}: no notebook")
    folders: dict[str, list[str]] = defaultdict(list)
    for student in theirs:
        folders[student.casefold()].append(student)
    for alike in folders.values():
        if len(alike) > 1:  # on some systems one folder
            taken.lost.append(f"{' and '.join(sorted(alike))} are one name to some systems: rename the files")
            for student in alike:
                del theirs[student]
    return dict(sorted(theirs.items()))


class _Taken:
    """What has become of a download so far."""

    def __init__(self, root: Path, assignment: str, force: bool) -> None:
        self._root = root
        self._assignment = assignment
        self._force = force
        self.notebooks = 0
        self.students: set[str] = set()
        self.done: Counter[str] = Counter()
        self.notes: list[str] = []
        self.lost: list[str] = []

    def from_student(self, student: str, files: list[tuple[Entry, Owner]], reader: Reader) -> None:
        """Takes the likeliest notebook of one student's files."""
        try:
            candidates = [(notebook, owner) for entry, owner in files for notebook in reader.read(entry)]
        except TooMuch as reason:
            self.lost.append(f"{student}: nothing is taken. {files[0][0].path}: {reason}")
            return
        self.notebooks += len(candidates)
        if not candidates:
            self.lost.append(f"{student}: nothing is taken. {'; '.join(reader.left_out)}")
            return
        self.notes += reader.left_out
        best, owner = max(candidates, key=lambda candidate: _likelihood(*candidate, self._assignment))
        others = [notebook.path for notebook, _ in candidates if notebook is not best]
        if others:
            more = f" and {len(others) - 5} more" if len(others) > 5 else ""
            self.notes.append(f"{student}: {best.path} is taken, and not {', '.join(others[:5])}{more}")
        try:
            self.done[_put(best, owner, self._root, self._assignment, self._force)] += 1
        except NotUnderstood as reason:
            self.lost.append(f"{best.path}: {reason}")
            return
        self.students.add(student)
        if owner.late and owner.timestamp is None:
            self.notes.append(
                f"{student}: late, says Canvas, and not since when: write the time into "
                f"{SUBMITTED}/{student}/{self._assignment}/{TIMESTAMP}, like 2026-10-17 08:30:00 UTC"
            )


def students_of(root: Path) -> list[Student]:
    """The students of the gradebook."""
    from nbgrader.api import Gradebook

    from autograder.gradebook.steps import course_directory

    coursedir = course_directory(root)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        facts = ("id", "first_name", "last_name", "email", "lms_user_id")
        return [Student(*(getattr(one, fact) or "" for fact in facts)) for one in gradebook.students]


def _likelihood(notebook: Loose, owner: Owner, assignment: str) -> tuple:
    """Greater is likelier to be what the student means: named so, the latest, with most of our cells."""
    named = re.search(_spelled(assignment), PurePosixPath(notebook.path).name, re.IGNORECASE) is not None
    when = _handed_in(notebook, owner)
    return (named, when is not None, when, notebook.cells, notebook.path)


def _handed_in(notebook: Loose, owner: Owner) -> datetime | None:
    return owner.timestamp or (None if owner.from_lms else notebook.modified)


def _put(notebook: Loose, owner: Owner, root: Path, assignment: str, force: bool) -> str:
    """What was done with it, in a word. Raises NotUnderstood where what is there may be newer."""
    folder = root / SUBMITTED / owner.student / assignment
    if folder.is_symlink() or folder.parent.is_symlink():
        raise NotUnderstood(f"{SUBMITTED}/{owner.student}/{assignment} is a link: remove it")
    when = _handed_in(notebook, owner)
    word = "new"
    if folder.is_dir():
        (there,) = collected(root, assignment, [owner.student])
        if there.file is not None and there.file.resolve().suffix.lower() == NOTEBOOK:
            if filecmp.cmp(there.file, notebook.file, shallow=False):
                return "unchanged"
            if not force:
                _refuse_unless_newer(folder, when)
            word = "replaced" if force else "newer"
    folder.mkdir(parents=True, exist_ok=True)
    if when is not None:  # before the notebook: after a crash the next run puts it in place
        _write(folder / TIMESTAMP, io.BytesIO(f"{when:%Y-%m-%d %H:%M:%S} UTC\n".encode()))
    else:
        (folder / TIMESTAMP).unlink(missing_ok=True)
    with notebook.file.open("rb") as content:
        _write(folder / f"{assignment}.ipynb", content)
    return word


def _refuse_unless_newer(folder: Path, when: datetime | None) -> None:
    place = f"{SUBMITTED}/{folder.parent.name}/{folder.name}"
    try:
        before = _read_timestamp(timestamp_text(folder).strip().removesuffix(" UTC"))
    except (OSError, ValueError, NotUnderstood):
        before = None
    if when is None or before is None:
        raise NotUnderstood(
            f"{place} holds another version, and which is newer is not known: --force takes this one"
        )
    if when < before:
        raise NotUnderstood(
            f"{place} holds a newer version, of {before:%Y-%m-%d %H:%M} UTC: --force takes this one"
        )


def _write(file: Path, content: IO[bytes]) -> None:
    """Whole or not at all; a link in its place is replaced, not followed."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            shutil.copyfileobj(content, stream)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
