"""docs/validity.md: the answers as tables, every miss in words, and the mutants that may get full marks."""

from __future__ import annotations

import datetime
import platform
import subprocess
from importlib import metadata

from autograder.grading.assignment import REPOSITORY
from validity import explained, habits
from validity.measures import SEEDS_OF_WRONG, Answer, Answers

FILE = REPOSITORY / "docs" / "validity.md"

MUTANTS = "Mutants accepted"
WRONG = "Wrong answers accepted"
RIGHT = "Right answers rejected"
HABITS = "Habits that lost a point"
CHEATS = "Attacks that succeeded"
FLIPS = "Verdicts that changed"
HINTS = "Messages that reveal a value or do not help"

_MEANING = {
    MUTANTS: (
        "A mutant is the reference solution with one thing changed (validity/mutants.py). It is accepted when it gets "
        "full marks in its task. Some are allowed to: they compute the same, or something else that the task permits. "
        "Each of those is listed by name, with the reason, in corpora/<name>/explained.toml."
    ),
    WRONG: (
        "The wrong submissions in corpora/, each of which declares what it must get, and why; each is graded "
        f"with {SEEDS_OF_WRONG} seeds (in a sample, with one)."
    ),
    RIGHT: (
        "The solutions and the correct submissions, unchanged and rewritten in ways that keep their meaning "
        "(validity/rewrites.py), each with two of the seeds 0 to 99 (in a sample, with one); and the solution with "
        "each of these seeds. A grading is counted once for each task."
    ),
    HABITS: (
        f"{len(habits.HABITS)} harmless habits (validity/habits.py), each put into every coding task of the solved "
        "notebooks: printing, asserting, plotting, logging, copying, magics, statements that fail above or below the "
        "answer. A grading is counted once for each task."
    ),
    CHEATS: "The hostile submissions. A miss is a point gained, or anything read, left behind or reached.",
    FLIPS: (
        "The solution and two wrong submissions of each assignment, each with forty seeds, while other processes "
        f"keep every core busy; and every wrong submission as often as “{WRONG}” grades it. A miss is a submission "
        "whose points were not the same each time. It may be a wrong submission that is correct for some draws, or "
        f"that draws its own numbers: “{WRONG}” says whether it got more than it declares."
    ),
    HINTS: (
        "What a student reads for each failed test of each wrong submission. A miss is a number that is neither in the "
        "released notebook nor what the code returned, a traceback of the grader, or a message that does not say what "
        "the code returned."
    ),
}
_ASKED = {
    MUTANTS: "mutants",
    WRONG: "gradings",
    RIGHT: "gradings of a task",
    HABITS: "habits in a task",
    CHEATS: "attacks",
    FLIPS: "gradings",
    HINTS: "messages",
}
_LIBRARIES = ("torch", "numpy", "scikit-learn", "pandas", "pytest")


def render(results: dict[str, Answers], unfinished: dict[str, str], sample: bool) -> str:
    """The page, as Markdown.

    Args:
        results: the answers, by heading.
        unfinished: for each heading that ran out of time, how much was asked: "1,200 of 2,000".
        sample: say that only a sample was asked for.
    """
    lines = ["# How often is a verdict wrong?", "", f"{_made()}"]
    if sample:
        lines += ["", "This is a sample (`QUICK=1`); the whole takes longer."]
    lines += ["", "| question | asked | misses | allowed |", "| --- | ---: | ---: | ---: |"]
    for title, answers in results.items():
        total = _total(answers.values())
        lines.append(_row(title, f"{total.asked:,} {_ASKED[title]}", total))
    for title, answers in results.items():
        lines += ["", f"## {title}", "", _MEANING[title], ""]
        if title in unfinished:
            lines += [f"This run ended after {unfinished[title]} gradings, taken in a random order.", ""]
        lines += _table(title, answers)
        misses = [f"- `{_place(at)}`: {miss}" for at, answer in answers.items() for miss in answer.misses]
        if misses:
            lines += ["", "Misses:", "", *[" ".join(miss.split()) for miss in misses]]
    if MUTANTS in results:
        lines += ["", "## Mutants that are allowed full marks", "", *_reasons(results[MUTANTS])]
    return "\n".join(lines) + "\n"


def _made() -> str:
    commit = subprocess.run(
        ["git", "log", "-1", "--format=%h", "--", "autograder", "release"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    installed = {package.name.lower() for package in metadata.distributions()}
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES if name in installed)
    at = f", for the grading of commit {commit}" if commit else ""
    return f"Written by `make validity` on {today}{at}, with Python {platform.python_version()}, {versions}."


def _total(answers: list[Answer]) -> Answer:
    return Answer(
        sum(answer.asked for answer in answers),
        sum(answer.explained for answer in answers),
        [miss for answer in answers for miss in answer.misses],
    )


def _row(name: str, asked: str, answer: Answer) -> str:
    return f"| {name} | {asked} | {len(answer.misses)} | {answer.explained or ''} |"


def _table(title: str, answers: Answers) -> list[str]:
    lines = [f"| | {_ASKED[title]} | misses | allowed |", "| --- | ---: | ---: | ---: |"]
    return lines + [_row(f"`{_place(at)}`", f"{answer.asked:,}", answer) for at, answer in answers.items()]


def _place(at: tuple[str, str]) -> str:
    return "/".join(part for part in at if part)


def _reasons(answers: Answers) -> list[str]:
    """How many mutants of a task there are for each reason."""
    counted: dict[tuple[str, str], int] = {}
    for (assignment, task, _), reason in explained.reasons().items():
        if (assignment, task) in answers:
            key = f"{assignment}/{task}", reason
            counted[key] = counted.get(key, 0) + 1
    return [f"- `{place}`, {number}: {reason}" for (place, reason), number in counted.items()]
