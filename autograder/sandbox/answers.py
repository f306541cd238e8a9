"""What a worker claims, checked: every account, error and note has its form, or is refused.

A worker is not trusted: its answers are values that codec.py has built afresh, of any type and shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograder.sandbox.codec import MalformedData
from autograder.sandbox.faults import BrokenPromise, Frame, StudentError, TimeLimit

MAX_MESSAGE = 2_000
"""Characters of an exception's text."""
MAX_FRAMES = 8
MAX_TEXT = 200
"""Characters of a line, a cell's name and other short texts."""
MAX_NUMBER = 1 << 31
"""Of a line or a statement, as the worker tells it. Python writes no number of more than 4,300 digits as text."""
MAX_NOTES = 8
"""Broken promises of one call."""
_MAX_BASES = 20


class Statement(NamedTuple):
    """A statement at the top level of a cell."""

    number: int
    line: int
    text: str
    """Its first line."""
    names: tuple[str, ...]
    """The names that it gives a value."""


@dataclass(frozen=True)
class Ran:
    """What happened to a cell's statements, according to the worker."""

    next: int | None = None
    """The number of the statement after the one that failed or was interrupted; None at the end of the cell."""
    failed: Statement | None = None
    """Also None if the cell could not be parsed."""
    error: StudentError | None = None
    interrupted: TimeLimit | None = None
    left_out: tuple[Statement, ...] = ()
    """Those that `without` kept from running."""
    bound: tuple[str, ...] = ()
    """The notebook's names that got their first value."""
    changed: tuple[str, ...] = ()
    """Those that got another value or were deleted."""
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For functions and classes in `bound` and `changed`: the notebook's names that they, or what they call, may
    read."""


def ran_from(answer: Any, interrupted: TimeLimit | None) -> Ran:
    """What happened to a cell, and whether the judge interrupted it. Like all functions here, raises MalformedData."""
    match answer:
        case {
            "next": int() | None as after,
            "error": list() | None as error,
            "failed": tuple() | None as failed,
            "left_out": list(left_out),
            "bound": list(bound),
            "changed": list(changed),
            "reads": dict(reads),
        }:
            return Ran(
                next=after,
                failed=_statement_from(failed) if failed else None,
                error=student_error_from(error) if error else None,
                interrupted=interrupted,
                left_out=tuple(map(_statement_from, left_out)),
                bound=_words(bound),
                changed=_words(changed),
                reads={
                    name: _words(read)
                    for name, read in reads.items()
                    if isinstance(name, str) and isinstance(read, list)
                },
            )
    raise MalformedData("an account without a form")


def _statement_from(content: Any) -> Statement:
    match content:
        case (int(number), int(line), str(text), list(names)) if _is_number(number) and _is_number(line):
            return Statement(number, line, text[:MAX_TEXT], _words(names))
    raise MalformedData("a statement without a form")


def student_error_from(content: Any) -> StudentError:
    """What the student's code raised, with its places in the notebook."""
    match content:
        case [str(kind), str(message), list(frames), list(bases)]:
            places = list(map(_frame_from, frames[-MAX_FRAMES:]))
            names = [base[:MAX_TEXT] for base in bases[:_MAX_BASES] if type(base) is str]
            return StudentError(kind[:MAX_TEXT], message[:MAX_MESSAGE], places, names)
    raise MalformedData("an error without a form")


def _frame_from(content: Any) -> Frame:
    match content:
        case tuple((str(cell), int(line), str(source))) if _is_number(line):
            return Frame(cell[:MAX_TEXT], line, source[:MAX_TEXT])
    raise MalformedData("an error without a form")


def broken_promises_from(content: Any) -> list[BrokenPromise]:
    """One note, or a list of them, of which the first few count."""
    notes = content if isinstance(content, list) else [content]
    for note in notes:
        if type(note) is not tuple or len(note) != 4 or not all(type(text) is str for text in note):
            raise MalformedData("a note without a form")
    return [BrokenPromise(*(text[:MAX_TEXT] for text in note)) for note in notes[:MAX_NOTES]]


def _is_number(number: int) -> bool:
    return 0 <= number < MAX_NUMBER


def _words(names: list[Any]) -> tuple[str, ...]:
    return tuple(name for name in names if isinstance(name, str))
