"""Mutants that get full marks and may: explained.toml lists them, each group with its reason.

A mutant is named by its assignment, its task and its change (`Mutant.change`), so a solution that is written anew
leaves names behind that fit no mutant: those are stale, and the run fails until they are gone.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("explained.toml")

Name = tuple[str, str, str]
"""Assignment, task, change."""


@cache
def reasons() -> dict[Name, str]:
    """Why each listed mutant may get full marks.

    Raises:
        ValueError: a mutant is listed twice, or a group has no reason.
    """
    found: dict[Name, str] = {}
    for assignment, groups in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        for group in groups:
            if not group["reason"].strip():
                raise ValueError(f"{FILE.name}: a group of {assignment}/{group['task']} has no reason")
            for change in group["mutants"]:
                name = assignment, group["task"], change
                if name in found:
                    raise ValueError(f"{FILE.name}: {' '.join(name)} is listed twice")
                found[name] = group["reason"].strip()
    return found
