"""The instructor's map tells the points that the contract and the graders tell."""

import ast
import re
import tomllib

import pytest

from autograder.grading.assignment import REPOSITORY

CONTRACT = tomllib.loads((REPOSITORY / "assignments" / "contract.toml").read_text(encoding="utf-8"))
PAGE = (REPOSITORY / "docs" / "map.md").read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The cells of each row of the page that is about an assignment."""
    lines = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def gpu_points(name: str) -> float:
    """What the tests marked `gpu` of its grader give, read from the source."""
    tree = ast.parse((REPOSITORY / "autograder" / "graders" / f"{name}.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    total = 0.0
    for function in functions:
        if any(ast.unparse(decorator).endswith("mark.gpu") for decorator in function.decorator_list):
            found = re.search(r"points=([\d.]+)", ast.unparse(function.decorator_list[-1]))
            total += float(found[1])
    return total


@pytest.mark.parametrize("name", CONTRACT)
def test_the_points_are_the_contracts(name):
    coding, written = sum(CONTRACT[name]["coding"].values()), sum(CONTRACT[name].get("written", {}).values())
    gpu = gpu_points(name)
    assert [float(cell) for cell in rows(name)[0][3:]] == [coding - gpu, gpu, written]


@pytest.mark.parametrize("name", CONTRACT)
def test_every_task_stands_there(name):
    for cell, kind in zip(rows(name)[1][1:], ("coding", "written"), strict=True):
        told = {task: float(points) for task, points in re.findall(r"`([\w-]+)` ([\d.]+)", cell)}
        assert told == CONTRACT[name].get(kind, {})
