"""Results that no task asks for, each instead of a correct one: every grader should respond to them in words.

    .venv/bin/python -m validity.odd_results titanic

Each function and method of the solved notebook returns each of `ODD` in turn, in a copy of the process that ran the
cells, and its task is graded. It prints where the grader itself failed, where a message shows our code, and where
something that is not a number kept all points; if there are any, the exit status is 1. It takes some 20 minutes for all
assignments.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.assignment import REPOSITORY, Assignment, names
from autograder.grading.judge import Judge, run_pytest
from autograder.grading.pytest_plugin import GradingPlugin
from autograder.grading.report import TestResult
from autograder.grading.submission import read

ODD: dict[str, str] = {
    "truth values": "numbers(it).bool()",
    "on meta": "numbers(it).to('meta')",
    "complex": "numbers(it).to(torch.complex64)",
    "integers": "numbers(it).long()",
    "sparse": "numbers(it).to_sparse()",
    "quantized": "torch.quantize_per_tensor(numbers(it).float(), 0.1, 0, torch.quint8)",
    "of no dimension": "numbers(it).reshape(-1)[0]",
    "of one more dimension": "numbers(it)[None]",
    "empty": "torch.empty(0)",
    "huge": "torch.full_like(numbers(it), 1e308, dtype=torch.float64)",
    "not finite": "torch.full_like(numbers(it), math.nan, dtype=torch.float64)",
    "strings in an array": "numbers(it).numpy().astype(str)",
    "objects in an array": "numbers(it).numpy().astype(object)",
    "a complex NumPy number": "np.complex64(1j)",
    "a table": "pd.DataFrame([[1.0, 2.0]])",
    "strings in a Series": "pd.Series(['1.0', None], dtype='string')",
    "a missing value": "pd.Series([1, None], dtype='Int64')",
    "an integer too large for a float": "10**400",
    "a table of huge integers": "pd.DataFrame(it if hasattr(it, 'columns') else [[1.0]]).map(lambda _: 10**400)",
    "None": "None",
    "a string": "'text'",
    "a truth value": "True",
    "rows of different lengths": "[[1.0], [1.0, 2.0]]",
    "an empty list": "[]",
    "a dictionary": "{None: 1.0, (1, 2): it}",
    "a generator": "(x for x in [it])",
    "a class": "torch.nn.Linear",
    "a function": "lambda *arguments: it",
    "a list that holds itself": "(lambda box: (box.append(box), box)[1])([it])",
    "a size": "torch.Size([1, 2])",
    "an exit": "sys.exit()",
    "an exception without a text": "(_ for _ in ()).throw(NoText())",
}
"""The replacements for `it`, which is each part of the correct result."""
NO_NUMBERS = (
    "None",
    "a string",
    "on meta",
    "strings in an array",
    "strings in a Series",
    "a function",
    "a class",
)
"""With these, only a task that asks for no result keeps all its points."""
WITHOUT_A_RESULT = {("vanishing-gradients", "initialize"), ("capstone", "save")}

_OURS = re.compile(r"Traceback|worker\.py|site-packages|<grader>|autograder[/.]")

_REPLACE = """
def _replace():
    import functools, math, sys
    import numpy as np, pandas as pd, torch
    class NoText(Exception):
        def __str__(self):
            raise RuntimeError
    def numbers(it):
        table = isinstance(it, (pd.DataFrame, pd.Series))
        return torch.as_tensor(it.to_numpy(dtype=float) if table else it).detach()
    def oddly(it):
        if type(it) in (tuple, list):
            return type(it)(map(oddly, it))
        if type(it) is dict:
            return {{key: oddly(value) for key, value in it.items()}}
        return {odd}
    right = {target}
    @functools.wraps(right, updated=())
    def wrong(*arguments, **named):
        return oddly(right(*arguments, **named))
    return wrong
{target} = _replace()
"""


@dataclass(frozen=True)
class Answer:
    """The result of a task in which a function returned something odd."""

    assignment: str
    task: str
    target: str
    odd: str
    results: list[TestResult]
    errors: list[str] = field(default_factory=list)
    """Bugs in the grader."""

    def faults(self) -> list[str]:
        """What is wrong with the grader's answer, for the grader's author."""
        faults = list(self.errors)
        faults += [
            f"{test.name} shows {found[0]!r}"
            for test in self.results
            if (found := _OURS.search(test.message))
        ]
        kept = all(test.points == test.max_points for test in self.results)
        if kept and self.odd in NO_NUMBERS and (self.assignment, self.target) not in WITHOUT_A_RESULT:
            faults.append("all points are kept")
        return [
            f"{self.assignment}, {self.task}: `{self.target}` returns {self.odd}: {fault}" for fault in faults
        ]


def targets_of(cell: str) -> Iterator[str]:
    """The functions that a cell defines, and the methods of its classes that have a name of their own."""
    for node in ast.parse(cell).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            methods = [part.name for part in node.body if isinstance(part, ast.FunctionDef)]
            yield from (f"{node.name}.{name}" for name in methods if not name.startswith("_"))


def answers(
    judge: Judge,
    assignment: Assignment,
    targets: Collection[str] = (),
    odd: Mapping[str, str] = ODD,
    seed: int = 0,
) -> Iterator[Answer]:
    """Grades the task of each target (all by default) with each odd result."""
    solved = REPOSITORY / "solutions" / assignment.name / f"{assignment.name}.ipynb"
    with judge.opened(read(Path(solved), assignment), assignment, seed) as (_, notebook):
        for task in (task.name for task in assignment.tasks.values() if task.kind == "coding"):
            for target in targets_of(assignment.reference(task)):
                if targets and target not in targets:
                    continue
                for name, expression in odd.items():
                    with notebook.worker.branch() as worker:
                        source = _REPLACE.format(odd=expression, target=target)
                        worker.request("cell", source=source, name=task)
                        plugin = GradingPlugin(
                            worker, assignment, seed, only=frozenset([task]), with_dependents=False
                        )
                        try:
                            run_pytest(assignment.grader_file, plugin)
                        finally:
                            plugin.close()
                    yield Answer(assignment.name, task, target, name, plugin.results[task], plugin.errors)


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="validity.odd_results", description="Do graders answer odd results?"
    )
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all by default")
    chosen = parser.parse_args(arguments).assignments or names()
    tried = wrong = 0
    with Judge(gpu=False) as judge:
        for name in chosen:
            for answer in answers(judge, Assignment.load(name)):
                tried += 1
                wrong += bool(answer.faults())
                for fault in answer.faults():
                    print(fault, flush=True)
    print(f"{tried:,} odd results tried, {wrong} with a fault.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
