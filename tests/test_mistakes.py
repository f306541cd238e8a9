"""docs/mistakes.md says what the public checks say today, and no task is without mistakes that they were tried on."""

from __future__ import annotations

import re

import pytest

from autograder.grading.assignment import names
from corpora import corpus, mistakes

LEAST = 3


CHANGED = "run `make mistakes`, and read what has changed in docs/mistakes.md"


@pytest.mark.parametrize("assignment", names())
def test_the_page_says_what_students_read_and_the_public_checks_see_most(assignment: str) -> None:
    found = mistakes.readings(assignment)
    page = mistakes.PAGE.read_text(encoding="utf-8")
    section = mistakes.without_numbers(mistakes.section(assignment, found))
    assert f"\n\n{section}\n" in mistakes.without_numbers(page), CHANGED
    assert mistakes.summary(f"`{assignment}`", found) in page, CHANGED
    assert sum(bool(reading.message) for reading in found) / len(found) > 0.8


def test_the_page_adds_up() -> None:
    rows = re.findall(
        r"^\| (\S+) \| (\d+) \| (\d+) \(", mistakes.PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    *each, (name, *all_of_them) = rows
    assert [row[0].strip("`") for row in each] == list(names()) and name == "all"
    assert [sum(int(row[k]) for row in each) for k in (1, 2)] == list(map(int, all_of_them))


@pytest.mark.parametrize("assignment", names())
def test_the_checks_of_every_task_are_tried_on_several_mistakes(assignment: str) -> None:
    tried = [mistake.task for mistake in mistakes.mistakes(assignment)]
    assert [task for task in corpus.tasks_of(assignment).coding if tried.count(task) < LEAST] == []


@pytest.mark.parametrize("assignment", names())
def test_the_public_checks_accept_right_answers(assignment: str) -> None:
    assert mistakes.refusals(assignment) == []
