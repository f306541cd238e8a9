"""Cells in the syntax of Python 3.12 and later, as Colab has it, where the course runs an older one."""

from __future__ import annotations

import sys

import pytest

from autograder.grading import newer_python
from autograder.grading.newer_python import HERE, explain, read_here
from autograder.grading.submission import read
from tests.grading.test_judge import message

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python can read it")

QUOTES = {
    'print(f"{d["x"]}")': "print(f\"{d['x']}\")",
    "print(f'{d['x y']:>3} é {d['z']}')": 'print(f\'{d["x y"]:>3} é {d["z"]}\')',
    'f"""{d["x"]}""" + f"{", ".join(d)}"': 'f"""{d["x"]}""" + f"{\', \'.join(d)}"',
    'files = !ls "{d["x"]}"\nf"{d["x"]}"': 'files = !ls "{d["x"]}"\nf"{d[\'x\']}"',
    'a, b = %who_ls\nd.head?\n?d\nf"{d["x"]}"': "a, b = %who_ls\nd.head?\n?d\nf\"{d['x']}\"",
    'if d:\n    !ls\n    %time f(1)\n    f"{d["x"]}"': "if d:\n    !ls\n    %time f(1)\n    f\"{d['x']}\"",
    'f"{d["x"]}" % (\n    1\n    % 2)': "f\"{d['x']}\" % (\n    1\n    % 2)",
    '%time 1\nf"{""}"\n!ls "{d["x"]}"': '%time 1\nf"{\'\'}"\n!ls "{d["x"]}"',
}


@pytest.mark.parametrize("source", QUOTES)
def test_quotes_in_f_strings_are_read(source: str) -> None:
    python = "\n".join("" if line.startswith(("%", "!")) else line for line in source.split("\n"))
    assert read_here(source, python) == QUOTES[source]


@pytest.mark.parametrize(
    "source",
    [
        'f"{f"{d["x"]}"}"',
        'f"{d["it\'s"]}"',
        'f"{d["x"]}" + (',
        'a = 1\rb = 2\rf"{d["x"]}"',
        'f"{d["x"]}"\ntype X = int',
        "type X = int",
        "def f(x:",
    ],
)
def test_what_would_mean_something_else_is_left_alone(source: str) -> None:
    assert read_here(source, source) is None


def test_a_function_with_such_an_f_string_gets_its_points(course, judge) -> None:
    source = 'd = {"x": 2}\ndef double(x):\n    print(f"{d["x"]} times {x}")\n    return 2 * x'
    report = course.grade(judge, double=source)
    assert report.score == 4.0
    assert report.repairs == (
        f"quotes inside f-strings of double changed: they needed a newer Python than {HERE}",
    )


NEWER = {
    "x = 1\ntype X = int": ("Line 2", "3.12", "Leave out the word `type`"),
    "def f[T](x: T) -> T:\n    return x": ("Line 1", "3.12", "`T = typing.TypeVar('T')`"),
    "class A[T]: pass": ("Line 1", "3.12", "Leave out the brackets"),
    "s = f\"{'\\n'.join(d)}\"": ("Line 1", "3.12", "Give the text with the backslash a name"),
    'f"{f"{d["x"]}"}"': ("Line 1", "3.12", "the other kind of quotes"),
    'f"{d\n}"': ("Line 1", "3.12", "on one line"),
    'f"""{d # all\n}"""': ("Line 1", "3.12", "Take the comment out"),
    "try:\n    x\nexcept A, B:\n    x": ("Line 3", "3.14", "in parentheses"),
    "def f[T = int](x): pass": ("Line 1", "3.13", ""),
    "files = !ls\nd.head?\ntype X = int": ("Line 3", "3.12", "Leave out the word `type`"),
    't"{x}"': ("Line 1", "3.14", "without that"),
}


@pytest.mark.parametrize("source", NEWER)
def test_the_student_is_told_both_versions_and_what_to_write(source: str) -> None:
    line, version, instead = NEWER[source]
    said = explain(source)
    assert said.startswith(
        f"{line} needs Python {version} or later, and your notebook is graded with Python {HERE} ("
    )
    assert instead in said


@pytest.mark.parametrize("source", ["def f(x:", "x = = 1", 'f"{x"', "f'{'", "1 +", "type X = int\nx = ="])
def test_plain_mistakes_are_not_taken_for_a_newer_python(source: str) -> None:
    assert explain(source) == ""


def test_a_cell_that_needs_a_newer_python_says_so_in_the_report(course, judge) -> None:
    report = course.grade(
        judge, double="%time 1\ntype Number = int\ndef double(x: Number) -> Number:\n    return 2 * x"
    )
    said = message(report, "double")
    assert "The cell double did not run: SyntaxError" in said and "Line 2 needs Python 3.12 or later" in said


def test_ruff_looks_at_a_few_cells_of_a_notebook_only(course, judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newer_python, "MAX_CELLS", 1)
    wrong = 'print(f"{d["x"]}")'
    submission = read(course.submission(double=wrong, quadruple=wrong), course.assignment)
    assert [cell.source == wrong for cell in submission.cells] == [False, False, True]
