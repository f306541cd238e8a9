"""What a build proves before it is moved to `release/`.

The grader fits the notebook, the solution gets full marks, the untouched notebook gets nothing, and nothing secret
is found in what students get.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.build.source import BuildError, Source
from autograder.grading.assignment import Assignment

if TYPE_CHECKING:  # the judge imports torch, which is not needed for a build without a proof
    import pytest

    from autograder.grading.judge import Judge
    from autograder.grading.report import Report, TaskResult

TELLING_LENGTH = 12
TELLING_WORDS = 4
"""Lines with fewer words, or fewer different words, give nothing away: `return loss`, `axes.legend()`."""
WHOLE_REGION = 3
"""With at least so many telling lines, it is no coincidence that a whole region is also among the given lines."""
POINTS_TOLERANCE = 1e-9

_IMPORT = re.compile(r"(import|from) [\w.]+( import .*| as \w+)?")
_LOOP_HEAD = re.compile(r"(for|while|with) .*:")


def check_grader(assignment: Assignment) -> None:
    """Checks that the hidden tests of each coding task add up to its points, and that no other task has any."""
    file = assignment.grader_file
    label = f"autograder/graders/{file.name}"
    if not file.is_file():
        raise BuildError(f"no {label}: it should contain the hidden tests of {assignment.name}")
    coding = {task.name: task for task in assignment.tasks.values() if task.kind == "coding"}
    given: dict[str, float] = defaultdict(float)
    for name, points in _collected_points(file):
        given[name] += points
    wrong = [f"{label}: tests of {name}, which is no coding task" for name in given if name not in coding]
    for name, task in coding.items():
        if name not in given:
            wrong.append(f"{label}: no test of {name}: write one with @task({name!r}, points=...)")
        elif abs(given[name] - task.points) > POINTS_TOLERANCE:
            wrong.append(
                f"{label}: the tests of {name} give {given[name]:g} points, its cell {task.points:g}"
            )
    if wrong:
        raise BuildError("\n".join(wrong))


def prove(assignment: Assignment, judge: Judge) -> None:
    """Checks that on every coding task, the solved notebook gets full marks and the untouched release nothing.

    A test that waits for a GPU proves nothing here; the others of its task must still pass, or fail.
    """
    from autograder.grading.judge import GraderError

    met = len(judge.errors)
    try:
        solved = judge.grade(assignment.solution_file, assignment)
        untouched = judge.grade(assignment.template_file, assignment)
    except GraderError as error:
        raise BuildError(f"{assignment.name}: {error}") from None
    wrong = [f"a grader failed: {error}" for error in judge.errors[met:]]
    wrong += [f"the solved notebook needed a repair: {repair}" for repair in solved.repairs]
    wrong += [f"the untouched release needed a repair: {repair}" for repair in untouched.repairs]
    for name, result in _coding(assignment, solved):
        for test in result.tests:
            if test.outcome == "failed":
                wrong.append(f"the solution of {name} fails {test.name}: {test.message}")
        if result.points is not None and result.points != result.decided:
            wrong.append(f"the solution of {name} gets {result.points:g} of {result.decided:g}")
    for name, result in _coding(assignment, untouched):
        for test in result.tests:
            if test.outcome == "passed":
                wrong.append(f"the untouched release passes {test.name} of {name}: it must need an answer")
    if wrong:
        raise BuildError("\n".join(f"{assignment.name}: {said}" for said in wrong))


def check_leaks(source: Source, release: Path, grader_file: Path, answers: bool = False) -> None:
    """Checks that no telling line of a solution, rubric or hidden grader is in a file of `release`, and none of an
    answer to a question, unless `answers` are released.

    A line that the source gives to students anyway, in a worked example or a signature, is not a secret; a whole
    solution among the given lines is.
    """
    given = [line for cell in source.cells for line in cell.given.split("\n")]
    known = _Haystack(given)
    wrong, secrets = [], {}
    for cell in source.cells:
        for region in cell.regions:
            telling = [line for line in _telling(region.lines) if line not in known]
            secrets |= dict.fromkeys(telling, f"the solution of {cell.grade_id}")
            if not telling and len(list(_telling(region.lines))) >= WHOLE_REGION:
                wrong.append(
                    f"{source.label}:{region.line}: cell {cell.grade_id}: this solution stands among the given "
                    "lines of the notebook, too: change what is given"
                )
        if not answers:
            secrets |= {line: "an answer" for line in _telling(cell.answers) if line not in known}
    for line in _telling(grader_file.read_text(encoding="utf-8").splitlines()):
        if line not in known:
            secrets.setdefault(line, "the hidden grader")
    for file in sorted(path for path in release.rglob("*") if path.is_file()):
        shown = _Haystack(_lines_of(file))
        wrong += [
            f"release/{source.name}/{file.relative_to(release).as_posix()} shows a line of {whose}: `{line}`"
            for line, whose in secrets.items()
            if line in shown
        ]
    if wrong:
        raise BuildError("\n".join(wrong))


class _Haystack:
    """Lines that are searched for others, as a whole line or as part of one."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._text = "\n".join(_plain(line) for line in lines)

    def __contains__(self, line: str) -> bool:
        return line in self._text


def _plain(line: str) -> str:
    """A line without its indentation, comment sign and inner spacing."""
    return re.sub(r"\s+", " ", line).strip(" #")


def _telling(lines: Iterable[str]) -> Iterator[str]:
    """The lines that could give something away; imports and the heads of loops do not count."""
    for line in map(_plain, lines):
        words = set(re.findall(r"[^\W\d_]{2,}", line))
        is_common = _IMPORT.fullmatch(line) or _LOOP_HEAD.fullmatch(line)
        if len(line) >= TELLING_LENGTH and len(words) >= TELLING_WORDS and not is_common:
            yield line


def _lines_of(file: Path) -> list[str]:
    """The lines of a text file; for a notebook, every string anywhere in it."""
    content = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix != ".ipynb":
        return content.splitlines()
    return [line for text in _strings(json.loads(content)) for line in text.splitlines()]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _coding(assignment: Assignment, report: Report) -> Iterator[tuple[str, TaskResult]]:
    for task in assignment.tasks.values():
        if task.kind == "coding":
            yield task.name, report.tasks[task.name]


def _collected_points(grader_file: Path) -> list[tuple[str, float]]:
    """(task, points) of each hidden test, as pytest collects them."""
    from autograder.grading.judge import GraderError, PytestCrashed, run_pytest
    from autograder.grading.task_mark import mark_of

    class Collector:
        def __init__(self) -> None:
            self.found: list[tuple[str, float]] = []

        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            self.found = [(mark_of(item).name, mark_of(item).points) for item in items]

    collector = Collector()
    try:
        run_pytest(grader_file, collector, "--collect-only")
    except (GraderError, PytestCrashed) as error:
        raise BuildError(str(error)) from None
    return collector.found
