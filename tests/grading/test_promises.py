"""Promises that hold for every task: what breaks one costs one test of its task, and says which promise it was."""

import re

import pytest
import torch
from torch import nn

from autograder.grading.judge import Judge
from autograder.sandbox.promises import Promises

GRADER = """
import torch
from autograder.grading.toolkit import as_model, assert_close, new, put, read, task


@task("double", points=1)
def test_doubles_a_tensor(student):
    "`double` should work on tensors."
    x = torch.ones(3)
    assert_close(student.double(x), 2 * torch.ones(3), atol=1e-6, name="double(x)")


@task("double", points=0.25{declared})
def test_doubles_a_list(student):
    "`double` should work on a list that holds a tensor."
    student.double([torch.ones(2)])


@task("double", points=0.75)
def test_doubles_a_number(student):
    "`double(3)` should be 6."
    assert_close(student.double{changing}(3.0), 6.0, atol=1e-6, name="double(3)")


@task("quadruple", points=2, needs=("double",))
def test_builds_on_double(student):
    "`quadruple` should double twice."
    assert_close(student.quadruple(torch.ones(3)), 4 * torch.ones(3), atol=1e-6, name="quadruple(x)")
"""

IN_PLACE = "def double(x):\n    x *= 2\n    return x"
DECLARED = ', promises=("arguments",)'


def lost(report, task: str) -> dict[str, str]:
    """The messages of the tests that failed."""
    return {test.name: test.message for test in report.tasks[task].tests if test.outcome == "failed"}


def write(course, declared: str = "", changing: str = "") -> None:
    course.write_grader(GRADER.format(declared=declared, changing=changing))


def test_a_solution_that_keeps_its_arguments_loses_nothing(course, judge: Judge):
    write(course)
    double = "def double(x):\n    return [double(item) for item in x] if isinstance(x, list) else x + x"
    report = course.grade(judge, double=double)
    assert not judge.errors
    assert report.score == report.max_score == 4


def test_a_changed_argument_costs_the_cheapest_test_that_saw_it(course, judge: Judge):
    write(course)
    report = course.grade(judge, double=IN_PLACE)
    assert list(lost(report, "double")) == ["test_doubles_a_list"]
    assert "`double` changes its argument `x`" in lost(report, "double")["test_doubles_a_list"]


def test_a_task_that_calls_it_does_not_pay_again(course, judge: Judge):
    write(course)
    assert lost(course.grade(judge, double=IN_PLACE), "quadruple") == {}


def test_a_promise_broken_next_to_a_reference_does_not_tell_its_text(course, judge: Judge):
    write(course)
    told = "quadruple.__qualname__ = 'the text of a reference'"
    quadruple = f"def quadruple(x):\n    {told}\n    y = double(double(x))\n    x += 1\n    return y"
    report = course.grade(judge, double="def double(x):\n    raise ValueError", quadruple=quadruple)
    (message,) = lost(report, "quadruple").values()
    assert message.startswith("`quadruple` changes its argument `…`")


def test_a_test_that_declares_the_promise_counts_it(course, judge: Judge):
    write(course)
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace("points=1)", f"points=1{DECLARED})"))
    assert list(lost(course.grade(judge, double=IN_PLACE), "double")) == ["test_doubles_a_tensor"]


@pytest.mark.parametrize(
    "body",
    [
        "x.append(1)",
        "x[0] = x[0] + 1",
        "x[0].add_(1)",
        "x[0].unsqueeze_(0)",
        "x.reverse() if len(x) > 1 else x.clear()",
    ],
)
def test_lists_and_what_they_hold_are_watched(course, judge: Judge, body: str):
    write(course)
    double = (
        f"def double(x):\n    if isinstance(x, list):\n        {body}\n        return x\n    return x + x"
    )
    assert list(lost(course.grade(judge, double=double), "double")) == ["test_doubles_a_list"]


@pytest.mark.parametrize(
    ("body", "failed"),
    [
        ("torch.set_grad_enabled(False)", "leaves gradients switched off"),
        ("torch.set_default_dtype(torch.float64)", ""),
        ("with torch.no_grad(), torch.device('cpu'):\n        x = x + 0", ""),
        ("torch.manual_seed(0)", ""),
    ],
)
def test_gradients_that_stay_off_are_seen(course, judge: Judge, body: str, failed: str):
    write(course)
    double = (
        "import torch\ndef double(x):\n    if isinstance(x, list):\n        return x\n"
        f"    {body}\n    return x + x"
    )
    messages = lost(course.grade(judge, double=double), "double")
    assert list(messages) == (["test_doubles_a_number"] if failed else [])
    assert failed in "".join(messages.values())


def test_an_argument_that_requires_a_gradient_afterwards_has_changed(course, judge: Judge):
    write(course)
    double = (
        "def double(x):\n    if isinstance(x, list):\n        x[0].requires_grad_()\n        return x\n"
        "    return x + x"
    )
    assert list(lost(course.grade(judge, double=double), "double")) == ["test_doubles_a_list"]


def test_a_grader_declares_an_exception(course, judge: Judge):
    write(course)
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace("student.double(", "student.double.changing()("))
    assert lost(course.grade(judge, double=IN_PLACE), "double") == {}


def test_nan_is_no_change(course, judge: Judge):
    write(course)
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace("[torch.ones(2)]", "[torch.tensor([float('nan'), 1.0])]"))
    double = "def double(x):\n    return x if isinstance(x, list) else x + x"
    assert lost(course.grade(judge, double=double), "double") == {}


LISTS = """
from autograder.grading.toolkit import task


@task("double", points=1.5)
def test_calls_twice(student):
    student.double(1)
    student.double(2)


@task("double", points=0.5)
def test_calls_once(student):
    student.double(3)


@task("quadruple", points=2)
def test_nothing(student):
    "Nothing is asked."
"""


@pytest.mark.parametrize(
    ("double", "failed"),
    [
        ("def double(x, kept=[]):\n    kept.append(x)\n    return kept", ["test_calls_once"]),
        ("kept = {}\ndef double(x):\n    kept[x] = 2 * x\n    return 2 * x, kept", ["test_calls_once"]),
        (
            "import torch\nbuffer = torch.zeros(2)\ndef double(x):\n    buffer.fill_(2 * x)\n    return buffer",
            ["test_calls_once"],
        ),
        ("constant = [1, 2]\ndef double(x):\n    return constant", []),
        ("import functools\n@functools.cache\ndef double(x):\n    return [x]", []),
        ("def double(x):\n    return [x, x]", []),
    ],
    ids=["default argument", "in a pair", "tensor", "constant", "cached", "new each time"],
)
def test_a_list_that_each_call_fills_further_costs_a_test(course, judge: Judge, double: str, failed: list):
    course.write_grader(LISTS)
    messages = lost(course.grade(judge, double=double), "double")
    assert list(messages) == failed
    assert all("the same object each time" in message for message in messages.values())


MODELS = """
import torch
from autograder.grading.toolkit import new, put, task


@task("double", points=1.75)
def test_builds_a_model(student):
    "`double` should make a model."
    put(new(student, "double"), {"linear.weight": torch.ones(1, 2)})


@task("double", points=0.25)
def test_builds_another(student):
    "`double` should make another."
    put(new(student, "double"), {"linear.weight": torch.zeros(1, 2)})


@task("quadruple", points=2)
def test_nothing(student):
    "Nothing is asked."
"""
CLASS = """
import torch
from torch import nn
shared = nn.Linear(2, 1)
constant = torch.arange(3.0)
def double():
    model = nn.Module()
    model.linear = {linear}
    return model
"""


@pytest.mark.parametrize(
    ("linear", "fails"),
    [
        ("nn.Linear(2, 1)", False),
        ("shared", True),
        ("nn.Linear(2, 1); model.constant = constant", False),
        ("nn.Linear(2, 1); model.register_buffer('constant', constant)", False),
        ("nn.Linear(2, 1); model.register_buffer('seen', constant.add_(1))", True),
    ],
)
def test_models_share_nothing_that_learns(course, judge: Judge, linear: str, fails: bool):
    course.write_grader(MODELS)
    report = course.grade(judge, double=CLASS.format(linear=linear))
    assert not judge.errors
    assert list(lost(report, "double")) == (["test_builds_another"] if fails else [])
    if fails:
        what = "seen" if "seen" in linear else "linear"
        assert f"share `{what}" in lost(report, "double")["test_builds_another"]


SHARED_BY_THE_CLASS = """
import torch
from torch import nn
class Double(nn.Module):
    linear = nn.Linear(2, 1)
def double():
    return Double()
"""


def test_layers_of_the_class_are_shared(course, judge: Judge):
    build = 'new(student, "double")'
    course.write_grader(re.sub(r"put\(new.*\)", build, MODELS))
    report = course.grade(judge, double=SHARED_BY_THE_CLASS)
    assert "share `linear.weight`" in lost(report, "double")["test_builds_another"]


@pytest.mark.parametrize(
    "again",
    [
        "model = double()\ndef double():\n    return model",
        "import functools\ndouble = functools.lru_cache(double)",
    ],
    ids=["a global", "a cache"],
)
def test_the_same_model_twice_costs_one_test(course, judge: Judge, again: str):
    course.write_grader(MODELS)
    double = CLASS.format(linear="nn.Linear(2, 1)") + again
    message = lost(course.grade(judge, double=double), "double")["test_builds_another"]
    assert message == "`double` returns the same object each time. Each call should make a new one."


def test_another_type_than_the_task_names_costs_one_test(course, judge: Judge):
    write(course)
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace("double(x)", 'double.returning(torch.Tensor, "double(x)")(x)', 1))
    report = course.grade(
        judge, double="def double(x):\n    return [2 * item for item in x] if hasattr(x, 'tolist') else 2 * x"
    )
    assert lost(report, "double") == {
        "test_doubles_a_tensor": "`double(x)` should be a tensor of floats; yours is a list of length 3."
    }


def test_a_promise_of_an_unknown_kind_is_refused(course, judge: Judge):
    from autograder.grading.toolkit import task

    with pytest.raises(ValueError, match="no promise 'manners'"):
        task("double", points=1, promises=("manners",))


FREEZING = """
def frozen(model):
    for parameter in model.parameters():
        parameter.requires_grad_(False)

def frozen_for_now(model):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for parameter in model.parameters():
        parameter.requires_grad_(True)

def trained(model):
    for parameter in model.parameters():
        parameter.data -= 1
"""


@pytest.mark.parametrize(("name", "seen"), [("frozen", True), ("frozen_for_now", False), ("trained", False)])
def test_a_model_that_no_longer_learns_has_changed(name: str, seen: bool):
    notebook = {}
    exec(compile(FREEZING, "<cell freeze>", "exec"), notebook)
    _, notes = Promises().call(notebook[name], [nn.Linear(2, 1)], {})
    assert [note[0] for note in notes] == ["arguments"] * seen


SCHEDULING = """
import torch

def halves(model, optimizer):
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    optimizer.step()
    scheduler.step()

def puts_it_back(model, optimizer):
    rate = optimizer.param_groups[0]["lr"]
    optimizer.param_groups[0]["lr"] = 0.0
    optimizer.step()
    optimizer.param_groups[0]["lr"] = rate

def steps(model, optimizer):
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
"""


@pytest.mark.parametrize(("name", "seen"), [("halves", True), ("puts_it_back", False), ("steps", False)])
def test_an_optimizer_keeps_its_settings(name: str, seen: bool):
    notebook = {}
    exec(compile(SCHEDULING, "<cell schedule>", "exec"), notebook)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    _, notes = Promises().call(notebook[name], [model, optimizer], {})
    assert notes == [("optimizer", "schedule", name, "optimizer")] * seen


KEEPING = """
import torch
from torch import nn

class Kept(nn.Module):
    made, outputs, last = [], {}, None

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)
        self.made.append(self)

    def forward(self, x):
        Kept.last = self.outputs[len(self.outputs)] = self.linear(x).squeeze(1)
        return Kept.last

class OfTheKept(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([Kept(), Kept()])

    def forward(self, x):
        return self.parts[0](x) + self.parts[1](x)

class Layers(nn.Module):
    layers = [nn.Linear(2, 1)]

    def forward(self, x):
        return self.layers[0](x)

class View(nn.Module):
    weight, bias = nn.Parameter(torch.ones(2, 2))

    def forward(self, x):
        return x @ self.weight
"""


@pytest.mark.parametrize(
    ("name", "shared"),
    [("Kept", ""), ("OfTheKept", ""), ("Layers", "layers.0.weight"), ("View", "weight")],
)
def test_what_a_class_keeps_for_looking_is_not_shared(name: str, shared: str):
    """Its instances and their outputs, but not its layers."""
    notebook = {"__name__": "__main__"}
    exec(compile(KEEPING, "<cell keep>", "exec"), notebook)
    promises = Promises()
    notes = []
    for _ in range(3):
        model, broken = promises.call(notebook[name], [], {})
        model(torch.ones(3, 2))
        notes += broken
    assert notes == [("sharing", "keep", name, shared)] * (2 if shared else 0)
