"""A judge's fork server: what its workers may read, and where they find the course's data.

Imports nothing heavy, so that the server can start importing before the judge does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.grading import data
from autograder.grading.safe_text import say
from autograder.grading.uses import libraries_of
from autograder.sandbox.check import choose
from autograder.sandbox.forkserver_client import ForkServer


def start_sandbox(
    sandbox: str | None,
    root: Path,
    gpu: bool = False,
    meanwhile: Callable[[], object] | None = None,
    assignments: Iterable[str] = (),
) -> ForkServer:
    """The fork server for submissions to the assignments of a course folder.

    Args:
        sandbox: a rung of the ladder by name, "none" to run without one, None for the first that holds here.
        root: the folder with `release/`.
        gpu: whether workers reach the GPU's devices.
        meanwhile: called while the server imports; what it raises ends the server.
        assignments: those whose libraries the server imports; by default, all assignments of the course.

    Raises:
        AssignmentError: what the assignments use cannot be read.
        SandboxUnavailable: no rung holds on this machine.
    """
    folder = data.folder()
    server = ForkServer.start(
        choose(sandbox),
        readable=[root / "release", *([folder] if folder else [])],
        env={"COURSE_DATA": str(folder)} if folder else {},
        gpu=gpu,
        meanwhile=meanwhile,
        libraries=libraries_of(assignments, root),
    )
    for warning in server.warnings:
        say(warning)
    return server
