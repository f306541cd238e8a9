"""The rubric of a written task: its criteria, with points, are in the source notebook below the model answer.

    **Rubric**
    - 1 point: the mechanism is named
    - 2 points: an example with numbers,
      and the reason why it fits

The build checks that they add up to the task's points. Human graders see them next to the answer; students see them on
their page once the answer is graded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.grading.assignment import Assignment

_HEAD = re.compile(r"^\W*Rubric\b")
_CRITERION = re.compile(r"^[-*] (?P<points>\d+(?:\.\d+)?) points?: (?P<text>.+)")


@dataclass(frozen=True)
class Criterion:
    points: float
    text: str
    """As Markdown, on one line."""

    def __str__(self) -> str:
        return f"{self.points:g} point{'' if self.points == 1 else 's'}: {self.text}"


def criteria_in(answer: str) -> tuple[Criterion, ...]:
    """The criteria of a solved written cell; none if its rubric is not a list, or there is no rubric.

    >>> criteria_in("It falls.\\n\\n**Rubric**\\n- 1 point: that it falls\\n- 0.5 points: why")[1]
    Criterion(points=0.5, text='why')
    """
    lines = [line.removeprefix("# ") for line in answer.split("\n")]  # in a code cell it is a comment
    head = next((place for place, line in enumerate(lines) if _HEAD.match(line)), len(lines))
    found: list[Criterion] = []
    inside = False
    for line in lines[head + 1 :]:
        if match := _CRITERION.match(line):
            found.append(Criterion(float(match["points"]), match["text"].strip()))
            inside = True
        elif inside and line.startswith("  "):
            found[-1] = Criterion(found[-1].points, f"{found[-1].text} {line.strip()}")
        else:
            inside = False  # a remark for human graders
    return tuple(found)


def criteria_of(assignment: Assignment) -> dict[str, tuple[Criterion, ...]]:
    """The criteria of each written task that has some."""
    written = [task.name for task in assignment.tasks.values() if task.kind == "written"]
    found = {name: criteria_in(assignment.reference(name)) for name in written}
    return {name: criteria for name, criteria in found.items() if criteria}
