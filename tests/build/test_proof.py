"""No assignment is released before its own grader has judged its solution and its untouched notebook."""

from __future__ import annotations

import pytest

from autograder.build.release import ReleaseBuilder
from autograder.build.source import BuildError


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return tmp_path_factory.mktemp("proof") / "repository"


@pytest.fixture(scope="module")
def builder(repository, make_tiny):
    """One builder, and so one judge, for all proofs here."""
    make_tiny(repository, "right")
    with ReleaseBuilder(repository) as builder:
        yield builder


def refusal(builder, assignment) -> str:
    with pytest.raises(BuildError) as refused:
        builder.build(assignment.name)
    assert not (assignment.root / "release" / assignment.name).exists()
    return str(refused.value)


def test_a_right_assignment_is_proved_and_written(builder, repository):
    made = builder.build("right")
    assert made.changed
    assert made.proof_seconds is not None
    assert (repository / "release" / "right" / "right.ipynb").is_file()


def test_a_solution_that_fails_its_own_test(builder, repository, make_tiny):
    wrong = make_tiny(repository, "wrong-solution")
    wrong.replace("number + number", "number * number")
    assert "the solution of double fails test_doubles_numbers: A number should come back doubled" in refusal(
        builder, wrong
    )


def test_a_test_that_an_untouched_notebook_passes(builder, repository, make_tiny):
    generous = make_tiny(repository, "generous")
    grader = generous.grader.read_text().replace("assert_close(student.double(0.0)", "assert_close(0.0")
    generous.grader.write_text(grader)
    assert "the untouched release passes test_doubles_nothing of double" in refusal(builder, generous)


def test_a_grader_with_a_fault_of_its_own(builder, repository, make_tiny):
    broken = make_tiny(repository, "broken")
    broken.grader.write_text(broken.grader.read_text().replace("2 * number", "2 * nothing_of_that_name"))
    assert "a grader failed" in refusal(builder, broken)


def test_a_grader_that_cannot_be_imported_names_its_line(builder, repository, make_tiny):
    broken = make_tiny(repository, "broken-import")
    head = "def test_doubles_numbers(student, rng):"
    right = broken.grader.read_text()
    line = right.splitlines().index(head) + 1
    broken.grader.write_text(right.replace(head, head.removesuffix(":")))
    assert refusal(builder, broken) == (
        f"autograder/graders/broken-import.py, line {line}: SyntaxError: expected ':'"
    )
    broken.grader.write_text("import wnt\n" + right)
    assert refusal(builder, broken) == (
        "autograder/graders/broken-import.py, line 1: ModuleNotFoundError: No module named 'wnt'"
    )


def test_a_heading_that_does_not_fit_its_task_is_named(builder, repository, make_tiny):
    wrong = make_tiny(repository, "headings")
    wrong.replace(
        "# You will double a number.",
        "# ### Task `double` (2 points)\n# ### Task `dubble` (2 points)\n# ### Task `why` (4 points, written)",
    )
    line = wrong.line_of("dubble")
    assert builder.build("headings").notes[:2] == (
        f"assignments/headings/headings.py:{line}: there is no task dubble: double, why",
        f"assignments/headings/headings.py:{line + 1}: why has 3 points, and the heading says 4",
    )


def test_points_that_do_not_add_up_are_found_before_anything_runs(builder, repository, make_tiny):
    stingy = make_tiny(repository, "stingy")
    stingy.grader.write_text(stingy.grader.read_text().replace("points=1.5", "points=1"))
    assert "the tests of double give 1.5 points, its cell 2" in refusal(builder, stingy)


def test_a_leak_is_found(builder, repository, make_tiny):
    leaky = make_tiny(repository, "leaky")
    plots = leaky.root / "assignments" / "leaky" / "plots.py"
    plots.write_text('COLOUR = "blue"\n# twice_the_given_number = number + number\n')
    assert "release/leaky/plots.py shows a line of the solution of double" in refusal(builder, leaky)
