"""The examples of the manual do what the text around them says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from autograder.build.release import release
from autograder.grading.assignment import Assignment
from autograder.grading.judge import Judge
from autograder.grading.report import Report
from autograder.grading.submission import read as read_submission
from autograder.grading.uses import CONTRACT, uses_of
from corpora.corpus import SUBMISSIONS, load
from tests.build.conftest import make_repository
from tests.docs.pages import REPOSITORY, TUTORIAL, Block, all_blocks, blocks, read

GRADED = "linear-regression"
"""The assignment that the example of docs/graders.md grades."""
CELL = re.compile(r'^# %% nbgrader=[^\n]*"grade_id": "double",.*?(?=^# %%)', re.MULTILINE | re.DOTALL)


def only(page: str, language: str) -> Block:
    (block,) = (block for block in blocks(page) if block.language == language)
    return block


def test_every_example_is_tested() -> None:
    tested = [("docs/authoring.md", language) for language in ("python", "toml")]
    tested += [("docs/ci.md", "yaml"), ("docs/contract.md", "json"), *2 * [("docs/graders.md", "python")]]
    tested += [("docs/serve.md", "ini"), ("docs/serve.md", "toml")]
    found = [block for block in all_blocks("python", "yaml", "json", "toml", "ini") if block.page != TUTORIAL]
    assert sorted((block.page, block.language) for block in found) == tested


def test_the_table_of_what_an_assignment_uses(tmp_path: Path) -> None:
    (tmp_path / CONTRACT).parent.mkdir()
    (tmp_path / CONTRACT).write_text(only("docs/authoring.md", "toml").text)
    uses = vars(uses_of("prices", tmp_path))
    assert [entry for entry in uses if uses[entry]] == ["libraries", "data", "requirements"]
    told = re.findall(r"^\| `(\w+)` \|", read("docs/authoring.md"), re.MULTILINE)
    assert sorted(told) == sorted(uses)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Report]]:
    """Grades a notebook with the examples of docs/graders.md, and gives the report and the grader's own faults."""
    graders = tmp_path_factory.mktemp("graders")
    both = (block.text for block in blocks("docs/graders.md") if block.language == "python")
    (graders / f"{GRADED}.py").write_text("\n".join(both))
    assignment = Assignment.load(GRADED, graders=graders)

    with Judge() as judge:

        def grade(notebook: Path) -> Report:
            report = judge.grade(read_submission(notebook, assignment), assignment, seed=3)
            assert judge.errors == []
            return report

        yield grade


def results(report: Report) -> dict[str, tuple[str, float, str]]:
    return {
        test.name: (test.outcome, test.points, test.message)
        for task in report.tasks.values()
        for test in task.tests
    }


def test_the_grader_gives_a_correct_notebook_full_marks(example) -> None:
    found = results(example(REPOSITORY / "solutions" / GRADED / f"{GRADED}.ipynb"))
    assert found == {
        "test_least_squares_matches_scikit_learn": ("passed", 3.0, ""),
        "test_the_network_is_a_linear_part_and_a_relu": ("passed", 3.0, ""),
        "test_one_loss_for_each_epoch": ("passed", 4.0, ""),
        "test_test_set": ("passed", 1.0, ""),
        "test_shape": ("passed", 0.5, ""),
        "test_arguments": ("passed", 0.5, ""),
    }


def test_the_grader_gives_an_untouched_notebook_none(example) -> None:
    found = results(example(REPOSITORY / "release" / GRADED / f"{GRADED}.ipynb"))
    assert [outcome for outcome, _, _ in found.values()] == ["failed"] * 6


def test_the_grader_says_what_is_wrong(example, tmp_path: Path) -> None:
    wrong = tmp_path / f"{GRADED}.ipynb"
    wrong.write_bytes(load(SUBMISSIONS / GRADED / "wrong" / "closed_form_without_bias.py").notebook())
    outcome, points, message = results(example(wrong))["test_least_squares_matches_scikit_learn"]
    assert (outcome, points) == ("failed", 0.0)
    assert "`least_squares` should find the exact minimum" in message


def test_the_source_cell_becomes_a_stub(tmp_path: Path) -> None:
    """The cell of docs/authoring.md in the place of the tiny assignment's own, which has the same task."""
    tiny = make_repository(tmp_path)
    example = only("docs/authoring.md", "python").text
    tiny.source.write_text(CELL.sub(lambda _: example + "\n", tiny.source.read_text(), count=1))
    release(tiny.name, tiny.root, proof=False)
    released = json.loads(tiny.released()[f"{tiny.name}.ipynb"])
    (stub,) = [
        "".join(cell["source"])
        for cell in released["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double"
    ]
    assert "Twice the number" in stub
    assert stub.endswith("raise NotImplementedError")
    assert "2 * number" not in stub


def test_the_workflow_passes_what_the_called_workflow_takes() -> None:
    example = yaml.safe_load(only("docs/ci.md", "yaml").text)
    called = yaml.safe_load(
        (REPOSITORY / ".github" / "workflows" / "classroom.yml").read_text(encoding="utf-8")
    )
    call = called[True]["workflow_call"]  # YAML reads `on` as true
    job = example["jobs"]["score"]
    assert job["uses"].split("@")[0].endswith(".github/workflows/classroom.yml")
    assert set(job["with"]) <= set(call["inputs"])
    assert {name for name, one in call["inputs"].items() if one.get("required")} <= set(job["with"])
    assert set(job["secrets"]) == set(call["secrets"])


def test_the_json_report_has_the_shape_of_a_real_one(example) -> None:
    shown = json.loads(only("docs/contract.md", "json").text)
    real = example(REPOSITORY / "solutions" / GRADED / f"{GRADED}.ipynb").to_json()
    assert set(shown) == set(real)
    assert set(shown["tasks"]["fit"]) == set(real["tasks"]["closed-form"])
    assert set(shown["tasks"]["fit"]["tests"][0]) == set(real["tasks"]["closed-form"]["tests"][0])
    assert shown["tasks"]["fit"]["max_points"] == Assignment.load("titanic").tasks["fit"].points
