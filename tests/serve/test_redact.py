"""What a silent task says is silent wherever it is said."""

from __future__ import annotations

import pytest

from autograder.grading.explain import fails_too_with, graded_with
from autograder.grading.report import FAILED, PASSED, Report, TestResult, task_from_tests
from autograder.serve.redact import as_text, redacted
from autograder.serve.rules import Rules

FACTS = "its slope is off"


def report() -> Report:
    passed = TestResult("test_slope", PASSED, 1.0, 1.0, graded_with(["predict"]))
    failed = TestResult("test_sign", FAILED, 0.0, 1.0, f"{FACTS}\n{fails_too_with(['predict', 'mse'])}")
    tasks = {
        "predict": task_from_tests([TestResult("test_predict", FAILED, 0.0, 1.0, "wrong")], 1.0),
        "fit": task_from_tests([passed, failed], 2.0),
    }
    return Report("tiny", "ada", tasks, "bubblewrap", 1.0)


@pytest.mark.parametrize("speak", ["all", "pass-fail"])
def test_no_other_task_tells_how_a_silent_one_fared(speak: str) -> None:
    shown = as_text(redacted(report(), Rules(speak=speak, tasks={"predict": "public"})))
    assert "correct `predict`" not in shown and "fails its own tests" not in shown
    assert "test_slope: passed" in shown and (FACTS in shown) == (speak == "all")


def test_where_all_speak_it_is_said() -> None:
    shown = as_text(redacted(report(), Rules(speak="all")))
    assert graded_with(["predict"]) in shown and fails_too_with(["predict", "mse"]) in shown
