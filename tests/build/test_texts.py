"""What every source notebook gives its readers: an answer to each question, readings, and words for each figure."""

from __future__ import annotations

import re

import pytest

from autograder.build.prose import BEGIN_ANSWER
from autograder.build.source import read_source
from autograder.grading.assignment import REPOSITORY, names

QUESTION = re.compile(r"^\*\*Think about it\.\*\*", re.MULTILINE)


def texts(name: str) -> list[str]:
    return [cell.source for cell in read_source(name, REPOSITORY).cells if cell.kind == "markdown"]


@pytest.mark.parametrize("name", names())
def test_every_question_has_an_answer(name: str) -> None:
    text = "\n".join(texts(name))
    parts = QUESTION.split(text)[1:]
    asked = [part for part in parts if "?" in part.split("\n\n")[0]]
    assert asked
    assert [part[:80] for part in asked if BEGIN_ANSWER not in part] == []


@pytest.mark.parametrize("name", names())
def test_the_sections_end_with_readings(name: str) -> None:
    assert len(re.findall(r"\]\(https://", "\n".join(texts(name)))) >= 5


@pytest.mark.parametrize("name", names())
def test_every_figure_has_alternative_text(name: str) -> None:
    plots = (REPOSITORY / "assignments" / name / "plots.py").read_text(encoding="utf-8")
    assert "style.show(" in plots
    assert "plt.show(" not in plots
