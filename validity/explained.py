"""Mutants that may get full marks: corpora/<name>/explained.toml lists them, each group with its reason.

A mutant is named by its assignment, its task and its change (`Mutant.change`), so a rewritten solution leaves names
behind that match no mutant. These are stale, and the run fails until they are removed.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

from corpora.corpus import SUBMISSIONS

Name = tuple[str, str, str]
"""Assignment, task, change."""

_HEAD = "# Mutants of the solution that get full marks and may: each group with its reason (validity/explained.py).\n"


def file_of(assignment: str) -> Path:
    return SUBMISSIONS / assignment / "explained.toml"


@cache
def reasons() -> dict[Name, str]:
    """Why each listed mutant may get full marks.

    Raises:
        ValueError: a mutant is listed twice, or a group has no reason.
    """
    found: dict[Name, str] = {}
    for file in sorted(SUBMISSIONS.glob("*/explained.toml")):
        assignment = file.parent.name
        for group in tomllib.loads(file.read_text(encoding="utf-8"))["explained"]:
            if not group["reason"].strip():
                raise ValueError(f"{assignment}/{file.name}: a group of {group['task']} has no reason")
            for change in group["mutants"]:
                name = assignment, group["task"], change
                if name in found:
                    raise ValueError(f"{' '.join(name)} is listed twice")
                found[name] = group["reason"].strip()
    return found


def explain(assignment: str, task: str, change: str, reason: str) -> Path:
    """Add one mutant with its reason, and return the file.

    Raises:
        ValueError: there is no reason, or the mutant is listed already.
    """
    if not reason.strip():
        raise ValueError("say why this mutant may get full marks")
    if (assignment, task, change) in reasons():
        raise ValueError(f"{task}: this mutant is explained already")
    file = file_of(assignment)
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if file.is_file() else _HEAD
    task, change, reason = (json.dumps(text, ensure_ascii=False) for text in (task, change, reason.strip()))
    group = f"\n[[explained]]\ntask = {task}\nreason = {reason}\nmutants = [\n    {change},\n]\n"
    file.write_text(before + group, encoding="utf-8")
    reasons.cache_clear()
    return file
