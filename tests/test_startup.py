"""autograder.startup: every program of ours imports it before anything large."""

import ast
import json
import os
import subprocess
import sys

import pytest

from autograder.grading.assignment import REPOSITORY
from autograder.startup import ONE_THREAD

PROGRAMS = (
    "autograder/__main__.py",
    "autograder/lms/gradescope.py",
    "benchmarks/__init__.py",
    "scripts/demo.py",
    "validity/__init__.py",
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_imports_it_before_any_other_package(program):
    imported = [
        name
        for node in ast.parse((REPOSITORY / program).read_text(encoding="utf-8")).body
        for name in _imported(node)
        if name.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert imported[0] == "autograder.startup"


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [name.name for name in node.names] if isinstance(node, ast.Import) else []


def test_it_asks_for_one_thread_and_keeps_what_the_user_has_set():
    code = "import autograder.startup, json, os; print(json.dumps(dict(os.environ)))"
    environment = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    environment["MKL_NUM_THREADS"] = "3"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env=environment, capture_output=True, check=True
    )
    seen = json.loads(answer.stdout)
    assert {name: seen[name] for name in ONE_THREAD} == ONE_THREAD | {"MKL_NUM_THREADS": "3"}
