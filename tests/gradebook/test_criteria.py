"""The rubric of a written task: read from its model answer, shown to whoever grades, and to students afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.gradebook.criteria import Criterion, criteria_in
from autograder.pages.write import main_report
from tests import course
from tests.gradebook.helpers import enter, give
from tests.pages.conftest import write_class

ANSWER = """It falls.

**Rubric**
- 1 point: that it falls
- 0.5 points: why,
  with a number
- Half a point for either is possible.
"""


def test_criteria_have_points_and_a_sentence() -> None:
    first, second = criteria_in(ANSWER)
    assert (first, second) == (Criterion(1.0, "that it falls"), Criterion(0.5, "why, with a number"))
    assert str(first) == "1 point: that it falls"


def test_in_a_code_cell_they_are_comments() -> None:
    commented = "\n".join(f"# {line}" for line in ANSWER.splitlines())
    assert criteria_in(f"plot(x)\n{commented}") == criteria_in(ANSWER)


@pytest.mark.parametrize("answer", ["", "- 1 point: before any rubric", "Rubric: one point for any reason."])
def test_where_there_is_no_list_there_are_none(answer: str) -> None:
    assert criteria_in(answer) == ()


def test_it_is_shown_to_whoever_grades_and_to_students_afterwards(root: Path) -> None:
    file = root / "solutions" / course.NAME / f"{course.NAME}.ipynb"
    book = json.loads(file.read_text())
    course.cell(book, "explain")["source"] = (
        "Same signs.\n\n**Rubric**\n- 2 points: both *factors* <have> one sign"
    )
    file.write_text(json.dumps(book))
    write_class(root, enter(root, "ada"), enter(root, "bob"))
    give(root, "ada", 1.0)

    autograded = json.loads((root / "autograded/ada" / course.NAME / f"{course.NAME}.ipynb").read_text())
    answers = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in autograded["cells"]]
    below = autograded["cells"][answers.index("explain") + 1]
    assert "".join(below["source"]) == (
        "**How `explain` is graded**\n\n- 2 points: both *factors* <have> one sign"
    )

    assert main_report(course.NAME, root) == 0
    ada, bob = ((root / "reports" / course.NAME / f"{name}.html").read_text() for name in ("ada", "bob"))
    assert "<h3>explain: 1 of 2</h3>" in ada
    assert "2 points: both *factors* &lt;have&gt; one sign" in ada
    assert "one sign" not in bob  # not graded yet: the rubric would be the answer
