"""The report's forms for GitHub, CI and Gradescope hold whatever a student writes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from autograder.grading.report import FAILED, PASSED, Report, TaskResult, TestResult, task_from_tests
from autograder.lms.gradescope import as_gradescope
from autograder.reports.cell import task_as_html, task_as_text
from autograder.reports.junit import as_junit
from autograder.reports.markdown import as_markdown
from autograder.reports.text import as_text

NASTY = "a\x00b \ud800 <script>alert(1)</script> ```` | [x](http://evil.example) ]]> &amp;"


def report(message: str = NASTY, tests: int = 1, repair: str = NASTY) -> Report:
    failed = [TestResult(f"test_{n}", FAILED, 0.0, 1.0, message) for n in range(tests)]
    tasks = {
        "fit": task_from_tests([TestResult("test_ok", PASSED, 1.0, 1.0), *failed], tests + 1.0),
        "train": task_from_tests([TestResult("test_ok", PASSED, 2.0, 2.0)], 2.0),
        "interpret": TaskResult(None, 3.0, "manual"),
    }
    return Report("titanic", "ada", tasks, "bubblewrap", 2.1, (repair,))


ESCAPES = "\x1b]0;PWNED\x07\x1b[2J\r26 of 26 points \u202eevil \u2028 \udc80\n::error::x"
FORMS = {
    "text": as_text,
    "markdown": as_markdown,
    "junit": as_junit,
    "gradescope": lambda report: "\n".join(test["output"] for test in as_gradescope(report)["tests"]),
    "html": lambda report: task_as_html(report, "fit"),
    "feedback": lambda report: task_as_text(report, "fit"),
}


@pytest.mark.parametrize("form", FORMS)
def test_no_form_passes_on_what_moves_or_hides_text(form: str) -> None:
    shown = FORMS[form](report(ESCAPES, repair=ESCAPES))
    assert not set(shown) & set("\x1b\x07\r\u202e\u2028\udc80")
    assert "\\u001b]0;PWNED" in shown and "\\u202eevil" in shown


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_no_line_of_a_form_is_a_command_to_github(form: str) -> None:
    lines = FORMS[form](report(ESCAPES, repair=ESCAPES)).splitlines()
    assert not [line for line in lines if line.strip().startswith("::")]


def test_a_job_summary_shows_a_students_words_as_words() -> None:
    page = MarkdownIt("commonmark").enable("table").render(as_markdown(report()))
    assert "<script" not in page
    assert "<a href" not in page
    assert page.count("&lt;script&gt;") == 2
    assert "<td>fit</td>" in page


def test_a_job_summary_stays_below_githubs_limit() -> None:
    text = as_markdown(report("ü" * 9_000, tests=100))
    assert len(text.encode()) <= 1024 * 1024
    assert text.startswith("## titanic: 3 of 103 points, 3 pending")
    assert "more are left out: this page has a limit." in text
    assert text.endswith("Sandbox: bubblewrap. Time: 2.1 s.")


def test_a_short_summary_is_whole() -> None:
    text = as_markdown(report("not the number", tests=3))
    assert text.count("not the number") == 3
    assert "left out" not in text


def test_junit_counts_what_it_holds() -> None:
    root = ElementTree.fromstring(as_junit(report(tests=2)))
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        assert int(root.get(name)) == len(root.findall(f".//{tag}"))
        assert sum(int(suite.get(name)) for suite in root) == int(root.get(name))
    assert root.get("time") == "2.100"


def test_gradescope_gets_a_status_where_there_is_a_score() -> None:
    data = as_gradescope(report(), notes=["taken from work.ipynb"])
    fit, train, interpret = data["tests"]
    assert (fit["score"], fit["max_score"], fit["status"]) == (1.0, 2.0, "failed")
    assert (train["score"], train["max_score"], train["status"]) == (2.0, 2.0, "passed")
    assert "score" not in interpret and "status" not in interpret
    assert all(test["visibility"] == "visible" for test in data["tests"])
    assert data["score"] == sum(test.get("score", 0) for test in data["tests"])
    assert "taken from work.ipynb" in data["output"]


def test_gradescope_gets_only_characters_that_its_database_takes() -> None:
    data = as_gradescope(report())
    for text in (data["output"], data["tests"][0]["output"]):
        assert "\x00" not in text
        text.encode("utf-8")
