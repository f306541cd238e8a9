"""One notebook, scored without a gradebook: what `score`, CI and Gradescope do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.batch.submitted import find_notebook, mistaken
from autograder.grading.assignment import Assignment, AssignmentError
from autograder.grading.report import Report
from autograder.grading.safe_text import say
from autograder.grading.start_judge import judge_for
from autograder.grading.submission import UnreadableSubmission, read


def score(
    place: Path,
    assignment: Assignment,
    root: Path,
    sandbox: str | None = None,
    student: str = "",
    seed: int | None = None,
) -> tuple[Report, tuple[str, ...]]:
    """The report on a notebook, or on the one in a student's folder, and notes on how it was found.

    Raises:
        UnreadableSubmission: there is no notebook, or it cannot be read.
        AssignmentError: the grader cannot be run.
        SandboxUnavailable: no rung holds on this machine.
    """
    file, notes = place, ()
    if place.is_dir():
        found = find_notebook(place, assignment.name)
        if found.file is None:
            raise UnreadableSubmission(found.problem)
        file, notes = found.file, found.notes
    submission = read(file, assignment)
    wrong = mistaken(file, assignment.name, assignment.root)
    with judge_for(assignment, root, sandbox) as judge:
        from autograder.grading.judge import GraderError  # takes seconds: only if there is something to judge

        try:
            report = judge.grade(submission, assignment, student=student, seed=seed)
        except GraderError as error:
            raise AssignmentError(str(error)) from error
        for error in judge.errors:
            say(f"a grader has a bug; the student loses no points: {error}")
    return replace(report, repairs=(*filter(None, [wrong]), *report.repairs)), notes
