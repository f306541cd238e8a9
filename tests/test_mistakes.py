"""docs/mistakes.md says what the public checks say today, and no task is without mistakes that they were tried on."""

from __future__ import annotations

import pytest

from autograder.grading.assignment import names
from corpora import corpus, mistakes

LEAST = 3


@pytest.fixture(scope="module")
def readings() -> dict[str, list[mistakes.Reading]]:
    return {assignment: mistakes.readings(assignment) for assignment in names()}


def test_the_page_says_what_students_read(readings: dict[str, list[mistakes.Reading]]) -> None:
    written = mistakes.without_numbers(mistakes.PAGE.read_text(encoding="utf-8"))
    now = mistakes.without_numbers(mistakes.page(readings))
    assert written == now, "run `make mistakes`, and read what has changed in docs/mistakes.md"


@pytest.mark.parametrize("assignment", names())
def test_the_checks_of_every_task_are_tried_on_several_mistakes(assignment: str) -> None:
    tried = [mistake.task for mistake in mistakes.mistakes(assignment)]
    assert [task for task in corpus.tasks_of(assignment).coding if tried.count(task) < LEAST] == []


@pytest.mark.parametrize("assignment", names())
def test_the_public_checks_see_most_mistakes(assignment: str, readings) -> None:
    found = readings[assignment]
    assert sum(bool(reading.message) for reading in found) / len(found) > 0.8


@pytest.mark.parametrize("assignment", names())
def test_the_public_checks_accept_right_answers(assignment: str) -> None:
    assert mistakes.refusals(assignment) == []
