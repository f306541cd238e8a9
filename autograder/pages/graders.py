"""Several graders share the written answers: who grades whom, and a page for each grader that names no student.

`make graders ASSIGNMENT=name GRADERS="kim lee"` distributes the submissions. `reports/<assignment>/graders.csv` keeps
the result, for the instructor to read and to change; `exports/<assignment>-graders/` has the pages. They link to
formgrader, which shows numbers instead of names.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.batch.cache import REPORTS, write_text
from autograder.batch.submitted import is_no_folder_name
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.marks import Mark
from autograder.gradebook.settle import settled_marks
from autograder.gradebook.tables import TableRefused, read_table
from autograder.grading.assignment import Assignment
from autograder.grading.safe_text import for_csv
from autograder.pages.write import formgrader_of, template, write_page

DEAL = "graders.csv"


@dataclass(frozen=True)
class Answer:
    """One submission for a grader."""

    notebook_id: str
    open: tuple[str, ...]
    """The tasks that are still to be graded."""


def deal_out(root: Path, name: str, graders: Sequence[str] = ()) -> int:
    """Distribute the submissions, write a page for each grader, and print how far they are.

    Submissions that were assigned before stay with the same grader as long as that person grades.

    Args:
        graders: the graders' names; by default, those in graders.csv.

    Raises:
        NotInGradebook: the assignment is not graded.
        SettingsError: no graders were named, or the assignment has no written answers.
    """
    assignment = Assignment.load(name, root=root)
    written = [task.name for task in assignment.tasks.values() if task.kind == "written"]
    if not written:
        raise SettingsError(f"{name} has no written answers to share")
    marks = [
        mark for mark in settled_marks(name, root)[0] if mark.submitted and mark.counts and _is_first(mark)
    ]
    file = root / REPORTS / name / DEAL
    before = _dealt(file)
    graders = list(dict.fromkeys(graders)) or sorted(set(before.values()))
    if not graders:
        raise SettingsError(f'say who grades: make graders ASSIGNMENT={name} GRADERS="kim lee"')
    for grader in graders:
        if is_no_folder_name(grader) or for_csv(grader) != grader:
            raise SettingsError(f"{grader!r} cannot be a part of a file's name: use letters and digits")
    dealt = _deal(marks, graders, before, name)
    stream = io.StringIO()
    rows = [("student", "grader"), *sorted(dealt.items())]
    csv.writer(stream, lineterminator="\n").writerows([for_csv(cell) for cell in row] for row in rows)
    write_text(file, stream.getvalue())
    formgrader = formgrader_of(root)
    for grader in graders:
        mine = sorted(
            (
                Answer(mark.notebook_id, tuple(task for task in written if task in mark.pending))
                for mark in marks
                if dealt[mark.id] == grader
            ),
            key=lambda answer: answer.notebook_id,  # random: not in the order of names
        )
        page = root / "exports" / f"{name}-graders" / f"{grader}.html"
        _write_list(page, name, grader, mine, formgrader)
        done = sum(not answer.open for answer in mine)
        print(f"{page.relative_to(root)}: {done} of {len(mine)} graded")
    for page in sorted((root / "exports" / f"{name}-graders").glob("*.html")):
        if page.stem not in graders:
            page.unlink()
            print(f"{page.relative_to(root)} removed: {page.stem} no longer grades")
    print(f"{file.relative_to(root)} says who grades whom")
    return 0


def _write_list(page: Path, name: str, grader: str, answers: Sequence[Answer], formgrader: str) -> None:
    facts = {"assignment": name, "grader": grader, "answers": answers, "formgrader": formgrader}
    write_page(page, lambda made: template("grader.html").render(facts, made=made))


def _is_first(mark: Mark) -> bool:
    """Whether this is the member of a group who is graded: the others get the same points."""
    return mark.copy_of == ""


def _dealt(file: Path) -> dict[str, str]:
    """Who grades whom, by the students' ids as `for_csv` writes them."""
    if not file.is_file():
        return {}
    try:
        rows = read_table(file).rows[1:]
    except TableRefused as error:
        raise SettingsError(str(error)) from None
    return {for_csv(row[0].strip()): row[1].strip() for row in rows if len(row) > 1 and row[1].strip()}


def _deal(marks: Sequence[Mark], graders: Sequence[str], before: dict[str, str], salt: str) -> dict[str, str]:
    """Each new submission goes to the grader with the fewest."""
    known = {mark.id: before.get(for_csv(mark.id)) for mark in marks}
    dealt = {student: grader for student, grader in known.items() if grader in graders}
    has = Counter(dict.fromkeys(graders, 0))
    has.update(dealt.values())
    shuffled = sorted(marks, key=lambda mark: hashlib.sha256(f"{salt}/{mark.id}".encode()).digest())
    for mark in shuffled:
        if mark.id not in dealt:
            grader = min(graders, key=lambda one: has[one])
            dealt[mark.id] = grader
            has[grader] += 1
    return dealt
