"""The pages that list every assignment: each gets its row when a new one is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.build.source import BuildError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TABLE = re.compile(r"(^\|( \d+ \|)? \[?`[\w-]+`.*\n)+", re.MULTILINE)
"""The rows of a table whose first words name assignments."""


@dataclass(frozen=True)
class Listed:
    """A task as the tables of the manual list it."""

    name: str
    kind: str  # "coding" or "written"
    points: float
    says: str


def check_name(name: str) -> None:
    """Raises BuildError where `name` cannot name an assignment."""
    if not _NAME.fullmatch(name):
        raise BuildError(
            f"{name!r} cannot name an assignment: use lower-case words with hyphens, like `k-means`"
        )


def title_of(name: str) -> str:
    return name.replace("-", " ").capitalize()


def refuse_taken(name: str, places: Iterable[str], root: Path) -> None:
    """Raises BuildError where a file would be overwritten."""
    if taken := [place for place in places if (root / place).exists()]:
        raise BuildError(f"{taken[0]} exists: choose another name, or delete the files of {name} first")


def pages_with(name: str, tasks: Sequence[Listed], root: Path) -> dict[str, str]:
    """The contract, and the tables that list every assignment, each with the new one."""

    def read(place: str) -> str:
        return (root / place).read_text(encoding="utf-8")

    contract = read("assignments/contract.toml")
    number = len(re.findall(r"^\[.+\.coding\]$", contract, re.MULTILINE)) + 1
    link = f"[`{name}`](solutions/{name}/{name}.ipynb)"
    teaches = "what it teaches"
    by_kind = {kind: [task for task in tasks if task.kind == kind] for kind in ("coding", "written")}
    coding, written = (f"{sum(task.points for task in by_kind[kind]):g}" for kind in by_kind)
    total = f"{sum(task.points for task in tasks):g}"
    cells = [", ".join(f"`{task.name}` {task.points:g}" for task in by_kind[kind]) or "—" for kind in by_kind]
    entry = "".join(
        f"\n[{name}.{kind}]\n" + "".join(f"{task.name} = {task.points:g}\n" for task in by_kind[kind])
        for kind in by_kind
    )
    lines = [
        f"- `{task.name}` [{task.points:g}]{' (written)' if task.kind == 'written' else ''} {task.says}"
        for task in tasks
    ]
    section = f"## {number}. `{name}` — {title_of(name).lower()}\n\n" + "\n".join(lines) + "\n\n"
    courses = _with_row(
        read("docs/map.md"), f"| `{name}` | {teaches} | — | {coding} | 0 | {written} |", "docs/map.md"
    )
    return {
        "assignments/contract.toml": contract + entry,
        "assignments/README.md": _with_row(
            read("assignments/README.md"),
            f"| {number} | `{name}` | {teaches} | ¼ h | {total} |",
            "assignments/README.md",
        ),
        "README.md": _with_row(
            read("README.md"), f"| {link} | {teaches} | {coding} | {written} |", "README.md"
        ),
        "docs/map.md": _with_row(courses, f"| `{name}` | {cells[0]} | {cells[1]} |", "docs/map.md", table=1),
        "docs/contract.md": _before(
            read("docs/contract.md"), "## The command line and the report", section, "docs/contract.md"
        ),
    }


def _with_row(page: str, row: str, label: str, table: int = 0) -> str:
    """The page with one more row at the end of a table of assignments: the first such table, or a later one."""
    ends = [match.end() for match in _TABLE.finditer(page)]
    if len(ends) <= table:
        raise BuildError(f"{label} has no table of assignments to add a row to: restore it from git")
    return f"{page[: ends[table]]}{row}\n{page[ends[table] :]}"


def _before(page: str, heading: str, section: str, label: str) -> str:
    if heading not in page:
        raise BuildError(f"{label} has no section `{heading}`: restore it from git")
    return page.replace(heading, section + heading, 1)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
