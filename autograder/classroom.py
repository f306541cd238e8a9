"""Grades a class: judges every submission, writes each report to disk as soon as it is finished, enters the marks.

An interrupted run loses nothing: verdicts are kept, and the next run continues from there. Unchanged submissions are
neither judged nor converted again.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, mode

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.batch.alone import AnotherRun, alone
from autograder.batch.cache import KEPT, REPORTS, read_json, what_failed, write_json
from autograder.batch.judging import Judges, JudgingRefused, Unit, Verdict, judge
from autograder.batch.local import LocalJudges
from autograder.batch.submitted import SUBMITTED, Submitted, collect
from autograder.changes import Change, Judged, change
from autograder.gradebook.checked_semester import checked_semester
from autograder.gradebook.class_marks import ClassMarks, NothingGraded, marks_of_class
from autograder.gradebook.configuration import SettingsError, nearest
from autograder.gradebook.entries import Entries
from autograder.gradebook.groups import share_submissions
from autograder.gradebook.marks import Mark, mark_of_report
from autograder.grading.assignment import REPOSITORY, Assignment, Refusal, released
from autograder.grading.report import Report, number
from autograder.grading.safe_text import for_terminal, one_line, say
from autograder.pages.write import Notebooks, write_index, write_pages
from autograder.sandbox.fast_imports import without_full_collections

_SCREEN = 40
"""With at most this many students, each gets a line on the screen."""


class GradingRefused(Refusal):
    """The class cannot be graded now; the message is one sentence that says what to do."""


def grade(
    assignment: str | None = None,
    students: Sequence[str] | None = None,
    jobs: int | None = None,
    root: Path | None = None,
    sandbox: str | None = None,
    scheduler: str | None = None,
    gpu_only: bool = False,
) -> int:
    """Grade `submitted/` of the course folder `root` into the gradebook; returns the exit status.

    Args:
        assignment: by default, all with submissions.
        students: only these; by default, all who submitted.
        jobs: judges in parallel; by default, one for each core.
        scheduler: address of a Dask scheduler whose workers judge instead of this machine.
        gpu_only: only the tests that wait for a GPU.

    Raises:
        AssignmentError: the assignment is not built.
    """
    root = Path(root) if root is not None else REPOSITORY
    try:
        checked_semester(root)  # a wrong row is reported before anything is graded
        with alone(root), contextlib.ExitStack() as stack:
            if scheduler is None:
                judges: Judges = LocalJudges(root, jobs, sandbox)
            else:
                from autograder.batch.cluster import ClusterJudges  # Dask is an extra

                judges = stack.enter_context(ClusterJudges(scheduler, sandbox))
            if gpu_only and not judges.has_gpu:
                where = "on this machine" if scheduler is None else f"among the workers of {scheduler}"
                return _refuse(f"there is no GPU {where}: what waits for one stays pending")
            return _grade(root, _classes(root, assignment, students), judges, sandbox == "none", gpu_only)
    except (AnotherRun, JudgingRefused, GradingRefused, SettingsError) as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        say("stopped; what was judged is kept, the same command takes up from here")
        return 130
    except OSError as error:
        return _refuse(f"{what_failed(error)}; what was graded is kept")


def _refuse(sentence: str) -> int:
    say(sentence)
    return 2


@dataclass
class _Class:
    """An assignment with all who submitted it, and their results so far."""

    assignment: Assignment
    submitted: list[Submitted]
    gradebook: Entries
    notebooks: Notebooks
    before: Mapping[str, Judged]
    """The state of each student after the last completed run."""
    verdicts: list[Verdict] = field(default_factory=list)
    marks: ClassMarks | None = None
    """What the gradebook says at the end of the run."""
    no_page: str = ""
    """Why there are no marks to show; one sentence."""

    def mark(self, verdict: Verdict) -> Mark:
        found = {one.student: one.mark for one in self.marks.reported} if self.marks is not None else {}
        return found.get(verdict.student) or mark_of_report(verdict.report)

    @property
    def failures(self) -> int:
        """How many things the instructor has to look at."""
        return len(self.gradebook.failures) + sum(bool(v.problem or v.errors) for v in self.verdicts)


def _classes(root: Path, name: str | None, students: Sequence[str] | None) -> list[_Class]:
    names = [name] if name is not None else released(root)
    found: list[_Class] = []
    there: set[str] = set()
    for one in names:
        for note in share_submissions(root, one):
            say(note)
        everyone = collect(root, one)
        submitted = [each for each in everyone if students is None or each.student in students]
        there |= {each.student for each in everyone}
        if submitted or name is not None:
            assignment = Assignment.load(one, root=root)
            gradebook, notebooks = Entries(root, assignment), Notebooks(root, assignment)
            found.append(_Class(assignment, submitted, gradebook, notebooks, _last_run(root, one)))
    strangers = [student for student in students or () if student not in there]
    if there and strangers:
        hint = nearest(strangers[0], there) or "check the name"
        what = f"{', '.join(map(one_line, strangers))} submitted nothing" + (f" for {name}" if name else "")
        raise GradingRefused(f"{what}: {hint}")
    if not any(one.submitted for one in found):
        what = name if name is not None else "<assignment>"
        raise GradingRefused(f"nothing submitted: no {SUBMITTED}/<student>/{what} below {root.name}")
    return found


def _grade(root: Path, classes: list[_Class], judges: Judges, unconfined: bool, gpu_only: bool) -> int:
    console = Console()
    of = {one.assignment.name: one for one in classes}
    submitted = [(one.assignment, student) for one in classes for student in one.submitted]
    with _Watch(console, classes) as watch:
        for verdict in judge(submitted, root, judges, unconfined, gpu_only, watch.started):
            one = of[verdict.report.assignment]
            if verdict.submitted.file is not None:  # others are on no page, as in the gradebook
                _write_report(_report_file(root, one.assignment, verdict.student), verdict.report)
            one.gradebook.enter(verdict)
            if verdict.fresh:
                with contextlib.suppress(Exception):  # it is tried again below
                    one.notebooks.look_into(verdict.student, verdict.submitted.file)
            one.verdicts.append(verdict)
            watch.done(verdict)
    for one in classes:
        one.gradebook.settle()
        one.verdicts.sort(key=lambda verdict: verdict.student)
        try:
            one.marks = marks_of_class(root, one.assignment)
        except NothingGraded as error:
            one.no_page = str(error)
    _print_classes(console, classes)
    for one in classes:
        _print_changes(console, one)
        _save_run(root, one)
    status = max(_say_what_went_wrong(one) for one in classes)
    for (
        one
    ) in classes:  # last: if a page fails, the marks are in the gradebook and everything has been printed
        if one.verdicts and one.marks is not None:
            page = write_pages(root, one.assignment, one.marks)
            console.print(f"{page.relative_to(root)} shows the class", soft_wrap=True)
    write_index(root, {one.assignment.name: one.marks for one in classes if one.marks is not None})
    return status


class _Watch:
    """The progress bar: how many are done, the time left, who is being graded, and what needs the instructor's
    attention."""

    def __init__(self, console: Console, classes: list[_Class]) -> None:
        self._classes = classes
        self._running: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()
        self._imports = threading.Thread(target=_import_what_verdicts_need, daemon=True)
        columns = (
            TextColumn("grading"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
        )
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._bar: TaskID = self._progress.add_task("", total=sum(len(one.submitted) for one in classes))

    def __enter__(self) -> _Watch:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, unit: Unit) -> None:
        name, student = unit.assignment.name, unit.submitted.student
        with self._lock:
            if self._imports.ident is None:  # not started
                self._imports.start()
            self._running[name, student] = one_line(
                student if len(self._classes) == 1 else f"{student}/{name}"
            )
            self._describe()

    def done(self, verdict: Verdict) -> None:
        with self._lock:
            self._running.pop((verdict.report.assignment, verdict.student), None)
            self._describe()
        self._progress.advance(self._bar)

    def _describe(self) -> None:
        parts = [", ".join(self._running.values())] if self._running else []
        failures = sum(one.failures for one in self._classes)
        if failures:
            parts.append(f"{failures} to look at")
        self._progress.update(self._bar, description="; ".join(parts))


def _import_what_verdicts_need() -> None:
    """While the judges start, imports what is needed to enter and show the first verdict, which takes seconds."""
    # an import that fails is reported where it is needed
    with contextlib.suppress(Exception), without_full_collections():
        import sklearn.feature_extraction.text  # noqa: F401  (pages/similarity.py)

        import autograder.gradebook.enter_marks  # noqa: F401


def _report_file(root: Path, assignment: Assignment, student: str) -> Path:
    return root / REPORTS / assignment.name / f"{student}.json"


def _write_report(file: Path, report: Report) -> None:
    """Writes a report, unless it is already there: then it has the marks, which come from the gradebook at the end."""
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):  # none, or damaged
        if Report.from_json(read_json(file)).to_json() == report.to_json():
            return
    write_json(file, report.to_json())


def _last_run_file(root: Path, assignment: str) -> Path:
    return root / REPORTS / KEPT / assignment / "last_run" / "outcomes.json"


def _last_run(root: Path, assignment: str) -> dict[str, Judged]:
    content = read_json(_last_run_file(root, assignment)) or {}
    try:
        return {
            student: Judged(Report.from_json(outcome["report"]), dict(outcome["grounds"]))
            for student, outcome in content.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError):  # damaged, or of another version
        return {}


def _save_run(root: Path, one: _Class) -> None:
    """Saves what the next run compares with. A run that did not finish leaves what the earlier one saved."""
    now = {verdict.student: Judged(verdict.report, verdict.grounds) for verdict in one.verdicts}
    content = {
        student: {"report": outcome.report.to_json(), "grounds": dict(outcome.grounds)}
        for student, outcome in sorted({**one.before, **now}.items())
    }
    write_json(_last_run_file(root, one.assignment.name), content)


def _print_classes(console: Console, classes: list[_Class]) -> None:
    if len(classes) == 1 and len(classes[0].verdicts) <= _SCREEN:
        _print_students(console, classes[0])
    table = Table(box=None, pad_edge=False)
    for heading in ("assignment", "students", "judged", "mean", "of", "pending", "repaired", "problems"):
        table.add_column(heading, justify="left" if heading == "assignment" else "right", no_wrap=True)
    for one in classes:
        if not one.verdicts:
            continue
        marks = [one.mark(verdict) for verdict in one.verdicts]
        counted = [mark for mark in marks if mark.counts] or marks
        table.add_row(
            one.assignment.name,
            str(len(marks)),
            str(sum(verdict.fresh for verdict in one.verdicts)),
            f"{fmean(mark.score for mark in counted):.1f}",
            number(mode(mark.max_score for mark in counted)),
            number(mode(mark.undecided for mark in counted)),
            str(sum(bool(verdict.report.repairs) for verdict in one.verdicts)),
            str(one.failures),
        )
    if table.row_count:
        console.print(table)
    else:
        console.print("nothing waits for a GPU")
    for one in classes:
        late = sum(one.mark(verdict).penalty > 0 for verdict in one.verdicts)
        if late:
            console.print(f"{one.assignment.name}: late, and losing points for it: {late}")


def _print_students(console: Console, one: _Class) -> None:
    """The marks, as in the gradebook: the late penalty is subtracted from the score."""
    table = Table("student", "score", "of", "pending", "repairs", box=None, pad_edge=False)
    marks = [one.mark(verdict) for verdict in one.verdicts]
    is_late = any(mark.penalty for mark in marks)
    has_states = any(mark.state for mark in marks)
    if is_late:
        table.add_column("late")
    if has_states:
        table.add_column("")
    for verdict, mark in zip(one.verdicts, marks, strict=True):
        points = (number(value) for value in (mark.score, mark.max_score, mark.undecided))
        repairs = len(verdict.report.repairs)
        lost = [f"-{number(mark.penalty)}" if mark.penalty else ""] if is_late else []
        state = [mark.state] if has_states else []
        table.add_row(
            Text(one_line(verdict.student)), *points, str(repairs) if repairs else "", *lost, *state
        )
    if one.verdicts:
        console.print(table)
        console.print()


def _print_changes(console: Console, one: _Class) -> None:
    """Who gained or lost points since the last run, and why."""
    changes: list[Change] = []
    for verdict in one.verdicts:
        before = one.before.get(verdict.student)
        found = change(before, Judged(verdict.report, verdict.grounds)) if before is not None else None
        if found is not None:
            changes.append(found)
    if not changes:
        return
    console.print()
    console.print(
        f"{one.assignment.name}: {len(changes)} of {len(one.verdicts)} with other points than before"
    )
    names = max(len(found.student) for found in changes)
    points = max(len(found.points) for found in changes)
    for found in changes:
        line = f"  {found.student:{names}}  {found.points:{points}}  {found.why}"
        shown = for_terminal("\n      ".join((line, *found.tasks)))
        console.print(shown, soft_wrap=True, markup=False, highlight=False)


def _say_what_went_wrong(one: _Class) -> int:
    bugs: dict[str, list[str]] = {}
    for verdict in one.verdicts:
        if verdict.problem:
            say(f"{verdict.student}: {verdict.problem}")
        for error in verdict.errors:
            bugs.setdefault(error, []).append(verdict.student)
    for error, students in bugs.items():
        say(f"{_who(students)}: a grader has a bug that costs no points: {error}")
    for note in one.gradebook.notes:
        say(note)
    for sentence in one.marks.left_out if one.marks is not None else ():
        say(sentence)
    if one.verdicts and one.no_page:
        say(one.no_page)
    alike: dict[str, list[str]] = {}
    for student, failure in sorted(one.gradebook.failures.items()):
        alike.setdefault(failure, []).append(student)
    for failure, students in alike.items():
        say(
            f"{_who(students)} not in the gradebook: {failure}; the reports are kept, run the same command again"
        )
    return 2 if alike else 0


def _who(students: list[str]) -> str:
    return students[0] if len(students) == 1 else f"{students[0]} and {len(students) - 1} more"
