"""An assignment as nbgrader's or otter's users write it, in parts that both have in common.

from_nbgrader.py and from_otter.py read a notebook into these parts; import_notebook.py makes an assignment from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from autograder.grading.assignment import Refusal

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_SLUG = re.compile(r"[^a-z0-9]+")


class ImportRefused(Refusal):
    """The notebook cannot be imported. The message is one sentence, with the fix."""


@dataclass(frozen=True)
class Check:
    """One test cell."""

    source: str
    """What runs when grading, without the markers."""
    points: float
    visible: str = ""
    """The part that students get; empty if all of it is hidden."""
    sentence: str = ""
    """What the author says about it to students."""
    output: str | None = None
    """What its last expression should show, as text; None if that is not known."""


@dataclass
class Given:
    """A cell that students get as it is."""

    kind: str
    source: str
    locked: bool = False


@dataclass
class ForeignTask:
    """An answer, and the test cells that give points for it; none if the instructor grades it."""

    name: str
    kind: str  # "code" or "markdown"
    source: str
    """The answer's cell, with solution regions."""
    points: float = 0.0
    """The points of an answer that the instructor grades."""
    checks: list[Check] = field(default_factory=list)

    @property
    def tested(self) -> bool:
        return any(check.points for check in self.checks)


@dataclass
class PublicChecks:
    """Where a task's last test cell was: its public checks go there."""

    task: ForeignTask


Part = Given | ForeignTask | PublicChecks


@dataclass
class Foreign:
    parts: list[Part]
    notes: list[str] = field(default_factory=list)
    """Notes on what was left out."""

    @property
    def tasks(self) -> list[ForeignTask]:
        return [part for part in self.parts if isinstance(part, ForeignTask)]


def source_of(cell: dict[str, Any]) -> str:
    """A cell's text; notebooks keep it as one string or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def as_region(text: str) -> str:
    """The whole text as a solution region."""
    return f"{BEGIN}\n{text.rstrip()}\n{END}"


def slug(text: str) -> str:
    """A name in lower-case words with hyphens; "" if nothing is left."""
    return _SLUG.sub("-", text.lower()).strip("-")


def unused(name: str, taken: set[str]) -> str:
    """The name, or the first unused one with a number; it is added to `taken`."""
    numbered, number = name, 1
    while numbered in taken:
        number += 1
        numbered = f"{name}-{number}"
    taken.add(numbered)
    return numbered
