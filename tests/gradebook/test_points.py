"""What nbgrader reads off a test cell is what the judge awarded, within the cell's range, whatever the report says.

nbgrader gives full marks to a cell without a result, and to nan, -1 and True.
"""

from __future__ import annotations

import logging
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import determine_grade, is_grade, is_solution

from autograder.gradebook.nbgrader_steps import _outputs
from autograder.grading.assignment import Assignment
from autograder.grading.report import DEFERRED, ERROR, GRADED, MANUAL, Report, TaskResult, TestResult

POINTS = st.floats() | st.sampled_from([-1.0, -0.0, 1e308, 5e-324, True])


@given(
    status=st.sampled_from([GRADED, MANUAL, DEFERRED, ERROR]),
    points=POINTS,
    said=st.text(st.characters(exclude_categories=()), max_size=40),
    named=st.booleans(),
)
def test_nbgrader_reads_the_judge_s_points(tiny: Assignment, status, points, said, named) -> None:
    test = TestResult("test_it", "failed", 0.0, 1.0, said)
    task = TaskResult(None if status == MANUAL else points, 2.0, status, (test,))
    report = Report("tiny", "ada", {"double": task} if named else {}, "none", 1.0)
    notebook = nbformat.read(tiny.template_file, as_version=4)
    for cell in notebook.cells:
        if is_grade(cell) and not is_solution(cell):
            cell.outputs = _outputs(tiny, report, cell, 1)
            expected = 0.0
            if named and status != MANUAL and cell.metadata.nbgrader["grade_id"] == "double-tests":
                expected = 0.0 if points != points else min(max(points, 0.0), 2.0)
            assert determine_grade(cell, logging.getLogger()) == (expected, cell.metadata.nbgrader["points"])
    nbformat.validate(notebook)


@pytest.mark.parametrize("points", ["float('nan')", "float('inf')", "-1"])
def test_a_grader_with_points_that_are_no_number_is_refused(
    tiny: Assignment, points: str, tmp_path: Path
) -> None:
    from autograder.grading.judge import GraderError, run_pytest

    grader = tmp_path / "odd.py"
    imports = "from autograder.grading.toolkit import task\n"
    grader.write_text(f"{imports}@task('double', points={points})\ndef test_it(student): pass\n")
    with pytest.raises(GraderError, match="is not a number of points"):
        run_pytest(grader, object())
