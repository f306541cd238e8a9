"""The program that knows no answer: it finds what a grader gives away, and nothing where none does."""

from __future__ import annotations

import pytest

from corpora import corpus
from validity.oracle import Oracle, best_wrong, filled

STUB = '''def area(r):
    """The area of a circle."""
    raise NotImplementedError


def name():
    raise NotImplementedError
'''


def attempts(grade, number: int = 60) -> float:
    """The points after so many attempts, where `grade(cell)` gives points and messages."""
    oracle = Oracle(STUB)
    for _ in range(number):
        space = {}
        exec(oracle.next(), space)
        try:
            oracle.hear(*grade(space))
        except Exception as error:  # the student's
            oracle.hear(0.0, [f"Your code raised {error}"])
    return oracle.points


def drawn(space: dict) -> tuple[float, list[str]]:
    """As our graders do: drawn numbers, messages without expected values."""
    right = [space["area"](r) == 3.0 * r * r for r in (1.5, 2.5)]
    return float(all(right)), ["The area of a circle.\narea(r) is not the area"]


def talkative(space: dict) -> tuple[float, list[str]]:
    return float(space["name"]() == "disc"), ["name() should be 'disc'"]


def unchanging(space: dict) -> tuple[float, list[str]]:
    """The same input each time, and the expected value in the message."""
    return float(space["area"](2.0) == 12.0), ["area(2) should be 12"]


@pytest.mark.parametrize(("grade", "points"), [(drawn, 0.0), (talkative, 1.0), (unchanging, 1.0)])
def test_it_gains_what_a_grader_gives_away_and_nothing_else(grade, points: float) -> None:
    assert attempts(grade) == points


def test_the_best_wrong_submission_of_a_task_has_less_than_all_points() -> None:
    best = best_wrong("thermometer")
    points = corpus.tasks_of("thermometer").coding
    assert best and all(0 <= most < points[task] for task, most in best.items() if task in points)


def test_a_value_goes_only_where_its_names_are_known() -> None:
    space = {}
    exec(filled(STUB, "r", None), space)
    assert space["area"](7) == 7
    with pytest.raises(NotImplementedError):
        space["name"]()


def test_a_number_that_python_does_not_read_is_passed_over() -> None:
    oracle = Oracle(STUB)
    oracle.hear(0.0, ["line 06: 7 is not right"])
    assert "06" not in oracle.values
    assert oracle.values[0] == "7"
