"""The students' page tells the points that the contract tells, and is handed out as it is written."""

import re
import tomllib

from autograder.grading.assignment import REPOSITORY

CONTRACT = tomllib.loads((REPOSITORY / "assignments" / "contract.toml").read_text(encoding="utf-8"))
PAGE = (REPOSITORY / "assignments" / "README.md").read_text(encoding="utf-8")


def test_every_assignment_stands_there_with_its_points():
    told = {name: int(points) for name, points in re.findall(r"\| `([\w-]+)` \|.*\| (\d+) \|", PAGE)}
    points = {
        name: sum(sum(tasks.values()) for tasks in (one["coding"], one.get("written", {})))
        for name, one in CONTRACT.items()
    }
    assert told == points


def test_students_get_the_page():
    assert (REPOSITORY / "release" / "README.md").read_text(encoding="utf-8") == PAGE
