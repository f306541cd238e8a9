"""Answers that are released later, and numbers in a text that code computes."""

from __future__ import annotations

import json

import nbformat
import pytest

from autograder.build import release as build
from autograder.build.execute import _refuse_wrong_claims, _with_measurements
from autograder.build.proof import check_leaks
from autograder.build.prose import Claim, claims, with_answers, without_claims
from autograder.build.source import BuildError, check_source, read_contract, read_source

QUESTION = """\
# You will double a number.
#
# **Think about it.** What is twice a quarter?
#
# ### BEGIN ANSWER
# It is {{0.5 == double(0.25)}}, which is the half of one whole.
# ### END ANSWER
"""


@pytest.fixture
def asking(tiny):
    end = '# %% [markdown] nbgrader={"grade": true, "grade_id": "why"'
    tiny.replace(end, f"# %% [markdown]\n{QUESTION}\n{end}")
    return tiny


def text(tiny, tree: str) -> str:
    cells = json.loads((tiny.root / tree / "tiny" / "tiny.ipynb").read_text())["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def checked(tiny) -> str:
    with pytest.raises(BuildError) as refused:
        check_source(read_source("tiny", tiny.root), read_contract("tiny", tiny.root))
    return str(refused.value)


class TestAnswers:
    def test_students_get_the_question_alone(self, asking):
        build.release("tiny", asking.root, proof=False)
        shown = text(asking, "release")
        assert "What is twice a quarter?" in shown
        assert "half of one whole" not in shown

    def test_after_the_deadline_the_answer_is_folded_under_it(self, asking):
        with build.ReleaseBuilder(asking.root, proof=False, answers=True) as builder:
            builder.build("tiny")
        folded = (
            "<details><summary>Answer</summary>\n\nIt is 0.5, which is the half of one whole.\n\n</details>"
        )
        assert folded in text(asking, "release")

    def test_an_answer_in_a_supplied_file_is_a_leak(self, asking):
        build.release("tiny", asking.root, proof=False)
        folder = asking.root / "release" / "tiny"
        (folder / "plots.py").write_text("# It is 0.5, which is the half of one whole.\n")
        source = read_source("tiny", asking.root)
        with pytest.raises(BuildError, match="shows a line of an answer"):
            check_leaks(source, folder, asking.grader)
        check_leaks(source, folder, asking.grader, answers=True)

    def test_an_answer_that_never_ends_is_refused(self, asking):
        asking.replace("# ### END ANSWER\n", "")
        assert f":{asking.line_of('BEGIN ANSWER')}: this answer never ends" in checked(asking)

    def test_an_answer_that_never_begins_is_refused(self, asking):
        asking.replace("# ### BEGIN ANSWER\n", "")
        assert f":{asking.line_of('END ANSWER')}: an answer ends that never began" in checked(asking)

    def test_an_answer_in_code_is_refused(self, asking):
        asking.replace("print(words", "### BEGIN ANSWER\n### END ANSWER\nprint(words")
        assert "an answer belongs in a text cell that is not graded" in checked(asking)

    def test_a_text_without_answers_is_left_alone(self):
        assert with_answers("One.\n\nTwo.\n", shown=False) == "One.\n\nTwo.\n"


class TestClaims:
    def test_a_claim_that_holds_is_checked_and_not_seen(self, asking):
        build.solutions("tiny", asking.root)
        assert "It is 0.5, which" in text(asking, "solutions")
        cells = json.loads((asking.root / "solutions" / "tiny" / "tiny.ipynb").read_text())["cells"]
        counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
        assert counts == [1, 2, 3]
        assert build.solution_is_current(read_source("tiny", asking.root), asking.root)

    def test_a_claim_that_does_not_hold_stops_the_build(self, asking):
        asking.replace("{{0.5 ==", "{{0.6 ==")
        source = read_source("tiny", asking.root)
        run = _with_measurements(source, source.notebook(solved=True)["cells"])
        node = nbformat.from_dict({"cells": [cell for _, cell in run]})
        (measured,) = (
            cell for cell in node.cells if "double(0.25)" in cell.source and cell.cell_type == "code"
        )
        measured.outputs = [nbformat.from_dict({"text": "[0.5]\n"})]
        with pytest.raises(BuildError, match=r"the text says 0\.6; double\(0\.25\) is 0\.5"):
            _refuse_wrong_claims(source, run, node)

    def test_a_claim_that_is_no_expression_is_refused(self, asking):
        asking.replace("double(0.25)}}", "double(0.25}}")
        assert "`double(0.25` is no Python expression" in checked(asking)

    @pytest.mark.parametrize(
        ("shown", "value", "holds"),
        [
            ("2.93", 2.9276, True),
            ("2.92", 2.9276, False),
            ("−17.3", -17.305, True),
            ("33,600", 33599.4, True),
            ("33,600", 33499.0, False),
            ("41 %", 0.4061, True),
            ("144", 144.4, True),
            ("0", 0.4, True),
            ("larger", True, True),
            ("larger", False, False),
        ],
    )
    def test_a_number_is_what_the_text_rounds_it_to(self, shown, value, holds):
        assert Claim(shown, "x").holds(value) is holds

    def test_formulas_are_no_claims(self):
        formula = r"$e^{{-x}}$ for $a_{i} == b_{i}$"
        assert claims(formula) == []
        assert without_claims(formula) == formula
