"""The numbers of the class page."""

from __future__ import annotations

from autograder.grading.report import (
    DEFERRED,
    ERROR,
    FAILED,
    PASSED,
    TestResult,
    task_from_tests,
)
from autograder.pages.class_summary import split_message, summarize
from tests.pages.conftest import deferred, graded, made_up, unread


def test_the_distribution_counts_each_student_once_and_full_marks_apart():
    summary = summarize(
        graded(
            made_up("ada"),
            made_up("bob", failing=("test_square",)),  # 2 of 5
            made_up("cyd", failing=("test_square", "test_double_up", "test_double_down")),
        )
    )
    counts = {bar.label: bar.students for bar in summary.distribution if bar.students}
    assert counts == {"0–10": 1, "40–50": 1, "full": 1}


def test_a_task_counts_full_partial_none_and_not_started():
    stub = "Doubling.\nNot started yet: NotImplementedError in the cell double."
    both = ("test_double_up", "test_double_down")
    reports = [
        made_up("ada"),
        made_up("bob", failing=("test_double_up",), message="off"),
        made_up("cyd", failing=both, message="off"),
        made_up("dan", failing=both, message=stub),
    ]
    double = summarize(graded(*reports)).tasks[0]
    assert (double.full, double.partial, double.none, double.not_started) == (1, 1, 2, 1)
    assert double.pass_rate == 0.25
    assert double.mean_points == 0.75


def test_messages_that_differ_in_numbers_or_in_the_student_s_lines_are_counted_together():
    def said(student: str, text: str):
        return made_up(student, failing=("test_square",), message=f"Squaring.\n{text}")

    summary = summarize(
        graded(
            said("ada", "got -3.5e-2"),
            said("bob", "got 12"),
            said("cyd", "Your code raised ValueError: no\n  in the cell square, line 3: raise ValueError"),
            said("dan", "Your code raised ValueError: no\n  in the cell square, line 9: check(x)"),
            said("eve", "got nothing"),
            made_up("fay"),
        )
    )
    ((test,),) = summary.tests
    assert (test.failed, test.judged, test.sentence) == (5, 6, "Squaring.")
    assert [message.students for message in test.messages] == [("cyd", "dan"), ("ada", "bob"), ("eve",)]
    assert test.messages[1].text == "got -3.5e-2"


def test_the_test_that_most_fail_comes_first():
    reports = [
        made_up("ada", failing=("test_square",)),
        made_up("bob", failing=("test_square", "test_double_up")),
    ]
    assert [test.name for group in summarize(graded(*reports)).tests for test in group] == [
        "test_square",
        "test_double_up",
    ]


def test_only_a_test_that_passed_or_failed_counts_as_judged():
    fault = task_from_tests([TestResult("test_square", ERROR, 0.0, 3.0)], 3.0)
    reports = [made_up("ada", failing=("test_square",)), made_up("bob"), deferred("cyd"), deferred("dan")]
    summary = summarize(graded(*reports, made_up("eve", tasks={"square": fault})))
    ((test,),) = summary.tests
    assert (test.failed, test.judged) == (1, 2)
    assert [item.judged for item in summary.items if item.name == "test_square"] == [2]


def test_a_partly_pending_task_counts_with_what_is_decided():
    def on_cpu(student: str, points: float):
        tests = [
            TestResult("test_cpu", PASSED if points else FAILED, points, 2.0),
            TestResult("test_gpu", DEFERRED, 0.0, 1.0),
        ]
        return made_up(student, tasks={"square": task_from_tests(tests, 3.0)})

    summary = summarize(graded(on_cpu("ada", 2.0), on_cpu("bob", 0.0)))
    (square,) = summary.tasks
    assert (square.full, square.none, square.mean_points, square.mean_decided) == (1, 1, 1.0, 2.0)
    assert [(open.points, open.students) for open in summary.pending] == [(1.0, ("ada", "bob"))]


def test_pending_points_say_what_they_wait_for():
    fault = task_from_tests([TestResult("test_square", ERROR, 0.0, 3.0)], 3.0)
    reports = [made_up("ada"), deferred("bob"), made_up("cyd", tasks={"square": fault})]
    pending = {(open.why, open.task): open.students for open in summarize(graded(*reports)).pending}
    assert pending == {
        ("bug in the grader", "square"): ("cyd",),
        ("waiting for a GPU", "square"): ("bob",),
        ("to be graded by the instructor", "explain"): ("ada",),
    }


def test_what_was_not_judged_is_told_and_counts_as_nobody_s_failure():
    summary = summarize(graded(made_up("ada"), unread("bob", "no notebook")))
    assert [report.student for report in summary.unread] == ["bob"]
    assert sum(bar.students for bar in summary.distribution) == 1
    assert summary.tests == ()
    assert summary.repairs == (("no notebook", ("bob",)),)


def test_a_class_of_nobody_has_a_summary():
    summary = summarize([])
    assert (summary.shares, summary.tasks, summary.tests) == ((), (), ())


def test_a_message_is_split_into_sentences_and_the_student_s_own_lines():
    text, lines = split_message(
        "Squaring.\nYour code raised KeyError: 'a'\n  in the cell extra cell 2, line 14: x[key]"
    )
    assert text == "Squaring.\nYour code raised KeyError: 'a'"
    assert lines == [("extra cell 2", 14, "x[key]")]
