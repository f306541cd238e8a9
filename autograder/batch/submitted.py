"""Finds what each student handed in: `submitted/<student>/<assignment>/<assignment>.ipynb`, or what was meant by it.

A notebook under another name, in another folder, or one of several, is linked to where nbgrader looks for it, so that
every way of grading finds the same file; the student's own files stay as they are.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUBMITTED = "submitted"
RESERVED = "class"
"""Beside each student's report lie class.json and class.html."""
_LINKED_NOTE = "notebook was handed in as {}"


@dataclass(frozen=True)
class HandedIn:
    """One student's folder. `file` is None where there is no notebook; `problem` says so in one sentence."""

    student: str
    file: Path | None
    notes: tuple[str, ...] = ()
    problem: str = ""


def collect(root: Path, assignment: str, students: Iterable[str] | None = None) -> list[HandedIn]:
    """All submissions of an assignment below `root`, in the students' order.

    A student who has no folder for the assignment handed nothing in and is not listed, unless named in `students`.
    """
    submitted = root / SUBMITTED
    if students is None:
        names = [folder.name for folder in _folders(submitted)]
    else:
        names = list(dict.fromkeys(students))
    found = []
    for name in names:
        if name.casefold() == RESERVED:
            what = f"{SUBMITTED}/{name}: no student can be called so, the report of the class is: rename the folder"
            found.append(HandedIn(name, None, problem=what))
            continue
        try:
            handed_in = _find(submitted / name, assignment)
        except OSError as error:
            what = f"{SUBMITTED}/{name} cannot be read ({error.strerror}): put its permissions right"
            handed_in = HandedIn(name, None, problem=what)
        if handed_in is not None:
            found.append(handed_in)
        elif students is not None:
            found.append(
                HandedIn(name, None, problem=f"no folder {SUBMITTED}/{name}/{assignment}: check the name")
            )
    return found


def find_notebook(folder: Path, assignment: str) -> HandedIn:
    """The notebook in a folder that one student filled: a repository, or what Gradescope was given."""
    candidates = [path for path in _notebooks([folder]) if _leads_to(path, folder)]
    if not candidates:
        return HandedIn("", None, problem=f"no notebook was handed in: hand in {assignment}.ipynb")
    best = min(candidates, key=lambda path: _rank(path, folder, assignment))
    notes = []
    if best != folder / f"{assignment}.ipynb":
        notes.append(_LINKED_NOTE.format(best.relative_to(folder).as_posix()))
    if len(candidates) > 1:
        notes.append(f"the likeliest of {len(candidates)} notebooks was taken")
    return HandedIn("", best, tuple(notes))


def _find(student: Path, assignment: str) -> HandedIn | None:
    folder = student / assignment
    expected = folder / f"{assignment}.ipynb"
    if folder.is_dir():
        places = [folder]
    else:
        places = [path for path in _folders(student) if _plain(path.name) == _plain(assignment)]
        places += [path for path in _notebooks([student], deep=False) if _resembles(path, assignment)]
        if not places:
            return None
    if expected.is_symlink() and _leads_to(expected, student):
        return HandedIn(student.name, expected, (_LINKED_NOTE.format(os.readlink(expected)),))
    if expected.is_symlink():
        what = f"{_shown(expected)} links to a file outside the submission: hand in the notebook itself"
        return HandedIn(student.name, None, problem=what)
    if expected.exists():
        others = [path.relative_to(folder).as_posix() for path in _notebooks([folder]) if path != expected]
        notes = (f"other notebooks are not graded: {', '.join(others[:5])}",) if others else ()
        return HandedIn(student.name, expected, notes)
    candidates = [path for path in _notebooks(places) if _leads_to(path, student)]
    if not candidates:
        what = f"no notebook in {SUBMITTED}/{student.name}/{assignment}: hand in {assignment}.ipynb"
        return HandedIn(student.name, None, problem=what)
    best = min(candidates, key=lambda path: _rank(path, student, assignment))
    target = os.path.relpath(best, folder)
    _link(expected, target, best)
    notes = [_LINKED_NOTE.format(target)]
    if len(candidates) > 1:
        notes.append(f"the likeliest of {len(candidates)} notebooks was taken")
    return HandedIn(student.name, expected, tuple(notes))


def _link(expected: Path, target: str, file: Path) -> None:
    expected.parent.mkdir(exist_ok=True)
    try:
        expected.symlink_to(target)
    except OSError:  # a file system without symbolic links
        shutil.copyfile(file, expected)


def _rank(path: Path, student: Path, assignment: str) -> tuple:
    """Smaller is likelier: the right name, the release's name with something added, most marked cells."""
    stem = path.stem
    try:
        marked = path.read_bytes().count(b'"grade_id"')
    except OSError:
        marked = -1
    depth = len(path.relative_to(student).parts)
    return (_plain(stem) != _plain(assignment), not _resembles(path, assignment), -marked, depth, str(path))


def _resembles(path: Path, assignment: str) -> bool:
    return _plain(path.stem).startswith(_plain(assignment))


def _plain(name: str) -> str:
    """A name without what downloads and file managers add: case, copies' numbers, separators."""
    name = re.sub(r"\(\d+\)|copy|copie|kopie", "", name.casefold())
    return re.sub(r"[^a-z0-9]", "", name)


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.name.startswith("."))


def _notebooks(places: Iterable[Path], deep: bool = True) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
            continue
        found = []
        for folder, subfolders, files in os.walk(place):
            # checkpoints are hidden folders, and what a zip made on a Mac carries beside the files
            subfolders[:] = sorted(n for n in subfolders if not n.startswith((".", "__"))) if deep else []
            found += [Path(folder, file) for file in files if not file.startswith(".")]
        yield from sorted(path for path in found if path.suffix.lower() == ".ipynb")


def _leads_to(path: Path, student: Path) -> bool:
    """No link out of the student's own folder is followed: it could lead to another's work, or to the gradebook."""
    resolved = path.resolve()
    return resolved.is_relative_to(student.resolve()) and resolved.is_file()


def _shown(path: Path) -> str:
    return "/".join(path.parts[-4:])
