"""`pytest autograder/graders/<name>.py`: a grader under its author's eyes.

The tests run on the solved notebook, or on any other with `--notebook FILE`, and everything that pytest offers works:
one test by name, `-s` and print, `--pdb`, breakpoints. A check that fails shows what it got and expected, and the seed
of the draw. No student ever sees these.

graders/conftest.py brings these hooks to pytest; the judge runs graders without it.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.grading.assignment import REPOSITORY, Assignment, AssignmentError
from autograder.grading.submission import UnreadableSubmission, read

if TYPE_CHECKING:
    import numpy as np

    from autograder.grading.pytest_plugin import GradingPlugin

_GRADERS = REPOSITORY / "autograder" / "graders"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("graders")
    group.addoption("--notebook", type=Path, metavar="FILE", help="grade this notebook, not the solution")
    group.addoption("--seed", type=int, metavar="N", help="repeat a run with the same random draws")


def pytest_configure(config: pytest.Config) -> None:
    """Loads the notebook for the grader named on the command line, in a sandbox as always."""
    config.addinivalue_line("markers", "gpu: needs a GPU; deferred where there is none")
    files = {Path(argument.split("::")[0]).resolve() for argument in config.args}
    if len(files) != 1 or (file := files.pop()).parent != _GRADERS:
        raise pytest.UsageError("name one grader: pytest autograder/graders/<name>.py")
    from autograder.grading.start_judge import judge_for  # seconds

    seed = config.getoption("--seed")
    seed = secrets.randbits(31) if seed is None else seed
    opened = contextlib.ExitStack()
    config.add_cleanup(opened.close)
    try:
        assignment = Assignment.load(file.stem)
        notebook = config.getoption("--notebook") or assignment.solution_file
        submission = read(notebook, assignment)
    except (AssignmentError, UnreadableSubmission) as error:
        raise pytest.UsageError(str(error)) from error
    judge = opened.enter_context(judge_for(assignment, REPOSITORY))
    grading, _ = opened.enter_context(judge.opened(submission, assignment, seed))
    config.pluginmanager.register(grading)
    config.pluginmanager.register(AuthorLoop(grading, notebook))


class AuthorLoop:
    """Adds to pytest's own output what the author of a grader wants to see."""

    def __init__(self, grading: GradingPlugin, notebook: Path) -> None:
        self._grading = grading
        self._notebook = notebook

    def pytest_report_header(self) -> str:
        with contextlib.suppress(ValueError):
            return f"notebook: {self._notebook.resolve().relative_to(REPOSITORY)}, seed: {self._grading.seed}"
        return f"notebook: {self._notebook}, seed: {self._grading.seed}"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo):
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if getattr(error, "expected", None) is not None:
            text = f"got:      {_numbers(error.got)}\nexpected: {_numbers(error.expected)}"
            report.sections.append((f"what was compared (--seed {self._grading.seed})", text))
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("points")
        for name, results in self._grading.results.items():
            if not results:
                continue
            points, maximum = (
                sum(getattr(result, kind) for result in results) for kind in ("points", "max_points")
            )
            terminalreporter.write_line(f"{name}: {points:g} of {maximum:g}")
        for fault in self._grading.errors:
            terminalreporter.write_line(f"bug in the grader: {fault}")


def _numbers(array: np.ndarray) -> str:
    return str(array.tolist() if array.size <= 20 else array)
