"""`make new`: a small assignment that works, is proved and has a corpus, to be changed into your own.

The files come from scaffold/; the tables of the manual get their rows. What is there already is never overwritten.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograder.build.release import release, solutions, write_students_files
from autograder.build.source import BuildError
from autograder.grading.assignment import REPOSITORY

SCAFFOLD = Path(__file__).resolve().parent / "scaffold"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TABLE = re.compile(r"(^\|( \d+ \|)? \[?`[\w-]+`.*\n)+", re.MULTILINE)
"""The rows of a table whose first words name assignments."""
_CONTRACT = """
[{name}.coding]
center = 3

[{name}.written]
why-center = 2
"""
_SECTION = """\
## {number}. `{name}` — {title}

- `center` [3] `center(points)` → `(n, d)`: each column of `points (n, d)` minus its own mean
- `why-center` [2] (written) what centering changes, and what it leaves

"""


def new(name: str, root: Path | None = None) -> list[str]:
    """Write the files of a new assignment, build it, and return what was written, relative to `root`.

    Raises:
        BuildError: the name cannot be used, is taken, or a table is not where it should be.
    """
    root = root or REPOSITORY
    if not _NAME.fullmatch(name):
        raise BuildError(
            f"{name!r} cannot name an assignment: use lower-case words with hyphens, like `k-means`"
        )
    title = name.replace("-", " ").capitalize()
    files = {
        f"assignments/{name}/{name}.py": "notebook.py",
        f"assignments/{name}/plots.py": "plots.py",
        f"autograder/graders/{name}.py": "grader.py",
        f"corpora/{name}/correct/in_a_loop.py": "correct.py",
        **{f"corpora/{name}/wrong/{path.name}": f"wrong/{path.name}" for path in SCAFFOLD.glob("wrong/*.py")},
    }
    if taken := [place for place in files if (root / place).exists()]:
        raise BuildError(f"{taken[0]} exists: choose another name, or delete the files of {name} first")
    pages = _pages(name, title, root)  # before anything is written: a table may be missing
    for place, template in files.items():
        text = (SCAFFOLD / template).read_text(encoding="utf-8")
        _write(root / place, text.replace("ASSIGNMENT_NAME", name).replace("ASSIGNMENT_TITLE", title))
    for place, text in pages.items():
        _write(root / place, text)
    solutions(name, root)
    release(name, root)
    write_students_files(root)
    return [*files, *pages, f"release/{name}", f"solutions/{name}"]


def _pages(name: str, title: str, root: Path) -> dict[str, str]:
    """The contract, and the tables that list every assignment, each with the new one."""

    def read(place: str) -> str:
        return (root / place).read_text(encoding="utf-8")

    contract = read("assignments/contract.toml")
    number = len(re.findall(r"^\[.+\.coding\]$", contract, re.MULTILINE)) + 1
    link = f"[`{name}`](solutions/{name}/{name}.ipynb)"
    teaches = "what it teaches"
    tasks = f"| `{name}` | `center` 3 | `why-center` 2 |"
    courses = _with_row(read("docs/map.md"), f"| `{name}` | {teaches} | — | 3 | 0 | 2 |", "docs/map.md")
    section = _SECTION.format(number=number, name=name, title=title.lower())
    return {
        "assignments/contract.toml": contract + _CONTRACT.format(name=name),
        "assignments/README.md": _with_row(
            read("assignments/README.md"),
            f"| {number} | `{name}` | {teaches} | ¼ h | 5 |",
            "assignments/README.md",
        ),
        "README.md": _with_row(read("README.md"), f"| {link} | {teaches} | 3 | 2 |", "README.md"),
        "docs/map.md": _with_row(courses, tasks, "docs/map.md", table=1),
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


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def main_new(name: str) -> int:
    """`python -m autograder new`: write it, prove it, and say where to go on."""
    written = new(name)
    print(f"{name} works, and its grader is proved. Change these files into your own assignment:")
    for place in written:
        print(f"  {place}")
    print(f"Then: make release solutions ASSIGNMENT={name}")
    return 0
