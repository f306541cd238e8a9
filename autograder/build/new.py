"""`make new`: a small working assignment, proved and with a corpus, to turn into your own.

The files come from scaffold/; the tables of the manual get their rows. An existing file is never overwritten.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from autograder.build.manual import (
    Listed,
    check_name,
    pages_with,
    refuse_taken,
    title_of,
    undone_on_failure,
    write,
)
from autograder.build.release import release, solutions, write_students_files
from autograder.build.source import BuildError
from autograder.grading.assignment import REPOSITORY

SCAFFOLD = Path(__file__).resolve().parent / "scaffold"


_TASKS = (
    Listed(
        "center",
        "coding",
        3,
        "`center(points)` → `(n, d)`: each column of `points (n, d)` minus its own mean",
    ),
    Listed("why-center", "written", 2, "what centering changes, and what it leaves"),
)


def new(name: str, root: Path | None = None) -> list[str]:
    """Write the files of a new assignment, build it, and return what was written, relative to `root`.

    Raises:
        BuildError: the name cannot be used, is taken, or a table is not where it should be; torch is not installed.
    """
    root = root or REPOSITORY
    if importlib.util.find_spec("torch") is None:
        raise BuildError(
            "`make new` writes an assignment with torch, which is not installed: begin with a copy of one"
        )
    check_name(name)
    title = title_of(name)
    files = {
        f"assignments/{name}/{name}.py": "notebook.py",
        f"assignments/{name}/plots.py": "plots.py",
        f"autograder/graders/{name}.py": "grader.py",
        f"corpora/{name}/correct/in_a_loop.py": "correct.py",
        **{f"corpora/{name}/wrong/{path.name}": f"wrong/{path.name}" for path in SCAFFOLD.glob("wrong/*.py")},
    }
    refuse_taken(name, files, root)
    pages = pages_with(name, _TASKS, root)  # before anything is written, because a table may be missing
    with undone_on_failure([*files, *pages], root):
        for place, template in files.items():
            text = (SCAFFOLD / template).read_text(encoding="utf-8")
            write(root / place, text.replace("ASSIGNMENT_NAME", name).replace("ASSIGNMENT_TITLE", title))
        for place, text in pages.items():
            write(root / place, text)
        solutions(name, root)
        release(name, root)
        write_students_files(root)
    return [*files, *pages, f"release/{name}", f"solutions/{name}"]


def main_new(name: str) -> int:
    """`python -m autograder new`: write it, prove it, and say what to do next."""
    written = new(name)
    print(f"{name} works, and its grader is proved. Change these files into your own assignment:")
    for place in written:
        print(f"  {place}")
    print(f"Then: make release solutions ASSIGNMENT={name}")
    return 0
