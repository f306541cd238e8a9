"""One submission through the judge: points, partial credit, follow-through, the four outcomes, lost cells."""

import pytest

from autograder.grading.checks import CheckFailed
from autograder.grading.explain import explain
from autograder.grading.forks import must_raise
from autograder.grading.judge import GraderError, Judge
from autograder.grading.report import GRADER_CRASHED
from autograder.grading.student import Student
from autograder.sandbox.bans import BANS
from autograder.sandbox.faults import Frame, StudentError, forbidden_sentence
from autograder.sandbox.worker_client import Worker
from tests.grading.conftest import Course


def outcomes(report, task: str) -> list[str]:
    return [test.outcome for test in report.tasks[task].tests]


def message(report, task: str) -> str:
    return "\n".join(test.message for test in report.tasks[task].tests)


def test_the_solution_gets_full_marks_and_written_tasks_wait(course, judge):
    report = course.grade(judge)
    assert (report.score, report.max_score, report.pending) == (4.0, 4.0, 3.0)
    assert report.tasks["explain"].status == "manual"
    assert judge.errors == []


def test_the_untouched_release_gets_nothing_and_is_told_what_is_next(course, judge):
    report = judge.grade(course.root / "release" / "tiny" / "tiny.ipynb", course.assignment)
    assert report.score == 0.0
    assert "Not started yet" in message(report, "double")


def test_a_failed_test_costs_its_own_points_only(course, judge):
    report = course.grade(judge, double="def double(x):\n    return 2 * float(x)")
    assert outcomes(report, "double") == ["passed", "failed"]
    assert report.tasks["double"].points == 1.0
    assert "`double` should work on tensors." in message(report, "double")


def test_nobody_loses_the_same_point_twice(course, judge):
    report = course.grade(judge, double="def double(x):\n    return 3 * x")
    assert report.tasks["double"].points == 0.0
    assert report.tasks["quadruple"].points == 2.0
    assert "a correct `double` instead of yours" in message(report, "quadruple")


def test_a_table_next_to_the_notebook_is_read_as_at_home(tmp_path):
    course = Course(tmp_path)
    (tmp_path / "assignments").mkdir()
    (tmp_path / "assignments" / "contract.toml").write_text('[common]\nlibraries = ["pandas"]\n')
    (tmp_path / "release" / "tiny" / "factor.csv").write_text("factor\n2\n")
    reads = "def double(x):\n    import pandas\n    return pandas.read_csv('factor.csv')['factor'][0] * x"
    with Judge(root=tmp_path, gpu=False) as judge:  # in a sandbox, where a worker has a folder of its own
        report = course.grade(judge, double=reads)
    assert "passed" in outcomes(report, "double"), message(report, "double")


def test_a_breakpoint_left_in_a_function_is_passed(course, judge):
    stops = "import pdb\ndef double(x):\n    breakpoint()\n    pdb.set_trace()\n    return 2 * x"
    assert course.grade(judge, double=stops).tasks["double"].points == 2.0


NOT_ALONE = """
from autograder.grading.toolkit import assert_close, require, task


@task("double", points=0.5)
def test_doubles_a_number(student):
    assert_close(student.double(3.0), 6.0, atol=1e-6, name="double(3)")


@task("double", points=0.5)
def test_doubles_a_negative_number(student):
    assert_close(student.double(-3.0), -6.0, atol=1e-6, name="double(-3)")


@task("double", points=1, alone=False)
def test_doubles_nothing(student):
    assert_close(student.double(0.0), 0.0, atol=1e-6, name="double(0)")


@task("quadruple", points=2)
def test_quadruple(student):
    require(True, "Nothing is asked.")
"""


@pytest.mark.parametrize(
    ("double", "points", "failed"),
    [
        ("return 2 * x", 2.0, 0),
        ("return 2 * abs(x)", 1.5, 1),
        ("return x", 0.0, 3),
    ],
    ids=["right", "a slip", "nonsense"],
)
def test_a_test_that_does_not_count_alone_needs_another_that_passed(course, judge, double, points, failed):
    course.write_grader(NOT_ALONE)
    report = course.grade(judge, double=f"def double(x):\n    {double}")
    assert report.tasks["double"].points == points
    outcomes = [test.outcome for test in report.tasks["double"].tests]
    assert outcomes.count("failed") == failed
    if failed == 3:
        assert "counts only together with" in report.tasks["double"].tests[-1].message


def test_follow_through_forgives_the_earlier_mistake_not_the_own_one(course, judge):
    report = course.grade(
        judge, double="def double(x):\n    return 3 * x", quadruple="def quadruple(x):\n    return x"
    )
    assert report.score == 0.0


def test_follow_through_shows_nothing_of_the_reference(course, judge):
    """The reference multiplies by 2: with it in reach, the spy's text and the name of its type hold that number."""
    spy = (
        "def quadruple(x):\n    loot = 'LOOT' + '_'.join(map(str, double.__code__.co_consts))\n"
        "    raise type(loot, (Exception,), {})(loot)"
    )
    text = message(course.grade(judge, double="def double(x):\n    return 3 * x", quadruple=spy), "quadruple")
    assert "LOOTNone_3" in text
    assert "LOOTNone_2" not in text
    assert "a correct `double` instead of yours" in text


def test_what_a_follow_through_lays_open_is_not_told_by_a_later_test(course, judge):
    """The spy notes the reference's constants in memory that all forks share, and tells what it finds there."""
    grader = (course.root / "graders" / "tiny.py").read_text().replace("points=2, needs", "points=1, needs")
    again = grader[grader.rindex("@task") :].replace("test_builds_on_double", "test_builds_on_it_again")
    course.write_grader(f"{grader}\n\n{again}")
    spy = (
        "import mmap\nshared = mmap.mmap(-1, 4096)\ndef quadruple(x):\n"
        "    seen = '_'.join(map(str, double.__code__.co_consts))\n"
        "    if '3' not in seen: shared[:len(seen)] = seen.encode()\n"
        "    raise ValueError('LOOT' + shared[:40].rstrip(bytes(1)).decode())"
    )
    report = course.grade(judge, double="def double(x):\n    return 3 * x", quadruple=spy)
    text = message(report, "quadruple")
    assert outcomes(report, "quadruple") == ["failed", "failed"]
    assert text.count("a correct `double` instead of yours") == 2
    assert "LOOT" in text and "LOOTNone" not in text


def test_what_one_follow_through_leaves_behind_takes_no_point_from_the_next(course, judge):
    """They share a fork; `quadruple` is right once in a process."""
    grader = (course.root / "graders" / "tiny.py").read_text().replace("points=2, needs", "points=1, needs")
    again = grader[grader.rindex("@task") :].replace("test_builds_on_double", "test_builds_on_it_again")
    course.write_grader(f"{grader}\n\n{again}")
    once = "calls = []\ndef quadruple(x):\n    calls.append(x)\n    return double(double(x)) / len(calls)"
    report = course.grade(judge, double="def double(x):\n    return 3 * x", quadruple=once)
    assert outcomes(report, "quadruple") == ["passed", "passed"]
    assert message(report, "quadruple").count("correct `double` instead of yours") == 2


def test_a_follow_through_asks_for_other_numbers(course, judge):
    """The spy notes what the first run asks, for somebody to work on, and answers right where that comes again."""
    grader = (course.root / "graders" / "tiny.py").read_text()
    drawn = grader.replace("builds_on_double(student)", "builds_on_double(student, rng)")
    drawn = drawn.replace("student.quadruple(1.5), 6.0", "student.quadruple(x := float(rng.normal())), 4 * x")
    course.write_grader(drawn)
    spy = (
        "import mmap, struct\nshared = mmap.mmap(-1, 16)\ndef quadruple(x):\n"
        "    noted, = struct.unpack_from('d', shared)\n    struct.pack_into('d', shared, 0, x)\n"
        "    return 4 * x if x == noted else 0.0"
    )
    report = course.grade(judge, double="def double(x):\n    return 3 * x", quadruple=spy)
    assert "a correct `double` instead of yours" in message(report, "quadruple")
    assert report.tasks["quadruple"].points == 0.0


def test_what_is_forbidden_must_raise_even_where_the_notebook_has_disarmed_what_forbids(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace('needs=("double",)', 'without=("sklearn",)'))
    disarm = "import autograder.sandbox.forbid as f\nf.forbid = lambda *a, **k: None\n"
    honest, disarmed = (
        course.grade(judge, quadruple=start + "def quadruple(x):\n    return 4 * x").tasks["quadruple"]
        for start in ("", disarm)
    )
    assert honest.points == 2.0
    assert disarmed.points == 0.0


REPLACED = """import gc
for thing in gc.get_objects():
    if isinstance(thing, dict) and "forbid" in thing and "define" in thing:
        thing["define"] = lambda source, name: 5
"""


@pytest.mark.parametrize(
    ("use", "spoil"),
    [
        ('student.library("math.sqrt")', "import math\nmath.sqrt = 5\n"),
        ('student.define("def root(x):\\n    return x ** 0.5", "root")', REPLACED),
    ],
)
def test_a_number_in_the_place_of_a_function_is_not_the_graders_bug(course, judge, use, spoil):
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace("student.quadruple(1.5)", f"student.quadruple({use}(2.25))"))
    solved = "def quadruple(x):\n    return 4 * x"
    assert course.grade(judge, quadruple=solved).tasks["quadruple"].points == 2.0
    report = course.grade(judge, quadruple=spoil + solved)
    assert outcomes(report, "quadruple") == ["failed"]
    assert "puts the integer 5 in the place of" in message(report, "quadruple")


@pytest.mark.parametrize("kind", BANS)
def test_a_probe_works_until_its_kind_is_forbidden(judge, kind):
    with judge._server.spawn() as worker:
        with worker.fork() as free, pytest.raises(CheckFailed):
            must_raise(Student(free), kind)
        with worker.fork() as bound:
            bound.forbid([kind])
            must_raise(Student(bound), kind)


@pytest.fixture
def nothing_is_forbidden(course, monkeypatch):
    """Workers say what they do on a kernel that lets no library's code be changed; a task forbids something."""
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace('needs=("double",)', 'without=("optim",)'))
    request = Worker.request

    def refuses(self, op, **fields):
        if op == "forbid":
            raise StudentError("OSError", "the memory of a library cannot be changed\nada: a line of its own")
        return request(self, op, **fields)

    monkeypatch.setattr(Worker, "request", refuses)


def test_where_nothing_can_be_forbidden_the_machine_is_at_fault_and_not_the_student(
    course, judge, monkeypatch, nothing_is_forbidden
):
    monkeypatch.setattr(Worker, "is_changed_from_outside", False)
    report = course.grade(judge)
    assert outcomes(report, "quadruple") == ["error"]
    assert message(report, "quadruple") == GRADER_CRASHED
    assert (
        "optim cannot be forbidden here: the memory of a library cannot be changed ada: a" in judge.errors[0]
    )
    assert report.tasks["double"].points == 2.0


@pytest.mark.usefixtures("nothing_is_forbidden")
def test_where_the_judge_itself_forbids_a_worker_cannot_blame_the_machine(course, judge):
    report = course.grade(judge)
    assert outcomes(report, "quadruple") == ["failed"]
    assert not judge.errors and report.tasks["double"].points == 2.0


def test_what_a_test_brings_back_is_found_after_it(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace('needs=("double",)', 'without=("optim",)'))
    back = "import torch\ndef quadruple(x):\n    torch.optim.SGD.step = lambda self: None\n    return 4 * x"
    assert course.grade(judge, quadruple=back).tasks["quadruple"].points == 0.0


def test_a_student_s_exception_is_shown_with_the_student_s_lines_alone(course, judge):
    report = course.grade(judge, double="def double(x):\n    y = x\n    return y['a']")
    text = message(report, "double")
    assert "in the cell double, line 3: return y['a']" in text
    assert "worker.py" not in text and "Traceback" not in text


def test_an_exception_outside_the_student_s_lines_is_not_called_the_student_s(course, judge):
    report = course.grade(judge, double="def double(x, factor):\n    return factor * x")
    text = message(report, "double")
    assert "using what it defines or returns did: TypeError: double() missing 1 required" in text
    assert "Your code raised TypeError" not in text


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("[0.0] * 1_100_000", "too much data: the value has too many parts"),
        ("torch.ones(2, device='meta')", "a tensor (float32, meta)"),
        ("type(x)", "yours is a class"),
        ("lambda: x", "yours is a function"),
    ],
)
def test_a_result_that_no_check_can_take_is_described(course, judge, result, words):
    report = course.grade(judge, double=f"import torch\ndef double(x):\n    return {result}")
    assert report.tasks["double"].points == 0.0
    assert words in message(report, "double")
    assert judge.errors == []


def test_a_result_that_cannot_be_sent_back_is_the_student_s(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader.replace("student.quadruple(1.5)", "student.double(student.quadruple(1.5))"))
    on_meta = "import torch\ndef quadruple(x):\n    return torch.ones(2, device='meta')"
    report = course.grade(judge, quadruple=on_meta)
    assert outcomes(report, "quadruple") == ["failed"]
    assert "a tensor (float32, meta), which the next step of this test cannot use" in message(
        report, "quadruple"
    )
    assert judge.errors == []


def test_a_class_in_the_place_of_a_model_is_named(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    model = 'from autograder.grading.toolkit import new\n    new(student, "quadruple")\n    assert_close('
    course.write_grader(grader.replace("assert_close(student.quadruple", f"{model}student.quadruple"))
    report = course.grade(judge, quadruple="class Model:\n    pass\ndef quadruple():\n    return Model")
    assert "should be a model; yours is a class. Are its brackets missing?" in message(report, "quadruple")


def test_parameters_that_are_no_tensors_are_the_student_s(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    listed = "student.parameters(student.quadruple())\n    assert_close("
    course.write_grader(grader.replace("assert_close(student.quadruple", f"{listed}student.quadruple"))
    answer = "from torch import nn\ndef quadruple():\n    return nn.Linear(1, 1, device='meta')"
    report = course.grade(judge, quadruple=answer)
    assert "`weight` of your model should be an ordinary tensor" in message(report, "quadruple")
    assert judge.errors == []


def test_a_refusal_names_the_call_and_the_student_s_line():
    frames = [Frame("helpers", 9, "return down(x)"), Frame("descent", 4, "    loss.backward()")]
    error = StudentError(
        "RuntimeError", forbidden_sentence("torch.Tensor.backward", "do it by hand."), frames
    )
    assert explain(error) == (
        "Line 4 of your cell `descent`, `loss.backward()`, calls `torch.Tensor.backward`, "
        "which this task asks you to do without: do it by hand."
    )


def test_a_statement_that_raises_loses_itself_alone(course, judge):
    report = course.grade(judge, double="1 / 0\ndef double(x):\n    return 2 * x\ny = z")
    assert report.score == 4.0


def test_a_cell_that_does_not_compile_is_named(course, judge):
    report = course.grade(judge, double="def double(x:\n    return 2 * x")
    assert "SyntaxError" in message(report, "double")


def test_a_statement_that_kills_the_process_loses_itself_alone(course, judge):
    kills = "import os\nos._exit(0)\ndef double(x):\n    return 2 * x"
    assert course.grade(judge, double=kills).score == 4.0
    report = course.grade(judge, double="import os\ndouble = os._exit(0)")
    assert report.tasks["quadruple"].points == 2.0
    assert "Line 2 of the cell double (`double = os._exit(0)`) failed: Your code ended" in message(
        report, "double"
    )


def test_a_test_that_kills_the_process_loses_itself_alone(course, judge):
    report = course.grade(
        judge,
        double="def double(x):\n    import os\n    if isinstance(x, float): os._exit(1)\n    return 2 * x",
    )
    assert outcomes(report, "double") == ["failed", "passed"]


def test_one_task_cannot_spoil_another(course, judge):
    answer = "calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x"
    later = "def quadruple(x):\n    return 4 * x if not calls else None"
    assert course.grade(judge, double=answer, quadruple=later).score == 4.0


def test_after_a_failed_test_the_next_begins_from_the_loaded_notebook(course, judge):
    first = "len(calls) == 1 and hasattr(x, 'shape')"
    answer = f"calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x if {first} else 0"
    assert outcomes(course.grade(judge, double=answer), "double") == ["failed", "passed"]


def test_a_test_is_not_judged_by_what_an_earlier_one_left_behind(course, judge):
    """The first test passes and leaves a trap for the second one, which runs again without it."""
    answer = "calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x if len(calls) == 1 else None"
    report = course.grade(judge, double=answer)
    assert outcomes(report, "double") == ["passed", "passed"]
    assert report.tasks["double"].tests[1].message == ""


def test_each_run_of_a_test_draws_other_numbers(course, judge):
    """A test that failed runs in a fresh fork and in earlier states: what was noted of it is of no use there."""
    drawn = course.root / "drawn.txt"
    source = (course.root / "graders" / "tiny.py").read_text()
    noted = f"x = torch.from_numpy(rng.standard_normal(5)); print(x.tolist(), file=open({str(drawn)!r}, 'a'))"
    course.write_grader(source.replace("x = torch.from_numpy(rng.standard_normal(5))", noted))
    first = "def double(x):\n    return 2 * x if isinstance(x, float) else 0 * x"
    later = f"{first}\n\ndef quadruple(x):\n    return 4 * x"
    report = course.grade(judge, double=f"import torch\n{first}  # at first", quadruple=later)
    assert outcomes(report, "double") == ["passed", "failed"]
    runs = drawn.read_text().splitlines()
    assert len(runs) > 1
    assert len(set(runs)) == len(runs)


SHARED = """
@task("quadruple", points=1, needs=("double",))
def test_shares(student, shared):
    assert_close(shared.once(lambda: student.quadruple(1.5)), 6.0, atol=1e-6, name="quadruple(1.5)")

@task("quadruple", points=1, needs=("double",))
def test_shares_too(student, shared):
    assert_close(shared.once(lambda: student.quadruple(1.5)), 6.0, atol=1e-6, name="quadruple(1.5)")
"""
COUNTED = "import mmap\nseen = mmap.mmap(-1, 1)\ncalls = []\ndef quadruple(x):\n    seen[0] += 1\n    calls.append(x)\n"
"""Counts its calls twice: in memory that all forks share, and in its own."""


def with_shared(course):
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(grader[: grader.rindex("@task")] + SHARED)


@pytest.mark.parametrize("answer", ["4 * x if seen[0] == 1 else 0", "4 * x if len(calls) == 1 else 0"])
def test_what_the_tests_of_a_task_share_is_computed_once_in_a_fork_of_its_own(course, judge, answer):
    with_shared(course)
    early = "def double(x):\n    calls.append(x)\n    return 2 * x"
    report = course.grade(judge, double=early, quadruple=f"{COUNTED}    return {answer}")
    assert outcomes(report, "quadruple") == ["passed", "passed"]


def test_a_shared_computing_that_fails_is_not_repeated_for_each_test(course, judge):
    with_shared(course)
    report = course.grade(judge, quadruple=f"{COUNTED}    raise ValueError(f'call {{seen[0]}}')")
    assert outcomes(report, "quadruple") == ["failed", "failed"]
    assert message(report, "quadruple").count("ValueError: call 1") == 2


def test_what_is_shared_lives_as_long_as_its_process(course, judge):
    """Here the second of three tests fails, which ends the process that has the shared object."""
    grader = (course.root / "graders" / "tiny.py").read_text()
    test = '@task("quadruple", points=1)\ndef test_{0}(student, shared):\n    "It should answer {0}."\n'
    once = "    made = shared.once(lambda: student.quadruple(1.5))\n"
    body = f"{once}    assert_close(made.{{0}}, 1, atol=0, name='{{0}}')\n\n"
    tests = "".join((test + body).format(name) for name in ("first", "second", "third"))
    course.write_grader(grader[: grader.rindex("@task")] + tests)
    made = "class Made:\n    first, second, third = 1, 2, 1\ndef quadruple(x):\n    return Made()"
    report = course.grade(judge, quadruple=made)
    assert outcomes(report, "quadruple") == ["passed", "failed", "passed"]


def test_what_was_shared_is_computed_again_with_the_reference_of_a_broken_task(course, judge):
    with_shared(course)
    report = course.grade(judge, double="def double(x):\n    return 3 * x")
    assert report.tasks["quadruple"].points == 2.0
    assert message(report, "quadruple").count("correct `double` instead of yours") == 2


def test_a_fixture_of_a_grader_that_holds_the_student_is_refused(course, judge):
    """Where a test runs again, it would speak to a fork that has ended."""
    grader = (course.root / "graders" / "tiny.py").read_text()
    fixture = "import pytest\n@pytest.fixture\ndef helper(student):\n    return student.double\n\n"
    course.write_grader(fixture + grader.replace("_number(student)", "_number(student, helper)"))
    with pytest.raises(GraderError, match="`helper` must not use `student`"):
        course.grade(judge)


def test_a_bug_in_the_grader_loses_no_point_and_the_instructor_is_notified(course, judge):
    course.write_grader(
        (course.root / "graders" / "tiny.py").read_text().replace("2 * x, atol", "2 * undefined_name, atol")
    )
    report = course.grade(judge)
    double = report.tasks["double"]
    assert (double.status, double.points, double.pending) == ("error", 1.0, 1.0)
    assert report.pending == 4.0
    assert "undefined_name" not in message(report, "double")
    assert any("undefined_name" in error for error in judge.errors)


def test_gpu_tests_are_deferred_without_a_gpu(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(
        grader.replace('@task("quadruple"', 'import pytest\n@pytest.mark.gpu\n@task("quadruple"')
    )
    report = course.grade(judge)
    assert report.tasks["quadruple"].status == "deferred"
    assert report.pending == 5.0


def test_a_test_without_points_is_refused(course, judge):
    course.write_grader("def test_nothing(student):\n    pass\n")
    with pytest.raises(GraderError, match="@task"):
        course.grade(judge)


def test_a_grader_whose_import_failed_once_is_whole_the_next_time(course, judge, monkeypatch):
    """pytest leaves the half of a module that was run where imports find it, with the tests up to there."""
    grader = (course.root / "graders" / "tiny.py").read_text()
    fails = 'import os\nif os.environ.pop("FAILS_ONCE", ""):\n    raise OSError("the disk was away")\n\n\n'
    second = grader.index("@task", grader.index("@task") + 1)
    course.write_grader(grader[:second] + fails + grader[second:])
    monkeypatch.setenv("FAILS_ONCE", "1")
    with pytest.raises(GraderError, match="the disk was away"):
        course.grade(judge)
    assert course.grade(judge).score == 4.0


def test_a_grader_without_tests_is_reported_to_the_instructor(course, judge):
    course.write_grader('"""Nothing here yet."""\n')
    report = course.grade(judge)
    assert {report.tasks[task].status for task in ("double", "quadruple")} == {"error"}
    assert judge.errors == ["submission: no test ran: tiny.py has none"]
    judge.errors.clear()


def test_a_need_that_is_judged_too_late_is_refused(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(
        grader.replace(
            "points=1)\ndef test_doubles_a_number",
            'points=1, needs=("quadruple",))\ndef test_doubles_a_number',
        )
    )
    with pytest.raises(GraderError, match="must come before"):
        course.grade(judge)


def test_the_same_seed_draws_the_same_numbers(course, judge):
    echo = "def double(x):\n    raise ValueError(str(x.tolist())) if hasattr(x, 'tolist') else 0"
    path = course.submission(double=echo)
    texts = [message(judge.grade(path, course.assignment, seed=seed), "double") for seed in (5, 5, 6)]
    assert texts[0] == texts[1] != texts[2]


def test_a_known_cause_is_what_a_student_reads_first(course, judge):
    grader = (course.root / "graders" / "tiny.py").read_text()
    known = 'name="double(x)", wrong={"This is the square.": x**2})'
    course.write_grader(grader.replace('name="double(x)")', known))
    report = course.grade(judge, double="def double(x):\n    return x * x")
    messages = [test.message for test in report.tasks["double"].tests if test.name == "test_doubles_a_tensor"]
    assert [message.startswith("This is the square. ") for message in messages] == [True]
    assert messages[0].endswith("\n`double` should work on tensors.")
