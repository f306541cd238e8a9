"""The service's memory in PostgreSQL, where the gradebook is there: the same as in SQLite."""

from __future__ import annotations

from pathlib import Path

from autograder.serve.store import DONE, REPLACED, RUNNING, WAITING, Store
from tests import course
from tests.gradebook.helpers import configure
from tests.postgresql import database
from tests.serve.conftest import MadeUpPool, make_served, until

__all__ = ["database"]  # the fixture


def test_students_are_judged_once_each_and_a_crash_loses_nothing(root: Path, database: str) -> None:
    configure(root, f"c.CourseDirectory.db_url = {database!r}")
    served = make_served(root, pool=MadeUpPool(size=4))
    assert not (root / "served" / "serve.db").exists()
    students = [served.enter(f"student-{number}") for number in range(8)]
    for one in students:
        one.upload()
        served.now += 1
    newer = course.with_sources(square="def square(x):\n    return x ** 2")
    assert students[0].upload(newer).status_code == 303
    assert served.store.line(served.now)[0] == 9, "the newer upload has the place of the one it replaced"
    served.queue.start()
    until(lambda: all(one.state in (DONE, REPLACED) for one in served.store.attempts()))
    served.queue.stop()
    assert sorted(unit.submitted.student for unit in served.pool.asked) == [
        f"student-{number}" for number in range(8)
    ]
    assert "Not final." in students[0].get("/attempt/9").text
    assert students[1].get("/attempt/9").status_code == 404
    assert "8" in served.enter("prof", "instructor").get("/class/tiny").text

    served.store.revoke("student-1")
    assert students[1].get("/").status_code == 303
    assert served.store.forget_files("student-0", "tiny", keep=1)
    for student in ("ada", "bob"):
        served.store.add(student, "tiny", f"{student}.ipynb", served.now)
    assert served.store.take(served.now).student == "ada"
    served.store.close()  # as after a crash: ada's is running

    again = Store(database)
    assert [one.state for one in again.attempts()[-2:]] == [RUNNING, WAITING]
    assert again.recover(served.now) == (1, 0) and again.line(served.now) == [10, 11]
    again.close()
