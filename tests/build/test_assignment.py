"""An assignment as the grader reads it: from the made notebooks alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder.build.release import release
from autograder.build.source import notebook_bytes, read_source
from autograder.grading.assignment import REPOSITORY, Assignment, AssignmentError, Task, names


@pytest.fixture
def made(tiny):
    """The tiny repository with its release and its solution."""
    release("tiny", tiny.root, proof=False)
    folder = tiny.root / "solutions" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(notebook_bytes(read_source("tiny", tiny.root).notebook(solved=True)))
    return tiny


@pytest.fixture
def assignment(made):
    return Assignment.load("tiny", made.root)


def test_tasks_stand_in_the_order_of_the_notebook(assignment):
    assert list(assignment.tasks.values()) == [
        Task("double", 2.0, "coding", "double-tests"),
        Task("why", 3.0, "written", None),
    ]


def test_cells_tell_what_students_were_given(assignment):
    named = [cell.grade_id for cell in assignment.cells if cell.grade_id]
    assert [name for name in named if not name.startswith("show-")] == [
        "setup",
        "double",
        "double-tests",
        "why",
    ]
    double = assignment.cell("double")
    assert double.solution
    assert not double.locked
    assert double.source.endswith("raise NotImplementedError")
    assert assignment.cell("double-tests").is_tests


def test_the_reference_is_the_solved_cell(assignment):
    assert assignment.reference("double").endswith("return twice_the_given_number")
    assert "Rubric" in assignment.reference("why")


def test_a_reference_of_no_task_is_refused(assignment):
    with pytest.raises(AssignmentError, match="solutions/tiny has no cell halve: run `make solutions"):
        assignment.reference("halve")


def test_files_are_found_from_the_root(assignment, made):
    assert assignment.grader_file == made.grader
    assert assignment.template_file == made.root / "release" / "tiny" / "tiny.ipynb"


def test_a_missing_release_names_the_mend(tiny):
    with pytest.raises(AssignmentError, match="no release/tiny: run `make release ASSIGNMENT=tiny`"):
        Assignment.load("tiny", tiny.root)


def test_a_missing_solution_names_the_mend(tiny):
    release("tiny", tiny.root, proof=False)
    with pytest.raises(AssignmentError, match="no solutions/tiny: run `make solutions ASSIGNMENT=tiny`"):
        Assignment.load("tiny", tiny.root)


def test_an_unknown_name_lists_the_known_ones(tiny):
    with pytest.raises(AssignmentError, match="no assignment tinny: there are tiny"):
        Assignment.load("tinny", tiny.root)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": 1}]}'])
def test_a_broken_release_names_the_mend(made, content):
    (made.root / "release" / "tiny" / "tiny.ipynb").write_text(content)
    with pytest.raises(
        AssignmentError, match=r"tiny.ipynb is no notebook: run `make release ASSIGNMENT=tiny`"
    ):
        Assignment.load("tiny", made.root)


def test_a_release_without_tasks_is_refused(made):
    (made.root / "release" / "tiny" / "tiny.ipynb").write_text(json.dumps({"cells": []}))
    with pytest.raises(AssignmentError, match="release/tiny holds no task"):
        Assignment.load("tiny", made.root)


def test_assignments_are_the_folders_with_a_source(tiny):
    (tiny.root / "assignments" / "unfinished").mkdir()
    assert names(tiny.root) == ["tiny"]


def test_nothing_of_jupyter_is_imported():
    code = "import sys, autograder.grading.assignment as a\n"
    code += (
        "print([name for name in sys.modules if name.split('.')[0] in ('nbformat', 'nbgrader', 'jupytext')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
