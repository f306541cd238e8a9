"""Each task is graded as its own cell left it, and whatever fails in a cell costs itself alone."""

import copy
import json

import pytest

from autograder.grading import run_notebook
from autograder.grading.report import Report
from autograder.grading.submission import read
from autograder.sandbox.faults import WorkerDied
from tests.grading.conftest import SOLUTIONS, notebook
from tests.grading.test_judge import message, outcomes

RIGHT = SOLUTIONS["double"]
WRONG = "def double(x):\n    return 3 * x"


def extra(source: str) -> dict:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def grade(course, judge, *more: str, at: int | None = None, **answers: str):
    """The report of the solution with other answers and further cells, at the end or before cell `at`."""
    book = notebook(SOLUTIONS | answers)
    place = len(book["cells"]) if at is None else at
    book["cells"][place:place] = map(extra, more)
    path = course.root / "tiny.ipynb"
    path.write_text(json.dumps(book))
    return judge.grade(path, course.assignment)


# ---- cells of the release that only show something

EXAMPLE = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "example"}
SHOWN = {"grade_id": "show-factor", "locked": True, "grade": False, "solution": False, "schema_version": 3}


@pytest.fixture
def shows(course):
    """The course, with an example and a figure in its release."""
    file = course.root / "release" / "tiny" / "tiny.ipynb"
    before = file.read_text()
    book = json.loads(before)
    example = EXAMPLE | {"source": "def twice(y):\n    return 2 * y"}
    figure = EXAMPLE | {"source": "factor = twice(1)", "metadata": {"nbgrader": SHOWN}}
    book["cells"][1:1] = [example, figure]
    file.write_text(json.dumps(book))
    yield course
    file.write_text(before)


@pytest.mark.parametrize(
    ("answer", "needed"),
    [
        ("def double(x):\n    return twice(x)", "twice"),
        ("def double(x):\n    return factor * x", "factor"),
        ("double = twice", "twice"),
        ("helper = lambda x: factor * x\ndef double(x):\n    return helper(x)", "factor"),
    ],
)
def test_what_an_answer_uses_of_a_supplied_cell_is_there(shows, judge, answer, needed):
    report = grade(shows, judge, double=answer)
    assert report.score == 4.0
    assert report.repairs[0] == (
        f"supplied cells that define `{needed}` were run, because your code uses what they define"
    )


def test_it_is_there_for_a_cell_of_the_student_s_that_an_answer_uses(shows, judge):
    helper = "def helper(x):\n    return factor * x"
    report = grade(shows, judge, helper, double="def double(x):\n    return helper(x)")
    assert report.score == 4.0


def test_what_no_answer_uses_does_not_run(shows, judge):
    report = grade(shows, judge, "def show():\n    print(factor)", "print(factor)")
    assert (report.score, report.repairs) == (4.0, ())


# ---- names that a later cell gives another value


@pytest.mark.parametrize(
    "later",
    [
        "double = double(2.0)",
        "def double(x):\n    return x",
        "class double:\n    pass",
        "for double in range(3):\n    pass",
        "import math as double",
        "from math import sin as double",
        "with open(0) as double:\n    pass",
        "del double",
        "global double\ndouble = None",
        "globals()['double'] = 7",
        "exec('double = 7')",
        "[double := n for n in range(3)]",
        "double, triple = 2, 3",
        "double.__code__ = (lambda x: 0).__code__",
        "def spoil():\n    global double\n    double = 'spoilt'\nspoil()",
        "%run spoil.py",
        "print('unrelated')\ndouble: float = 2.0\ndouble += 1",
    ],
)
def test_a_name_with_another_value_later_costs_nothing(course, judge, later):
    if later.startswith("%run"):
        later = "%%writefile spoil.py\ndouble = 3\n", later
    report = grade(course, judge, *([later] if isinstance(later, str) else later))
    assert report.score == 4.0
    assert "`double` was replaced by a later cell (extra cell" in message(report, "double")


def test_what_a_function_uses_is_taken_back_with_it(course, judge):
    """A helper, a constant and a class of the student's own, none of which the task's text names."""
    answer = (
        "factor = [2]\ndef times(x, n):\n    return x * n\nclass Doubler:\n    def __call__(self, x):\n"
        "        return times(x, factor[0])\ndef double(x):\n    return Doubler()(x)"
    )
    for later in ("factor = [3]", "factor[0] = 3", "times = None", "Doubler.__call__ = None", "del Doubler"):
        assert grade(course, judge, later, double=answer).score == 4.0, later


@pytest.mark.parametrize(
    ("made", "used", "later"),
    [
        ("cfg = {'a': {'n': 2}}", "cfg['a']['n']", "cfg['a']['n'] = 3"),
        ("w = [[torch.tensor(2.0)]]", "w[0][0].item()", "w[0][0] += 1"),
        ("w = {'w': [np.array([2.0])]}", "w['w'][0].item()", "w['w'][0] *= 2"),
        ("class C: pass\nc = C(); c.n = 2", "c.n", "c.n = 3"),
        ("class C: ns = [[2]]", "C.ns[0][0]", "C.ns[0][0] = 3"),
        ("class C: pass\nc = C(); c.c = C(); c.c.n = [2]", "c.c.n[0]", "c.c.n[0] = 3"),
        ("m = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))\nnn.init.constant_(m[1].weight, 2)", "m[1].weight.item()",
         "torch.optim.SGD(m.parameters(), 1.0)\nwith torch.no_grad():\n    m[1].weight -= 1"),
        ("class N(nn.Module): pass\nm = N(); m.n = 2", "m.n", "m.n = 3"),
    ],
)  # fmt: skip
def test_what_is_changed_deep_inside_is_taken_back(course, judge, made, used, later):
    answer = f"import numpy as np, torch\nfrom torch import nn\n{made}\ndef double(x):\n    return {used} * x"
    report = grade(course, judge, later, double=answer)
    assert report.score == 4.0
    assert "was replaced by a later cell (extra cell" in message(report, "double")


@pytest.mark.parametrize(
    "later",
    [
        "sum = 0\nfor n in (1, 2):\n    sum += n",
        "from numpy import sum, max",
        "def sum(a, b):\n    return a + b",
        "class sum: pass",
    ],
)
def test_a_function_of_python_s_own_that_a_later_cell_replaces_costs_nothing(course, judge, later):
    report = grade(course, judge, later, double="def double(x):\n    return sum([x, x])")
    assert report.score == 4.0
    assert "`sum` was replaced by a later cell (extra cell" in message(report, "double")


@pytest.mark.parametrize(
    "decorator",
    [
        "import torch\n@torch.no_grad()",
        "import functools\n@functools.cache",
        "import functools\ndef timed(f):\n    @functools.wraps(f)\n    def inner(*args):\n"
        "        return f(*args)\n    return inner\n@timed",
    ],
)
@pytest.mark.parametrize("later", ["sum = None", "times = None"])
def test_a_decorated_function_is_taken_back_with_what_it_uses(course, judge, decorator, later):
    answer = (
        f"def times(x, n):\n    return n * x\n{decorator}\ndef double(x):\n    return sum([times(x, 1)] * 2)"
    )
    report = grade(course, judge, later, double=answer)
    assert report.score == 4.0
    assert "was replaced by a later cell (extra cell" in message(report, "double")


@pytest.mark.parametrize(
    "later",
    [
        "F.relu = None",
        "setattr(F, 'relu', None)",
        "torch.nn.functional.relu = lambda x: 0 * x",
        "if True:\n    torch.nn.functional.relu = None",
    ],
)
def test_a_library_that_a_later_cell_patches_costs_nothing(course, judge, later):
    answer = (
        "import torch\nimport torch.nn.functional as F\ndef double(x):\n"
        "    x = torch.as_tensor(x)\n    return x + F.relu(x) - F.relu(-x)"
    )
    report = grade(course, judge, later, double=answer)
    assert report.score == 4.0
    assert "replaced by a later cell (extra cell" in message(report, "double")


@pytest.mark.parametrize(
    "body",
    [
        "__slots__ = ()\n    def __getattr__(self, name):\n        raise KeyError(name)",
        "@property\n    def __dict__(self):\n        raise KeyError",
    ],
)
def test_an_object_that_refuses_to_be_looked_at_hides_no_later_cell(course, judge, body):
    settings = f"class Settings:\n    {body}\nsettings = Settings()"
    report = grade(course, judge, settings, "def double(x):\n    return None")
    assert report.score == 4.0
    assert "`double` was replaced by a later cell (extra cell 2)" in message(report, "double")


def test_what_is_right_at_the_end_is_graded_as_it_is_at_the_end(course, judge):
    """A helper that is defined after the task's cell, and a second try that is better."""
    late = grade(
        course, judge, "def times_two(x):\n    return 2 * x", double="def double(x):\n    return times_two(x)"
    )
    second = grade(course, judge, RIGHT, double=WRONG)
    assert late.score == second.score == 4.0
    assert "replaced" not in message(late, "double") + message(second, "double")


def test_a_helper_of_a_later_cell_is_there_before_the_name_is_replaced(course, judge):
    report = grade(
        course,
        judge,
        "def times_two(x):\n    return 2 * x",
        "double = double(1)",
        double="def double(x):\n    return times_two(x)",
    )
    assert report.score == 4.0


def test_a_better_try_that_is_then_replaced_is_found(course, judge):
    assert grade(course, judge, RIGHT, "double = 4", double=WRONG).score == 4.0


def test_a_better_try_counts_as_it_was_before_what_it_reads_was_changed(course, judge):
    second = "times = 2\ndef double(x):\n    return times * x"
    report = grade(course, judge, second, "times = 5", double=WRONG)
    assert report.score == 4.0
    assert "`times` was replaced by a later cell (extra cell 2)" in message(report, "double")


def test_a_state_counts_as_a_whole(course, judge):
    """Each definition passes one test of two: nobody wrote the one that passes both."""
    numbers = "def double(x):\n    return 2 * float(x)"
    tensors = "def double(x):\n    return 2 * x if hasattr(x, 'shape') else None"
    report = grade(course, judge, tensors, double=numbers)
    assert report.tasks["double"].points == 1.0
    assert sorted(outcomes(report, "double")) == ["failed", "passed"]


def test_many_versions_of_an_answer_give_five_tries(course, judge):
    """Versions and changes of what they read take turns: the last four states before a change, and the last of all."""
    version = "def double(x):\n    return factors[0] * x"
    cells = [cell for n in range(5) for cell in (f"factors[0] = {n + 3}", f"{version}  # {n}")]
    book = notebook(SOLUTIONS | {"double": f"factors = [2]\n{version}"})
    book["cells"] += map(extra, cells)
    path = course.root / "tiny.ipynb"
    path.write_text(json.dumps(book))
    with judge.opened(read(path, course.assignment), course.assignment) as (_, loaded):
        states = loaded.earlier("double", ["double"])
        assert len(states) == run_notebook.MAX_EARLIER + 1
    assert grade(course, judge, *cells, double=f"factors = [2]\n{version}").score == 4.0


def test_a_task_is_taken_back_with_those_that_it_builds_on(course, judge):
    """`quadruple` does not fail for a `double` that was right when it was written."""
    report = grade(course, judge, "double = None")
    assert report.tasks["quadruple"].points == 2.0
    assert "correct" not in message(report, "quadruple")


def test_follow_through_works_in_an_earlier_state(course, judge):
    """`double` is wrong from the start, and `quadruple` is replaced at the end."""
    report = grade(course, judge, "quadruple = None", double=WRONG)
    assert report.tasks["double"].points == 0.0
    assert report.tasks["quadruple"].points == 2.0
    assert "correct `double`" in message(report, "quadruple")
    assert "`quadruple` was replaced" in message(report, "quadruple")


def test_what_builds_on_a_task_that_a_later_cell_spoils_is_followed_through(course, judge):
    """`double` counts as it was, but a wrong one takes its place before `quadruple` is there."""
    report = grade(course, judge, WRONG, at=2)
    assert report.score == 4.0
    assert "`double` was replaced by a later cell (extra cell" in message(report, "double")
    assert message(report, "quadruple").endswith(
        "Graded with a correct `double` instead of yours, because yours was replaced by a later cell."
    )


def test_what_builds_on_a_spoilt_task_must_be_right_itself(course, judge):
    report = grade(course, judge, WRONG, at=2, quadruple="def quadruple(x):\n    return 3 * double(x)")
    assert report.tasks["quadruple"].points == 0.0


DECORATED = "@double\ndef tripled(x):\n    return 3 * x\n"
UNREADABLE = "def double(x:\n    return 2 * x"


@pytest.mark.parametrize(
    "quadruple",
    [
        "def quadruple(x, f=double):\n    return f(f(x))",
        "def quadruple(x, f: double = None) -> double(2):\n    return double(double(x))",
        "class Four(type(double(1))):\n    pass\nclass Five(Four):\n    pass\n"
        "def quadruple(x) -> Five:\n    return double(double(x))",
        f"{DECORATED}def quadruple(x, f=double):\n    return f(f(x))",
    ],
)
def test_a_definition_that_needs_a_lost_name_is_followed_through(course, judge, quadruple):
    """Where the cell of `double` cannot be read, not even `def quadruple` runs."""
    report = grade(course, judge, double=UNREADABLE, quadruple=quadruple)
    assert report.tasks["double"].points == 0.0
    assert report.tasks["quadruple"].points == 2.0
    assert "correct `double`" in message(report, "quadruple")


@pytest.mark.parametrize(
    "quadruple",
    [
        "def quadruple(x, f=double):\n    return 5 * x",
        "def quadruple(x, f=double, g=no_such_name):\n    return f(f(x))",
        "def quadruple(x):\n    return 5 * x\ndef quadruple(x, f=double):\n    return f(f(x))",
    ],
)
def test_what_is_wrong_with_a_definition_of_its_own_stays_so(course, judge, quadruple):
    assert grade(course, judge, double=UNREADABLE, quadruple=quadruple).score == 0.0
    assert not judge.errors


def test_a_wrong_answer_gains_nothing_by_being_replaced(course, judge):
    report = grade(course, judge, "double = None", double=WRONG)
    assert report.tasks["double"].points == 0.0


def test_what_follow_through_lays_open_is_of_no_use_in_an_earlier_state(course, judge):
    """Both tasks are wrong; `quadruple` notes the reference of `double` where all forks can read it."""
    spy = (
        "import mmap\nshared = mmap.mmap(-1, 4096)\ndef double(x):\n    n = shared[0]\n"
        "    return n * x if n and n != 3 else 3 * x"
    )
    thief = "def quadruple(x):\n    shared[0] = int(double(1.0))\n    return None"
    report = grade(course, judge, "double = None", "quadruple = None", double=spy, quadruple=thief)
    assert report.tasks["double"].points == 0.0


def test_a_doubled_notebook_is_graded_by_its_better_copy(course, judge):
    for first, second in ((RIGHT, WRONG), (WRONG, RIGHT)):
        book = notebook(SOLUTIONS | {"double": first})
        book["cells"] += copy.deepcopy(notebook(SOLUTIONS | {"double": second})["cells"])
        path = course.root / "tiny.ipynb"
        path.write_text(json.dumps(book))
        assert judge.grade(path, course.assignment).score == 4.0


def test_a_cell_cut_in_two_is_one_cell(course, judge):
    """The second half is a cell of its own, and a later one replaces what it defined."""
    report = grade(course, judge, RIGHT, "double = 5", at=2, double="# my solution is below")
    assert report.tasks["double"].points == 2.0


# ---- statements that fail


@pytest.mark.parametrize(
    "first",
    [
        "from a_module_of_colab import drive\ndrive.mount('/content')",
        "data = open('/content/drive/data.csv').read()",
        "raise SystemExit",
        "assert False, 'stop here'",
        "name = input('Name: ')",
        "exit()",
        "return 3",
        "print(undefined)",
        "import ctypes\nctypes.string_at(0)",
    ],
)
def test_what_stands_below_a_statement_that_fails_still_runs(course, judge, first):
    answer = f"{first}\nimport math as m\ntwo = m.sqrt(4)\ndef double(x):\n    return two * x"
    assert grade(course, judge, double=answer).score == 4.0


@pytest.mark.parametrize(
    "lines",
    [
        "import json, no_such_package as nsp, operator as op",
        "from operator import (\n    add,\n    no_such_function,\n    mul as times,\n)\nimport operator as op",
        "from operator import no_such_function, mul, add as plus\nclass op:\n    mul = mul",
        "try:\n    import json\n    import no_such_package\n    import operator as op\nexcept ImportError:\n    pass",
        "try:\n    import no_such_package, operator as op\nexcept ImportError as e:\n    print(e)",
        "try:\n    import no_such_package as nsp\nexcept ImportError:\n    !pip install no_such_package\n"
        "    import no_such_package as nsp\n    from operator import add\n    import operator as op",
    ],
)
def test_a_missing_package_costs_only_its_own_name(course, judge, lines):
    answer = f"{lines}\ndef double(x):\n    return op.mul(2, x)"
    assert grade(course, judge, double=answer).score == 4.0


def test_what_a_handler_puts_in_the_place_of_an_import_stays(course, judge):
    lines = "try:\n    import no_such_package\n    from operator import add as times\nexcept ImportError:\n"
    mine = "    from operator import mul as times\n"
    assert grade(course, judge, double=f"{lines}{mine}def double(x):\n    return times(2, x)").score == 4.0


def test_a_lost_import_is_reported_by_itself(course, judge):
    answer = "import json, no_such_package as nsp\ndef double(x):\n    return nsp.f(x)"
    report = grade(course, judge, double=answer)
    assert "Line 1 of the cell double (`import json, no_such_package as nsp`) failed" in message(
        report, "double"
    )


def test_a_lost_name_is_reported_where_it_is_missed(course, judge):
    """With the cell, the line and the reason, though a chain of names was lost."""
    report = grade(
        course,
        judge,
        "import a_module_of_colab as colab\n\nfactor = colab.two()",
        at=1,
        double="def double(x):\n    return factor * x",
    )
    text = message(report, "double")
    assert "name 'factor' is not defined" in text
    assert "Line 3 of the cell extra cell 1 (`factor = colab.two()`) failed: NameError" in text
    assert (
        "Line 1 of the cell extra cell 1 (`import a_module_of_colab as colab`) failed: ModuleNotFoundError"
        in text
    )


def test_a_definition_that_was_lost_says_why(course, judge):
    report = grade(course, judge, double="@decorate\ndef double(x):\n    return 2 * x")
    assert "`double` is not defined in your notebook. Line 2 of the cell double" in message(report, "double")


@pytest.mark.parametrize(
    ("answer", "lower"),
    [
        (
            "class Base2(Base):\n    pass\ndef double(x):\n    return Base2().two * x",
            "class Base:\n    two = 2",
        ),
        ("@decorate\ndef double(x):\n    return x", "def decorate(f):\n    return lambda x: 2 * f(x)"),
        ("def double(x, times=factor):\n    return times * x", "factor = 2"),
        ("def double(x):\n    return two * x\ntwo = make()", "def make():\n    return 2"),
        (
            "double = make(2)",
            "make = wrap(inner)\ndef inner(n):\n    return lambda x: n * x\ndef wrap(f):\n    return f",
        ),
        ("%time a = 1\nb = c; d = 1\nclass D: n = b; m = n\ndef double(x):\n    return D.n * x", "c = 2"),
    ],
)
def test_a_statement_that_needs_a_name_of_a_lower_cell_runs_after_it(course, judge, answer, lower):
    calls = "calls = calls + 1 if 'calls' in globals() else 1"
    report = grade(course, judge, lower, double=f"{calls}\n{answer}\nassert calls == 1")
    assert report.score == 4.0
    assert any(
        "of the cell double (`" in repair and "which only a lower cell defines" in repair
        for repair in report.repairs
    )


def test_what_runs_last_is_told_and_replaces_nothing(course, judge):
    report = grade(course, judge, "factor = 2", double="def double(x, n=factor):\n    return n * x")
    (repair,) = report.repairs
    assert repair.startswith(
        "Line 1 of the cell double (`def double(x, n=factor):`) was run again after the last"
    )
    report = grade(course, judge, "factor = 3", RIGHT, double="def double(x, n=factor):\n    return n * x")
    assert (report.score, report.repairs) == (4.0, ())
    report = grade(course, judge, double="def double(x, n=factor):\n    return n * x")
    assert report.repairs == ()
    assert "failed: NameError: name 'factor' is not defined" in message(report, "double")


def test_a_statement_that_ends_the_process_when_it_runs_last_costs_itself_alone(course, judge):
    report = grade(
        course,
        judge,
        "def stop():\n    import os\n    os._exit(1)",
        double=f"{RIGHT}\nx = stop()\ny = stop()",
    )
    assert report.score == 4.0
    assert report.repairs == ()


def runs_of(course, judge, monkeypatch, *more: str, **answers: str) -> tuple[list[int], Report]:
    """How many statements ran of each cell that ran once more, and the report."""
    chosen: list[int] = []
    run_last = run_notebook.Notebook._run_last

    def noted(self, place, statements):
        chosen.append(len(statements))
        return run_last(self, place, statements)

    monkeypatch.setattr(run_notebook.Notebook, "_run_last", noted)
    return chosen, grade(course, judge, *more, **answers)


def test_many_statements_of_a_cell_run_last_together(course, judge, monkeypatch):
    many = "\n".join(f"a{k} = zz + {f'a{k - 1}' if k else 0}" for k in range(300))
    answer = f"{many}\ndef double(x):\n    return (a299 - 298) * x"
    chosen, report = runs_of(course, judge, monkeypatch, "zz = 1", double=answer)
    assert chosen == [300]
    assert report.score == 4.0
    (repair,) = report.repairs
    assert repair.startswith(
        "Line 1 of the cell double (`a0 = zz + 0`) and 299 more statements of this cell were run"
    )
    assert "needs `zz`, which only a lower cell defines" in repair


def test_so_many_cells_run_last(course, judge, monkeypatch):
    monkeypatch.setattr(run_notebook, "MAX_LAST", 3)
    cells = [f"a{k} = zz" for k in range(5)]
    chosen, report = runs_of(course, judge, monkeypatch, *cells, "zz = 1")
    assert chosen == [1, 1, 1]
    assert (report.score, len(report.repairs)) == (4.0, 3)


def test_one_of_them_that_fails_costs_itself_and_those_that_need_it(course, judge):
    answer = "a = zz / 0\nb = a\nc = zz\ndef double(x):\n    return 2 * c * x"
    report = grade(course, judge, "zz = 1", double=answer)
    assert report.score == 4.0
    (repair,) = report.repairs
    assert repair.startswith("Line 3 of the cell double (`c = zz`) was run again")


# ---- workers that cannot be had again

MUCH = "globals().update({'x' * 1000 + str(n): n for n in range(400)})"


@pytest.mark.parametrize("copy_seconds", [0.0, 1.0])
def test_too_much_data_at_load_costs_the_cell(course, judge, monkeypatch, copy_seconds):
    """No copy can be copied again: what a notebook may send is counted for all of them."""
    monkeypatch.setattr(run_notebook, "COPY_SECONDS", copy_seconds)
    monkeypatch.setattr("autograder.sandbox.worker_client.MAX_SUBMISSION", 1 << 20)
    report = grade(course, judge, f"{MUCH}\ndef double(x):\n    return 2 * x", at=1)
    assert report.score == 4.0
    report = grade(course, judge, "one = 1", f"{MUCH}\ntwo = 2", double="def double(x):\n    return two * x")
    assert report.tasks["quadruple"].points == 2.0
    text = message(report, "double")
    assert "The cell extra cell 2 was left out. Your code returned too much data" in text


def test_a_notebook_that_always_sends_too_much_is_graded(course, judge, monkeypatch):
    monkeypatch.setattr(run_notebook, "MAX_RESTARTS", 1)
    monkeypatch.setattr("autograder.sandbox.worker_client.MAX_SUBMISSION", 1 << 20)
    report = grade(course, judge, *[MUCH] * 3)
    assert report.score == 0.0
    assert "the cells before it ended the notebook's process too often" in message(report, "double")


def test_a_notebook_without_a_worker_is_graded(course, judge, monkeypatch):
    """It ends its process, and no other is to be had."""
    prepare, workers = judge._prepare, []

    def prepare_once(worker, assignment):
        workers.append(worker)
        if len(workers) > 1:
            raise WorkerDied("It has ended.")
        prepare(worker, assignment)

    monkeypatch.setattr(judge, "_prepare", prepare_once)
    report = grade(course, judge, "import os\nos._exit(1)")
    assert report.score == 0.0
    assert "process" in message(report, "double")


# ---- cells without an end


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_notebook, "CELL_SECONDS", 0.3)
    monkeypatch.setattr(run_notebook, "REST_SECONDS", 0.3)
    monkeypatch.setattr(run_notebook, "NOTEBOOK_SECONDS", 1.0)
    monkeypatch.setattr("autograder.sandbox.budget.IDLE_GRACE", 0.3)
    monkeypatch.setattr("autograder.sandbox.budget.INTERRUPT_SECONDS", 0.2)


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import time\ntime.sleep(1000)",
        "sum(iter(int, 1))",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "import itertools\nfor _ in itertools.count():\n    try: 1 / 0\n    except: pass",
    ],
)
def test_an_endless_statement_costs_nothing_else(course, judge, little_time, loop):
    """Above it, below it, in a cell of its own, and four of them."""
    around = f"two = 2\n{loop}\ndef double(x):\n    return two * x"
    assert grade(course, judge, double=around).score == 4.0
    assert grade(course, judge, *[loop] * 4, at=1).score == 4.0


def test_what_an_endless_statement_would_have_defined_is_missing_for_that_reason(course, judge, little_time):
    for loop in ("double = sum(iter(int, 1))", "while True: double = 1"):
        text = message(grade(course, judge, "del double", double=loop), "double")
        assert "more than 0.3 seconds of computing" in text


def test_a_long_cell_is_not_run_again(course, judge, monkeypatch, tmp_path):
    """Neither for a statement that takes the process along, nor for the state right after it."""
    monkeypatch.setattr(run_notebook, "COPY_SECONDS", 0.2)
    runs = tmp_path / "runs"
    wait = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    slow = f"open({str(runs)!r}, 'a').write('once ')\n{wait}"
    assert grade(course, judge, slow, "import os\nos._exit(0)", "double = 1", at=1).score == 4.0
    assert runs.read_text() == "once "
    assert grade(course, judge, "double = 1", double=f"{slow}\n{RIGHT}").score == 4.0
    assert runs.read_text() == "once once "


def test_an_earlier_state_is_made_with_the_time_that_the_cells_had(course, judge, monkeypatch):
    monkeypatch.setattr(run_notebook, "REST_SECONDS", 0.1)
    wait = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    answer = f"{wait}\nfactor = 2\ndef double(x):\n    return factor * x"
    assert grade(course, judge, "factor = 3", double=answer).score == 4.0


# ---- what is not started


def test_only_the_stub_is_not_started(course, judge):
    stub = grade(course, judge, double="def double(x):\n    raise NotImplementedError")
    assert "Not started yet" in message(stub, "double")
    forward = "import torch\nclass Net(torch.nn.Module):\n    pass\ndef double(x):\n    return Net()(x)"
    text = message(grade(course, judge, double=forward), "double")
    assert "Not started yet" not in text
    assert 'NotImplementedError: Module [Net] is missing the required "forward" function' in text
