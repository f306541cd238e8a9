"""Read an assignment that was written for nbgrader.

A solution cell and the test cells below it are a task. nbgrader does not say which test cell belongs to which solution:
it is the last solution above that defines a name which the tests use.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from autograder.build.foreign import (
    Check,
    Foreign,
    ForeignTask,
    Given,
    Part,
    PublicChecks,
    as_region,
    slug,
    source_of,
    unused,
)
from autograder.build.source import BEGIN, END
from autograder.build.statements import defined, parsed, used

_HIDDEN = re.compile(
    r"^.*BEGIN (?:ALWAYS )?HIDDEN TESTS.*\n(?P<tests>(?:.*\n)*?).*END (?:ALWAYS )?HIDDEN TESTS.*$",
    re.MULTILINE,
)
_SCHEME = re.compile(r"^.*BEGIN MARK SCHEME.*\n(?P<scheme>(?:.*\n)*?).*END MARK SCHEME.*$", re.MULTILINE)
_NAMELESS = re.compile(r"cell-[0-9a-f]+|\d.*|")
"""The names that nbgrader gives to unnamed cells."""


def is_nbgraders(cells: list[dict[str, Any]]) -> bool:
    return any(_mark(cell).get("grade_id") for cell in cells)


def read_nbgrader(cells: list[dict[str, Any]]) -> Foreign:
    """The parts of the notebook, in its order."""
    parts: list[Part] = []
    found = Foreign(parts)
    names: set[str] = set()
    for cell in cells:
        mark, source, kind = _mark(cell), source_of(cell), cell["cell_type"]
        points = float(mark.get("points") or 0)
        if mark.get("task"):
            parts += _task_cell(source, unused(_name(mark, source, kind), names), points)
        elif mark.get("solution"):
            text = _aligned(source) if BEGIN in source else as_region(source)
            task = ForeignTask(unused(_name(mark, source, kind), names), kind, text, points)
            if mark.get("grade") and (scheme := _SCHEME.search(source)):
                task.source = as_region(_SCHEME.sub("", source).rstrip() + "\n\n" + scheme["scheme"])
            parts.append(task)
        elif mark.get("grade"):
            check = _check(source, points)
            task = _tested(parts, check)
            if task is None:
                found.notes.append(f"tests with no solution above them ({points:g} points):\n{source}")
                continue
            if task.points:
                found.notes.append(f"{task.name}: has tests, and {task.points:g} points by hand: left out")
                task.points = 0.0
            task.checks.append(check)
            parts[:] = [part for part in parts if not (isinstance(part, PublicChecks) and part.task is task)]
            parts.append(PublicChecks(task))
        elif source.strip():
            parts.append(Given(kind, source, bool(mark.get("locked"))))
    return found


def _mark(cell: dict[str, Any]) -> dict[str, Any]:
    return cell.get("metadata", {}).get("nbgrader") or {}


def _aligned(source: str) -> str:
    """Indents each marker like the content of its region, because the stub takes the marker's place."""
    lines = source.split("\n")
    begin = 0
    for place, line in enumerate(lines):
        if BEGIN in line:
            begin = place
        if END in line:
            inside = [text for text in lines[begin + 1 : place] if text.strip()]
            if inside:
                indent = inside[0][: len(inside[0]) - len(inside[0].lstrip())]
                lines[begin], lines[place] = indent + lines[begin].strip(), indent + line.strip()
    return "\n".join(lines)


def _name(mark: dict[str, Any], source: str, kind: str) -> str:
    """The cell's own name or, if it has none, the name that it defines."""
    if not _NAMELESS.fullmatch(name := str(mark.get("grade_id") or "")):
        return slug(name) or "task"
    functions = re.findall(r"^(?:def|class) (\w+)", source, re.MULTILINE) if kind == "code" else []
    return slug(functions[-1]) if functions else ("task" if kind == "code" else "written")


def _check(source: str, points: float) -> Check:
    hidden = _HIDDEN.sub("", source + "\n")
    tree = parsed(source)
    sentence = ast.get_docstring(tree) if tree is not None else None
    comment = re.match(r"#+ ?(\w.*)", source)
    if sentence is None and comment and "HIDDEN TESTS" not in comment[1]:
        sentence = comment[1]
    whole = _HIDDEN.sub(lambda match: match["tests"].rstrip("\n"), source + "\n")
    return Check(whole.strip(), points, hidden.strip(), sentence or "")


def _tested(parts: list[Part], check: Check) -> ForeignTask | None:
    """The answer that a test is for: among those since the last tests, one that it uses, else the last; else an earlier
    one."""
    names = used(check.source)
    earlier = [part for part in parts if isinstance(part, ForeignTask) and part.kind == "code"]
    last_tests = max((i for i, part in enumerate(parts) if isinstance(part, PublicChecks)), default=-1)
    recent = [part for part in parts[last_tests + 1 :] if part in earlier and not part.points]
    for group in (recent, earlier):
        for task in reversed(group):
            if names & defined(task.source):
                return task
    return (recent or earlier or [None])[-1]


def _task_cell(source: str, name: str, points: float) -> list[Part]:
    """Gives a question that students answer in their own cells an answer cell, with its mark scheme as the rubric."""
    scheme = _SCHEME.search(source)
    question = _SCHEME.sub("", source).rstrip()
    answer = scheme["scheme"].strip() if scheme else "(no model answer)"
    return [Given("markdown", question), ForeignTask(name, "markdown", as_region(answer), points)]
