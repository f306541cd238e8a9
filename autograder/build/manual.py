"""The pages that list every assignment: each gets its row when a new one is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.build.source import BuildError, contract_tables
from autograder.grading.uses import CONTRACT

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TABLE = re.compile(r"(^\|( \d+ \|)? \[?`[\w-]+`.*\n)+", re.MULTILINE)
"""The rows of a table whose first words name assignments."""
_ROW = r"^\|(?: \d+ \|)? \[?`{name}`.*\n"
_SECTION = r"^## (?P<number>\d+)\. `{name}` .*\n(?:(?!## ).*\n)*"
_ENTRY = r"(?:^\n)?^\[{name}\.(?:coding|written)\].*\n(?:(?:[ \t]*(?:#.*)?\n)*[ \t]*[^\[#\s].*(?:\n|\Z))*"
"""The parts of an assignment that already exist: its row, its section, and its tables up to their last entry."""


@dataclass(frozen=True)
class Listed:
    """A task as the tables of the manual list it."""

    name: str
    kind: str  # "coding" or "written"
    points: float
    says: str


def check_name(name: str) -> None:
    """Raises BuildError if `name` cannot be the name of an assignment."""
    if not _NAME.fullmatch(name):
        raise BuildError(
            f"{name!r} cannot name an assignment: use lower-case words with hyphens, like `k-means`"
        )


def title_of(name: str) -> str:
    return name.replace("-", " ").capitalize()


def refuse_taken(name: str, places: Iterable[str], root: Path) -> None:
    """Raises BuildError if a file would be overwritten."""
    if taken := [place for place in places if (root / place).exists()]:
        raise BuildError(f"{taken[0]} exists: choose another name, or delete the files of {name} first")


def pages_with(name: str, tasks: Sequence[Listed], root: Path) -> dict[str, str]:
    """The contract, and the tables that list every assignment, each with the new one.

    Entries that are left from a deleted assignment of this name are replaced.
    """

    def read(place: str) -> str:
        return (root / place).read_text(encoding="utf-8")

    contract = read(CONTRACT)
    old_entry = re.compile(_ENTRY.format(name=name), re.MULTILINE)
    others = old_entry.sub(lambda match: "\n" * match.group().count("\n"), contract)  # keeps line numbers
    if {"coding", "written"} & contract_tables(others).get(name, {}).keys():
        raise BuildError(f"{CONTRACT} lists the tasks of {name}: delete them there first")
    old_section = re.compile(_SECTION.format(name=name), re.MULTILINE)
    tasks_page = read("docs/contract.md")
    section_there = old_section.search(tasks_page)
    number = (
        section_there["number"]
        if section_there
        else len(re.findall(r"^\[.+\.coding\]$", others, re.MULTILINE)) + 1
    )
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
        read("docs/map.md"), name, f"| `{name}` | {teaches} | — | {coding} | 0 | {written} |", "docs/map.md"
    )
    return {
        CONTRACT: _with(contract, old_entry, entry, len(contract)),
        "assignments/README.md": _with_row(
            read("assignments/README.md"),
            name,
            f"| {number} | `{name}` | {teaches} | ¼ h | {total} |",
            "assignments/README.md",
        ),
        "README.md": _with_row(
            read("README.md"), name, f"| {link} | {teaches} | {coding} | {written} |", "README.md"
        ),
        "docs/map.md": _with_row(
            courses, name, f"| `{name}` | {cells[0]} | {cells[1]} |", "docs/map.md", table=1
        ),
        "docs/contract.md": _with(
            tasks_page,
            old_section,
            section,
            _start(tasks_page, "## The command line and the report", "docs/contract.md"),
        ),
    }


def _with(page: str, old: re.Pattern[str], new: str, place: int) -> str:
    """The page with `new` in place of the match for `old`, or at `place` if there is no match."""
    found = list(old.finditer(page))
    for match in reversed(found):
        page = page[: match.start()] + page[match.end() :]
    place = found[0].start() if found else place
    return page[:place] + new + page[place:]


def _with_row(page: str, name: str, row: str, label: str, table: int = 0) -> str:
    """The page with the row of `name` in a table of assignments: the first such table, or a later one."""
    tables = list(_TABLE.finditer(page))
    if len(tables) <= table:
        raise BuildError(f"{label} has no table of assignments to add a row to: restore it from git")
    start, end = tables[table].span()
    old = re.compile(_ROW.format(name=name), re.MULTILINE)
    return page[:start] + _with(page[start:end], old, f"{row}\n", end - start) + page[end:]


def _start(page: str, heading: str, label: str) -> int:
    if heading not in page:
        raise BuildError(f"{label} has no section `{heading}`: restore it from git")
    return page.index(heading)


def write(file: Path, text: str) -> None:
    write_bytes(file, text.encode())


def write_bytes(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


@contextmanager
def undone_on_failure(places: Iterable[str], root: Path) -> Iterator[None]:
    """Restores these files if the block fails, and leaves no empty folder, so that it can be tried again."""
    before = {
        file: file.read_bytes() if file.is_file() else None for file in (root / place for place in places)
    }
    try:
        yield
    except BaseException:  # Ctrl+C, too
        for file, content in before.items():
            if content is None:
                file.unlink(missing_ok=True)
                _remove_empty(file.parent, root)
            else:
                file.write_bytes(content)
        raise


def _remove_empty(folder: Path, root: Path) -> None:
    with suppress(OSError):  # it is not empty
        while folder != root:
            folder.rmdir()
            folder = folder.parent
