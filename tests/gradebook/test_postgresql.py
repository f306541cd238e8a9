"""A gradebook in PostgreSQL: two runs from two course folders enter marks at once, and one of them is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from autograder import classroom
from autograder.gradebook.marks import read_marks
from autograder.grading.assignment import Assignment
from tests import course
from tests.batch.test_judging import FakeJudges, judges
from tests.gradebook.helpers import configure
from tests.postgresql import database

__all__ = ["database", "judges"]  # the fixtures

RUN = """
import os, signal, sys
from pathlib import Path
from autograder import classroom
from autograder.batch import local
from autograder.gradebook.nbgrader_steps import SaveVerdict
from tests.batch.test_judging import FakeJudges

root, judges, entered_until = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
save = SaveVerdict.preprocess
seen = set()

def killed_in_the_middle(self, nb, resources):
    seen.add(resources["nbgrader"]["student"])
    if len(seen) > entered_until:
        os.kill(os.getpid(), signal.SIGKILL)  # between two of nbgrader's transactions
    return save(self, nb, resources)

SaveVerdict.preprocess = killed_in_the_middle
local._start_family = FakeJudges(judges).start_family
sys.exit(classroom.grade("tiny", root=root, jobs=1))
"""


def test_two_runs_at_once_lose_nothing(tmp_path: Path, judges: FakeJudges, database: str) -> None:
    classes = {"morning": ("ada", "ben", "cleo", "dan"), "evening": ("cleo", "dan", "eve", "fay")}
    roots = {}
    for name, students in classes.items():
        roots[name] = course.make_course(tmp_path / name)
        configure(roots[name], f"c.CourseDirectory.db_url = {database!r}")
        for student in students:
            source = f"def double(x):  # {student}\n    return 2 * x"
            course.hand_in(roots[name], student, course.with_sources(double=source))

    runs = {}
    for name, entered in (("morning", 2), ("evening", 99)):
        (tmp_path / f"judges-{name}").mkdir()
        command = [
            sys.executable,
            "-c",
            RUN,
            str(roots[name]),
            str(tmp_path / f"judges-{name}"),
            str(entered),
        ]
        runs[name] = subprocess.Popen(
            command, cwd=course.REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    said = {name: run.communicate()[0] for name, run in runs.items()}
    assert runs["evening"].returncode == 0, said["evening"]
    assert runs["morning"].returncode == -signal.SIGKILL, said["morning"]

    # the instructor's points, entered meanwhile, survive the second run, too
    with Gradebook(database, "deep-learning") as book:
        grade = book.find_grade("explain", course.NAME, course.NAME, "dan")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        book.db.commit()
    assert classroom.grade(course.NAME, root=roots["morning"], jobs=1) == 0
    with Gradebook(database, "deep-learning") as book:
        submissions = book.assignment_submissions(course.NAME)
        assert sorted((one.student.id, one.score) for one in submissions) == [
            ("ada", 5.0),
            ("ben", 5.0),
            ("cleo", 5.0),
            ("dan", 6.5),
            ("eve", 5.0),
            ("fay", 5.0),
        ]
    for root in roots.values():
        assert len(read_marks(Assignment.load(course.NAME, root=root), root)[0]) == 6
