"""What an assignment uses is its own: a course without torch is built and graded where torch is not installed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.assignment import REPOSITORY, AssignmentError
from autograder.grading.uses import CONTRACT, libraries_of, uses_of

TABLES = """
[prices]
libraries = ["pandas"]
data = ["prices.csv"]

[prices.coding]
mean-price = 2
"""


def cell(grade_id: str, source: str, **mark: object) -> str:
    """A cell of a source notebook."""
    free = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    return f"# %% nbgrader={json.dumps({**free, 'grade_id': grade_id, **mark})}\n{source}\n\n"


SOURCE = (
    cell("setup", "import pandas as pd", locked=True)
    + cell(
        "mean-price",
        "def mean_price(prices: pd.DataFrame) -> pd.Series:\n"
        "    ### BEGIN SOLUTION\n"
        '    return prices.groupby("city")["price"].mean()\n'
        "    ### END SOLUTION",
        solution=True,
    )
    + cell("mean-price-tests", "mean_price(prices)", locked=True, grade=True, points=2)
)
GRADER = '''
import numpy as np
import pandas as pd

from autograder.grading.toolkit import assert_close, task


IMPORTED = "import sys\\ndef imported():\\n    return [name in sys.modules for name in ('pandas', 'torch')]"


@task("mean-price", points=2)
def test_the_mean_of_each_city(student, rng):
    """`mean_price` should give the mean price of each city."""
    assert student.define(IMPORTED, "imported")() == [True, False]
    prices = pd.DataFrame({"city": rng.choice(list("ABC"), 60), "price": rng.uniform(1, 9, 60)})
    expected = [prices.price[prices.city == city].mean() for city in "ABC"]
    known = {"These are medians.": [prices.price[prices.city == city].median() for city in "ABC"]}
    assert_close(student.mean_price(prices), expected, atol=1e-9, name="mean_price(prices)", wrong=known)
'''
COURSE = """
import json, sys
from pathlib import Path

sys.modules["torch"] = None  # as if it were not installed: an import raises ImportError
from autograder.batch.cache import grounds_of
from autograder.batch.score_one import score
from autograder.build.release import ReleaseBuilder
from autograder.build.source import notebook_bytes, read_source
from autograder.grading.assignment import Assignment

root = Path(sys.argv[1])
with ReleaseBuilder(root) as builder:
    builder.build("prices")  # and prove it: the solution gets full marks, the untouched notebook none
solution = root / "solutions" / "prices" / "prices.ipynb"
solution.parent.mkdir(parents=True)
solution.write_bytes(notebook_bytes(read_source("prices", root).notebook(solved=True)))
submission = root / "submission.ipynb"
submission.write_text(solution.read_text().replace(".mean()", ".median()"))
assignment = Assignment.load("prices", root)
report, _ = score(submission, assignment, root)
print(json.dumps([report.to_json(), grounds_of(assignment)["libraries"]]))
"""


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """A course of one assignment, on tables."""
    files = {
        CONTRACT: TABLES,
        "assignments/prices/prices.py": SOURCE,
        "autograder/graders/prices.py": GRADER,
    }
    for place, content in files.items():
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    tmp_path.chmod(0o755)
    return tmp_path


def test_a_course_without_torch_is_built_and_graded(prices: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COURSE, prices],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.returncode == 0, done.stderr
    report, libraries = json.loads(done.stdout.splitlines()[-1])
    (test,) = report["tasks"]["mean-price"]["tests"]
    assert test["outcome"] == "failed"
    assert test["message"].startswith("These are medians.")
    assert "torch" not in libraries


def test_no_module_imports_torch_before_it_is_needed() -> None:
    package = REPOSITORY / "autograder"
    of_torch_itself = {"autograder/grading/models_worker.py"}  # runs next to models alone
    for file in package.rglob("*.py"):
        place = file.relative_to(REPOSITORY).as_posix()
        if (
            place.startswith(("autograder/graders/", "autograder/build/scaffold/"))
            or place in of_torch_itself
        ):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in ("torch", "torchvision")], place


def test_an_assignment_says_what_differs_from_the_others(tmp_path: Path) -> None:
    (tmp_path / "assignments").mkdir()
    (tmp_path / CONTRACT).write_text(
        '[common]\nlibraries = ["torch"]\npackage = "course"\n[words]\nlibraries = ["pandas", "torch"]\n'
    )
    assert uses_of("words", tmp_path).package == "course"
    assert libraries_of(["words"], tmp_path) == ["pandas", "torch"]
    assert libraries_of(["another"], tmp_path) == ["torch"]
    assert libraries_of([], tmp_path) == ["torch", "pandas"]


@pytest.mark.parametrize(
    "entry", ['libraries = "pandas"', "package = 3", "data = [1]", 'package = "../secret"']
)
def test_an_entry_of_the_wrong_type_is_refused_by_name(tmp_path: Path, entry: str) -> None:
    (tmp_path / "assignments").mkdir()
    (tmp_path / CONTRACT).write_text(f"[words]\n{entry}\n")
    with pytest.raises(AssignmentError, match=f"`{entry.split()[0]}` of words should be"):
        uses_of("words", tmp_path)


def test_what_a_grader_forbids_is_imported_before_any_notebook_runs():
    """Only then does its machine code refuse, whatever a notebook makes of the code that forbids."""
    assert {"scipy.ndimage", "scipy.signal", "torch"} <= set(libraries_of(["convnets"]))
    assert "scipy.signal" not in libraries_of(["thermometer"])
