"""Loose notebooks, as an LMS gives them for download, into `submitted/<student>/<assignment>/<assignment>.ipynb`.

The source is a folder or a zip file, with zip files in it or without. Whose a notebook is stands in its name: a
pattern says how, and the usual ones of Canvas, Moodle and people are known. Canvas and Moodle write names and not
logins: who that is, the gradebook's students tell (`make students`). Nothing is guessed: what is not understood gets
one sentence and stays where it is, and no newer submission is overwritten.

`nbgrader zip_collect` finds the students by the same patterns (zip_collector.py).
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.batch.submitted import SUBMITTED
from autograder.batch.submitted import collect as collected
from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.lms.roster import Student, is_no_folder_name

CANVAS = "{name}{late}_{lms_id}_{number}_*"
MOODLE = "{name}_{number}_assignsubmission_file*"
PLAIN = "{student}_{assignment}*"

TIMESTAMP = "timestamp.txt"
_LIMIT = 100 * 2**20
"""Bytes; a larger notebook is not read. A zip file may hold more than fits into memory."""
_FIELDS = {
    "student": r"[^/]+?",
    "name": r"[^/_]+?",
    "lms_id": r"\d+",
    "late": r"(?:_LATE)?",
    "number": r"\d+",  # of a file or a participant: not one that the gradebook knows
    "timestamp": r"\d{4}-?\d\d-?\d\d[T_ -]?\d\d[-:.]?\d\d(?:[-:.]?\d\d)?(?:Z|[+-]\d\d:?\d\d)?",
}
_DATE = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T_ -]?(\d\d)[-:.]?(\d\d)(?:[-:.]?(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)


class DownloadRefused(Exception):
    """The download cannot be taken; one sentence with the mend."""


@dataclass(frozen=True)
class Loose:
    """A notebook on its way. `path` is where it stood in the download, zip files in it counting as folders."""

    path: str
    content: bytes
    modified: datetime | None  # UTC


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
        self._expressions = [(one, _expression(one, assignment)) for one in patterns]
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
        """Raises NotUnderstood."""
        whole = PurePosixPath(path).with_suffix("")
        for part in reversed(whole.parts):
            for pattern, expression in self._expressions:
                if pattern == PLAIN and part != whole.name:
                    continue  # that a folder is called so says nothing about a student
                match = expression.fullmatch(str(whole) if "/" in pattern else part)
                if match:
                    return self._owner(match.groupdict(), pattern)
        wanted = self._given or f"{PLAIN}.ipynb, nor is it one of Canvas's or Moodle's"
        raise NotUnderstood(f"its name does not fit {wanted}: rename it, or say --pattern")

    def _owner(self, facts: dict[str, str], pattern: str) -> Owner:
        timestamp = _read_timestamp(facts["timestamp"]) if facts.get("timestamp") else None
        student = facts.get("student")
        if student is None:
            student = self._student(facts.get("lms_id"), facts.get("name"))
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
        raise DownloadRefused(f"the pattern {pattern} has no {{student}}: say where the student's id stands")
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
    notebooks, notes = read_download(source)
    if not notebooks:
        raise DownloadRefused(f"no notebook in {source.name}: name what the LMS gave, a folder or a zip file")
    lost = []
    theirs: dict[str, list[tuple[Loose, Owner]]] = defaultdict(list)
    for notebook in notebooks:
        try:
            owner = names.owner(notebook.path)
            theirs[owner.student].append((notebook, owner))
        except NotUnderstood as reason:
            lost.append(f"{notebook.path}: {reason}")
    done: Counter[str] = Counter()
    for student, candidates in sorted(theirs.items()):
        best = max(candidates, key=lambda candidate: _likelihood(*candidate, assignment))
        others = [notebook.path for notebook, _ in candidates if notebook is not best[0]]
        if names.is_new(student):
            notes.append(f"{student} is not among the gradebook's students: rename the file if that is wrong")
        if others:
            notes.append(f"{student}: {best[0].path} is taken, and not {', '.join(others)}")
        try:
            done[_put(*best, root, assignment, force)] += 1
        except NotUnderstood as reason:
            lost.append(f"{best[0].path}: {reason}")
            continue
        if best[1].late and best[1].timestamp is None:
            notes.append(
                f"{student}: late, says Canvas, and not since when: write the time into "
                f"{SUBMITTED}/{student}/{assignment}/{TIMESTAMP}, like 2026-10-17 08:30:00 UTC"
            )
    counts = ", ".join(f"{count} {what}" for what, count in done.items()) or "none taken"
    print(f"{len(notebooks)} notebooks in {source.name}: {counts}")
    for sentence in [*notes, *lost]:
        print(f"autograder: {sentence}", file=sys.stderr)
    return 2 if lost else 0


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
    return (named, when is not None, when, notebook.content.count(b'"grade_id"'), notebook.path)


def _handed_in(notebook: Loose, owner: Owner) -> datetime | None:
    return owner.timestamp or (None if owner.from_lms else notebook.modified)


def _put(notebook: Loose, owner: Owner, root: Path, assignment: str, force: bool) -> str:
    """What was done with it, in a word. Raises NotUnderstood where what is there may be newer."""
    folder = root / SUBMITTED / owner.student / assignment
    when = _handed_in(notebook, owner)
    word = "new"
    if folder.is_dir():
        (there,) = collected(root, assignment, [owner.student])
        if there.file is not None:
            if there.file.read_bytes() == notebook.content:
                return "unchanged"
            if not force:
                _refuse_unless_newer(folder, when)
            word = "replaced" if force else "newer"
    folder.mkdir(parents=True, exist_ok=True)
    if when is not None:  # before the notebook: after a crash the next run puts it in place
        _write(folder / TIMESTAMP, f"{when:%Y-%m-%d %H:%M:%S} UTC\n".encode())
    else:
        (folder / TIMESTAMP).unlink(missing_ok=True)
    _write(folder / f"{assignment}.ipynb", notebook.content)
    return word


def _refuse_unless_newer(folder: Path, when: datetime | None) -> None:
    place = f"{SUBMITTED}/{folder.parent.name}/{folder.name}"
    try:
        before = _read_timestamp((folder / TIMESTAMP).read_text().strip().removesuffix(" UTC"))
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


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all; a link in its place is replaced, not followed."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def read_download(source: Path) -> tuple[list[Loose], list[str]]:
    """All notebooks of a folder or a zip file, and a sentence for each file that is none.

    Raises:
        DownloadRefused: there is no such folder or zip file.
    """
    left_out: list[str] = []
    if source.is_dir():
        found = list(_in_folder(source, left_out))
    elif zipfile.is_zipfile(source):
        found = list(_in_zip(source.read_bytes(), "", left_out))
    elif source.exists():
        raise DownloadRefused(f"{source.name} is neither a folder nor a zip file: name what the LMS gave")
    else:
        raise DownloadRefused(f"there is no {source}: name the folder or the zip file that the LMS gave")
    return found, left_out


def _in_folder(folder: Path, left_out: list[str]) -> Iterator[Loose]:
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if _hidden(place) or path.is_dir():
            continue
        if path.is_symlink():
            left_out.append(f"{place}: a link; only files are taken")
        elif path.suffix.lower() == ".ipynb" and path.stat().st_size <= _LIMIT:
            modified = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
            yield Loose(place, path.read_bytes(), modified)
        elif path.suffix.lower() == ".ipynb":
            left_out.append(_too_large(place))
        elif zipfile.is_zipfile(path):
            yield from _in_zip(path.read_bytes(), place, left_out)
        else:
            left_out.append(f"{place}: no notebook")


def _in_zip(content: bytes, place: str, left_out: list[str], deep: bool = True) -> Iterator[Loose]:
    """Nothing is unpacked to disk: an entry's name decides nothing but whose it is."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            inner = f"{place.removesuffix('.zip')}/{entry.filename}" if place else entry.filename
            if entry.is_dir() or _hidden(entry.filename):
                continue
            suffix = PurePosixPath(entry.filename).suffix.lower()
            if suffix not in (".ipynb", ".zip"):
                left_out.append(f"{inner}: no notebook")
                continue
            if entry.file_size > _LIMIT:
                left_out.append(_too_large(inner))
                continue
            try:
                data = archive.read(entry)
                if suffix == ".ipynb":
                    yield Loose(inner, data, _modified(entry))
                elif deep:
                    yield from _in_zip(data, inner, left_out, deep=False)
                else:
                    left_out.append(f"{inner}: a zip file in a zip file in a zip file")
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
                left_out.append(f"{inner}: cannot be unpacked ({error})")


def _too_large(place: str) -> str:
    return f"{place}: larger than {_LIMIT >> 20} MiB: ask for it without its outputs"


def _hidden(place: str) -> bool:
    """Checkpoints, and what a Mac puts beside the files."""
    return any(part.startswith((".", "__")) for part in PurePosixPath(place).parts)


def _modified(entry: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*entry.date_time).astimezone(UTC)  # a zip file keeps the local time
    except ValueError:
        return None
