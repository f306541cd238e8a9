"""`make watch`: runs an assignment's hidden tests again whenever its author saves a file.

The solved notebook is made from the source as it is at that moment; nothing is released. One judge serves all rounds,
so a round takes only as long as the solution itself.
"""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

import pytest

from autograder.build.author_loop import AuthorLoop
from autograder.build.release import ReleaseBuilder
from autograder.build.source import BuildError
from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.grading.judge import GraderError, Judge, forget_other_versions
from autograder.grading.submission import read

_LOOK_SECONDS = 0.3


def main_watch(name: str) -> int:
    """`python -m autograder watch`: until Ctrl-C."""
    with ReleaseBuilder(proof=False) as builder:
        judge: Judge | None = None
        seen: dict[Path, int] = {}
        try:
            while True:
                now = _saved(name)
                if now == seen:
                    time.sleep(_LOOK_SECONDS)
                    continue
                seen = now
                try:
                    assignment = builder.staged(name)
                    judge = judge or Judge(root=assignment.root)
                    run(judge, assignment)
                except (BuildError, GraderError) as error:
                    print(error, flush=True)
                print(f"-- waiting for changes of {name}; Ctrl-C ends", flush=True)
        except KeyboardInterrupt:
            return 0
        finally:
            if judge is not None:
                judge.close()


def run(judge: Judge, assignment: Assignment, seed: int | None = None) -> int:
    """One round: pytest's own output, and its exit status."""
    submission = read(assignment.solution_file, assignment)
    seed = secrets.randbits(31) if seed is None else seed
    forget_other_versions(assignment.grader_file)
    options = ["--noconftest", "--import-mode=importlib", f"--config-file={os.devnull}", "-q", "-Wignore"]
    with judge.opened(submission, assignment, seed) as (grading, _):
        loop = AuthorLoop(grading, assignment.solution_file)
        return int(pytest.main([str(assignment.grader_file), *options], plugins=[grading, loop]))


def _saved(name: str) -> dict[Path, int]:
    """When each file of the assignment was saved."""
    graders = REPOSITORY / "autograder" / "graders"
    own = (REPOSITORY / "assignments" / name).glob("*")
    files = [*own, graders / f"{name}.py", graders / f"{name}_worker.py"]
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}
