"""The report's sums and its forms."""

import json
import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.report import (
    DEFERRED,
    ERROR,
    FAILED,
    PASSED,
    Report,
    TaskResult,
    TestResult,
    number,
    task_from_tests,
)
from autograder.lms.gradescope import as_gradescope
from autograder.reports.junit import as_junit
from autograder.reports.markdown import as_markdown
from autograder.reports.text import as_text, task_headline


def result(outcome: str, points: float = 0.0, maximum: float = 1.0, message: str = "") -> TestResult:
    return TestResult("test_it", outcome, points, maximum, message)


@pytest.fixture
def report() -> Report:
    tasks = {
        "fit": task_from_tests(
            [result(PASSED, 2.5, 2.5), result(FAILED, 0, 2.5, "`weight` is off.\x00 ```rm -rf```")], 5
        ),
        "interpret": TaskResult(None, 3.0, "manual"),
        "accuracy": task_from_tests([result(DEFERRED)], 6.0),
        "train": task_from_tests([result(PASSED, 1), result(ERROR)], 4.0),
    }
    return Report("titanic", "ada", tasks, "bubblewrap", 2.1, ("test cell fit-tests restored",))


def test_what_is_decided_counts_and_the_rest_is_pending(report):
    assert (report.score, report.max_score, report.pending) == (3.5, 8.0, 10.0)


@pytest.mark.parametrize("outcome", [ERROR, DEFERRED])
def test_an_open_test_leaves_its_own_points_pending_and_no_others(outcome):
    task = task_from_tests(
        [result(PASSED, 2.0, 2.0), result(FAILED, 0.0, 2.0), result(outcome, 0.0, 2.0)], 6.0
    )
    assert (task.status, task.points, task.decided, task.pending) == (outcome, 2.0, 4.0, 2.0)
    assert task_headline("accuracy", task).startswith("accuracy: 2 of 4 points, 2 pending (")


def test_where_every_test_is_open_nothing_is_decided():
    task = task_from_tests([result(DEFERRED), result(ERROR)], 2.0)
    assert (task.status, task.points, task.pending) == ("error", None, 2.0)


def test_no_tests_is_an_error_and_not_zero_points():
    assert task_from_tests([], 3.0).status == "error"


def test_points_never_leave_the_range_of_the_cell():
    assert task_from_tests([result(PASSED, 5.0)], 3.0).points == 3.0
    assert task_from_tests([result(FAILED, -5.0)], 3.0).points == 0.0


def test_json_is_the_contract_s_and_comes_back(report):
    data = json.loads(json.dumps(report.to_json()))
    assert list(data) == [
        *("assignment", "student", "score", "max_score", "pending", "sandbox", "seconds", "repairs", "tasks")
    ]
    assert set(data["tasks"]["fit"]) == {"points", "max_points", "pending", "status", "tests"}
    assert set(data["tasks"]["fit"]["tests"][0]) == {"name", "outcome", "points", "max_points", "message"}
    assert data["tasks"]["interpret"] == {
        "points": None,
        "max_points": 3.0,
        "pending": 3.0,
        "status": "manual",
        "tests": [],
    }
    assert Report.from_json(data) == report


def test_junit_is_xml_whatever_the_message_holds(report):
    root = ElementTree.fromstring(as_junit(report))
    assert len(root.findall("testsuite")) == 4
    assert len(root.findall(".//failure")) == 1
    assert len(root.findall(".//skipped")) == 2
    assert len(root.findall(".//error")) == 1


def test_markdown_keeps_a_student_s_text_inside_its_fence(report):
    assert "````\n`weight` is off." in as_markdown(report)


def test_text_names_every_task_and_repair(report):
    text = as_text(report)
    for words in (
        "fit: 2.5 of 5 points",
        "train: 1 of 3 points, 1 pending (bug in the grader)",
        "interpret: 3 pending (to be graded by the instructor)",
        "accuracy: 6 pending (waiting for a GPU)",
        "test cell fit-tests restored",
    ):
        assert words in text


def test_gradescope_scores_only_what_is_decided(report):
    data = as_gradescope(report)
    assert data["score"] == 3.5
    assert [test.get("score") for test in data["tests"]] == [2.5, None, None, 1.0]
    assert [test.get("max_score") for test in data["tests"]] == [5.0, None, None, 3.0]
    assert "1 pending (bug in the grader)" in data["tests"][3]["output"]


# ---- properties: points are never above the maximum, never negative, never lost

NUMBERS = st.floats() | st.sampled_from([0.0, 0.1, 2.5, 1e308, -1e308])
MAXIMUM = st.floats(0, 1e6)
TESTS = st.lists(
    st.builds(
        TestResult,
        name=st.just("test_it"),
        outcome=st.sampled_from([PASSED, FAILED, ERROR, DEFERRED]),
        points=NUMBERS,
        max_points=MAXIMUM,
        message=st.text(st.characters(exclude_categories=()), max_size=30),
    ),
    max_size=5,
)


@given(TESTS, MAXIMUM)
def test_points_of_a_task_lie_within_its_range_or_wait_for_a_person(tests, maximum):
    task = task_from_tests(tests, maximum)
    assert task.max_points == maximum
    assert list(task.tests) == tests
    assert 0.0 <= task.pending <= maximum
    if task.points is not None:
        assert 0.0 <= task.points <= task.decided <= maximum
        assert (task.status == "graded") == ({test.outcome for test in tests} <= {PASSED, FAILED})
    else:
        assert task.status != "graded"
        assert (
            not tests
            or not {test.outcome for test in tests} <= {PASSED, FAILED}
            or any(not math.isfinite(test.points) or abs(test.points) > 1e300 for test in tests)
        )


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.data())
def test_no_point_is_lost_to_rounding(tenths, data):
    """Tests of a tenth of a point each way: full marks are exactly the cell's points, in whatever order."""
    parts = data.draw(st.permutations([number / 10 for number in tenths]))
    maximum = sum(tenths) / 10
    assert task_from_tests([result(PASSED, part, part) for part in parts], maximum).points == maximum


@given(
    st.dictionaries(st.sampled_from(["fit", "train", "why"]), st.tuples(TESTS, MAXIMUM)), st.text(max_size=5)
)
def test_every_report_survives_its_forms(tasks, student):
    made = {name: task_from_tests(tests, maximum) for name, (tests, maximum) in tasks.items()}
    report = Report("x", student, made, "none", 1.0)
    assert report.max_score + report.pending == pytest.approx(sum(maximum for _, maximum in tasks.values()))
    assert 0.0 <= report.score <= report.max_score
    again = Report.from_json(json.loads(json.dumps(report.to_json())))
    assert repr(again) == repr(report)  # nan is nan here
    ElementTree.fromstring(as_junit(report))
    for text in (as_text(report), as_markdown(report)):
        assert number(report.score) in text
    scores = [test["score"] for test in as_gradescope(report)["tests"] if "score" in test]
    assert math.fsum(scores) == report.score
