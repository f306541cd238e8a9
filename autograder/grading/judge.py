"""One submission: its cells run in a sandboxed worker, pytest judges them from outside, a report comes out.

This process is the trusted side. It knows the expected values and never runs a line of a student's code; the worker
runs the student's code and knows nothing (docs/safety.md, "The trust boundary").
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import os
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.grading.gpu import GpuServer, has_gpu
from autograder.grading.pytest_plugin import GradingPlugin
from autograder.grading.report import (
    FAILED,
    JUDGE_CRASHED,
    MANUAL,
    Report,
    TaskResult,
    left_open,
    task_from_tests,
)
from autograder.grading.run_notebook import Notebook
from autograder.grading.safe_text import one_line
from autograder.grading.start_sandbox import start_sandbox
from autograder.grading.submission import Submission, read
from autograder.sandbox.faults import SandboxUnavailable
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.worker_client import Worker


class GraderError(Exception):
    """The grader file itself cannot be run; one sentence for the instructor."""


class PytestCrashed(Exception):
    """pytest ended in the middle of a submission, through a bug of ours."""


class Judge:
    """Grades submissions, one after another, with one fork server behind it.

    Use as a context manager. Starting takes seconds, because torch is imported; each submission takes milliseconds more
    than the student's own code.
    """

    def __init__(
        self,
        sandbox: str | None = None,
        root: Path | None = None,
        gpu: bool | None = None,
        server: ForkServer | None = None,
    ) -> None:
        """Args:
        sandbox: a rung of the ladder by name, "none" to run without one, None for the first that holds here.
        root: the folder with `release/`; the repository by default.
        gpu: whether tests marked `gpu` run; by default, if CUDA is available.
        server: a fork server that is already running (start_sandbox.py), on that rung and for that root.

        Raises:
            SandboxUnavailable: no rung holds on this machine.
        """
        self.root = root or REPOSITORY
        self.gpu = has_gpu() if gpu is None else gpu
        self.errors: list[str] = []
        """Bugs in graders found so far, for the instructor."""
        self._server = server or start_sandbox(sandbox, self.root)
        self._for_gpu = self._gpu_server()

    @property
    def sandbox(self) -> str:
        """The rung that submissions run on."""
        return self._server.rung

    def _gpu_server(self) -> GpuServer:
        return GpuServer(functools.partial(start_sandbox, self.sandbox, self.root, gpu=True), self.errors)

    def share(self) -> Judge:
        """A judge for a process that is about to be forked from this one, with workers of the same fork server."""
        other = copy.copy(self)
        other.errors = []
        other._server = self._server.share()
        other._for_gpu = other._gpu_server()
        return other

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.close()
        self._for_gpu.close()

    def grade(
        self,
        submission: Submission | Path | str,
        assignment: Assignment,
        student: str = "",
        seed: int | None = None,
        only: Collection[str] | None = None,
        tests: Collection[str] | None = None,
        failed: Collection[str] = (),
        until_failure: bool = False,
    ) -> Report:
        """The report of one submission.

        Args:
            submission: a notebook's path, or one already read.
            seed: the seed of everything that the graders draw; fresh and secret by default, given to repeat a grading.
            only: only these tasks and those that build on them; the report then has no other coding task.
            tests: only these tests, by name; their tasks' points are then the points of these tests.
            failed: tasks known to have failed tests that do not run now (for follow-through).
            until_failure: stop at the first test that fails, and leave out what builds on `only`; enough to find out
                whether these tasks get full marks.

        Raises:
            UnreadableSubmission: the file is not a notebook.
            GraderError: the grader file itself is broken.
            SandboxUnavailable: the fork server has ended; a new judge can grade the submission.
        """
        begin = time.perf_counter()
        if not isinstance(submission, Submission):
            submission = read(Path(submission), assignment)
        choice = {
            "only": None if only is None else frozenset(only),
            "tests": None if tests is None else frozenset(tests),
            "failed": frozenset(failed),
            "with_dependents": not until_failure,
        }
        try:
            with self.opened(submission, assignment, seed, **choice) as (plugin, notebook):
                run_pytest(assignment.grader_file, plugin, *(["--exitfirst"] if until_failure else []))
        except (GraderError, SandboxUnavailable):
            raise
        except Exception as error:  # it costs this submission no point, and the others nothing
            self._server.check()
            self.errors.append(one_line(f"{student or 'submission'}: {type(error).__name__}: {error}"))
            return replace(left_open(assignment, JUDGE_CRASHED), student=student)
        if any(test.outcome == FAILED for tests in plugin.results.values() for test in tests):
            # if the fork server had died, its workers would have died too, and no failure would be the student's
            self._server.check()
        errors = list(plugin.errors)
        is_coding = any(task.kind == "coding" for task in assignment.tasks.values())
        if is_coding and not plugin.results and only is None and tests is None:
            errors.append(f"no test ran: {assignment.grader_file.name} has none")
        self.errors += [f"{student or 'submission'}: {error}" for error in errors]
        tasks = {
            task.name: task_from_tests(plugin.results.get(task.name, []), task.points)
            if task.kind == "coding"
            else TaskResult(None, task.points, MANUAL)
            for task in assignment.tasks.values()
            if only is None or task.kind == "written" or task.name in plugin.results
        }
        seconds = time.perf_counter() - begin
        overhead = seconds - notebook.computing - plugin.computing
        return Report(
            assignment.name,
            student,
            tasks,
            self.sandbox,
            seconds,
            (*submission.repairs, *notebook.repairs),
            overhead=overhead,
        )

    @contextlib.contextmanager
    def opened(
        self, submission: Submission, assignment: Assignment, seed: int | None = None, **choice: Any
    ) -> Iterator[tuple[GradingPlugin, Notebook]]:
        """The loaded notebook, and the plugin for one run of pytest over it; `choice` goes to the plugin.

        Raises:
            SandboxUnavailable: the fork server has ended.
        """
        notebook = self._load(submission, assignment)
        plugin = GradingPlugin(
            notebook.worker,
            assignment,
            secrets.randbits(62) if seed is None else seed,
            gpu_worker=(lambda: self._load(submission, assignment, self._for_gpu.spawn).worker)
            if self.gpu
            else None,
            cell_errors=notebook.missing,
            earlier=notebook.earlier,
            **choice,
        )
        try:
            yield plugin, notebook
        finally:
            plugin.close()
            notebook.close()

    def _load(
        self, submission: Submission, assignment: Assignment, spawn: Callable[[], Worker] | None = None
    ) -> Notebook:
        """Runs the cells in a worker of the usual server, or in one that `spawn` makes and that must not be copied."""

        def start() -> Worker:
            worker = spawn() if spawn else self._server.spawn()
            try:
                self._prepare(worker, assignment)
            except BaseException:
                worker.close()
                raise
            return worker

        return Notebook(submission.cells, start, with_copies=spawn is None, supplied=submission.supplied)

    def _prepare(self, worker: Worker, assignment: Assignment) -> None:
        """`import course` and the name of a table find the supplied files, never the student's copies of them."""
        folder = self.root / "release" / assignment.name
        # without a sandbox, the worker has no folder of its own to link them into
        has_folder = self.sandbox != "none" and folder.is_dir()
        names = sorted(path.name for path in folder.iterdir()) if has_folder else []
        tables = [name for name in names if not name.endswith((".ipynb", ".py"))]
        source = _SUPPLIED.format(folder=str(folder), tables=tables)
        worker.request("cell", source=source, name="supplied files")


_SUPPLIED = """
import contextlib, os, sys
sys.path.insert(0, {folder!r})
for name in {tables!r}:
    with contextlib.suppress(OSError):  # this rung has no folder that it may write to
        os.symlink(os.path.join({folder!r}, name), name)
    del name
del contextlib, os, sys
"""


# Plugins of pytest that a grader does not need: each would slow down every submission. `unraisableexception`
# collects garbage twice, 0.4 s each with torch in memory.
_UNUSED_PLUGINS = (
    "cacheprovider debugging doctest faulthandler junitxml legacypath logging monkeypatch pastebin recwarn "
    "setuponly setupplan stepwise subtests threadexception tmpdir unittest unraisableexception"
).split()


def run_pytest(grader_file: Path, plugin: object | None, *arguments: str) -> str:
    """Runs pytest in this process on a grader file with `plugin`, if there is one, and returns what it printed.

    Raises:
        GraderError: the file cannot be collected.
        PytestCrashed: pytest or the plugin failed.
    """
    options = [
        str(grader_file),
        "--noconftest",
        "--import-mode=importlib",
        f"--rootdir={grader_file.parent}",
        f"--config-file={os.devnull}",
        "--disable-plugin-autoload",
        *(word for name in _UNUSED_PLUGINS for word in ("-p", f"no:{name}")),
        "-q",
        "--tb=native",
        "--show-capture=no",
        "--capture=no",
        "-Wignore",
        *arguments,
    ]
    forget_other_versions(grader_file)
    output = io.StringIO()
    with _quiet_environment(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        collecting = _Collecting(grader_file)
        code = pytest.main(options, plugins=[*([plugin] if plugin else []), collecting])
    # no tests: an assignment whose tasks are all graded by hand
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        _forget(
            grader_file
        )  # pytest keeps a module whose import has failed, and would take it for a whole one
        if collecting.error:
            raise GraderError(collecting.error)
        last = [line for line in output.getvalue().splitlines() if line.strip()][-12:]
        kind = PytestCrashed if code == pytest.ExitCode.INTERNAL_ERROR else GraderError
        raise kind(f"{grader_file.name} cannot be run (pytest exit {int(code)}):\n" + "\n".join(last))
    return output.getvalue()


_imported: dict[str, tuple[Path, bytes]] = {}


def forget_other_versions(grader_file: Path) -> None:
    """pytest imports a file once per process, but a judge that runs for days must see the grader as it is now."""
    version = grader_file, grader_file.read_bytes()
    if _imported.get(grader_file.stem) != version:
        _forget(grader_file)
    _imported[grader_file.stem] = version


def _forget(grader_file: Path) -> None:
    for name, module in list(sys.modules.items()):
        if name == grader_file.stem or getattr(module, "__file__", None) == str(grader_file):
            del sys.modules[name]


class _Collecting:
    """Notes why a grader cannot be imported: pytest's own text names no line."""

    def __init__(self, grader_file: Path) -> None:
        self._file = grader_file
        self.error = ""

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "gpu: needs a GPU; deferred where there is none")

    def pytest_exception_interact(self, call: pytest.CallInfo, report: object) -> None:
        if isinstance(report, pytest.CollectReport):
            error = call.excinfo.value
            self.error = _place_and_reason(error.__cause__ or error, self._file)


def _place_and_reason(error: BaseException, file: Path) -> str:
    """Where and why a grader cannot be imported: `autograder/graders/k-means.py, line 30: NameError: ...`."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
    ]
    if isinstance(error, SyntaxError) and error.filename == str(file):
        lines = [error.lineno]
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    where = f", line {lines[-1]}" if lines else ""
    return f"{'/'.join(file.parts[-3:])}{where}: {type(error).__name__}: {reason.splitlines()[0] if reason else ''}"


@contextlib.contextmanager
def _quiet_environment() -> Iterator[None]:
    """pytest inside pytest: options meant for an outer run must not reach this one."""
    kept = {
        name: os.environ.pop(name, None)
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")
    }
    dont_write = sys.dont_write_bytecode
    try:
        yield
    finally:
        sys.dont_write_bytecode = dont_write
        os.environ.update({name: value for name, value in kept.items() if value is not None})
