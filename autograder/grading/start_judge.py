"""Starts a judge, which imports what it needs while its fork server imports what notebooks need.

Imports nothing heavy itself, so that the server can start importing before the judge does.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.assignment import Assignment
from autograder.grading.start_sandbox import start_sandbox
from autograder.sandbox.fast_imports import without_full_collections

if TYPE_CHECKING:
    from autograder.grading.judge import Judge


def judge_for(assignment: Assignment, root: Path, sandbox: str | None = None) -> Judge:
    """A judge for submissions to one assignment.

    Raises:
        AssignmentError: what the assignment uses cannot be read.
        SandboxUnavailable: no rung holds on this machine.
    """
    server = start_sandbox(
        sandbox, root, meanwhile=lambda: import_graders([assignment]), assignments=[assignment.name]
    )
    from autograder.grading.judge import Judge

    return Judge(root=root, server=server)


def import_graders(assignments: Iterable[Assignment]) -> None:
    """Import the judge and what the graders import. A broken one is reported when it is used."""
    with without_full_collections():
        from autograder.grading.judge import GraderError, PytestCrashed, run_pytest

        for assignment in assignments:
            with contextlib.suppress(GraderError, PytestCrashed):
                run_pytest(assignment.grader_file, None, "--collect-only")
    gc.freeze()  # nor is it searched later
