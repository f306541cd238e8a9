"""Submissions as short text files, each of which declares what it must get.

A file under `corpora/<assignment>/<kind>/` is one submission. Its first comment block declares it::

    # what: forgets to clear the gradients
    # expect: train <4, convergence 0..2
    # message: train "zero|clear"

and the rest is either cells in percent format (`# %% fit` replaces the solved cell of that grade_id,
`# %% extra after=prepare` adds a nameless one after it, at the end of the notebook without `after=`) or
`def mangle(notebook)`, which gets the solved notebook as JSON and returns what is submitted (a dict or bytes).

Coding tasks that are not named must get full marks, written ones must wait for the instructor.
Further headers: `# repair: words` (must be among the repairs), `# unreadable: words` (cannot be graded; the
error line contains the words). Alternatives within a word are separated by `|`.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.grading.assignment import REPOSITORY

SUBMISSIONS = REPOSITORY / "corpora"
KINDS = ("correct", "wrong", "hostile", "mangled")
TOLERANCE = 1e-6  # points are sums of floats

_CELL = re.compile(r"^# %%[ \t]*(?P<name>[\w-]+)(?:[ \t]+after=(?P<after>[\w-]+))?[ \t]*$", re.MULTILINE)
_HEADER = re.compile(r"^# (?P<key>what|expect|message|repair|unreadable):[ \t]*(?P<value>.*)$")
_RANGE = re.compile(r"^(?P<low>[\d.]+)\.\.(?P<high>[\d.]+)$")
_WORD = re.compile(r'^(?P<task>[\w-]+)[ \t]+"(?P<word>[^"]+)"$')


@dataclass(frozen=True)
class Expected:
    """What a task must get: a number, a range, or less or more than a number."""

    text: str

    def holds(self, points: float) -> bool:
        text = self.text
        if match := _RANGE.match(text):
            return float(match["low"]) - TOLERANCE <= points <= float(match["high"]) + TOLERANCE
        if text.startswith("<="):
            return points <= float(text[2:]) + TOLERANCE
        if text.startswith(">="):
            return points >= float(text[2:]) - TOLERANCE
        if text.startswith("<"):
            return points < float(text[1:]) - TOLERANCE
        if text.startswith(">"):
            return points > float(text[1:]) + TOLERANCE
        return abs(points - float(text)) <= TOLERANCE


@dataclass(frozen=True)
class Cell:
    """A cell of a submission file: the grade_id it replaces, or `extra` and the grade_id it follows."""

    name: str
    source: str
    after: str | None = None


@dataclass(frozen=True)
class Tasks:
    """Points of an assignment's tasks, from the release."""

    coding: dict[str, float]
    written: dict[str, float]


@dataclass(frozen=True)
class Case:
    """One submission of the corpora, and what it must get."""

    path: Path
    assignment: str
    kind: str
    what: str
    expect: dict[str, Expected]
    messages: tuple[tuple[str, str], ...]
    repairs: tuple[str, ...]
    unreadable: str | None
    cells: tuple[Cell, ...]
    mangle: Callable[[dict[str, Any]], dict[str, Any] | bytes] | None

    @property
    def name(self) -> str:
        return self.path.stem

    def notebook(self) -> bytes:
        """The file as the student submits it."""
        notebook = solved_notebook(self.assignment, quick=self.kind != "correct")
        submitted: dict[str, Any] | bytes = notebook
        if self.mangle is not None:
            submitted = self.mangle(notebook)
        for cell in self.cells:
            _place(notebook, cell)
        return submitted if isinstance(submitted, bytes) else json.dumps(submitted, indent=1).encode()

    @property
    def touched(self) -> set[str] | None:
        """For a plain mistake, the tasks that its cells and its declaration are about; None for all tasks.

        In all other tasks the submission is the solution, whose full marks the build proves: grading them again for
        each of hundreds of mistakes would take most of the tests' time.
        """
        coding = tasks_of(self.assignment).coding
        named = {cell.name for cell in self.cells}
        if self.kind != "wrong" or not named or not named <= set(coding):
            return None
        return named | set(self.expect)

    def check(self, report: Any) -> list[str]:
        """Each difference between the declaration and the report; an empty list if they agree."""
        tasks = tasks_of(self.assignment)
        due = tasks.coding if self.touched is None else self.touched
        wrong = [f"{name}: not in the report" for name in (*due, *tasks.written) if name not in report.tasks]
        for name, maximum in tasks.coding.items():
            if name in report.tasks:
                wrong += self._check_coding(name, maximum, report.tasks[name])
        for name in tasks.written:
            if name in report.tasks and report.tasks[name].status != "manual":
                wrong.append(f"{name}: status {report.tasks[name].status}, expected manual")
        for task, word in self.messages:
            said = [test.message or "" for test in report.tasks[task].tests] if task in report.tasks else []
            if not any(_mentions(message, word) for message in said):
                wrong.append(f"{task}: no message mentions {word!r}, got {said}")
        for words in self.repairs:
            if not any(_mentions(repair, words) for repair in report.repairs):
                wrong.append(f"repairs do not mention {words!r}, got {list(report.repairs)}")
        return wrong

    def _check_coding(self, name: str, maximum: float, task: Any) -> list[str]:
        expected = self.expect.get(name, Expected(f"{maximum:g}"))
        points = task.points or 0.0
        full = task.status == "deferred" and points == task.decided  # all points that are possible without a GPU
        if task.status in ("graded", "deferred") and (
            expected.holds(points) or (full and name not in self.expect)
        ):
            return []
        failed = [
            f"{test.name} ({test.outcome}): {test.message}" for test in task.tests if test.outcome != "passed"
        ]
        got = f"{name}: got {task.points} of {maximum:g} ({task.status}), expected {expected.text}"
        return ["\n    ".join([got, *failed])]


def cases(assignment: str | None = None, kind: str | None = None) -> list[Case]:
    """The submissions of the corpora in a fixed order; only those of one assignment or one kind if named."""
    return [
        load(path)
        for path in sorted(SUBMISSIONS.glob("*/*/*.py"))
        if path.parent.name in KINDS
        and (assignment is None or path.parent.parent.name == assignment)
        and (kind is None or path.parent.name == kind)
    ]


def load(path: Path) -> Case:
    """Read one file; raises ValueError naming file and line for a header that cannot be understood."""
    text = path.read_text(encoding="utf-8")
    starts = list(_CELL.finditer(text))
    head = text[: starts[0].start()] if starts else text
    headers = _headers(path, head)
    mangle = None
    if re.search(r"^def mangle\(", head, re.MULTILINE):
        namespace: dict[str, Any] = {"__name__": f"mangled_{path.stem}", "__file__": str(path)}
        exec(compile(head, str(path), "exec"), namespace)
        mangle = namespace["mangle"]
    ends = [start.start() for start in starts[1:]] + [len(text)] * bool(starts)
    cells = tuple(
        Cell(start["name"], text[start.end() : end].strip("\n"), start["after"])
        for start, end in zip(starts, ends, strict=True)
    )
    unreadable = headers["unreadable"]
    return Case(
        path=path,
        assignment=path.parent.parent.name,
        kind=path.parent.name,
        what=" ".join(headers["what"]),
        expect=_expectations(path, headers["expect"]),
        messages=tuple(_message(path, line) for line in headers["message"]),
        repairs=tuple(headers["repair"]),
        unreadable=unreadable[0] if unreadable else None,
        cells=cells,
        mangle=mangle,
    )


@cache
def tasks_of(assignment: str) -> Tasks:
    """The coding and the written tasks of an assignment with their points."""
    coding, written = {}, {}
    for cell in _read(REPOSITORY / "release" / assignment / f"{assignment}.ipynb")["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        if not meta.get("grade"):
            continue
        if meta.get("solution"):
            written[meta["grade_id"]] = float(meta["points"])
        else:
            coding[meta["grade_id"].removesuffix("-tests")] = float(meta["points"])
    return Tasks(coding, written)


def solved_notebook(assignment: str, quick: bool = False) -> dict[str, Any]:
    """A fresh copy of the release with the solutions' code and text in its solution cells.

    `quick` replaces cells by those in the assignment's `quick.py`, if there is one: correct cells that compute little,
    so that hundreds of submissions about something else do not each train for seconds.
    """
    return copy.deepcopy(_solved(assignment, quick))


def solved_source(assignment: str, task: str) -> str:
    """The solution of a task; if there are two, the one that computes little."""
    cells = _solved(assignment, quick=True)["cells"]
    return next("".join(cell["source"]) for cell in cells if _grade_id(cell) == task)


@cache
def _solved(assignment: str, quick: bool) -> dict[str, Any]:
    notebook = _read(REPOSITORY / "release" / assignment / f"{assignment}.ipynb")
    solutions = _read(REPOSITORY / "solutions" / assignment / f"{assignment}.ipynb")
    sources = {_grade_id(cell): cell["source"] for cell in solutions["cells"] if _grade_id(cell)}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = sources[_grade_id(cell)]
    faster = SUBMISSIONS / assignment / "quick.py"
    if quick and faster.exists():
        for cell in load(faster).cells:
            _place(notebook, cell)
    return notebook


def _place(notebook: dict[str, Any], cell: Cell) -> None:
    places = {_grade_id(old): index for index, old in enumerate(notebook["cells"]) if _grade_id(old)}
    if cell.name != "extra":
        notebook["cells"][places[cell.name]]["source"] = cell.source
        return
    index = places[cell.after] + 1 if cell.after else len(notebook["cells"])
    while cell.after and index < len(notebook["cells"]) and _is_extra(notebook["cells"][index]):
        index += 1  # several extras after the same cell keep the file's order
    extra = {"cell_type": "code", "execution_count": None, "metadata": {"extra": True}, "outputs": []}
    number = sum(_is_extra(old) for old in notebook["cells"])
    notebook["cells"].insert(index, {**extra, "id": f"extra-{number}", "source": cell.source})


def _is_extra(cell: dict[str, Any]) -> bool:
    return bool(cell["metadata"].get("extra"))


def _grade_id(cell: dict[str, Any]) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def lay_out_course(folder: Path, assignment: str, notebooks: dict[str, bytes]) -> None:
    """Turns `folder` into a course folder with one assignment and each student's submitted notebook.

    What an earlier grading left there (reports, gradebook) stays.
    """
    for tree in ("release", "solutions", "submitted"):
        shutil.rmtree(folder / tree, ignore_errors=True)
    for tree in ("release", "solutions"):
        shutil.copytree(REPOSITORY / tree / assignment, folder / tree / assignment)
    graders = folder / "autograder" / "graders"
    if not graders.is_symlink():
        graders.parent.mkdir(parents=True)
        graders.symlink_to(REPOSITORY / "autograder" / "graders")
    for student, content in notebooks.items():
        file = folder / "submitted" / student / assignment / f"{assignment}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_bytes(content)


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _headers(path: Path, head: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {key: [] for key in ("what", "expect", "message", "repair", "unreadable")}
    for line in head.splitlines():
        if not line.startswith("#"):
            break
        if match := _HEADER.match(line):
            found[match["key"]].append(match["value"].strip())
    if not found["what"]:
        raise ValueError(f"{path}: the first comment block has no '# what:' line")
    return found


def _expectations(path: Path, lines: list[str]) -> dict[str, Expected]:
    expected = {}
    for part in ",".join(lines).split(","):
        if not part.strip():
            continue
        task, _, value = part.strip().partition(" ")
        result = Expected(value.replace(" ", ""))
        try:
            result.holds(0.0)
        except ValueError:
            raise ValueError(f"{path}: '# expect:' cannot read {part.strip()!r}") from None
        expected[task] = result
    return expected


def _message(path: Path, line: str) -> tuple[str, str]:
    match = _WORD.match(line)
    if match is None:
        raise ValueError(f"{path}: '# message:' cannot read {line!r}; write: task \"word\"")
    return match["task"], match["word"]


def _mentions(text: str, words: str) -> bool:
    return any(word.lower() in text.lower() for word in words.split("|"))
