"""`make prove`: what it grades, what it calls a finding, and what its author answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading.report import FAILED, PASSED, Report, TaskResult, TestResult
from corpora import corpus
from validity import explained, prove
from validity.grading import Grading, Outcome
from validity.habits import HABITS

NAME, TASK = "linear-regression", "standardize"
SURVIVOR = prove.Finding(
    prove.MUTANT,
    "center",
    "a call lost",
    "center: a -> b",
    "def f(x):\n    return g(x)",
    "def f(x):\n    return x",
)
REJECTED = replace(SURVIVOR, kind=prove.RIGHT, how="habit: print(<b>)", said="`f` is not right.")


def outcome(passed: bool) -> Outcome:
    test = TestResult("test_it", PASSED if passed else FAILED, float(passed), 1.0, "" if passed else "Is it?")
    task = TaskResult(float(passed), 1.0, "graded", (test,))
    return Outcome(Report(NAME, "", {TASK: task}, "none", 0.0, ()), ())


@pytest.fixture
def one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "coding_tasks", lambda name: [TASK])


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folders of our own for what an author's answer writes, and a last run with two findings."""
    monkeypatch.setattr(prove, "REPOSITORY", tmp_path)
    monkeypatch.setattr(corpus, "SUBMISSIONS", tmp_path / "corpora")
    monkeypatch.setattr(explained, "SUBMISSIONS", tmp_path / "corpora")
    monkeypatch.setattr(corpus, "tasks_of", lambda name: corpus.Tasks({"center": 3.0}, {}))
    found = {finding.case: finding for finding in (SURVIVOR, REJECTED)}
    monkeypatch.setattr(prove, "kept_findings", lambda name: found)
    explained.reasons.cache_clear()
    yield tmp_path / "corpora"
    explained.reasons.cache_clear()


def test_a_grader_that_accepts_everything_sees_no_mutant(one_task: None) -> None:
    proof = prove.prove(NAME, lambda gradings: ((grading, outcome(True)) for grading in gradings))
    asked = proof.asked[f"{TASK} mutant"]
    assert asked > 20
    assert len(proof.of(prove.MUTANT)) + proof.explained[TASK] == asked
    assert proof.of(prove.RIGHT) == []
    assert len({finding.case for finding in proof.findings}) == len(proof.findings)


def test_a_grader_that_rejects_everything_rejects_right_answers(one_task: None) -> None:
    def grade(gradings: list[Grading]) -> Iterator[tuple[Grading, Outcome]]:
        return ((grading, outcome(False)) for grading in gradings)

    proof = prove.prove(NAME, grade)
    assert proof.of(prove.MUTANT) == []
    assert len(proof.of(prove.RIGHT)) == proof.asked[f"{TASK} right"] > len(HABITS) / 2


def test_the_page_shows_the_difference_and_the_commands() -> None:
    page = prove.page(prove.Proof(NAME, findings=[SURVIVOR, REJECTED]))
    assert '<span class="gone">-     return g(x)' in page
    assert '<span class="put">+     return x' in page
    assert f"make explain ASSIGNMENT={NAME} CASE={SURVIVOR.case}" in page
    assert "print(&lt;b&gt;)" in page  # code is text


def test_a_reason_is_recorded_next_to_the_corpus(corpora: Path) -> None:
    said = prove.explain("k-means", SURVIVOR.case, 'g is "the same"')
    assert said.startswith("corpora/k-means/explained.toml")
    assert explained.reasons() == {("k-means", "center", "center: a -> b"): 'g is "the same"'}
    with pytest.raises(prove.ProveRefused, match="explained already"):
        prove.explain("k-means", SURVIVOR.case, "again")


@pytest.mark.parametrize(
    ("finding", "reason", "said"), [(SURVIVOR, " ", "say why"), (REJECTED, "so", "fix the grader")]
)
def test_what_cannot_be_explained_is_refused(
    corpora: Path, finding: prove.Finding, reason: str, said: str
) -> None:
    with pytest.raises(prove.ProveRefused, match=said):
        prove.explain("k-means", finding.case, reason)


@pytest.mark.parametrize(("finding", "kind"), [(SURVIVOR, "wrong"), (REJECTED, "correct")])
def test_a_finding_becomes_a_submission_of_the_corpus(
    corpora: Path, finding: prove.Finding, kind: str
) -> None:
    prove.keep("k-means", finding.case)
    (file,) = (corpora / "k-means" / kind).glob("*.py")
    case = corpus.load(file)
    assert case.cells == (corpus.Cell("center", finding.after),)
    assert [(task, expected.text) for task, expected in case.expect.items()] == (
        [("center", "<3")] if kind == "wrong" else []
    )


def test_an_unknown_case_is_named(corpora: Path) -> None:
    with pytest.raises(prove.ProveRefused, match="found no 123456, but"):
        prove.keep("k-means", "123456")
