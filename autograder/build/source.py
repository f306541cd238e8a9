"""A source notebook, `assignments/<name>/<name>.py`: read with jupytext, and refused if it has mistakes.

A refusal names the file, the line and the cell in the source, because that is where it is fixed.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

from autograder.build import prose
from autograder.gradebook.criteria import criteria_in
from autograder.grading.assignment import TESTS_SUFFIX, Refusal
from autograder.grading.uses import CONTRACT

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"  # nbgrader's delimiters: anywhere in the line
NBGRADERS_OWN = ("BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME")
CODE_STUB = "raise NotImplementedError"
TEXT_STUB = "*Your answer here.*"
SCHEMA_VERSION = 3

_CELL_START = re.compile(r"^# ?%%(\s|$)")
_GRADE_ID = re.compile(r"[a-zA-Z0-9_-]+")
_FLAGS = ("grade", "locked", "solution", "task")

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class BuildError(Refusal):
    """The sources cannot be built. The message has one line for each mistake, with the fix."""


@dataclass(frozen=True)
class Region:
    """What is between a pair of solution markers."""

    line: int  # of the begin marker, in the file
    lines: tuple[str, ...]


@dataclass(frozen=True)
class SourceCell:
    kind: str  # "code", "markdown" or "raw"
    source: str  # with its solutions, answers and claims, and their markers
    line: int  # of its `# %%`, in the file, from 1
    text: tuple[str, ...]  # its lines in the file, without the `# %%`
    metadata: dict[str, Any]

    @property
    def mark(self) -> dict[str, Any] | None:
        """nbgrader's metadata, if the cell has any."""
        return self.metadata.get("nbgrader")

    @property
    def grade_id(self) -> str:
        return (self.mark or {}).get("grade_id", "")

    @property
    def is_solution(self) -> bool:
        return bool((self.mark or {}).get("solution"))

    @property
    def is_grade(self) -> bool:
        return bool((self.mark or {}).get("grade"))

    @property
    def solved(self) -> str:
        """The source as instructors read it: with the solution and folded answers, without the markers."""
        text = self.for_nbgrader(answers=True)
        return "\n".join(line for line in text.split("\n") if BEGIN not in line and END not in line)

    def for_nbgrader(self, answers: bool) -> str:
        """The source from which nbgrader makes the release: with solution regions, and with or without answers."""
        if self.kind != "markdown":
            return self.source
        return prose.without_claims(prose.with_answers(self.source, answers))

    @property
    def given(self) -> str:
        """The source as students get it before the deadline, each region replaced by its stub."""
        kept, inside = [], False
        for line in self.for_nbgrader(answers=False).split("\n"):
            if BEGIN in line:
                indent = line[: len(line) - len(line.lstrip())]
                kept.append(indent + (CODE_STUB if self.kind == "code" else TEXT_STUB))
                inside = True
            elif END in line:
                inside = False
            elif not inside:
                kept.append(line)
        return "\n".join(kept)

    @property
    def regions(self) -> list[Region]:
        """The solution regions, of a source that has been checked."""
        found, start = [], None
        for place, line in enumerate(self.text):
            if BEGIN in line:
                start = place
            elif END in line and start is not None:
                lines = tuple(prose.without_claims(text) for text in self.text[start + 1 : place])
                found.append(Region(self.line + 1 + start, lines))
                start = None
        return found

    @property
    def answers(self) -> list[str]:
        """The lines of the answers that are released later."""
        return [prose.without_claims(line) for line in prose.answer_lines(self.text)]


_TASK_HEADING = re.compile(r"^#* *#+ Task `(?P<task>[^`]+)` \((?P<points>\d+(?:\.\d+)?) points?\b")
"""### Task `fit` (5 points), in the source's comment."""


@dataclass(frozen=True)
class Source:
    name: str
    label: str  # the file, as messages name it: relative to the repository
    cells: tuple[SourceCell, ...]

    def notebook(self, solved: bool = False, answers: bool = False) -> dict[str, Any]:
        """The notebook as JSON: with solution regions for nbgrader, or `solved`, without their markers.

        The answers to the questions in the text are part of the solution; otherwise they are there only on request.
        """
        return {
            "cells": [self._cell(place, cell, solved, answers) for place, cell in enumerate(self.cells)],
            "metadata": NOTEBOOK_METADATA,
            "nbformat": 4,
            "nbformat_minor": 5,
        }

    def _cell(self, place: int, cell: SourceCell, solved: bool, answers: bool) -> dict[str, Any]:
        made = {
            "cell_type": cell.kind,
            "id": hashlib.sha1(f"{self.name}/{place}/{cell.grade_id}".encode()).hexdigest()[:8],
            "metadata": dict(cell.metadata),
            "source": cell.solved if solved else cell.for_nbgrader(answers),
        }
        return made | ({"execution_count": None, "outputs": []} if cell.kind == "code" else {})


def notebook_bytes(notebook: dict[str, Any]) -> bytes:
    """The format of all notebooks: texts as lists of lines, so that changes are readable; sorted keys, one space, a
    newline at the end."""
    split = notebook | {"cells": [_split_lines(cell) for cell in notebook["cells"]]}
    text = json.dumps(split, sort_keys=True, indent=1, ensure_ascii=False)
    return (text + "\n").encode()


def _split_lines(cell: dict[str, Any]) -> dict[str, Any]:
    def lines(text: Any) -> Any:
        return text.splitlines(keepends=True) if isinstance(text, str) else text

    split = cell | {"source": lines(cell["source"])}
    if "outputs" in cell:
        split["outputs"] = [
            output
            | ({"text": lines(output["text"])} if "text" in output else {})
            | (
                {"data": {kind: lines(value) for kind, value in output["data"].items()}}
                if "data" in output
                else {}
            )
            for output in cell["outputs"]
        ]
    return split


def read_source(name: str, root: Path) -> Source:
    """Read the source notebook of assignment `name`; BuildError if there is none or it cannot be read."""
    label = f"assignments/{name}/{name}.py"
    try:
        text = (root / label).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BuildError(
            f"no {label}: an assignment is a folder with a source notebook of its name"
        ) from None
    except UnicodeDecodeError as error:
        raise BuildError(f"{label}: not UTF-8 at byte {error.start}: save it as UTF-8") from None
    lines = text.split("\n")
    starts = [place for place, line in enumerate(lines) if _CELL_START.match(line)]
    nodes = jupytext.reads(text, fmt="py:percent").cells
    if len(starts) != len(nodes):
        raise BuildError(
            f"{label}: {len(starts)} lines begin with `# %%` and jupytext reads {len(nodes)} cells: "
            "move text into a cell, and keep `# %%` out of strings and fenced blocks"
        )
    ends = [*starts[1:], len(lines)]
    cells = tuple(
        SourceCell(
            kind=node.cell_type,
            source=node.source,
            line=start + 1,
            text=tuple(lines[start + 1 : end]),
            metadata={key: value for key, value in node.metadata.items() if key in ("nbgrader", "tags")},
        )
        for node, start, end in zip(nodes, starts, ends, strict=True)
    )
    _check_headers_were_read(label, lines, cells)
    return Source(name, label, cells)


def contract_tables(text: str) -> dict[str, Any]:
    """The tables of the contract; BuildError with the line if it is not valid TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BuildError(f"{CONTRACT} cannot be read: {error}: correct that line") from None


def read_contract(name: str, root: Path) -> dict[str, tuple[str, float]]:
    """The tasks that assignment `name` must have: task -> ("coding" or "written", points)."""
    table = contract_tables((root / CONTRACT).read_text(encoding="utf-8"))
    if name not in table:
        raise BuildError(f"{CONTRACT} has no [{name}]: write its tasks and points there")
    return {
        task: (kind, float(points))
        for kind in ("coding", "written")
        for task, points in table[name].get(kind, {}).items()
    }


def check_source(source: Source, contract: dict[str, tuple[str, float]]) -> None:
    """Refuse a source that would make a wrong notebook, listing all findings in the order of the file."""
    findings: list[tuple[int, str]] = []
    for cell in source.cells:
        findings += _marker_findings(cell)
        findings += _metadata_findings(cell)
        findings += _prose_findings(cell)
    findings += _id_findings(source)
    findings += _stub_findings(source) if not findings else []
    findings += _task_findings(source, contract)
    findings += _rubric_findings(source)
    if findings:
        raise BuildError("\n".join(f"{source.label}:{line}: {said}" for line, said in sorted(findings)))


def _rubric_findings(source: Source) -> list[tuple[int, str]]:
    """Checks that the criteria of a written task, if there are any, add up to its points."""
    found = []
    for cell in source.cells:
        if cell.is_solution and cell.is_grade and (criteria := criteria_in(cell.solved)):
            total = sum(criterion.points for criterion in criteria)
            if total != cell.mark.get("points"):
                said = f"its rubric adds up to {total:g} points, and it has {cell.mark.get('points')}"
                found.append((cell.line, f"{_name(cell)}: {said}"))
    return found


def heading_notes(source: Source, contract: dict[str, tuple[str, float]]) -> tuple[str, ...]:
    """A sentence for each heading of a task that tells students another name, or other points, than the task has."""
    found = []
    for cell in source.cells:
        for line, text in enumerate(cell.text if cell.kind == "markdown" else (), start=cell.line + 1):
            if heading := _TASK_HEADING.search(text):
                _, points = contract.get(heading["task"], ("", None))
                if points is None:
                    said = f"there is no task {heading['task']}: {', '.join(contract)}"
                elif float(heading["points"]) != points:
                    said = (
                        f"{heading['task']} has {points:g} points, and the heading says {heading['points']}"
                    )
                else:
                    continue
                found.append(f"{source.label}:{line}: {said}")
    return tuple(found)


def _name(cell: SourceCell) -> str:
    return f"cell {cell.grade_id}" if cell.grade_id else "a cell without grade_id"


def _check_headers_were_read(label: str, lines: list[str], cells: tuple[SourceCell, ...]) -> None:
    for cell in cells:
        if "nbgrader" in lines[cell.line - 1] and cell.mark is None:
            raise BuildError(
                f"{label}:{cell.line}: the nbgrader metadata of this cell is not JSON: "
                "check quotes, commas and true/false"
            )


def _marker_findings(cell: SourceCell) -> list[tuple[int, str]]:
    found, open_at = [], None
    for line, text in enumerate(cell.text, start=cell.line + 1):
        if BEGIN in text:
            if open_at is not None:
                said = f"a solution begins inside the one of line {open_at}: end that one before"
                found.append((line, f"{_name(cell)}: {said}"))
            open_at = line
        elif END in text:
            if open_at is None:
                found.append(
                    (line, f"{_name(cell)}: a solution ends that never began: remove it or add its begin")
                )
            open_at = None
        for marker in NBGRADERS_OWN:
            if marker in text:
                found.append(
                    (
                        line,
                        f"{_name(cell)}: {marker}: hidden tests belong in autograder/graders, rubrics in solutions",
                    )
                )
    if open_at is not None:
        found.append((open_at, f"{_name(cell)}: this solution never ends: add `### END SOLUTION`"))
    begins = any(BEGIN in text for text in cell.text)
    if begins and not cell.is_solution:
        found.append(
            (cell.line, f"{_name(cell)}: holds a solution but is no solution cell: set its metadata")
        )
    if cell.is_solution and not begins:
        found.append((cell.line, f"{_name(cell)}: a solution cell without a `### BEGIN SOLUTION` region"))
    return found


def _prose_findings(cell: SourceCell) -> list[tuple[int, str]]:
    plain = cell.kind == "markdown" and not cell.is_solution
    return [(cell.line + 1 + place, said) for place, said in prose.findings(cell.text, plain)]


def _metadata_findings(cell: SourceCell) -> list[tuple[int, str]]:
    mark, said = cell.mark, []
    if mark is None:
        return []
    if not isinstance(mark.get("grade_id"), str) or not _GRADE_ID.fullmatch(mark["grade_id"]):
        said.append(f"grade_id {mark.get('grade_id')!r}: letters, digits, - and _ make one")
    if mark.get("schema_version") != SCHEMA_VERSION:
        said.append(f"schema_version {mark.get('schema_version')!r}: it must be {SCHEMA_VERSION}")
    said += [f"`{flag}` must be true or false" for flag in _FLAGS if not isinstance(mark.get(flag), bool)]
    if mark.get("task"):
        said.append("nbgrader's task cells are not used here: make it a written solution cell")
    points = mark.get("points")
    if mark.get("grade") and (isinstance(points, bool) or not isinstance(points, int | float) or points < 0):
        said.append(f"points {points!r}: a graded cell needs a number")
    if not mark.get("grade") and "points" in mark:
        said.append("points on a cell that is not graded: put them on the tests or the answer")
    if mark.get("solution") and mark.get("locked"):
        said.append("a locked solution cell: students could not answer")
    if not mark.get("solution") and not mark.get("locked"):
        said.append("neither a solution nor locked: lock it")
    return [(cell.line, f"{_name(cell)}: {words}") for words in said]


def _id_findings(source: Source) -> list[tuple[int, str]]:
    count = Counter(cell.grade_id for cell in source.cells if cell.grade_id)
    first = {cell.grade_id: cell.line for cell in reversed(source.cells)}
    return [
        (
            cell.line,
            f"cell {cell.grade_id}: the grade_id is taken by line {first[cell.grade_id]}: give it another",
        )
        for cell in source.cells
        if count[cell.grade_id] > 1 and cell.line != first[cell.grade_id]
    ]


def _stub_findings(source: Source) -> list[tuple[int, str]]:
    """Checks that what students get parses: a wrongly indented marker would give them a syntax error."""
    found = []
    for cell in source.cells:
        if cell.kind == "code" and cell.is_solution:
            try:
                ast.parse(cell.given)
            except SyntaxError as error:
                at = error.text.strip() if error.text else ""
                found.append(
                    (
                        cell.line,
                        f"{_name(cell)}: with the stub in its place it is no Python ({error.msg}: `{at}`)",
                    )
                )
    return found


def _task_findings(source: Source, contract: dict[str, tuple[str, float]]) -> list[tuple[int, str]]:
    found = []
    cells = {cell.grade_id: cell for cell in source.cells if cell.grade_id}
    for task, (kind, points) in contract.items():
        cell, holder = cells.get(task), task + TESTS_SUFFIX if kind == "coding" else task
        if cell is None or not cell.is_solution:
            found.append(
                (1, f"task {task} of the contract is missing: add a solution cell with that grade_id")
            )
            continue
        graded = cells.get(holder)
        if kind == "coding" and cell.is_grade:
            found.append(
                (cell.line, f"cell {task}: a coding task's points belong on the cell {holder}, not here")
            )
        if graded is None or not graded.is_grade:
            if kind == "coding":
                found.append(
                    (cell.line, f"cell {task}: no locked, graded cell {holder} with its public checks")
                )
            else:
                found.append(
                    (cell.line, f"cell {task}: a written task is graded: set grade and {points:g} points")
                )
        elif graded.mark["points"] != points:
            found.append(
                (
                    graded.line,
                    f"cell {holder}: {graded.mark['points']} points, and the contract says {points:g}",
                )
            )
        if kind == "coding" and graded is not None and (graded.is_solution or graded.kind != "code"):
            found.append((graded.line, f"cell {holder}: public checks are locked code: make it a code cell"))
    for cell in source.cells:
        task = cell.grade_id.removesuffix(TESTS_SUFFIX)
        if (cell.is_solution or cell.is_grade) and cell.grade_id and task not in contract:
            found.append((cell.line, f"cell {cell.grade_id}: the contract has no task {task}"))
    return found
