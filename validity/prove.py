"""`make prove`: what a grader misses, and what it wrongly rejects, on one page.

    python -m validity.prove ASSIGNMENT [--minutes N] [--jobs N]
    python -m validity.prove ASSIGNMENT --explain CASES "why they may get full marks"
    python -m validity.prove ASSIGNMENT --keep CASES

Mutants of the solution that get full marks are survivors: wrong answers that the grader accepts, unless they compute
the same. Correct rewrites and harmless habits that lose a point are the opposite mistake. Each is shown as a difference
from the solution. Explain a survivor, or keep it as a submission of the corpus: the tests then fail until the grader is
better. Exit status: 1 while there is something to look at.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.grading.assignment import REPOSITORY, Assignment, names
from autograder.grading.report import FAILED
from autograder.pages.write import TEMPLATES
from corpora import corpus
from validity import explained
from validity.grading import Grading, Outcome, grade_all, judges
from validity.habits import HABITS
from validity.measures import case_of, coding_tasks, in_order, rewritten, solved, with_habit
from validity.mutants import Mutant, mutants

FOLDER = REPOSITORY / ".cache" / "prove"
MINUTES = 10.0
MUTANT, RIGHT = "mutant", "right"
_HEADERS = {MUTANT: "wrong", RIGHT: "correct"}
"""The folder of the corpus to which a kept one belongs."""

Grade = Callable[[list[Grading]], Iterator[tuple[Grading, Outcome]]]


class ProveRefused(Exception):
    """The message is one sentence, with the fix."""


@dataclass(frozen=True)
class Finding:
    """A mutant that the grader accepts, or a right answer that loses a point."""

    kind: str
    task: str
    how: str
    """What was done to the solution, in a few words."""
    change: str
    """What distinguishes it from the others."""
    before: str
    after: str
    """The cell."""
    said: str = ""
    """What the student would read."""

    @property
    def case(self) -> str:
        """Its name on the command line, the same in each run."""
        return hashlib.sha256(f"{self.kind} {self.task} {self.change}".encode()).hexdigest()[:6]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The difference, line by line, each with its kind: "+", "-", "@" or " "."""
        return [
            (line[0], line if line[0] == "@" else line[1:]) for line in _difference(self.before, self.after)
        ]


def _difference(before: str, after: str) -> list[str]:
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=4))[2:]


def _as_alike(solution: str, after: str) -> str:
    """The solution as written or as Python's `ast.unparse` would write it, whichever differs less from `after`."""
    forms = (solution, ast.unparse(ast.parse(solution)))
    return min(forms, key=lambda form: len(_difference(form, after)))


@dataclass
class Proof:
    """What `make prove` found out about one assignment."""

    assignment: str
    asked: dict[str, int] = field(default_factory=Counter)
    """How many mutants, and right answers, were graded for each task: "center mutant" -> 31."""
    explained: dict[str, int] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Bugs in the grader, and stale entries of explained.toml."""
    unfinished: str = ""

    def of(self, kind: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind == kind]


def prove(name: str, grade: Grade) -> Proof:
    """Grade the mutants, the rewrites and the habits of an assignment's solution."""
    proof = Proof(name)
    _grade_mutants(proof, grade)
    _grade_right_answers(proof, grade)
    proof.findings.sort(
        key=lambda finding: (finding.kind, coding_tasks(name).index(finding.task), finding.change)
    )
    return proof


def _grade_mutants(proof: Proof, grade: Grade) -> None:
    name = proof.assignment
    gradings: dict[Grading, tuple[str, Mutant]] = {}
    stale = {(task, change) for assignment, task, change in explained.reasons() if assignment == name}
    for task in coding_tasks(name):
        for mutant in mutants(Assignment.load(name).reference(task)):
            stale.discard((task, mutant.change))
            case = case_of(name, "wrong", mutant.change, corpus.Cell(task, mutant.source))
            gradings[Grading(case, only=frozenset([task]), until_failure=True)] = task, mutant
    proof.faults += [
        f"explained.toml is stale, {task} has no such mutant: {change}" for task, change in sorted(stale)
    ]
    for grading, outcome in grade(list(gradings)):
        task, mutant = gradings[grading]
        proof.asked[f"{task} {MUTANT}"] += 1
        if outcome.errors:
            proof.faults.append(f"the grader itself fails on a mutant of {task}: {outcome.errors[0]}")
        elif outcome.full_marks([task]):
            if (name, task, mutant.change) in explained.reasons():
                proof.explained[task] += 1
            else:
                before = _as_alike(Assignment.load(name).reference(task), mutant.source)
                change = mutant.change
                proof.findings.append(Finding(MUTANT, task, mutant.operator, change, before, mutant.source))


def _grade_right_answers(proof: Proof, grade: Grade) -> None:
    name = proof.assignment
    cases = list(rewritten(solved(name)))
    cases += [(f"habit: {habit.name}", case) for habit in HABITS for case in with_habit(name, habit)]
    gradings = {Grading(case, seed=place % 100): how for place, (how, case) in enumerate(cases)}
    for grading, outcome in grade(list(gradings)):
        how = gradings[grading]
        proof.faults += [
            f"the grader itself fails on a right answer ({how}): {error}" for error in outcome.errors
        ]
        for task in coding_tasks(name):
            proof.asked[f"{task} {RIGHT}"] += 1
            said = [test.message for test in outcome.report.tasks[task].tests if test.outcome == FAILED]
            if said:
                after = _cell(grading.case, task)
                before = _as_alike(_cell(solved(name), task), after)
                proof.findings.append(Finding(RIGHT, task, how, how, before, after, "\n".join(said)))


def _cell(case: corpus.Case, task: str) -> str:
    """The answer to a task, and what the case puts below it."""
    return "\n\n".join(
        cell.source
        for cell in case.cells
        if cell.name == task or (cell.name == "extra" and cell.after == task)
    )


# ---- the page


def page(proof: Proof) -> str:
    environment = Environment(
        loader=FileSystemLoader([Path(__file__).parent, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("prove.html").render(
        proof=proof, tasks=coding_tasks(proof.assignment), mutants=proof.of(MUTANT), right=proof.of(RIGHT)
    )


def summary(proof: Proof, place: Path) -> str:
    """What is printed at the end."""
    lines = []
    for task in coding_tasks(proof.assignment):
        asked, alive = proof.asked[f"{task} {MUTANT}"], sum(one.task == task for one in proof.of(MUTANT))
        lost = sum(one.task == task for one in proof.of(RIGHT))
        killed = asked - alive - proof.explained[task]
        lines.append(
            f"{task}: {killed} of {asked} mutants lose points, {proof.explained[task]} explained, {alive} to look at; "
            f"{lost} of {proof.asked[f'{task} {RIGHT}']} right answers lose points"
        )
    lines += [f"{one.case}  {one.task}: {one.how}: {_short(one.change)}" for one in proof.findings]
    lines += proof.faults
    if proof.unfinished:
        lines.append(proof.unfinished)
    if proof.findings:
        lines += [
            f"see the differences: {place.relative_to(REPOSITORY)}",
            f'then: make explain ASSIGNMENT={proof.assignment} CASE=… REASON="it computes the same"',
            f"  or: make keep ASSIGNMENT={proof.assignment} CASE=…",
        ]
    return "\n".join(lines)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:119]}…"


# ---- the author's answer to a finding


def kept_findings(name: str) -> dict[str, Finding]:
    """The findings of the last run, by their names.

    Raises:
        ProveRefused: there was none.
    """
    try:
        entries = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProveRefused(f"nothing is proved of {name} yet: make prove ASSIGNMENT={name}") from None
    findings = [Finding(**entry) for entry in entries]
    return {finding.case: finding for finding in findings}


def finding_of(name: str, case: str) -> Finding:
    findings = kept_findings(name)
    if case not in findings:
        known = ", ".join(findings) or "none"
        raise ProveRefused(
            f"the last run found no {case}, but {known}: make prove ASSIGNMENT={name} finds them anew"
        )
    return findings[case]


def explain(name: str, case: str, reason: str) -> str:
    """Record why a mutant may get full marks."""
    finding = finding_of(name, case)
    if finding.kind != MUTANT:
        raise ProveRefused(
            f"{case} is a right answer that loses points: fix the grader, or keep it until then"
        )
    try:
        file = explained.explain(name, finding.task, finding.change, reason)
    except ValueError as error:
        raise ProveRefused(f'{error}: make explain ASSIGNMENT={name} CASE={case} REASON="…"') from None
    return f"{file.relative_to(REPOSITORY)}: {finding.task}, {_short(finding.change)}"


def keep(name: str, case: str) -> str:
    """Add it to the corpus as a submission: a wrong one that must lose points, or a correct one that must not."""
    finding = finding_of(name, case)
    words = re.sub(r"[^a-z0-9]+", "_", f"{finding.task} {finding.how}".lower()).strip("_")[:50]
    file = corpus.SUBMISSIONS / name / _HEADERS[finding.kind] / f"{words}_{case}.py"
    if file.exists():
        raise ProveRefused(f"{file.relative_to(REPOSITORY)} is there already")
    head = [f"# what: {_short(f'{finding.how}: {finding.change}')}"]
    if finding.kind == MUTANT:
        head.append(f"# expect: {finding.task} <{corpus.tasks_of(name).coding[finding.task]:g}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*head, f"# %% {finding.task}", finding.after]) + "\n", encoding="utf-8")
    return f"{file.relative_to(REPOSITORY)}: make test TESTS=tests/test_corpora.py fails until the grader is better"


# ---- the command


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make prove", description=__doc__.splitlines()[0])
    parser.add_argument("assignment", choices=names(), metavar="ASSIGNMENT")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for mutants, and for right answers")
    parser.add_argument("--jobs", type=int, help="judges side by side; as many as cores by default")
    parser.add_argument(
        "--explain", nargs=2, metavar=("CASES", "REASON"), help="why these mutants may get full marks"
    )
    parser.add_argument("--keep", metavar="CASES", help="make submissions of the corpus of these cases")
    options = parser.parse_args(arguments)
    try:
        if options.explain is not None:
            cases, reason = options.explain
            for case in cases.split() or [""]:
                print(explain(options.assignment, case, reason))
            return 0
        if options.keep is not None:
            for case in options.keep.split() or [""]:
                print(keep(options.assignment, case))
            return 0
    except ProveRefused as error:
        print(error, file=sys.stderr)
        return 2
    proof = _run(options.assignment, options.jobs, 60 * options.minutes)
    FOLDER.mkdir(parents=True, exist_ok=True)
    place = FOLDER / f"{options.assignment}.html"
    place.write_text(page(proof), encoding="utf-8")
    entries = [asdict(finding) for finding in proof.findings]
    place.with_suffix(".json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    print(summary(proof, place))
    return int(bool(proof.findings or proof.faults))


def _run(name: str, jobs: int | None, seconds: float) -> Proof:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    waiting = iter(("mutants", "right answers"))
    unfinished: list[str] = []
    with judges(jobs) as pool, Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def grade(gradings: list[Grading]) -> Iterator[tuple[Grading, Outcome]]:
            what, end = next(waiting), time.monotonic() + seconds
            bar = progress.add_task(what, total=len(gradings))
            # in an order unrelated to what they are, so that whatever time allows is a fair sample
            shuffled = sorted(gradings, key=lambda grading: in_order(grading.case.what, grading.seed))
            for done, pair in enumerate(grade_all(shuffled, pool), start=1):
                progress.advance(bar)
                yield pair
                if time.monotonic() > end and done < len(gradings):
                    unfinished.append(f"{done:,} of {len(gradings):,} {what}")
                    return

        proof = prove(name, grade)
    if unfinished:
        proof.unfinished = (
            f"time ended after {' and '.join(unfinished)}: run it again, it takes up where it was"
        )
    return proof


if __name__ == "__main__":
    sys.exit(main())
