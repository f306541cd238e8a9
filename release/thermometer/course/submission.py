"""The last cell's look at a whole notebook, before it is submitted: what is still open, and what a later cell replaced.

It reads the notebook as it was last saved, and the public checks that ran since the kernel was started.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from course import checks

EMPTY = ("*Your answer here.*", "YOUR ANSWER HERE")
"""What an answer holds that nobody has written yet."""


def check(
    assignment: str, coding: Sequence[str], written: Sequence[str] = (), file: Path | None = None
) -> None:
    """Print what is still open in the notebook of `assignment`.

    Args:
        coding: the tasks with public checks, by name.
        written: the tasks with a written answer.
        file: the notebook; found by itself where Jupyter, VS Code or Colab says where it is.
    """
    print(_checked(coding))
    notebook = read_notebook(file) if file is not None else this_notebook(assignment)
    if notebook is None:
        print(
            f"{assignment}.ipynb was not found here: save it, and look through your written answers yourself."
        )
        return
    for sentence in (*_empty(notebook, written), *_replaced(notebook, [*coding, *written])):
        print(sentence)


def _checked(coding: Sequence[str]) -> str:
    """How many tasks pass their public checks, and which do not yet."""
    passed = [task for task in coding if checks.RESULTS.get(task)]
    sentence = f"{len(passed)} of {len(coding)} tasks pass their public checks."
    failed = [task for task in coding if checks.RESULTS.get(task) is False]
    waiting = [task for task in coding if task not in checks.RESULTS]
    for what, tasks in (("Failing", failed), ("Not run yet", waiting)):
        if tasks:
            sentence += f" {what}: {_these(tasks)}."
    return sentence


def _empty(notebook: dict[str, Any], written: Sequence[str]) -> Iterator[str]:
    """A sentence about the written answers that are empty."""
    cells = {_grade_id(cell): _source(cell) for cell in notebook["cells"]}
    empty = [
        task for task in written if not cells.get(task, "").strip() or any(e in cells[task] for e in EMPTY)
    ]
    if empty:
        yield f"Written answers that are empty in the saved notebook: {_these(empty)}."


def _replaced(notebook: dict[str, Any], tasks: Sequence[str]) -> Iterator[str]:
    """A sentence for each name of a task, or of Python's own in it, that a later cell of the student's defines again."""
    defined: dict[str, str] = {}
    used: dict[str, str] = {}
    for place, cell in enumerate(notebook["cells"], start=1):
        if cell.get("cell_type") != "code" or _is_locked(cell):
            continue
        names = _names(_source(cell))
        task = _grade_id(cell)
        for name in names:
            if name in defined and defined[name] != task:
                yield (
                    f"`{name}` of the task {defined[name]} is replaced by cell {place}: "
                    "if it is something else there, give it another name."
                )
            elif name in used and used[name] != task:
                yield (
                    f"`{name}` is a function of Python's own, which the task {used[name]} uses, and is replaced by "
                    f"cell {place}: give it another name there."
                )
        if task in tasks:
            defined |= dict.fromkeys(names, task)
            used |= dict.fromkeys(_of_python_s_own(_source(cell)), task)


def _names(source: str) -> list[str]:
    """What a cell's own lines define: functions, classes and variables. Nothing where it is not plain Python."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    found: dict[str, None] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = None
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.For):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            stored = (name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
            found |= {name.id: None for name in stored if isinstance(name.ctx, ast.Store)}
    return list(found)


def _of_python_s_own(source: str) -> set[str]:
    """The built-in functions that a cell uses, but for names that it gives a value itself, like an argument `input`.

    Nothing where it is not plain Python.
    """
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return set()
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names if hasattr(builtins, node.id)} - own


def _these(tasks: Sequence[str]) -> str:
    return ", ".join(f"`{task}`" for task in tasks)


def _grade_id(cell: dict[str, Any]) -> str:
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")


def _is_locked(cell: dict[str, Any]) -> bool:
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("locked"))


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def read_notebook(file: Path) -> dict[str, Any] | None:
    """A saved notebook; None where there is none."""
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return notebook if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list) else None


def this_notebook(assignment: str) -> dict[str, Any] | None:
    """The notebook in which this runs, as it was last saved; in Colab, as it is now."""
    try:
        colab = importlib.import_module("google.colab._message")  # not a library that anybody could install
        return colab.blocking_request("get_ipynb", timeout_sec=10)["ipynb"]
    except Exception:  # not in Colab, or in another version of it
        pass
    candidates = [_in_vs_code(), os.environ.get("JPY_SESSION_NAME"), f"{assignment}.ipynb"]
    return next((found for name in candidates if name and (found := read_notebook(Path(name)))), None)


def _in_vs_code() -> str | None:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell.user_ns.get("__vsc_ipynb_file__") if shell is not None else None
