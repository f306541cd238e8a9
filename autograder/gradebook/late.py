"""What a late submission loses.

nbgrader subtracts the penalty: its step AssignLatePenalties asks this plugin, and the gradebook, formgrader and the
feedback show the result. The plugin here adds a percentage a day and free late days (late_days.py) to nbgrader's "none"
and "zero"; the due dates are set in nbgrader_config.py or in formgrader. The time of a submission is read from the
timestamp.txt next to it; without one, it is on time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from nbformat.v4 import new_notebook
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties

from autograder.gradebook.configuration import LateSettings
from autograder.gradebook.late_days import DAY, days_begun, used_by
from autograder.gradebook.semester import read_semester

_quiet = logging.Logger("autograder.gradebook.late")  # nbgrader would warn about each late submission
_quiet.addHandler(logging.NullHandler())


class LatePenalty(LateSettings, LateSubmissionPlugin):
    """nbgrader's plugin, with due dates for each assignment and a penalty that grows with the days."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points to take from `score`."""
        late = timedelta(seconds=total_seconds_late) - self._free_days(student_id) * DAY
        if late <= timedelta():
            return None
        if self.penalty_method == "percent":
            return score * min(1.0, days_begun(late) * self.percent_a_day / 100)
        return super().late_submission_penalty(student_id, score, late.total_seconds())

    def _free_days(self, student: str) -> int:
        """The free days used by the submission on which nbgrader's step (the plugin's parent) is working."""
        step = self.parent
        if step is None:
            return 0
        semester = read_semester(Path(self.config.CourseDirectory.get("root") or "."))
        used = used_by(step.gradebook.db.connection(), self.config, semester, [student])
        return used.get(student, {}).get(step.assignment_id, 0)


def assign_late_penalties(assignment: str, coursedir: CourseDirectory) -> None:
    """nbgrader's own step, for all who are late now or had a penalty before.

    A penalty is a part of the score: points given by the instructor afterwards, or another due date, change it.
    """
    config = coursedir.config.copy()
    config.CourseDirectory.root = coursedir.root
    step = AssignLatePenalties(config=config, log=_quiet)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        late = [
            (submission.student_id, notebook.name)
            for submission in _late(gradebook, assignment)
            for notebook in submission.notebooks
        ]
    for student, notebook in late:  # the step opens the gradebook itself
        names = {"assignment": assignment, "student": student, "notebook": notebook}
        step.preprocess(new_notebook(), {"nbgrader": {**names, "db_url": coursedir.db_url}})


def _late(gradebook: Gradebook, assignment: str) -> Iterator[SubmittedAssignment]:
    submissions = (
        gradebook.db.query(SubmittedAssignment)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment)
    )
    fined = {
        notebook.assignment_id
        for notebook in gradebook.db.query(SubmittedNotebook).filter(
            SubmittedNotebook.late_submission_penalty.is_not(None)
        )
    }
    for submission in submissions.all():
        if submission.assignment.duedate is None and submission.extension is not None:
            continue  # there is no due date; nbgrader would add the extension to None
        if submission.total_seconds_late > 0 or submission.id in fined:
            yield submission
