"""`same_as`: what each of its tests accepts, refuses and says."""

from __future__ import annotations

import pytest

from tests.grading.conftest import Course

GRADER = """
import torch
from autograder.grading.toolkit import same_as

DRAW = lambda rng: [(torch.randn(6).float(),), (torch.randn(2, 3),)]


@same_as(task="double", draw=DRAW, atol=1e-5, returns=torch.Tensor)
def double(x):
    return 2 * x, {"This is the square.": x**2}


test_values = double.values("`double` should double.", points=0.5)
test_shape = double.shape("`double` should keep the shape.", points=0.5)
test_arguments = double.arguments("`double` should leave its argument alone.", points=0.5)
test_type = double.result_type("`double` should return a tensor.", points=0.5)


@same_as(draw=lambda rng: [(torch.randn(4),)], atol=1e-5, open=("order",), also=lambda right, x: -right)
def quadruple(x):
    return 4 * x


test_four_times = quadruple.values("`quadruple` should take four times each number.", points=1)
test_words = quadruple.refuses(
    ValueError, "A word should be refused.", points=1, draw=lambda rng: [("seven",)], mention=("word",)
)
"""
RIGHT = "def double(x):\n    return 2 * x"
FOUR = "def quadruple(x):\n    if isinstance(x, str):\n        raise ValueError('a word')\n    return "


def outcomes(course, judge, double: str = RIGHT, four: str = "4 * x") -> dict[str, str]:
    """What each test says: "" where it passes."""
    course.write_grader(GRADER)
    report = course.grade(judge, double=double, quadruple=f"import torch\n{FOUR}{four}")
    assert judge.errors == []
    return {test.name: test.message for task in report.tasks.values() for test in task.tests}


@pytest.mark.parametrize("four", ["4 * x", "4 * x.flip(0)", "-4 * x"])
def test_what_is_right_or_open_passes(course, judge, four: str) -> None:
    assert set(outcomes(course, judge, four=four).values()) == {""}


@pytest.mark.parametrize(
    ("body", "failed"),
    [
        ("return x ** 2", {"test_values": "This is the square."}),
        ("return (2 * x).flatten()[None]", {"test_values": "shape (6,)", "test_shape": "shape (6,)"}),
        ("x *= 2\n    return x.clone()", {"test_arguments": "changes its argument"}),
        ("return (2 * x).tolist()", {"test_type": "a tensor of floats"}),
        (
            "calls.append(1)\n    return (2 if len(calls) < 3 else 3) * x",
            {"test_values": "double(x), called again"},
        ),
        ("return None", dict.fromkeys(("test_values", "test_shape"), "should be a tensor or a number")),
    ],
)
def test_each_slip_costs_its_property(course, judge, body: str, failed: dict[str, str]) -> None:
    said = outcomes(course, judge, double=f"calls = []\ndef double(x):\n    {body}")
    for name, words in failed.items():
        assert words in said[name]
    if "test_values" not in failed:  # where no value is right, nothing else counts
        assert {name for name, message in said.items() if message} == set(failed)


def test_an_error_that_does_not_come_is_missed(course, judge) -> None:
    said = outcomes(course, judge, four="0 * x")
    assert "not what they should be" in said["test_four_times"]
    assert said["test_words"] == ""
    lazy = "4 * x if not isinstance(x, str) else None"
    course.write_grader(GRADER)
    report = course.grade(judge, quadruple=f"def quadruple(x):\n    return {lazy}")
    (refuses,) = (test for test in report.tasks["quadruple"].tests if test.name == "test_words")
    assert "should raise a ValueError; yours raises nothing" in refuses.message


# ---- a grader of three functions, as docs/graders.md says: at most 40 lines

THREE = """
import torch
from autograder.grading.toolkit import same_as


def draw(rng):
    return [(torch.randn(6),), (torch.randn(2, 3),)]


@same_as(draw=draw, atol=1e-5, returns=torch.Tensor)
def center(x):
    return x - x.mean(), {"The mean is added.": x + x.mean()}


test_center = center.values("`center` should subtract the mean.", points=1)
test_center_leaves = center.arguments("`center` should leave its argument alone.", points=0.5)
test_center_type = center.result_type("`center` should return a tensor.", points=0.5)


@same_as(draw=draw, atol=1e-5, returns=torch.Tensor)
def relu(x):
    return x.clamp(min=0), {"This is the absolute value.": x.abs()}


test_relu = relu.values("`relu` should be 0 below zero.", points=1)
test_relu_leaves = relu.arguments("`relu` should leave its argument alone.", points=0.5)
test_relu_type = relu.result_type("`relu` should return a tensor.", points=0.5)


@same_as(draw=draw, atol=1e-5, returns=torch.Tensor)
def softmax(x):
    return x.exp() / x.exp().sum(), {"These do not add up to 1: nothing is divided.": x.exp()}


test_softmax = softmax.values("`softmax` should divide exponentials by their sum.", points=1)
test_softmax_leaves = softmax.arguments("`softmax` should leave its argument alone.", points=0.5)
test_softmax_type = softmax.result_type("`softmax` should return a tensor.", points=0.5)
"""
THREE_RIGHT = {
    "center": "x - x.mean()",
    "relu": "x * (x > 0)",
    "softmax": "x.exp() / x.exp().sum()",
}
THREE_MISTAKES = {
    "center": ("x + x.mean()", "The mean is added."),
    "relu": ("x.abs()", "This is the absolute value."),
    "softmax": ("x.exp()", "nothing is divided"),
}


def test_a_grader_of_three_functions_takes_forty_lines(tmp_path, judge) -> None:
    assert len(THREE.strip().splitlines()) <= 40
    solutions = {name: f"def {name}(x):\n    return {value}" for name, value in THREE_RIGHT.items()}
    course = Course(tmp_path, solutions)
    course.write_grader(THREE)

    def lost(**answers: str) -> dict[str, str]:
        tasks = course.grade(judge, **answers).tasks.values()
        assert judge.errors == []
        assert sum(task.max_points for task in tasks if task.tests) == 6
        return {test.name: test.message for task in tasks for test in task.tests if test.message}

    assert lost() == {}
    for name, right in THREE_RIGHT.items():
        wrong, cause = THREE_MISTAKES[name]
        changing = f"result = {right}\n    x.zero_()\n    return result"
        assert cause in lost(**{name: f"def {name}(x):\n    return {wrong}"})[f"test_{name}"]
        (changed,) = lost(**{name: f"def {name}(x):\n    {changing}"}).items()
        assert changed[0] == f"test_{name}_leaves" and "changes its argument" in changed[1]
        (listed,) = lost(**{name: f"def {name}(x):\n    return ({right}).tolist()"}).items()
        assert listed[0] == f"test_{name}_type" and "a tensor of floats" in listed[1]
