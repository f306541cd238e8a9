"""Comments for many students, and their points: the criteria of a rubric, and `remarks.csv` in the course folder.

A criterion is used by its number. Each row of the file is another remark on a task: a short code, points and a text.
Graders write `#1 #code` into formgrader's comment box; `settle` replaces the codes with their texts and adds up the
points. If a text or points are corrected later, everybody who got that code gets the correction. Other words of the
grader stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.batch.cache import KEPT, REPORTS, read_json, write_json
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.criteria import criteria_of
from autograder.gradebook.tables import TableRefused, read_table
from autograder.grading.assignment import Assignment

if TYPE_CHECKING:
    from nbgrader.api import SubmittedAssignment

FILE = "remarks.csv"
COLUMNS = ("assignment", "task", "code", "points", "text")
_CODE = re.compile(r"\s*#([\w.-]+)(?:: |(?!\S))")
"""A code as the grader writes it, or at the beginning of the text that replaced it."""


@dataclass(frozen=True)
class Remark:
    code: str
    text: str
    points: float | None = None
    """None for a comment without points."""

    def __str__(self) -> str:
        points = "" if self.points is None else f" ({self.points:+.10g})"
        return f"#{self.code}: {self.text}{points}"


def read_remarks(root: Path, assignment: Assignment) -> dict[str, dict[str, Remark]]:
    """The remarks on each task, by code in lower case.

    Raises:
        SettingsError: the file is not a table, or a row of it is wrong.
    """
    found = {
        task: {str(n): Remark(str(n), one.text, one.points) for n, one in enumerate(criteria, start=1)}
        for task, criteria in criteria_of(assignment).items()
    }
    file = root / FILE
    if not file.is_file():
        return found
    try:
        table = read_table(file)
    except TableRefused as error:
        raise SettingsError(str(error)) from None
    head = [name.strip().strip("\ufeff").casefold() for name in table.head]
    if not set(COLUMNS) <= set(head):
        raise SettingsError(f"{FILE} needs the columns {', '.join(COLUMNS)}")
    for line, row in list(zip(table.lines, table.rows, strict=True))[1:]:
        cells = dict(zip(head, [cell.strip() for cell in row], strict=False))
        name, task, code, points, text = (cells.get(column, "") for column in COLUMNS)
        code = code.removeprefix("#")
        if name != assignment.name:
            continue
        if not task or not re.fullmatch(r"[\w.-]+", code):
            raise SettingsError(
                f"{FILE}, line {line}: a remark needs a task, and a code of letters and digits"
            )
        try:
            value = float(points.replace(",", ".").replace("\N{MINUS SIGN}", "-")) if points else None
        except ValueError:
            raise SettingsError(f"{FILE}, line {line}: {points!r} is no number of points") from None
        found.setdefault(task, {})[code.casefold()] = Remark(code, " ".join(text.split()), value)
    return found


def apply_remarks(submissions: list[SubmittedAssignment], assignment: Assignment, root: Path) -> None:
    """Replaces the codes that graders wrote with their texts, and sets the points of written answers.

    Points that a grader typed stay. Those that came from codes follow the codes.
    """
    known = read_remarks(root, assignment)
    record = record_of(root, assignment.name)
    before: dict[str, dict[str, float]] = read_json(record) or {}
    now: dict[str, dict[str, float]] = {}
    texts = record.with_name("texts-of-remarks.json")
    earlier_texts: dict[str, list[str]] = read_json(texts) or {}
    written = {task: set(lines) for task, lines in earlier_texts.items()}
    for one in submissions:
        for notebook in one.notebooks:
            grades = {grade.name: grade for grade in notebook.grades}
            for comment in notebook.comments:
                remarks = known.get(comment.name)
                if not remarks:
                    continue
                lines = written.setdefault(comment.name, set())
                text, used = expanded(comment.manual_comment or "", remarks, lines)
                lines.update(map(str, used))
                if text != (comment.manual_comment or ""):
                    comment.manual_comment = text
                grade, earlier = grades.get(comment.name), before.get(one.student_id, {}).get(comment.name)
                if grade is None or grade.manual_score not in (None, earlier):
                    continue
                points = points_of(used, remarks, grade.max_score)
                if points != grade.manual_score:  # if equal, it may still need another look
                    grade.manual_score = points
                    grade.needs_manual_grade = points is None and grade.auto_score is None
                if points is not None:
                    now.setdefault(one.student_id, {})[comment.name] = points
    if before or now:
        write_json(record, now)
    texts_now = {task: sorted(lines) for task, lines in written.items() if lines}
    if texts_now != earlier_texts:
        write_json(texts, texts_now)


def record_of(root: Path, assignment: str) -> Path:
    """The file that records which points came from codes: student -> task -> points."""
    return root / REPORTS / KEPT / assignment / "points-of-remarks.json"


def expanded(
    comment: str, remarks: Mapping[str, Remark], written: Collection[str] = ()
) -> tuple[str, list[Remark]]:
    """The comment with the text of each code, and the remarks in it. A code that nobody has defined stays.

    Args:
        written: all lines that were ever written for codes on this task; they may have been corrected since.
    """
    texts = sorted({*written, *map(str, remarks.values())}, key=len, reverse=True)
    lines: list[str] = []
    used: list[Remark] = []
    for line in comment.split("\n"):
        codes, rest = [], line
        while (found := _first_remark(rest, remarks, texts)) is not None:
            remark, rest = found
            codes.append(remark)
        lines += [str(remark) for remark in codes if remark not in used]
        used += [remark for remark in codes if remark not in used]
        if rest.strip() or not codes:
            lines.append(rest.strip() if codes else line)
    return "\n".join(lines), used


def _first_remark(
    line: str, remarks: Mapping[str, Remark], texts: Sequence[str]
) -> tuple[Remark, str] | None:
    """The remark whose code begins the line, and what the grader wrote after it; `texts` has the longest first."""
    code = _CODE.match(line)
    remark = remarks.get(code[1].casefold()) if code is not None else None
    if remark is None:
        return None
    line, start = line.lstrip(), code[0].lstrip()
    for text in texts:
        if line.startswith(text) and not line[len(text) :][:1].isalnum():
            start = text
            break
    return remark, line[len(start) :]


def points_of(used: list[Remark], remarks: Mapping[str, Remark], maximum: float) -> float | None:
    """Points add up from 0; if a task's remarks only deduct points, they are deducted from the maximum.

    None if no remark has points.
    """
    if all(remark.points is None for remark in used):
        return None
    starts_full = not any((remark.points or 0) > 0 for remark in remarks.values())
    total = sum(remark.points or 0.0 for remark in used)
    return min(maximum, max(0.0, total + (maximum if starts_full else 0.0)))
