"""`make validity`: asks the questions, prints the answers, and writes docs/validity.md.

    python -m validity.run [--quick] [--minutes N] [--jobs N] [--only QUESTION] [ASSIGNMENT ...]

The page is written when every question was asked of every assignment; `--quick` asks a sample, and only prints. With
`--minutes` each question ends after that time, and the page says how much of it was asked. Every outcome is kept under
.cache/validity: a stopped run continues where it was. Exit status 1: a goal was missed.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.grading.assignment import names
from corpora import traces
from validity import measures, page
from validity.grading import Grading, Outcome, grade_all, judges

QUESTIONS = ("mutants", "wrong", "right", "habits", "cheats", "flips")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make validity", description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of them by default")
    parser.add_argument("--quick", action="store_true", help="a sample, chosen by a fixed rule")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="for each question; no limit by default"
    )
    parser.add_argument("--jobs", type=int, help="judges side by side; as many as cores by default")
    parser.add_argument("--only", choices=QUESTIONS, action="append", help="this question; may be repeated")
    options = parser.parse_args(arguments)
    if unknown := set(options.assignments) - set(names()):
        parser.error(f"no assignment {', '.join(sorted(unknown))}: there are {', '.join(names())}")
    os.environ[traces.SECRET] = traces.SECRET_VALUE  # attacks look for it in the judge's environment
    results, unfinished = ask(
        options.assignments or names(),
        options.only or QUESTIONS,
        options.quick,
        options.jobs,
        60 * options.minutes,
    )
    text = page.render(results, unfinished, options.quick)
    print(text)
    if not (options.quick or options.assignments or options.only):
        page.FILE.write_text(text, encoding="utf-8")
    return int(any(answer.misses for answers in results.values() for answer in answers.values()))


def ask(
    assignments: list[str], questions: tuple[str, ...], quick: bool, jobs: int | None, seconds: float
) -> tuple[dict[str, measures.Answers], dict[str, str]]:
    """The answers to each question, by its heading in page.py; and for a question that ran out of time, how much was
    asked."""
    results: dict[str, measures.Answers] = {}
    unfinished: dict[str, str] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars = Progress(*columns, console=Console(stderr=True), transient=True)
    with judges(jobs) as pool, bars as progress:

        def grade(*titles: str) -> measures.GradeAll:
            def graded(gradings: list[Grading]) -> Iterator[tuple[Grading, Outcome]]:
                bar = progress.add_task(titles[0], total=len(gradings))
                end = time.monotonic() + seconds
                # in an order unrelated to what they are, so that whatever time allows is a fair sample
                shuffled = sorted(
                    gradings, key=lambda grading: measures.in_order(grading.case.what, grading.seed)
                )
                for done, pair in enumerate(grade_all(shuffled, pool), start=1):
                    progress.advance(bar)
                    yield pair
                    if time.monotonic() > end and done < len(gradings):
                        unfinished.update(dict.fromkeys(titles, f"{done:,} of {len(gradings):,}"))
                        return

            return graded

        if "mutants" in questions:
            results[page.MUTANTS] = measures.mutants_accepted(assignments, quick, grade(page.MUTANTS))
        if "wrong" in questions:
            graded = list(grade(page.WRONG, page.HINTS)(measures.wrong_corpus(assignments, quick)))
            results[page.WRONG] = measures.wrong_accepted(graded, assignments)
            results[page.HINTS] = measures.unhelpful(graded, assignments)
        if "cheats" in questions:
            results[page.CHEATS] = measures.cheats_paid(assignments, quick, grade(page.CHEATS))
        if "right" in questions:
            results[page.RIGHT] = measures.right_rejected(assignments, quick, grade(page.RIGHT))
        if "habits" in questions:
            results[page.HABITS] = measures.habits_punished(assignments, quick, grade(page.HABITS))
        if "flips" in questions:
            results[page.FLIPS], again = measures.flips(assignments, quick, grade(page.FLIPS))
            if page.RIGHT in results:
                measures.add(results[page.RIGHT], again)
            if page.WRONG in results:
                measures.add(results[page.FLIPS], measures.unequal(graded, assignments))
    return results, unfinished


if __name__ == "__main__":
    sys.exit(main())
