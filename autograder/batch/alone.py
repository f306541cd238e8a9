"""One run at a time in a course folder."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from autograder.batch.cache import KEPT, REPORTS
from autograder.grading.assignment import Refusal


class AnotherRun(Refusal):
    """One sentence that says what to do."""


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Raises AnotherRun."""
    file = root / REPORTS / KEPT / "lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file, "another run is grading this course or writing its pages: wait until it has ended"):
        yield


@contextlib.contextmanager
def locked(file: Path, refusal: str) -> Iterator[None]:
    """Holds a lock that the kernel releases however the run ends. Raises AnotherRun with the sentence `refusal`."""
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherRun(refusal) from None
        yield
