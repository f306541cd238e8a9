"""Whatever editors do to a released notebook, it is graded: never above what the code in it earns, and, as long as
all of the code is still there, never below.

The notebook is the tiny one of conftest.py; hypothesis chooses what happens to it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading.report import Report
from autograder.grading.submission import Submission, read
from tests.grading.conftest import SOLUTIONS, Course

Notebook = dict[str, Any]
Mutilation = Callable[[Notebook, st.DataObject], None]

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
FORGED = st.sampled_from(["4.0", "1e9", "nan", "-1", "True", "inf", "tensor(4.)", "4 of 4 points"])


def some_cell(book: Notebook, data: st.DataObject) -> dict[str, Any]:
    return data.draw(st.sampled_from(book["cells"])) if book["cells"] else {"metadata": {}, "source": ""}


# ---- what leaves the student's code whole


def duplicate(book: Notebook, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(book["cells"])))
    book["cells"].insert(place, copy.deepcopy(some_cell(book, data)))


def reorder(book: Notebook, data: st.DataObject) -> None:
    book["cells"] = data.draw(st.permutations(book["cells"]))


def strip_metadata(book: Notebook, data: st.DataObject) -> None:
    for cell in book["cells"] if data.draw(st.booleans()) else [some_cell(book, data)]:
        cell["metadata"] = {}
        cell.pop("id", None)


def spoil_flags(book: Notebook, data: st.DataObject) -> None:
    mark = some_cell(book, data)["metadata"].get("nbgrader")
    if isinstance(mark, dict):
        mark |= data.draw(
            st.dictionaries(
                st.sampled_from(["grade", "locked", "points", "schema_version", "solution"]), JUNK
            )
        )


def replace_metadata(book: Notebook, data: st.DataObject) -> None:
    owner = book if data.draw(st.booleans()) else some_cell(book, data)
    owner["metadata"] = data.draw(JUNK | st.builds(lambda junk: {"nbgrader": junk, "tags": junk}, JUNK))


def forge_outputs(book: Notebook, data: st.DataObject) -> None:
    text = data.draw(FORGED)
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": text},
        "metadata": {},
        "execution_count": 1,
    }
    some_cell(book, data)["outputs"] = data.draw(st.just([result]) | st.lists(JUNK, max_size=2))


def change_format(book: Notebook, data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        book[data.draw(st.sampled_from(["nbformat", "nbformat_minor"]))] = data.draw(JUNK)
    elif "cells" in book and all("source" in cell for cell in book["cells"]):
        for cell in book["cells"]:
            cell["input"] = cell.pop("source")
        book["worksheets"] = [{"cells": book.pop("cells")}]


def append_blank_cell(book: Notebook, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["code", "markdown", "raw"]))
    book["cells"].append(
        {"cell_type": kind, "metadata": {}, "source": data.draw(st.sampled_from(["", " \n"]))}
    )


WHOLE = [duplicate, reorder, strip_metadata, spoil_flags, forge_outputs, append_blank_cell]

# ---- what may lose some of it


def delete(book: Notebook, data: st.DataObject) -> None:
    if book["cells"]:
        del book["cells"][data.draw(st.integers(0, len(book["cells"]) - 1))]


def retag(book: Notebook, data: st.DataObject) -> None:
    names = [*SOLUTIONS, *(f"{name}-tests" for name in SOLUTIONS), "setup", "explain", "nonsense"]
    mark = {"grade_id": data.draw(st.sampled_from(names)), "points": 1e9, "grade": True, "schema_version": 3}
    some_cell(book, data)["metadata"] = {"nbgrader": mark}


def split(book: Notebook, data: st.DataObject) -> None:
    cell = some_cell(book, data)
    lines = cell["source"].split("\n")
    cut = data.draw(st.integers(0, len(lines)))
    first, second = copy.deepcopy(cell), copy.deepcopy(cell)
    first["source"], second["source"] = "\n".join(lines[:cut]), "\n".join(lines[cut:])
    place = next((i for i, other in enumerate(book["cells"]) if other is cell), 0)
    book["cells"][place : place + 1] = [first, second]


def merge(book: Notebook, data: st.DataObject) -> None:
    if len(book["cells"]) > 1:
        place = data.draw(st.integers(0, len(book["cells"]) - 2))
        second = book["cells"].pop(place + 1)
        book["cells"][place]["source"] += "\n" + second["source"]


def change_kind(book: Notebook, data: st.DataObject) -> None:
    some_cell(book, data)["cell_type"] = data.draw(
        st.sampled_from(["code", "markdown", "raw", "heading", ""])
    )


ANY = [*WHOLE, replace_metadata, delete, retag, split, merge, change_kind]


def mutilated(book: Notebook, steps: list[Mutilation], data: st.DataObject) -> bytes:
    """The notebook after up to five of these steps, and maybe in another format."""
    for step in data.draw(st.lists(st.sampled_from(steps), min_size=1, max_size=5)):
        for cell in book["cells"]:  # so that the steps need not be prepared for each other
            cell["metadata"] = cell["metadata"] if isinstance(cell.get("metadata"), dict) else {}
        step(book, data)
    if data.draw(st.booleans()):
        change_format(book, data)
    return json.dumps(book).encode()


def released(root: Path, tree: str) -> Notebook:
    return json.loads((root / tree / "tiny" / "tiny.ipynb").read_text())


def assert_points_in_range(report: Report) -> None:
    assert set(report.tasks) == {"double", "quadruple", "explain"}
    for task in report.tasks.values():
        assert task.points is None or 0 <= task.points <= task.max_points
    assert report.tasks["explain"].status == "manual"
    assert (report.max_score, report.pending) == (4.0, 3.0)


@pytest.fixture
def graded(course: Course, judge) -> Callable[[bytes], tuple[Submission, Report]]:
    assignment = course.assignment
    verdicts: dict[str, Report] = {}

    def grade(content: bytes) -> tuple[Submission, Report]:
        submission = read(content, assignment)
        if submission.digest not in verdicts:  # most mutilations are repaired to the same few cells
            verdicts[submission.digest] = judge.grade(submission, assignment, seed=1)
        return submission, verdicts[submission.digest]

    yield grade
    assert judge.errors == []


@given(data=st.data())
def test_an_untouched_notebook_earns_nothing_however_it_is_mutilated(course, graded, data):
    submission, report = graded(mutilated(released(course.root, "release"), ANY, data))
    assert_points_in_range(report)
    assert report.score == 0.0


@given(data=st.data())
def test_a_solved_notebook_never_earns_more_than_its_code_however_it_is_mutilated(course, graded, data):
    submission, report = graded(mutilated(released(course.root, "solutions"), ANY, data))
    assert_points_in_range(report)


@given(data=st.data())
def test_as_long_as_the_code_is_whole_it_earns_what_it_did(course, graded, data):
    submission, report = graded(mutilated(released(course.root, "solutions"), WHOLE, data))
    assert_points_in_range(report)
    assert report.score == 4.0
    assert set(SOLUTIONS.values()) <= {cell.source for cell in submission.cells}


@settings(max_examples=settings().max_examples // 2)
@given(data=st.data(), wrong=st.sampled_from(sorted(SOLUTIONS)))
def test_a_wrong_answer_stays_wrong_however_the_notebook_is_mutilated(course, graded, data, wrong):
    book = released(course.root, "solutions")
    for cell in book["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == wrong:
            cell["source"] = cell["source"].replace("return", "return 1 +")
    _, report = graded(mutilated(book, ANY, data))
    assert_points_in_range(report)
    assert report.tasks[wrong].points == 0.0
