"""`make import`: an assignment written for nbgrader or otter becomes one of this repository.

The notebook's cells, points and answers are imported unchanged. Its tests are rewritten to judge from outside
(outside.py) and tried at once: a test that the solution fails, or that the untouched notebook passes, is left for the
author, as a comment at the end of the grader. A task without a test is graded by hand until it has one.
"""

from __future__ import annotations

import ast
import json
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from autograder.build import autotests
from autograder.build.companions import imported_modules
from autograder.build.foreign import (
    Check,
    Foreign,
    ForeignTask,
    Given,
    ImportRefused,
    PublicChecks,
    slug,
    unused,
)
from autograder.build.from_nbgrader import is_nbgraders, read_nbgrader
from autograder.build.from_otter import is_otters, read_otter
from autograder.build.manual import (
    Listed,
    check_name,
    pages_with,
    refuse_taken,
    undone_on_failure,
    write,
    write_bytes,
)
from autograder.build.outside import Rewritten, notebook_above, rewritten
from autograder.build.release import ReleaseBuilder, release, solutions, write_students_files
from autograder.build.source import SCHEMA_VERSION, BuildError
from autograder.build.statements import parsed
from autograder.grading.assignment import REPOSITORY, SHARED, TESTS_SUFFIX, Assignment, names
from autograder.grading.uses import CONTRACT

if TYPE_CHECKING:  # the judge imports torch, which is not needed to read a notebook
    from autograder.grading.judge import Judge

_HEADER = """\
# ---
# jupyter:
#   ruff: noqa
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

"""
_NO_PUBLIC = "# Hidden tests give the points of this task."
_NOSE = "from nose.tools import "
_THE_COURSES = {"assignments", "autograder", "corpora", "release", "solutions"}
"""Folders of the course whose files belong to other assignments, or are not for students."""


@dataclass
class HiddenTest:
    """A test cell that may become a hidden test."""

    task: ForeignTask
    check: Check
    name: str
    test: Rewritten
    refused: str = ""
    """Why it was left to the author after all."""

    @property
    def holds(self) -> bool:
        return self.test.judges and not self.refused


@dataclass
class Imported:
    """What was imported, for the person who imports."""

    name: str
    tests: list[HiddenTest]
    foreign: Foreign
    written: list[str] = field(default_factory=list)
    problem: str = ""
    """Why the assignment is not built yet."""

    @property
    def summary(self) -> str:
        tasks, tests = self.foreign.tasks, self.tests
        coding = {test.task.name for test in tests if test.holds}
        by_hand = {test.task.name for test in tests} - coding
        whole = sum(test.holds and not test.test.left for test in tests)
        part = sum(test.holds for test in tests) - whole
        lines = [
            f"{self.name}: {len(tasks)} tasks: {len(coding)} with hidden tests, "
            f"{len(tasks) - len(coding)} graded by hand",
            f"tests: {whole} of {len(tests)} came over, {part} in part, {len(tests) - whole - part} are left to you",
        ]
        lines += [f"graded by hand until you write its tests: {name}" for name in sorted(by_hand)]
        lines += [f"note: {note}" for note in self.foreign.notes]
        return "\n".join(lines)


def import_notebook(file: Path, name: str | None = None, root: Path | None = None) -> Imported:
    """Write the assignment that a notebook describes, and build it.

    Raises:
        ImportRefused: the file is not a notebook for nbgrader or otter, or is this course's own.
        BuildError: the name cannot be used or is taken.
    """
    root = root or REPOSITORY
    name = name or slug(file.stem)
    check_name(name)
    source_place, grader_place = f"assignments/{name}/{name}.py", f"autograder/graders/{name}.py"
    refuse_taken(name, [source_place, grader_place], root)
    _refuse_built(file, root)
    foreign = read_foreign(file)
    tests = _hidden_tests(foreign)
    pages = pages_with(name, _listed(tests, foreign), root)
    companions = {f"assignments/{name}/{place}": place for place in _companions(file, foreign, root)}
    result = Imported(name, tests, foreign, [source_place, grader_place, *companions, *pages])
    with undone_on_failure(result.written, root):
        write(root / source_place, _source(foreign, _tasks_with_tests(tests)))
        write(root / CONTRACT, pages[CONTRACT])
        write(root / grader_place, _grader(name, tests))
        for target, place in companions.items():
            write_bytes(root / target, (file.parent / place).read_bytes())
        try:
            _try_out(name, tests, root)
        except BuildError as error:
            result.problem = str(error)
        for place, text in pages_with(name, _listed(tests, foreign), root).items():
            write(root / place, text)
        write(root / source_place, _source(foreign, _tasks_with_tests(tests)))
        write(root / grader_place, _grader(name, tests))
        _format([root / source_place, root / grader_place], root)
        if not result.problem:
            try:
                solutions(name, root)
                release(name, root)
                write_students_files(root)
            except BuildError as error:
                result.problem = str(error)
    return result


def _refuse_built(file: Path, root: Path) -> None:
    """Raises ImportRefused for a notebook that this course built itself."""
    place = file.resolve()
    for name in names(root):
        if any(place.is_relative_to((root / tree / name).resolve()) for tree in ("release", "solutions")):
            raise ImportRefused(
                f"{file} was built from assignments/{name}/{name}.py: change that file, or copy it for a new assignment"
            )


def read_foreign(file: Path) -> Foreign:
    """The notebook in parts.

    Raises:
        ImportRefused: it is not a notebook, or one without tasks.
    """
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        cells: list[dict[str, Any]] = notebook["cells"]
    except FileNotFoundError:
        raise ImportRefused(
            f"no file {file}: name the notebook, as in make import NOTEBOOK=ps2.ipynb"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ImportRefused(f"{file} is no notebook of version 4: open it in Jupyter and save it") from None
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if language.lower() != "python":
        raise ImportRefused(f"{file} is written in {language}: only Python notebooks can be graded here")
    if is_nbgraders(cells):
        foreign = read_nbgrader(autotests.written_out(cells, file.parent))
    elif is_otters(cells):
        foreign = read_otter(cells)
    else:
        raise ImportRefused(
            f"{file} has neither nbgrader's cells nor otter's questions: import the instructor's version"
        )
    if not foreign.tasks:
        raise ImportRefused(f"{file} has no answers: import the instructor's version, not the students'")
    return foreign


# ---- its tests


def _hidden_tests(foreign: Foreign) -> list[HiddenTest]:
    """Each test cell, rewritten with what is known at its place in the notebook."""
    answers = [task.source for task in foreign.tasks if task.kind == "code"]
    given: list[str] = []
    earlier: list[str] = []
    found = []
    for part in foreign.parts:
        if isinstance(part, Given) and part.kind == "code":
            given.append(part.source)
        if not isinstance(part, PublicChecks):
            continue
        for number, check in enumerate(part.task.checks, start=1):
            test = rewritten(check, notebook_above(answers, given, earlier))
            earlier.append(check.source)
            name = f"test_{part.task.name.replace('-', '_')}_{number}"
            hidden = HiddenTest(part.task, check, name, test)
            if missing := [line for line in sorted(test.imports) if not _importable(line)]:
                hidden.refused = (
                    f"`{missing[0]}` does not work here: install the package, or write it without"
                )
            found.append(hidden)
    return found


def _importable(line: str) -> bool:
    try:
        exec(line, {})
    except Exception:  # a package that cannot be used here may raise anything
        return False
    return True


def _try_out(name: str, tests: list[HiddenTest], root: Path) -> None:
    """Leave to the author what the solution fails, line by line, and each test that the untouched notebook passes."""
    from autograder.grading.judge import Judge

    if not any(test.holds for test in tests):
        return
    with ReleaseBuilder(root, proof=False) as builder:
        assignment = builder.staged(name)
        with Judge(root=assignment.root) as judge:

            def graded(notebook: Path, these: list[HiddenTest]) -> dict[str, str]:
                """Why each test does not pass; "" for those that do."""
                write(assignment.grader_file, _grader(name, these))
                return _reasons(judge, assignment, notebook)

            reasons = graded(assignment.solution_file, tests)
            failing = [test for test in tests if reasons.get(test.name)]
            alone = {test.name: _line_by_line(test) for test in failing}
            if failing:
                reasons |= graded(assignment.solution_file, [one for some in alone.values() for one in some])
            for test in failing:
                _leave_failing_lines(test, alone[test.name], reasons)
            passing = [test for test in tests if test.holds]
            untouched = graded(assignment.template_file, passing) if passing else {}
    for test in passing:
        if not untouched[test.name]:
            test.refused = "the untouched notebook passes it: it must need an answer"


def _reasons(judge: Judge, assignment: Assignment, notebook: Path) -> dict[str, str]:
    from autograder.grading.judge import GraderError

    judge.errors.clear()
    try:
        report = judge.grade(notebook, assignment, seed=0)
    except GraderError as error:
        raise BuildError(str(error)) from None
    reasons = {
        test.name: "" if test.outcome == "passed" else " ".join(test.message.split("\n", 1)[-1].split())
        for task in report.tasks.values()
        for test in task.tests
    }
    for error in judge.errors:  # "submission: test_f_1: TypeError: … (file, line)"
        _, test, reason = error.split(": ", 2)
        reasons[test] = reason
    return reasons


def _line_by_line(test: HiddenTest) -> list[HiddenTest]:
    """A test for each line that judges, together with all lines that do not."""
    return [
        replace(
            test,
            name=f"{test.name}_line_{place}",
            test=replace(test.test, lines=[one for one in test.test.lines if one is line or not one.judges]),
        )
        for place, line in enumerate(test.test.lines)
        if line.judges
    ]


def _leave_failing_lines(test: HiddenTest, alone: list[HiddenTest], reasons: dict[str, str]) -> None:
    """Keep the lines that the solution passes when they are tried alone; none if all of them fail."""
    failed = {}
    for one in alone:
        line = next(line for line in one.test.lines if line.judges)
        if reasons.get(one.name):
            failed[id(line)] = f"the solution does not pass it from outside: {reasons[one.name]}"
    if len(failed) in (0, len(alone)):
        reason = next(iter(failed.values()), f"the solution does not pass it: {reasons[test.name]}")
        test.refused = reason
        return
    test.test.left += [(line.original, failed[id(line)]) for line in test.test.lines if id(line) in failed]
    test.test.lines = [line for line in test.test.lines if id(line) not in failed]


def _tasks_with_tests(tests: Iterable[HiddenTest]) -> set[str]:
    return {test.task.name for test in tests if test.holds}


def _points(task: ForeignTask) -> float:
    total = sum((Fraction(check.points).limit_denominator(1000) for check in task.checks), Fraction())
    return float(total) if task.checks else task.points


# ---- the files


def _listed(tests: list[HiddenTest], foreign: Foreign) -> list[Listed]:
    tested = _tasks_with_tests(tests)
    return [
        Listed(task.name, "coding" if task.name in tested else "written", _points(task), "see the notebook")
        for task in foreign.tasks
    ]


def _source(foreign: Foreign, tested: set[str]) -> str:
    """The source notebook, in percent format."""
    import jupytext
    import nbformat

    names = {task.name for task in foreign.tasks}
    cells = []
    for part in foreign.parts:
        if isinstance(part, PublicChecks):
            cells.append(_checks_cell(part.task, part.task.name in tested, names))
        elif isinstance(part, Given):
            given = _cell(part.kind, part.source)
            if part.locked or _prepares(part):  # cells without nbgrader's metadata are not run when grading
                given.metadata["nbgrader"] = _metadata(unused("given", names), locked=True)
            cells.append(given)
        else:
            answer = _cell(part.kind, part.source)
            by_hand = part.name not in tested
            points = {"points": _plain(_points(part))} if by_hand else {}
            answer.metadata["nbgrader"] = _sorted(_metadata(part.name, solution=True, grade=by_hand) | points)
            cells.append(answer)
    text = jupytext.writes(nbformat.v4.new_notebook(cells=cells), fmt="py:percent")
    return _HEADER + text[text.index("# %%") :]


def _prepares(part: Given) -> bool:
    """Whether later cells may need it: it defines, imports or seeds something."""
    tree = parsed(part.source) if part.kind == "code" else None
    statements = tree.body if tree is not None else []
    return any(
        not isinstance(node, (ast.Expr, ast.Pass)) or "seed(" in ast.unparse(node) for node in statements
    )


def _checks_cell(task: ForeignTask, tested: bool, names: set[str]) -> Any:
    """What students see of the tests. If the points are given by hand, it is an ordinary cell."""
    visible = [_without_nose(check.visible) for check in task.checks if check.visible]
    cell = _cell("code", "\n\n".join(visible) or _NO_PUBLIC)
    if tested:
        mark = _metadata(task.name + TESTS_SUFFIX, locked=True, grade=True)
        cell.metadata["nbgrader"] = _sorted(mark | {"points": _plain(_points(task))})
    else:
        cell.metadata["nbgrader"] = _metadata(unused("public-checks", names), locked=True)
    return cell


def _cell(kind: str, source: str) -> Any:
    import nbformat

    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return make.get(kind, nbformat.v4.new_raw_cell)(source)


def _sorted(mark: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(mark.items()))


def _metadata(
    grade_id: str, *, locked: bool = False, solution: bool = False, grade: bool = False
) -> dict[str, Any]:
    return {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": SCHEMA_VERSION,
        "solution": solution,
        "task": False,
    }


def _without_nose(source: str) -> str:
    """nose no longer exists; unittest has the same functions."""
    lines = []
    for line in source.split("\n"):
        if line.startswith(_NOSE):
            names = [name.strip() for name in line.removeprefix(_NOSE).split(",")]
            lines.append("from unittest import TestCase")
            for name in names:
                method = "".join(word.capitalize() if i else word for i, word in enumerate(name.split("_")))
                lines.append(f"{name} = TestCase().{method}")
        else:
            lines.append(line)
    return "\n".join(lines)


def _grader(name: str, tests: list[HiddenTest]) -> str:
    """The grader, with comments at its end on what is left to write."""
    kept = [test for test in tests if test.holds]
    imports = set().union(*(test.test.imports for test in kept))
    helpers = sorted({"task"}.union(*(test.test.helpers for test in kept)))
    lines = [
        f'"""Hidden tests of `{name}`, made from the test cells of an imported notebook (docs/authoring.md)."""',
        "# ruff: noqa",
        "",
        "from __future__ import annotations",
        "",
        *sorted(imports),
        "",
        f"from autograder.grading.toolkit import {', '.join(helpers)}",
    ]
    for task in {test.task.name: test.task for test in kept}.values():
        mine = [test for test in kept if test.task is task]
        shares = _shares(mine, _points(task))
        for test, points in zip(mine, shares, strict=True):
            sentence = test.check.sentence or f"`{task.name}` should do what the task says."
            lines += ["", "", f"@task({task.name!r}, points={points})", f"def {test.name}(student):"]
            lines += [f"    {_docstring(sentence)}"]
            lines += [f"    {line}" for text in test.test.body for line in text.split("\n")]
    left = [part for test in tests for part in _left(test)]
    if left:
        lines += [
            "",
            "",
            "# Left to write by hand (docs/graders.md). `student` is the notebook, seen from outside.",
            *left,
        ]
    return "\n".join(lines) + "\n"


def _shares(tests: list[HiddenTest], total: float) -> list[str]:
    """The points of each test, as Python, so that they add up to the task's."""
    weights = [Fraction(test.check.points).limit_denominator(1000) for test in tests]
    if not sum(weights):
        weights = [Fraction(1)] * len(tests)
    whole = Fraction(total).limit_denominator(1000)
    shares = [whole * weight / sum(weights) for weight in weights]
    return [
        f"{float(share):g}"
        if Fraction(f"{float(share):g}") == share
        else f"{share.numerator} / {share.denominator}"
        for share in shares
    ]


def _docstring(sentence: str) -> str:
    if '"' in sentence or "\\" in sentence:
        return repr(sentence)
    return f'"""{sentence}"""'


def _left(test: HiddenTest) -> list[str]:
    """The statements of a test cell that were not imported, as comments."""
    left = test.test.left if test.holds else [(test.check.source, test.refused or test.test.left[0][1])]
    lines = []
    for source, reason in left:
        lines += ["#", f"# {test.name} ({test.check.points:g} points): {reason}"]
        lines += [f"#     {line}".rstrip() for line in source.split("\n")]
    return lines


def _plain(points: float) -> float | int:
    return int(points) if points == int(points) else points


def _companions(file: Path, foreign: Foreign, root: Path) -> list[str]:
    """The files next to the notebook that students need, relative to its folder.

    These are the modules that its cells import, and the data and pictures whose paths they quote or link; files that
    only the hidden tests name are left out. Each module found is searched like a cell.
    """
    texts = [(part.kind, part.source) for part in foreign.parts if isinstance(part, Given | ForeignTask)]
    texts += [("code", check.visible) for task in foreign.tasks for check in task.checks]
    found: set[str] = set()
    while texts:
        kind, text = texts.pop()
        places = {place for place in _named(text) if not place.endswith((".py", ".ipynb"))}
        if kind == "code" and parsed(text) is not None:
            places |= {
                place for module in imported_modules(text, inside=True) for place in _module_files(module)
            }
        for place in sorted(places - found):
            if _is_companion(place, file.parent, root):
                found.add(place)
                if place.endswith(".py"):
                    texts.append(
                        ("code", (file.parent / place).read_text(encoding="utf-8", errors="replace"))
                    )
    shared = {PurePosixPath(place).parts[0] for place in found if "/" in place}
    for folder in sorted(shared):
        if (root / SHARED / folder).is_dir():
            raise ImportRefused(
                f"{file.parent / folder} is called like the package {SHARED}/{folder}, which all notebooks get: "
                "rename the folder, and its imports in the notebook"
            )
    return sorted(found)


def _named(text: str) -> set[str]:
    """Texts that could be a file's path: in quotes, or the target of a link in Markdown."""
    links = re.findall(r"\]\(\s*<?([^)>\s]+)|^ *\[[^]]+\]: *<?([^>\s]+)", text, re.MULTILINE)
    quoted = re.findall(r"""(?<=["'])[^"'\n]+(?=["'])""", text)
    return {posixpath.normpath(name) for name in [*quoted, *map(unquote, chain.from_iterable(links))] if name}


def _module_files(module: str) -> list[str]:
    """The files where a module, and the packages that contain it, would be."""
    names = module.split(".")
    packages = ["/".join([*names[:depth], "__init__.py"]) for depth in range(1, len(names) + 1)]
    return ["/".join(names) + ".py", *packages]


def _is_companion(place: str, folder: Path, root: Path) -> bool:
    """Whether it is a file in the notebook's own folder: not a link, a test, or a file of the course or of a tool."""
    file, names = folder / place, PurePosixPath(place).parts
    if place.startswith("/") or not os.path.isfile(file):  # False even for a name that no file can have
        return False
    if file.resolve() != folder.resolve() / place:
        return False
    if any(name.startswith(".") for name in names) or {"tests", "dist"}.intersection(names[:-1]):
        return False
    if folder.resolve() == root.resolve() and names[0] in _THE_COURSES:
        return False
    return not any(
        (folder.joinpath(*names[:depth]) / "pyvenv.cfg").exists() for depth in range(1, len(names))
    )


def _format(files: list[Path], root: Path) -> None:
    """Formats files as the repository does; ruff is a development tool and may not be installed."""
    subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-q", *files], cwd=root, capture_output=True, check=False
    )


def main_import(file: Path, name: str | None) -> int:
    """`python -m autograder import`: write it, try its tests, and say what is left."""
    result = import_notebook(file, name)
    print(result.summary)
    for place in result.written:
        print(f"  {place}")
    if any(test.refused or test.test.left for test in result.tests):
        print(f"what is left to write is at the end of autograder/graders/{result.name}.py")
    if result.problem:
        print(f"not released yet:\n{result.problem}", file=sys.stderr)
        print(f"Fix that, then: make release solutions ASSIGNMENT={result.name}", file=sys.stderr)
        return 2
    return 0
