"""A judge's fork server: what its workers may read, and what they are told of the course's data.

Imports nothing heavy, so that the server can begin with its own imports before the judge does with its.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import data
from autograder.assignment import Assignment
from autograder.sandbox import ForkServer, choose
from autograder.sandbox.imports import without_full_collections

if TYPE_CHECKING:
    from autograder.judge import Judge


def start(
    sandbox: str | None, root: Path, gpu: bool = False, meanwhile: Callable[[], object] | None = None
) -> ForkServer:
    """The fork server for submissions to the assignments of a course folder.

    Args:
        sandbox: a rung of the ladder by name, "none" to run without one, None for the first that holds here.
        root: where `release/` lies.
        gpu: whether workers reach the GPU's devices.
        meanwhile: called while the server imports; what it raises ends the server.

    Raises:
        SandboxUnavailable: no rung holds on this machine.
    """
    folder = data.folder()
    return ForkServer.start(
        choose(sandbox),
        readable=[root / "release", *([folder] if folder else [])],
        env={"COURSE_DATA": str(folder)} if folder else {},
        gpu=gpu,
        meanwhile=meanwhile,
    )


def judge_for(assignment: Assignment, root: Path, sandbox: str | None = None) -> Judge:
    """A judge for submissions to one assignment, that imported what its grader needs while its server did.

    Raises:
        SandboxUnavailable: no rung holds on this machine.
    """
    server = start(sandbox, root, meanwhile=lambda: import_graders([assignment]))
    from autograder.judge import Judge

    return Judge(root=root, server=server)


def import_graders(assignments: Iterable[Assignment]) -> None:
    """Import the judge and what the graders import. A broken one is told of when it is used."""
    with without_full_collections():
        from autograder.judge import GraderError, run_pytest

        for assignment in assignments:
            with contextlib.suppress(GraderError):
                run_pytest(assignment.grader_file, None, "--collect-only")
    gc.freeze()  # nor is it searched later
