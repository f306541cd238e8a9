"""Integrity flags: real uses alone, each with the student's line."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grading.assignment import Assignment, names
from autograder.grading.submission import SubmittedCell, read
from autograder.pages.flags import find_flags, forbidden_by, published_numbers
from corpora.corpus import cases

SETUP = SubmittedCell("setup", "import numpy as np\nimport torch\nimport torch.nn.functional as F", "locked")
FORBIDDEN = {"by-hand": frozenset({"autograd", "optim"}), "fit": frozenset({"sklearn"})}


def flags_in(source: str, cell: str = "by-hand", extra: str = "") -> list[tuple[int, str, str]]:
    cells = (SETUP, SubmittedCell("extra cell 1", extra, "extra"), SubmittedCell(cell, source, "solution"))
    return [(flag.line, flag.code, flag.why) for flag in find_flags(cells, FORBIDDEN) if flag.cell == cell]


@pytest.mark.parametrize(
    "use",
    [
        "torch.autograd.grad(loss, w)",
        "loss.backward()",
        "from torch.autograd import grad",
        "import torch.func as tf; tf.jvp(f, x, v)",
        "pull = torch.Tensor.backward",
        "torch.optim.SGD([w], lr=0.1)",
    ],
)
def test_what_the_task_forbids_is_flagged_with_its_line(use: str) -> None:
    source = f"def gradient(w):\n    x = 1\n    {use}\n    return w"
    found = flags_in(source)
    assert {line for line, _, _ in found} == {3}
    assert found[0][1] == use
    assert "by hand" in found[0][2]
    assert flags_in(source, cell="another-task") == []


@pytest.mark.parametrize(
    ("use", "why"),
    [
        ("np.ctypeslib.ctypes.CDLL(None)", "reaches beyond"),
        ("torch.sys._getframe()", "looks into"),
        ('getattr(torch, "ops").aten._backward(y, [x])', "goes beneath"),
        ('getattr(torch, "_" + "C")._nn', "goes beneath"),
        ('vars(torch)["autograd"].grad(y, x)', "by hand"),
        ('torch.__dict__["func"].grad(f)', "by hand"),
        ("from torch.fx.experimental.proxy_tensor import make_fx; make_fx(f)", "traces"),
        ("torch.library.get_kernel('aten::mse_loss', 'CPU')", "goes beneath"),
        ("torch.inference_mode(False).__enter__()", "enters or leaves"),
        ("class A:\n  __array_interface__ = {}", "by its address"),
        ("import sympy; sympy.diff(x)", "numbers or formulas"),
        ("y = f(x + 1e-20j).imag", "numbers or formulas"),
    ],
)
def test_ways_around_are_flagged_under_other_names(use: str, why: str) -> None:
    assert any(why in said for _, _, said in flags_in(use))


@pytest.mark.parametrize(
    "honest",
    [
        "# the same as torch.autograd.grad and loss.backward()\nx = 1",
        'def gradient(w):\n    """Without torch.autograd, .backward() or gc."""\n    return 2 * w',
        "print('no loss.backward() here')",
        "with torch.no_grad():\n    w = w - 1",
        "class Manual:\n    def backward(self, X, y):\n        return X\nManual().backward(X, y)",
        "import gc\ngc.collect()",
        'f = getattr(torch, name)\ng = getattr(F, "relu")\nh = getattr(model, "weight")',
        "with torch.inference_mode():\n    print(w)",
        "class Timer:\n    def __enter__(self):\n        return self",
        "x = {'a': 1}['a']\ny = np.linspace(0, 1, 5)[2]",
        "torch.backends.cudnn.deterministic = True",
        "model.eval()\nmodel.compile()",
        "this does not parse (",
        "model = torch.compile(model)\nimport re\nre.compile('a')\ndf.eval('a + b')",
        "def train(model, compile=False):\n    if compile:\n        model.compile()\n    return model",
        "def f(model):\n    eval = model.score()\n    return eval",
        "%matplotlib inline\n!pip install torch\nx = 1",
        "files = !ls\nx = %env A\ndf.head?\n%timeit -n 3 f(x)",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "import timeit\ntimeit.timeit(lambda: f(x), number=3)",
        "from IPython import get_ipython\nip = get_ipython()\nip.system('ls')",
    ],
)
def test_honest_code_is_not_flagged(honest: str) -> None:
    assert flags_in(honest) == []


@pytest.mark.parametrize("line", ["files = !ls", "x = %env A", "df.head?", "x = (5\n% 2)", "%%time"])
def test_a_line_for_ipython_hides_no_flag(line: str) -> None:
    found = flags_in(f"{line}\nexec(text)\nloss.backward()")
    assert [code for _, code, _ in found] == ["exec(text)", "loss.backward()"]


def test_a_statement_after_a_magic_is_searched() -> None:
    for magic in ("%time", "%timeit -n 3", "t = %timeit -o"):
        ((line, _, why),) = flags_in(f"x = 1\n{magic} torch.autograd.grad(loss, w)")
        assert line == 2 and "by hand" in why


def test_a_cell_that_is_not_searched_is_flagged() -> None:
    for source in ("x = !ls\n" * 400, "x = !ls\n'" + "\\'" * 9000):
        ((line, _, why),) = flags_in(source)
        assert line == 1 and "cannot be searched" in why


def test_blank_lines_do_not_hold_up_the_class() -> None:
    assert flags_in("not python" + "\n" * 19_000) == []


@pytest.mark.parametrize(
    "use",
    [
        "run = exec\nrun(text)",
        "ev, = [eval]",
        "exec = exec",
        "def f(run=exec):\n    run(text)",
        "def f():\n    global exec\n    return exec",
        "import builtins\nbuiltins.exec(text)",
        "import builtins as b\nb.eval(text)",
        "from builtins import exec as run",
        "getattr(__builtins__, 'exec')(text)",
        "get_ipython().ex(text)",
        "ip = get_ipython()\nip.run_cell(text)",
        "import IPython\nIPython.get_ipython().ev(text)",
        "import timeit\ntimeit.timeit('f()', globals=globals())",
        "from timeit import Timer\nTimer(stmt='f()')",
        "import runpy\nrunpy.run_path('a.py')",
        "import code\ncode.InteractiveInterpreter().runsource(text)",
        "import marshal\nmarshal.loads(data)",
    ],
)
def test_text_that_is_run_as_code_is_flagged(use: str) -> None:
    assert any("runs text as code" in why for _, _, why in flags_in(use))


def test_a_student_may_compare_with_autograd_elsewhere_but_not_hand_it_in() -> None:
    helper = "def check(loss, w):\n    return torch.autograd.grad(loss, w)"
    assert flags_in("def gradient(w):\n    return 2 * w", extra=helper) == []
    ((line, code, why),) = flags_in("def gradient(loss, w):\n    return check(loss, w)", extra=helper)
    assert (line, code) == (2, "return check(loss, w)")
    assert why.endswith("through check")


def test_an_alias_taken_in_another_cell_is_seen_through() -> None:
    found = flags_in("def gradient(loss, w):\n    return g(loss, w)", extra="g = torch.autograd.grad")
    assert [line for line, _, _ in found] == [2]


@pytest.mark.parametrize(
    "suspect",
    [
        "import gc; gc.get_objects()",
        "import inspect; inspect.stack()",
        "import ctypes; ctypes.CDLL(None)",
        "from subprocess import run",
        "import os; os.fork()",
        "import sys; sys._getframe(1)",
        "frame.f_back.f_locals",
        "class Yes:\n    def __eq__(self, other): return True",
        "torch.allclose = lambda *a: True",
        "import builtins; builtins.abs = float",
        "np.testing.assert_allclose = print",
        "setattr(F, 'mse_loss', print)",
        "exec(text)",
    ],
)
def test_what_no_task_needs_is_flagged_in_any_cell(suspect: str) -> None:
    assert len(flags_in(suspect, cell="another-task")) >= 1


def test_the_graders_marks_say_what_is_forbidden(tmp_path: Path) -> None:
    grader = tmp_path / "grader.py"
    grader.write_text(
        "raise SystemExit('a grader is read, never run, here')\n"
        'HAND = ("autograd", "optim")\n'
        '@task("a", points=1, without=HAND)\ndef test_1(student): ...\n'
        '@task("a", points=1, without=("autograd",))\ndef test_2(student): ...\n'
        '@task("b", points=1, without=("autograd",))\ndef test_3(student): ...\n'
        '@task("b", points=1)\ndef test_4(student): ...\n'
        '@task("c", points=1)\ndef test_5(student): ...\n'
    )
    # one of two is no majority: a test may switch a thing off to see that it is used
    assert forbidden_by(grader) == {"a": frozenset({"autograd"}), "b": frozenset()}


@pytest.mark.parametrize(
    ("number", "flagged"),
    [
        ("371.6104", True),
        ("-371.6104", True),
        ("371.61", True),
        ("371.62", False),
        ("371.6", True),
        ("0.503", False),
        ("0.5", False),
    ],
)
def test_a_result_of_the_solution_that_stands_in_the_code_is_flagged(number: str, flagged: bool) -> None:
    cells = (SubmittedCell("train", f"def train():\n    return {number}", "solution"),)
    flags = find_flags(cells, {}, frozenset({"371.6104", "0.5034"}))
    assert [flag.line for flag in flags] == [2] * flagged


A_TO_Z = " + ".join(['"a"'] * 1200)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (f"getattr(torch, {A_TO_Z})", "nested too deeply"),
        ("x = " + "-" * 1500 + "1", "nested too deeply"),
        ("torch" + '.__dict__["a"]' * 480, "nested too deeply"),
        ("x = 1\n#" + "x" * 20_000, "too long"),
        (f"getattr(torch, {A_TO_Z})\n#" + "x" * 20_000, "too long"),
    ],
)
def test_a_cell_that_cannot_be_searched_is_flagged_and_hides_no_other(source: str, why: str) -> None:
    cells = (SETUP, SubmittedCell("a", source, "extra"), SubmittedCell("b", "exec(text)", "solution"))
    first, second = find_flags(cells, {})
    assert (first.cell, first.line) == ("a", 1) and why in first.why
    assert (second.cell, second.code) == ("b", "exec(text)")
    assert find_flags((SubmittedCell("a", source, "locked"),), {}) == []


def test_names_that_no_library_has_and_numbers_without_end_are_not_followed() -> None:
    """Each would take a second or more for a cell, and a notebook has many."""
    for source in (
        "a = getattr(torch, '" + "b." * 8_000 + "b')\n" + "a;" * 1_000,
        "a = torch\n" + "a = a.bb\n" * 2_000,
        "def f():" + "0;" * 9_000,
    ):
        assert find_flags((SETUP, SubmittedCell("a", source, "extra")), {}) == []
    many = SubmittedCell("a", "x = [" + ", ".join(f"{n}.123" for n in range(2_000)) + "]", "extra")
    (flag,) = find_flags((SETUP, many), {}, frozenset({"371.6104"}))
    assert "too many numbers" in flag.why
    (flag,) = find_flags(
        (SETUP, SubmittedCell("a", "x = [371.6104, 1.123, 1.123]", "extra")), {}, frozenset({"371.6104"})
    )
    assert "is a result" in flag.why


def test_a_cell_that_overflows_the_stack_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.pages.flags._MAX_DEPTH", 10_000)
    (flag,) = find_flags((SETUP, SubmittedCell("a", f"getattr(torch, {A_TO_Z})", "extra")), {})
    assert "nested too deeply" in flag.why


@pytest.mark.parametrize("name", names())
def test_no_correct_submission_of_the_corpora_is_flagged(name: str) -> None:
    assignment = Assignment.load(name)
    rules = forbidden_by(assignment.grader_file), published_numbers(assignment)
    for case in cases(name, "correct"):
        assert find_flags(read(case.notebook(), assignment).cells, *rules) == [], case.path


def test_a_wrong_submission_that_calls_autograd_is_flagged() -> None:
    assignment = Assignment.load("linear-regression")
    (case,) = [one for one in cases(assignment.name, "wrong") if one.name == "neuron_autograd"]
    flags = find_flags(read(case.notebook(), assignment).cells, forbidden_by(assignment.grader_file))
    assert [(flag.cell, "torch.autograd.grad" in flag.code) for flag in flags] == [("neuron", True)]
