"""What the author of a grader sees: pytest as ever, on the solution or any other notebook."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.assignment import REPOSITORY
from corpora import corpus

GRADER = "autograder/graders/linear-regression.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_one_test_by_name_runs_on_the_solution() -> None:
    done = run(GRADER, "-k", "least_squares", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "closed-form:" in done.stdout
    assert "neuron" not in done.stdout


def test_a_failing_check_shows_what_it_got_and_expected_and_the_seed(tmp_path: Path) -> None:
    book = corpus.solved_notebook("linear-regression")
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "closed-form":
            cell["source"] = "def least_squares(X, y):\n    return torch.zeros(X.shape[1]), 0.0\n"
    file = tmp_path / "wrong.ipynb"
    file.write_text(json.dumps(book))
    done = run(GRADER, "-k", "weights_are_exact", "--notebook", str(file), "--seed", "7")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "what was compared (--seed 7)" in done.stdout
    assert "expected: [" in done.stdout
    assert "got:      [" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("autograder/graders",), "name one grader"),
        ((GRADER, "--notebook", "README.md"), "README.md"),
    ],
)
def test_what_cannot_run_is_refused_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = run(*arguments)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
