"""The questions, each asked of every assignment: what is graded for it, and how an outcome answers it.

Every measure returns `Answer`s, one for each task or assignment: how often it was asked, and each miss as a sentence.
With `quick` a measure takes a sample, chosen by the content of what it would grade: the same one on every machine.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.grading.assignment import Assignment
from autograder.grading.report import FAILED, GRADER_CRASHED
from corpora import corpus, traces
from validity import explained
from validity.grading import Grading, Outcome
from validity.habits import HABITS, Habit, put
from validity.mutants import Mutant, mutants
from validity.rewrites import EXTRA_CELLS, REWRITES

SEEDS = 100
SEEDS_UNDER_LOAD = 40
"""With these and the wrong answers, some 5,400 gradings are compared with others of the same submission."""
SEEDS_OF_WRONG = 5
"""A few draws: enough to find mistakes that some draws let through, and few enough to grade the many mistakes in
minutes."""

Graded = Iterable[tuple[Grading, Outcome]]
GradeAll = Callable[[list[Grading]], Graded]
"""`grading.grade_all`, with a progress bar around it."""


@dataclass
class Answer:
    """How often a question was asked, and each time that the answer was not the desired one."""

    asked: int = 0
    explained: int = 0
    """Permitted misses: mutants that are listed with a reason."""
    misses: list[str] = field(default_factory=list)


Answers = dict[tuple[str, str], Answer]
"""Answers by assignment and task; the task is "" if a question is about the whole submission."""


def add(answers: Answers, more: Answers) -> None:
    """Adds `more` to `answers`."""
    for at, answer in more.items():
        answers[at].asked += answer.asked
        answers[at].misses += answer.misses


def in_sample(name: str, one_in: int) -> bool:
    """Whether something with this name belongs to a sample of one in `one_in`."""
    return in_order(name) % one_in == 0


def in_order(*name: object) -> int:
    """A sort key for an order that is the same on every machine and unrelated to what is ordered."""
    return int.from_bytes(hashlib.sha256(repr(name).encode()).digest()[:4])


# ---- wrong accepted


def mutants_accepted(assignments: list[str], quick: bool, grade: GradeAll) -> Answers:
    """Mutants that get full marks in the task whose solution they change. A mutant that never ends does not count as
    accepted.

    A mutant that explained.toml names and that does not exist, or does not get full marks, is a miss as well.
    """
    answers: Answers = {(name, task): Answer() for name in assignments for task in coding_tasks(name)}
    reasons = {key: text for key, text in explained.reasons().items() if key[0] in assignments}
    stale = set(reasons)
    gradings: dict[Grading, tuple[tuple[str, str], Mutant]] = {}
    for name, task in list(answers):
        for mutant in mutants(Assignment.load(name).reference(task)):
            stale.discard((name, task, mutant.change))
            if not quick or in_sample(f"{name} {task} {mutant.change}", one_in=40):
                case = case_of(name, "wrong", mutant.change, corpus.Cell(task, mutant.source))
                gradings[Grading(case, only=frozenset([task]), until_failure=True)] = (name, task), mutant
    for name, task, change in sorted(stale):
        words = f"{explained.file_of(name).name} is stale, there is no such mutant: {change}"
        answers.setdefault((name, task), Answer()).misses.append(words)
    for grading, outcome in grade(list(gradings)):
        place, mutant = gradings[grading]
        answer = answers[place]
        answer.asked += 1
        reason = reasons.get((*place, mutant.change))
        if outcome.errors:
            answer.misses.append(f"the grader itself fails: {mutant.change}: {outcome.errors[0]}")
        elif not outcome.full_marks([place[1]]):
            if reason is not None:
                answer.misses.append(
                    f"{explained.file_of(place[0]).name} is stale, this one gets no full marks: {mutant.change}"
                )
        elif reason is None:
            answer.misses.append(f"{mutant.operator}: {mutant.change}")
        else:
            answer.explained += 1
    return answers


def wrong_accepted(graded: Graded, assignments: list[str]) -> Answers:
    """Hand-written wrong answers that get something other than what they declare."""
    answers: Answers = {(name, ""): Answer() for name in assignments}
    for grading, outcome in graded:
        answer = answers[grading.case.assignment, ""]
        answer.asked += 1
        differences = [*grading.case.check(outcome.report), *outcome.errors]
        answer.misses += [
            f"{grading.case.name}, seed {grading.seed}: {difference}" for difference in differences
        ]
    return answers


def unequal(graded: Graded, assignments: list[str]) -> Answers:
    """Hand-written wrong answers whose points in their tasks differ between seeds."""
    answers: Answers = {(name, ""): Answer() for name in assignments}
    points: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for grading, outcome in graded:
        name, about = grading.case.assignment, grading.only
        answers[name, ""].asked += 1
        mine = {task: got for task, got in outcome.points().items() if about is None or task in about}
        points[name, grading.case.name][repr(mine)].append(grading.seed)
    _note_changes(answers, points)
    return answers


def _note_changes(answers: Answers, points: dict[tuple[str, str], dict[str, list[int]]]) -> None:
    for (assignment, name), found in points.items():
        if len(found) > 1:
            kinds = "; ".join(f"{got} with seeds {sorted(seeds)[:5]}" for got, seeds in found.items())
            answers[assignment, ""].misses.append(f"{name}: {kinds}")


def wrong_corpus(assignments: list[str], quick: bool) -> list[Grading]:
    """The hand-written wrong answers, on the tasks that they are about, each with several seeds."""
    cases = [case for name in assignments for case in corpus.cases(name, "wrong")]
    return [
        Grading(case, seed=seed, only=frozenset(case.touched) if case.touched is not None else None)
        for case in cases
        if not quick or in_sample(f"{case.assignment} {case.name}", one_in=10)
        for seed in range(1 if quick else SEEDS_OF_WRONG)
    ]


# ---- right rejected


def right_rejected(assignments: list[str], quick: bool, grade: GradeAll) -> Answers:
    """Correct answers, unchanged and rewritten, that lose a point in any task.

    Each is graded with two seeds (one in a sample); together they cycle through 0 to 99.
    """
    chosen = [
        (rewrite, case)
        for name in assignments
        for base in (solved(name), *corpus.cases(name, "correct"))
        for rewrite, case in rewritten(base)
        if not quick or in_sample(f"{name} {base.name} {rewrite}", one_in=30)
    ]
    gradings = {
        Grading(case, seed=(place + further) % SEEDS): rewrite
        for place, (rewrite, case) in enumerate(chosen)
        for further in ((0,) if quick else (0, SEEDS // 2))
    }
    answers: Answers = {(name, task): Answer() for name in assignments for task in coding_tasks(name)}
    for grading, outcome in grade(list(gradings)):
        _note_rejections(answers, grading, outcome, gradings[grading])
    return answers


def _note_rejections(
    answers: Answers, grading: Grading, outcome: Outcome, how: str, tasks: Iterable[str] | None = None
) -> None:
    """Counts these tasks (by default, all) and notes those that lost a point."""
    name = grading.case.assignment
    for task in tasks or coding_tasks(name):
        answer = answers[name, task]
        answer.asked += 1
        said = [test.message for test in outcome.report.tasks[task].tests if test.outcome == FAILED]
        said += [error for error in outcome.errors if not said]
        if said:
            answer.misses.append(f"{grading.case.name}, {how}, seed {grading.seed}: {' '.join(said)}")


def solved(name: str) -> corpus.Case:
    assignment = Assignment.load(name)
    cells = [corpus.Cell(task, assignment.reference(task)) for task in coding_tasks(name)]
    return case_of(name, "correct", "solution", *cells)


def rewritten(case: corpus.Case) -> Iterator[tuple[str, corpus.Case]]:
    """The case unchanged, and after every rewrite that changes something in it."""
    yield "as it is", case
    for name, rewrite in REWRITES.items():
        cells = tuple(_rewrite_cell(cell, rewrite) for cell in case.cells)
        if cells != case.cells:
            yield name, dataclasses.replace(case, cells=cells)
    for name, source in EXTRA_CELLS.items():
        extra = tuple(corpus.Cell("extra", source, after=task) for task in coding_tasks(case.assignment))
        yield name, dataclasses.replace(case, cells=(*case.cells, *extra))


def _rewrite_cell(cell: corpus.Cell, rewrite: Callable[[str], str | None]) -> corpus.Cell:
    if cell.name == "extra":  # often magics and leftovers, which cannot be parsed as Python
        return cell
    return dataclasses.replace(cell, source=rewrite(cell.source) or cell.source)


# ---- habits


def habits_punished(assignments: list[str], quick: bool, grade: GradeAll) -> Answers:
    """Harmless habits, each put into every coding task of a solved notebook, that lose a point in any task."""
    gradings = {
        Grading(case, seed=place % SEEDS): habit.name
        for place, habit in enumerate(HABITS)
        for name in assignments
        if not quick or in_sample(f"{name} {habit.name}", one_in=60)
        for case in with_habit(name, habit)
    }
    answers: Answers = {(name, task): Answer() for name in assignments for task in coding_tasks(name)}
    for grading, outcome in grade(list(gradings)):
        tasks = [cell.name for cell in grading.case.cells]
        _note_rejections(answers, grading, outcome, gradings[grading], tasks)
    return answers


def with_habit(name: str, habit: Habit) -> list[corpus.Case]:
    """The solved notebook with the habit in every task that has a place for it."""
    sources = {task: corpus.solved_source(name, task) for task in coding_tasks(name)}
    cells = [corpus.Cell(task, text) for task, source in sources.items() if (text := put(habit, source))]
    return [case_of(name, "habit", habit.name, *cells)] if cells else []


# ---- flips


def flips(assignments: list[str], quick: bool, grade: GradeAll) -> tuple[Answers, Answers]:
    """Verdicts that change although only the seed and the load of the machine do.

    The solved notebook and some wrong answers, each graded with forty seeds while other processes keep every core
    busy. Also whether the solved notebook lost a point in any of these gradings: they count as right answers, too.
    """
    seeds = 4 if quick else SEEDS_UNDER_LOAD
    chosen = [case_of(name, "sentinel", "solution") for name in assignments]
    for name in assignments:
        wrong = corpus.cases(name, "wrong")
        partial = [case for case in wrong if case.touched is not None]
        chosen += partial[:: max(1, len(partial) // 2)][: 1 if quick else 2]
    gradings = [
        Grading(case, seed=seed, only=frozenset(case.touched) if case.touched else None, label="under load")
        for case in chosen
        for seed in range(seeds)
    ]
    answers: Answers = {(name, ""): Answer() for name in assignments}
    rejected: Answers = {(name, task): Answer() for name in assignments for task in coding_tasks(name)}
    verdicts: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    with _load():
        for grading, outcome in grade(gradings):
            verdicts[grading.case.assignment, grading.case.name][repr(outcome.points())].append(grading.seed)
            answers[grading.case.assignment, ""].asked += 1
            if grading.case.kind == "sentinel":
                _note_rejections(rejected, grading, outcome, "under load")
    _note_changes(answers, verdicts)
    return answers, rejected


@contextlib.contextmanager
def _load() -> Iterator[None]:
    """Runs a process for each core that does nothing but compute."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


# ---- cheats paid


def cheats_paid(assignments: list[str], quick: bool, grade: GradeAll) -> Answers:
    """Attacks that gain a point, read anything, leave anything behind or reach anybody."""
    cases = [case for name in assignments for case in corpus.cases(name, "hostile")]
    gradings = [
        Grading(case, label="attack", afresh=True)
        for case in cases
        if not quick or in_sample(f"{case.assignment} {case.name}", one_in=12)
    ]
    answers: Answers = {(name, ""): Answer() for name in assignments}
    before = {*traces.strays(), *traces.markers()}
    with traces.listening() as listeners:
        for grading, outcome in grade(gradings):
            answer = answers[grading.case.assignment, ""]
            answer.asked += 1
            found = [*grading.case.check(outcome.report), *outcome.errors]
            found += [f"the report holds {word}" for word in traces.leaks(outcome.report)]
            found += [f"reached: {listener}" for listener in listeners.heard()]
            answer.misses += [f"{grading.case.name}: {miss}" for miss in found]
    # attacks run in parallel: traces found while another attack is running may be from that one
    left = sorted({*traces.strays(), *traces.markers()} - before)
    if left:
        answers["any of them", ""] = Answer(misses=[f"left behind: {trace}" for trace in left])
    return answers


# ---- hints

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*[A-Za-z_])")
_DEMAND = re.compile(r"\?$|\bshould\b|\bmust\b|^Check ", re.IGNORECASE)
"""A sentence that asks or demands. Any other sentence says what the student's code returned or did."""
_COUNTS = r"\d+ of \d+ entries|\d+ (?:numbers|entries|rows|times|epochs|losses)|\d+ of \d+ examples"
"""Phrases that give a count, not a value, so that the arguments determine them."""
_OURS = ("Traceback", "autograder", "site-packages", GRADER_CRASHED)


def unhelpful(graded: Graded, assignments: list[str]) -> Answers:
    """Messages that give away an expected value, show a traceback of our code, or do not say what the code returned."""
    answers: Answers = {(name, ""): Answer() for name in assignments}
    for grading, outcome in graded:
        name = grading.case.assignment
        for task in outcome.report.tasks.values():
            for test in task.tests:
                if test.outcome == FAILED:
                    answers[name, ""].asked += 1
                    answers[name, ""].misses += [
                        f"{grading.case.name}: {test.name}: {fault}: {test.message}"
                        for fault in faults_of(test.message, name)
                    ]
    return answers


def faults_of(message: str, assignment: str) -> list[str]:
    """What is wrong with a message: a number that is neither public nor returned counts as an expected value."""
    sentence, _, got = message.partition("\n")
    got = got or sentence  # a message of one line is not a test's docstring
    faults = [f"shows {word!r}" for word in _OURS if word in message]
    # the whole message: if the grader knows the cause, that sentence comes first and the test's own last
    said = re.split(r"(?<=[.?!;:])\s+|\n", message.strip())
    if not got.strip() or all(_DEMAND.search(one) for one in said):
        faults.append("does not say what the code returned")
    hidden = set(_NUMBER.findall(_said_by_us(message))) - _public_numbers(assignment)
    faults += [f"gives {number} away" for number in sorted(hidden)]
    return faults


def _said_by_us(message: str) -> str:
    """A message without the student's own lines and values, shapes and tolerances."""
    lines = [
        line for line in message.splitlines() if not line.startswith(("  in the cell", "Your code raised"))
    ]
    text = re.sub(rf"shapes? \(.*?\)( or \(.*?\))*|\(tolerance .*?\)|`[^`]*`|{_COUNTS}", "", "\n".join(lines))
    clauses = re.split(r"[;\n]|\.\s", text)
    return "\n".join(
        clause for clause in clauses if not re.search(r"\b(yours?|you)\b", clause, re.IGNORECASE)
    )


@cache
def _public_numbers(assignment: str) -> frozenset[str]:
    """The numbers of the released notebook."""
    text = (corpus.REPOSITORY / "release" / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
    return frozenset(re.findall(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?", text))


# ---- what they share


def coding_tasks(assignment: str) -> list[str]:
    return list(corpus.tasks_of(assignment).coding)


def case_of(assignment: str, kind: str, what: str, *cells: corpus.Cell) -> corpus.Case:
    return corpus.Case(
        path=Path(f"{what}.py" if kind != "wrong" else "mutant.py"),
        assignment=assignment,
        kind=kind,
        what=what,
        expect={},
        messages=(),
        repairs=(),
        unreadable=None,
        cells=cells,
        mangle=None,
    )
