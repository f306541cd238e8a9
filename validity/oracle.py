"""What trying alone can find out: a program that knows no answers gets all that the service says about each attempt.

    python -m validity.oracle [--attempts 200] [--jobs N] [ASSIGNMENT ...]

It fills every stub with values that it has not computed: numbers, the arguments themselves, zeros and ones, and then
the numbers, shapes and words in messages. Each attempt is graded with different random numbers, as in the service. In
each task it keeps what gained points, and goes on from there. A miss is a task in which it ends with more points than
the best wrong submission of the corpus.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from autograder.grading.assignment import Assignment, names, read_cell
from autograder.grading.report import Report
from corpora import corpus
from validity.grading import Grading, grade_all, judges
from validity.measures import case_of, coding_tasks

ATTEMPTS = 200
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_SHAPE = re.compile(r"\((\d+(?:, ?\d+)*,?)\)")
_WORD = re.compile(r"[`'\"]([^`'\"\n]{1,40})[`'\"]")
_KINDS = {"tuple": "(0.0, 0.0)", "list": "[0.0]", "dict": "{'': 0.0}", "tensor": "torch.zeros(1)"}
_FIRST = ("0.0", "1.0", "0", "1", "-1.0", "0.5", "2", "10", "True", "False", "None", "''", "[]", "{}", "()")


@dataclass
class Oracle:
    """The attempts at one task."""

    stub: str
    best: str = ""
    points: float = 0.0
    values: list[str] = field(default_factory=list)
    """The values still to be tried, in order; hints go to the front."""
    known: set[str] = field(default_factory=set)
    tried: str = ""
    _places: Iterator[tuple[str, int | None]] = field(default=iter(()), init=False)

    def __post_init__(self) -> None:
        self.best = self.stub
        self._learn([*_FIRST, *_arguments(self.stub)], first=False)

    def next(self) -> str:
        """The cell of the next attempt: one value in all functions, then in each alone on top of what gained points."""
        while True:
            found = next(self._places, None)
            if found is None:
                if not self.values:
                    return self.best
                value = self.values.pop(0)
                count = len(_stubs(ast.parse(self.stub)))
                alone = range(count) if count > 1 else ()
                self._places = iter([(value, None), *((value, place) for place in alone)])
                continue
            value, place = found
            self.tried = filled(self.stub if place is None else self.best, value, place)
            return self.tried

    def hear(self, points: float, messages: Iterable[str]) -> None:
        """Takes in the result of the attempt."""
        if points > self.points:
            self.points, self.best = points, self.tried
        self._learn([value for message in messages for value in _values_in(message)], first=True)

    def _learn(self, values: Sequence[str], first: bool) -> None:
        new = [value for value in dict.fromkeys(values) if value not in self.known and _parses(value)]
        self.known.update(new)
        self.values = [*new, *self.values] if first else [*self.values, *new]


def _values_in(message: str) -> Iterator[str]:
    """Python expressions for what a message names."""
    for shape in _SHAPE.findall(message):
        size = f"({shape})"
        yield from (f"torch.zeros({size})", f"torch.ones({size})", f"torch.rand({size})")
    yield from _NUMBER.findall(message)
    yield from (repr(word) for word in _WORD.findall(message))
    yield from (value for kind, value in _KINDS.items() if kind in message)


def _arguments(stub: str) -> list[str]:
    """The arguments of the stubs, and values of the same size."""
    found: dict[str, None] = {}
    for function in _stubs(ast.parse(stub)):
        for argument in function.args.args:
            name = argument.arg
            if name != "self":
                found |= dict.fromkeys(
                    [name, f"{name} * 0", f"{name} * 0 + 1", f"[{name}]", f"({name}, {name})"]
                )
    return list(found)


def _stubs(tree: ast.Module) -> list[ast.FunctionDef]:
    """The functions of a cell."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def filled(cell: str, value: str, place: int | None) -> str:
    """The cell with `return value` in all of its functions, or in the one at `place`. Objects get no attributes."""
    tree = ast.parse(cell)
    for number, function in enumerate(_stubs(tree)):
        if place is None or number == place:
            known = {argument.arg for argument in function.args.args}
            names_in_value = {
                node.id for node in ast.walk(ast.parse(value)) if isinstance(node, ast.Name)
            } - {"torch"}
            if function.name == "__init__":
                function.body = ast.parse("super().__init__()").body
            elif names_in_value <= known:
                function.body = ast.parse(f"return {value}").body
    return ast.unparse(tree)


def ask(
    assignments: Sequence[str], attempts: int, grade: Callable[[list[Grading]], Iterable]
) -> dict[tuple[str, str], float]:
    """The points that the program ends with, by assignment and task."""
    oracles = {(name, task): Oracle(stub) for name in assignments for task, stub in _stub_cells(name).items()}
    for attempt in range(attempts):
        gradings = []
        for name in assignments:
            cells = [corpus.Cell(task, one.next()) for (where, task), one in oracles.items() if where == name]
            gradings.append(Grading(case_of(name, "hostile", "oracle", *cells), seed=10_000 + attempt))
        for grading, outcome in grade(gradings):
            if outcome.report is not None:
                _tell(oracles, grading.case.assignment, outcome.report)
    return {at: one.points for at, one in oracles.items()}


def _tell(oracles: dict[tuple[str, str], Oracle], name: str, report: Report) -> None:
    for task, result in report.tasks.items():
        if (name, task) in oracles:
            messages = [test.message for test in result.tests if test.message]
            oracles[name, task].hear(result.points or 0.0, messages)


def _stub_cells(name: str) -> dict[str, str]:
    """The cells that students fill in, as they are released, by task."""
    release = json.loads(Assignment.load(name).template_file.read_text(encoding="utf-8"))
    cells = {cell.grade_id: cell.source for cell in map(read_cell, release["cells"])}
    return {task: cells[task] for task in coding_tasks(name) if _parses(cells[task])}


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def best_wrong(name: str) -> dict[str, float]:
    """The most points that a wrong submission of the corpus may get in a task that it is about."""
    found: dict[str, float] = {}
    for case in corpus.cases(name, "wrong"):
        for task, expected in case.expect.items():
            most = max(float(number) for number in re.findall(r"\d+(?:\.\d+)?", expected.text))
            if expected.text.startswith("<") and not expected.text.startswith("<="):
                most -= corpus.TOLERANCE
            found[task] = max(found.get(task, 0.0), most)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m validity.oracle", description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of them by default")
    parser.add_argument("--attempts", type=int, default=ATTEMPTS)
    parser.add_argument("--jobs", type=int, help="judges side by side; as many as cores by default")
    options = parser.parse_args(arguments)
    chosen = options.assignments or names()
    with judges(options.jobs) as pool:
        points = ask(chosen, options.attempts, lambda gradings: grade_all(gradings, pool))
    misses = 0
    print(f"{options.attempts} attempts of a program that knows no answer\n")
    for (name, task), gained in points.items():
        most = best_wrong(name).get(task, 0.0)
        misses += gained > most
        verdict = "more than any wrong submission" if gained > most else ""
        print(f"{name}/{task}: {gained:g} points, the best wrong submission {most:g} {verdict}".rstrip())
    print(f"\n{misses} tasks of {len(points)} with more points than a wrong submission of the corpus has")
    return int(bool(misses))


if __name__ == "__main__":
    sys.exit(main())
