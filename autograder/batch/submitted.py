"""Finds what each student submitted: `submitted/<student>/<assignment>/<assignment>.ipynb`, or the file meant to be it.

A notebook under another name, in another folder, or one of several, is linked to where nbgrader looks for it, so that
every way of grading finds the same file; the student's own files stay as they are. If there is none, the likeliest of
the other files is the submission (`titanic.ipynb.txt`, a PDF): the reader finds out whether it is a notebook, and
gradebook, pages and exports agree that something was submitted.

Links, pipes and devices that a student left are not followed, read or copied; a sentence names them. The only link that
is followed is our own, to an ordinary file in the same student's folder.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from autograder.grading.assignment import released

SUBMITTED = "submitted"
NOTEBOOK = ".ipynb"
RESERVED = ("class", "attempts")
"""class.json, class.html and attempts.html are next to the students' reports."""
TIMESTAMP = "timestamp.txt"
"""When a submission was made, next to it: written by `collect` and by nbgrader's exchange."""
_TIMESTAMP_BYTES = 1000
_NAME_BYTES = 240
"""The longest student id: file systems allow 255 bytes for a name, and a report's name is the id and an ending."""
_NAMED = 5
"""How many links and special files a sentence names; the rest are only counted."""
_COURSE_FILES = ("autograder", "autograded", "feedback", "release", "served", "solutions", "gradebook.db")
_LINKED_NOTE = "notebook was submitted as {}"


@dataclass(frozen=True)
class Submitted:
    """One student's folder. `file` is None if there is no notebook; `problem` then says so in one sentence."""

    student: str
    file: Path | None
    notes: tuple[str, ...] = ()
    problem: str = ""


def collect(root: Path, assignment: str, students: Iterable[str] | None = None) -> list[Submitted]:
    """All submissions of an assignment below `root`, in the students' order.

    A student who has no folder for the assignment submitted nothing and is not listed, unless named in `students`.
    """
    submitted = root / SUBMITTED
    if students is None:
        names = [folder.name for folder in _folders(submitted)]
    else:
        names = list(dict.fromkeys(students))
    found = []
    hard_links = _HardLinks(root)
    for name in names:
        if name.casefold() in RESERVED:
            what = (
                f"{SUBMITTED}/{name}: no student can be called so, a page of the class is: rename the folder"
            )
            found.append(Submitted(name, None, problem=what))
            continue
        if is_no_folder_name(name):
            if students is not None or (submitted / name / assignment).exists():
                why = "have so long a name" if _is_too_long(name) else "be called so"
                what = f"{SUBMITTED}/{name}: no student can {why}: rename the folder"
                found.append(Submitted(name, None, problem=what))
            continue
        try:
            one = _checked(_find(submitted / name, assignment), hard_links)
        except OSError as error:
            what = f"{SUBMITTED}/{name} cannot be read ({error.strerror}): fix its permissions"
            one = Submitted(name, None, problem=what)
        if one is not None:
            found.append(one)
        elif students is not None:
            found.append(
                Submitted(name, None, problem=f"no folder {SUBMITTED}/{name}/{assignment}: check the name")
            )
    return found


def plain_id(text: str) -> str:
    """An id in the form in which ids are compared: one Unicode form, and no difference between upper and lower case."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def is_no_folder_name(student: str) -> bool:
    """Whether a student's id leads out of `submitted/<id>/`, is hidden, too long, markup, or a pattern for nbgrader."""
    unsafe = any(c in '/\\*?[]+<>&"' or not c.isprintable() for c in student)
    return unsafe or student.startswith(".") or _is_too_long(student)


def _is_too_long(student: str) -> bool:
    return len(student.encode(errors="surrogatepass")) > _NAME_BYTES


def is_ordinary(path: Path) -> bool:
    """Whether it is an ordinary file: not a link, a pipe, a socket or a device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def timestamp_text(folder: Path) -> str:
    """The text of the timestamp in a submission's folder. Raises OSError if there is none that can be read."""
    file = folder / TIMESTAMP
    if not is_ordinary(file):
        raise FileNotFoundError(file)
    with file.open("rb") as stream:
        return stream.read(_TIMESTAMP_BYTES).decode("utf-8", "replace")


def find_notebook(folder: Path, assignment: str) -> Submitted:
    """The notebook in a folder that one student filled: a repository, or a submission to Gradescope."""
    candidates = list(_notebooks([folder]))
    candidates = candidates or [path for path in _files([folder]) if _resembles(path, assignment)]
    if not candidates:
        return Submitted("", None, problem=f"no notebook was submitted: submit {assignment}.ipynb")
    best = min(candidates, key=lambda path: _rank(path, folder, assignment))
    notes = []
    if best != folder / f"{assignment}.ipynb":
        notes.append(_LINKED_NOTE.format(best.relative_to(folder).as_posix()))
    if len(candidates) > 1:
        notes.append(f"the likeliest of {len(candidates)} notebooks was taken")
    return Submitted("", best, tuple(notes))


def of_another(content: bytes, assignment: str, root: Path) -> str:
    """The released assignment whose notebook this is, by the names of its cells, if it is not `assignment`'s.

    "" if that is not certain: most of its cells belong to the other assignment alone, and almost none to this one.
    """
    here = _grade_ids(content)
    releases = {name: _ids_of_release(root, name) for name in released(root)}
    mine = releases.get(assignment, frozenset())
    for name, theirs in releases.items():
        others, own = here & (theirs - mine), here & (mine - theirs)
        if len(others) > len(here) / 2 and len(others) >= 10 * len(own):
            return name
    return ""


def mistaken(file: Path, assignment: str, root: Path) -> str:
    """What to tell a student who submitted another assignment's notebook; "" if it is not one."""
    other = of_another(file.read_bytes(), assignment, root)
    return f"this is the notebook of {other}: submit {assignment}.ipynb" if other else ""


def _grade_ids(content: bytes) -> frozenset[bytes]:
    return frozenset(re.findall(rb'"grade_id"\s*:\s*"([^"]+)"', content))


def _ids_of_release(root: Path, assignment: str) -> frozenset[bytes]:
    file = root / "release" / assignment / f"{assignment}.ipynb"
    return _ids_in(file, file.stat().st_mtime_ns)


@lru_cache
def _ids_in(file: Path, saved: int) -> frozenset[bytes]:
    return _grade_ids(file.read_bytes())


def _checked(found: Submitted | None, hard_links: _HardLinks) -> Submitted | None:
    """Names what is neither a file nor a folder, and refuses a file that also belongs to another student (a hard
    link)."""
    if found is None or found.file is None:
        return found
    others = _special(found.file.parent, found.file)
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        note = f"links and special files are not read: {', '.join(others[:_NAMED])}{more}"
        found = replace(found, notes=(*found.notes, note))
    twin = hard_links.twin(found.file.resolve())
    if twin is not None:
        what = f"{_shown(found.file)} is the same file as {twin} (a hard link): put a copy in its place"
        return Submitted(found.student, None, problem=what)
    return found


def _special(folder: Path, notebook: Path) -> list[str]:
    """Links, pipes, sockets and devices below a student's folder, other than the link to the notebook."""
    found = []
    for path in _below(folder):
        if path != notebook and not is_ordinary(path):
            found.append(path.relative_to(folder).as_posix())
    return sorted(found)


def _below(folder: Path) -> Iterator[Path]:
    """Everything below it except folders; links to folders are not followed. A file yields itself."""
    if folder.is_file():
        yield folder
    for place, subfolders, files in os.walk(folder):
        yield from (Path(place, name) for name in files)
        yield from (path for name in subfolders if (path := Path(place, name)).is_symlink())


class _HardLinks:
    """The files of a course that have several names. The course is searched once, when the first such file is found."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def twin(self, file: Path) -> str | None:
        """Another place in the course with this very file. If two students have it, the one who had it first keeps
        it."""
        status = file.stat()
        if status.st_nlink == 1:
            return None
        for other in self._places[status.st_dev, status.st_ino]:
            if other.resolve() == file:
                continue
            since, others = file.parent.stat().st_mtime_ns, other.parent.stat().st_mtime_ns
            if not other.is_relative_to(self._root / SUBMITTED) or since >= others:
                return other.relative_to(self._root).as_posix()
        return None

    @cached_property
    def _places(self) -> dict[tuple[int, int], list[Path]]:
        found = defaultdict(list)
        for place in (SUBMITTED, *_COURSE_FILES):
            for path in _below(self._root / place):
                if is_ordinary(path) and (status := path.lstat()).st_nlink > 1:
                    found[status.st_dev, status.st_ino].append(path)
        return found


def _find(student: Path, assignment: str) -> Submitted | None:
    folder = student / assignment
    expected = folder / f"{assignment}.ipynb"
    if student.is_symlink() and folder.exists():
        return _refused_link(student)
    if folder.is_symlink() or folder.is_dir():
        places = [folder]
    else:
        places = [path for path in _folders(student) if _plain(path.name) == _plain(assignment)]
        places += _loose(student, assignment)
        if not places:
            return None
    for place in places:
        if place.is_symlink():
            return _refused_link(place, student)
    notebooks = list(_notebooks(places))
    if expected.is_symlink() and notebooks and _target(expected).suffix.lower() != NOTEBOOK:
        expected.unlink()  # there was none when the link was made
    if expected.is_symlink() and _leads_to(expected, student) and is_ordinary(_target(expected)):
        return Submitted(student.name, expected, (_LINKED_NOTE.format(os.readlink(expected)),))
    if expected.is_symlink():
        what = f"{_shown(expected)} links to a file outside the submission: submit the notebook itself"
        return Submitted(student.name, None, problem=what)
    if expected.exists() and not is_ordinary(expected):
        what = f"{_shown(expected)} is not an ordinary file: submit the notebook itself"
        return Submitted(student.name, None, problem=what)
    if expected.exists():
        others = [path.relative_to(folder).as_posix() for path in notebooks if path != expected]
        notes = (f"other notebooks are not graded: {', '.join(others[:5])}",) if others else ()
        return Submitted(student.name, expected, notes)
    candidates = notebooks or list(_other_files(places, assignment))
    if not candidates:
        what = f"no notebook in {SUBMITTED}/{student.name}/{assignment}: submit {assignment}.ipynb"
        return Submitted(student.name, None, problem=what)
    best = min(candidates, key=lambda path: _rank(path, student, assignment))
    target = os.path.relpath(best, folder)
    _link(expected, target, best)
    notes = [_LINKED_NOTE.format(target)]
    if len(candidates) > 1:
        what = "notebooks" if notebooks else "files"
        notes.append(f"the likeliest of {len(candidates)} {what} was taken")
    return Submitted(student.name, expected, tuple(notes))


def _loose(student: Path, assignment: str) -> list[Path]:
    """The files next to the assignments' folders that are named after this assignment, not after one with a longer
    name."""
    fitting = [path for path in _files([student], deep=False) if _resembles(path, assignment)]
    if not fitting:
        return []
    others = [name for name in released(student.parent.parent) if len(_plain(name)) > len(_plain(assignment))]
    return [path for path in fitting if not any(_resembles(path, name) for name in others)]


def _refused_link(path: Path, student: Path | None = None) -> Submitted:
    what = f"{_shown(path)} is a link: put the student's own folder in its place"
    return Submitted((student or path).name, None, problem=what)


def _link(expected: Path, target: str, file: Path) -> None:
    expected.parent.mkdir(exist_ok=True)
    try:
        expected.symlink_to(target)
    except OSError:  # a file system without symbolic links
        shutil.copyfile(file, expected)


def _rank(path: Path, student: Path, assignment: str) -> tuple:
    """Smaller is likelier. Best are the right name, then the release's name with something added, then the most marked
    cells."""
    stem = path.stem
    try:
        marked = path.read_bytes().count(b'"grade_id"')
    except OSError:
        marked = -1
    depth = len(path.relative_to(student).parts)
    return (
        NOTEBOOK not in path.name.lower(),
        _plain(stem) != _plain(assignment),
        not _resembles(path, assignment),
        -marked,
        depth,
        str(path),
    )


def _resembles(path: Path, assignment: str) -> bool:
    """Whether the name begins with the assignment's. week10 does not begin with week1, but "week1 2" does."""
    letters = _plain(assignment)
    name = r"[^a-z0-9]*".join(["", *letters]) + (r"(?!\d)" if letters[-1:].isdigit() else "")
    return re.match(name, _without_copies(path.stem)) is not None


def _plain(name: str) -> str:
    """A name in lower case, without what downloads and file managers add: numbers of copies, separators."""
    return re.sub(r"[^a-z0-9]", "", _without_copies(name))


def _without_copies(name: str) -> str:
    return re.sub(r"\(\d+\)|copy|copie|kopie", "", name.casefold())


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.name.startswith("."))


def _notebooks(places: Iterable[Path]) -> Iterator[Path]:
    return (path for path in _files(places) if path.suffix.lower() == NOTEBOOK)


def _other_files(places: Iterable[Path], assignment: str) -> Iterator[Path]:
    """Files that may be meant as the submission: not its timestamp, and nothing that students get next to a
    notebook."""
    for path in _files(places):
        if _resembles(path, assignment) or (path.name != TIMESTAMP and path.suffix != ".py"):
            yield path


def _files(places: Iterable[Path], deep: bool = True) -> Iterator[Path]:
    """The ordinary files in these folders."""
    for place in places:
        if is_ordinary(place):
            yield place
            continue
        found = []
        for folder, subfolders, files in os.walk(place):
            # leave out checkpoints, which are hidden folders, and what a zip made on a Mac adds
            subfolders[:] = sorted(n for n in subfolders if not n.startswith((".", "__"))) if deep else []
            found += [Path(folder, file) for file in files if not file.startswith(".")]
        yield from sorted(path for path in found if is_ordinary(path))


def _leads_to(path: Path, student: Path) -> bool:
    """Whether a path stays in the student's own folder. A link out of it could lead to another's work, or to the
    gradebook."""
    try:
        resolved = path.resolve()
    except RuntimeError:  # a link that leads to itself
        return False
    return resolved.is_relative_to(student.resolve()) and resolved.is_file()


def _target(link: Path) -> Path:
    return Path(os.path.normpath(link.parent / os.readlink(link)))


def _shown(path: Path) -> str:
    parts = path.parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index(SUBMITTED) :])
