"""`make demo`: a class of 24 in its own folder (.cache/demo), graded like any other. It changes nothing else.

The submissions come from the corpora: correct in several styles, wrong in many ways, one hostile, one copied, one
untouched, and some that are damaged. A second run finds the class unchanged.
"""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from collections.abc import Callable
from typing import Any

import autograder.startup  # noqa: F401
from autograder.classroom import grade
from autograder.grading.assignment import REPOSITORY
from corpora.corpus import SUBMISSIONS, lay_out_course, load, solved_notebook

ASSIGNMENT = "linear-regression"
FOLDER = REPOSITORY / ".cache" / "demo"

STUDENTS = {
    "ada": "correct/beginner",
    "alan": "correct/centred_least_squares",
    "anita": "correct/loops_and_formulas",
    "barbara": "correct/modules_everywhere",
    "blaise": "correct/numpy_and_double",
    "donald": "wrong/neuron_bias_forgotten",
    "dorothy": "wrong/neuron_slope_one_at_zero",
    "edsger": "wrong/standardize_in_place",
    "emmy": "wrong/standardize_constant_column",
    "ernest": "wrong/manual_without_the_two",
    "evelyn": "wrong/manual_broadcasts",
    "frances": "wrong/semi_by_hand",
    "george": "wrong/train_accumulates",
    "grace": "wrong/train_broadcasts",
    "hedy": "wrong/auto_without_relu",
    "joan": "wrong/closed_form_without_bias",
    "john": "wrong/surface_transposed",
    "katherine": "wrong/follow_on",
    "kurt": "hostile/fakes_a_report",
}


def main() -> int:
    notebooks = {
        student: load(SUBMISSIONS / ASSIGNMENT / f"{file}.py").notebook()
        for student, file in STUDENTS.items()
    }
    release = (REPOSITORY / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    notebooks |= {
        "lise": notebooks["ada"].replace(b"by_hand", b"own_way"),
        "margaret": _damaged(_without_metadata),
        "mary": _damaged(_without_a_test_cell),
        "niklaus": notebooks["alan"][: len(notebooks["alan"]) // 2],
        "rosalind": release,
    }
    lay_out_course(FOLDER, ASSIGNMENT, notebooks)
    print(f"{len(notebooks)} submissions of {ASSIGNMENT} in {os.path.relpath(FOLDER)}\n", flush=True)
    status = grade(ASSIGNMENT, root=FOLDER)
    page = FOLDER / "reports" / ASSIGNMENT / "class.html"
    if status == 0:
        print(f"\nThe class report: {os.path.relpath(page)}")
        if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            webbrowser.open(page.as_uri())
    return status


def _damaged(damage: Callable[[list[dict[str, Any]]], None]) -> bytes:
    notebook = solved_notebook(ASSIGNMENT)
    damage(notebook["cells"])
    return json.dumps(notebook).encode()


def _without_metadata(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell["metadata"] = {}


def _without_a_test_cell(cells: list[dict[str, Any]]) -> None:
    place = next(i for i, cell in enumerate(cells) if cell["metadata"].get("nbgrader", {}).get("grade"))
    del cells[place]


if __name__ == "__main__":
    raise SystemExit(main())
