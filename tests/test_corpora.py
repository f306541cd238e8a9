"""Every submission of the corpora gets exactly what it declares, and none reaches anything but its own marks.

The corpora (corpora/, read by corpus.py) hold right answers in many styles, honest mistakes, damaged
notebooks and attacks. Attacks that succeed leave a trace: the loot in a message after the word `TROPHY`, a marker
file, a process called `corpus-stray`, or bytes at one of the listeners.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from autograder.grading.assignment import Assignment, names
from autograder.grading.judge import Judge
from autograder.grading.report import Report
from autograder.grading.submission import UnreadableSubmission
from corpora import corpus, traces

SEED = 0
"""What the graders draw from: the same each time, since `make validity` asks what other draws would change."""
SENTINEL_EVERY = 10
PROMISED = {
    "titanic": {"correct": 6, "wrong": 30, "mangled": 30, "hostile": 40},
    **dict.fromkeys(
        ("backprop", "vanishing-gradients", "convnets"), {"correct": 5, "wrong": 30, "hostile": 15}
    ),
    **dict.fromkeys(
        ("thermometer", "linear-regression", "language-id", "debugging-clinic"), {"correct": 5, "hostile": 10}
    ),
}
MISTAKES_OF_EACH_TASK = 3
CURES = ("the patient under the cure's name", "half cure", "breaks")
"""How the mistakes of the debugging clinic begin: at least one of each kind for every patient."""

THOROUGH = os.environ.get("CORPORA") == "all"
"""`CORPORA=all make test` grades every case. The tests of every day take one mistake of each task, and the attacks on
one assignment, to keep them short; `make validity` grades all."""


def of_every_day(honest: list[corpus.Case]) -> list[corpus.Case]:
    """All but the plain mistakes, and one of the mistakes of each task."""
    kept = [case for case in honest if case.touched is None]
    mistakes = {
        (case.assignment, frozenset(case.touched)): case for case in honest if case.touched is not None
    }
    return kept + list(mistakes.values())


HONEST = [case for case in corpus.cases() if case.kind != "hostile"]
if not THOROUGH:
    HONEST = of_every_day(HONEST)
HOSTILE = [
    case
    for case in corpus.cases()
    if case.kind == "hostile" and (THOROUGH or case.assignment == "linear-regression")
]
ASSIGNMENTS = sorted({case.assignment for case in HONEST + HOSTILE})


def name_of(case: corpus.Case) -> str:
    return f"{case.assignment}-{case.kind}-{case.name}"


def hostile_with_sentinels() -> list:
    """The attacks, and after each batch of them the solved notebook, whose marks they must not have changed."""
    items = []
    for number, case in enumerate(HOSTILE, start=1):
        items.append(pytest.param(case, id=name_of(case)))
        if number % SENTINEL_EVERY == 0 or number == len(HOSTILE):
            items.append(
                pytest.param(untouched(case.assignment), id=f"{case.assignment}-solved-after-{number}")
            )
    return items


def untouched(assignment: str) -> corpus.Case:
    """The solved notebook itself, which must get full marks."""
    return corpus.Case(
        path=Path("solved.py"),
        assignment=assignment,
        kind="sentinel",
        what="the solved notebook",
        expect={},
        messages=(),
        repairs=(),
        unreadable=None,
        cells=(),
        mangle=None,
    )


@pytest.fixture(scope="session")
def listeners() -> Iterator[traces.Listeners]:
    """One set for all attacks; pytest's workers share it."""
    with traces.listening() as listeners:
        yield listeners


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """One judge for all cases, in an environment that holds a secret."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(traces.SECRET, traces.SECRET_VALUE)
        patch.setattr(
            "autograder.grading.run_notebook.CELL_SECONDS", 5.0
        )  # cells that never end are dear in their dozens
        with Judge(sandbox=None, gpu=False) as judge:  # what is declared must not depend on the machine
            yield judge


load_assignment = cache(Assignment.load)


def grade(case: corpus.Case, judge: Judge, folder: Path) -> Report:
    judge.errors.clear()
    file = folder / f"{case.assignment}.ipynb"
    file.write_bytes(case.notebook())
    return judge.grade(file, load_assignment(case.assignment), seed=SEED, only=case.touched)


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in HONEST])
def test_gets_what_it_declares(case: corpus.Case, judge: Judge, tmp_path: Path) -> None:
    if case.unreadable is not None:
        with pytest.raises(UnreadableSubmission) as refusal:
            grade(case, judge, tmp_path)
        said = str(refusal.value)
        assert any(words.lower() in said.lower() for words in case.unreadable.split("|")), said
        assert len(said.splitlines()) == 1
        return
    report = grade(case, judge, tmp_path)
    assert case.check(report) == []
    assert traces.leaks(report) == []
    assert judge.errors == []


@pytest.mark.parametrize("case", hostile_with_sentinels())
def test_an_attack_earns_what_its_code_earns(
    case: corpus.Case,
    judge: Judge,
    listeners: traces.Listeners,
    tmp_path: Path,
) -> None:
    report = grade(case, judge, tmp_path)
    assert case.check(report) == []
    assert traces.leaks(report) == []
    assert judge.errors == []
    assert traces.strays() == []
    assert traces.markers() == []
    assert listeners.heard() == []


@pytest.mark.parametrize("assignment", PROMISED)
def test_the_corpora_are_as_large_and_varied_as_promised(assignment: str) -> None:
    have = {kind: len(corpus.cases(assignment, kind)) for kind in corpus.KINDS}
    assert {kind for kind, least in PROMISED[assignment].items() if have[kind] < least} == set()
    mistaken = [task for case in corpus.cases(assignment, "wrong") for task in case.expect]
    solved = [cell.name for case in corpus.cases(assignment, "correct") for cell in case.cells]
    coding = corpus.tasks_of(assignment).coding
    assert {task for task in coding if mistaken.count(task) < MISTAKES_OF_EACH_TASK} == set()
    assert set(coding) - set(solved) == set()


@pytest.mark.parametrize("assignment", names())
def test_every_assignment_has_a_corpus(assignment: str) -> None:
    assert corpus.cases(assignment, "correct")
    mistaken = {task for case in corpus.cases(assignment, "wrong") for task in case.expect}
    assert set(corpus.tasks_of(assignment).coding) <= mistaken


@pytest.mark.parametrize("patient", corpus.tasks_of("debugging-clinic").coding)
def test_every_patient_has_been_cured_wrongly_in_three_ways(patient: str) -> None:
    told = [case.what for case in corpus.cases("debugging-clinic", "wrong") if patient in case.expect]
    assert [kind for kind in CURES if not any(what.startswith(kind) for what in told)] == []


@pytest.mark.parametrize("assignment", ["titanic", "thermometer", "debugging-clinic"])
def test_every_correct_style_solves_every_task_itself(assignment: str) -> None:
    coding = set(corpus.tasks_of(assignment).coding)
    for case in corpus.cases(assignment, "correct"):
        assert coding <= {cell.name for cell in case.cells}, case.name


@pytest.mark.parametrize("assignment", PROMISED)
def test_nothing_is_taken_from_a_correct_style(assignment: str) -> None:
    assert [case.name for case in corpus.cases(assignment, "correct") if case.expect] == []
