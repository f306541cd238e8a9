"""What can go wrong with a worker. The subclasses of WorkerFault are caused by the submission."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class SandboxUnavailable(Exception):
    """No worker can be run safely here; the message says what to install or set."""


class Frame(NamedTuple):
    """A line of a student's cell in a traceback."""

    cell: str
    line: int
    source: str


class BrokenPromise(NamedTuple):
    """Something that a student's code did and that no task allows; by itself it fails no test."""

    kind: str
    """"arguments": a call changed one; "optimizer": it changed the settings of an optimizer; "sharing": two objects
    share something; "gradients": a call left them off; or a kind that only the judge notes."""
    cell: str
    """The cell of the code that did it; "" if none could be found."""
    name: str
    """The name of that function or class; "" if none could be found."""
    what: str
    """The argument, or what is shared; "" if two objects are one and the same."""


class WorkerFault(Exception):
    """Something that the submission did; the message is fit for a student."""


class StudentError(WorkerFault):
    """An exception in the student's code."""

    def __init__(
        self,
        type_name: str,
        message: str,
        frames: Sequence[Frame] = (),
        bases: Sequence[str] = (),
    ) -> None:
        super().__init__(f"{type_name}: {message}" if message else type_name)
        self.type_name = type_name
        self.message = message
        self.frames = list(frames)
        """The frames in the student's own cells, innermost last; empty when no line of the student's was running."""
        self.bases = list(bases)
        """Names of the exception's classes, its own first: `"ValueError" in error.bases`."""


class WorkerDied(WorkerFault):
    """The worker's process ended."""


class TimeLimit(WorkerFault):
    """A request used more time than it was allowed; its worker is gone."""


class TooMuchData(WorkerFault):
    """The worker sent more than a judge accepts; it is gone."""


class ProtocolError(WorkerFault):
    """The worker sent something that no honest worker sends; it is gone."""


_FORBIDDEN = re.compile(r"`(?P<name>[^`\n]{1,200})` is not available here: (?P<why>[^\n]{1,200})")


def forbidden_sentence(name: str, why: str) -> str:
    """The error message of a call that a task forbids (forbid.py)."""
    return f"`{name}` is not available here: {why}"


def forbidden_call(message: str) -> tuple[str, str] | None:
    """The name and the reason in the error of a forbidden call, wherever it is in the message; None if there is
    none."""
    found = _FORBIDDEN.search(message)
    return (found["name"], found["why"]) if found else None
