"""The points that pages tell are those of the contract and the graders."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from tests.docs.pages import read

CONTRACT = tomllib.loads(read("assignments/contract.toml"))
del CONTRACT["common"]  # what all assignments use


def total(name: str, *kinds: str) -> float:
    return sum(sum(CONTRACT[name].get(kind, {}).values()) for kind in kinds)


def rows(page: str, name: str) -> list[list[str]]:
    """The cells of each row of a page's tables that is about an assignment, without links."""
    text = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", read(page))
    lines = [line for line in text.splitlines() if re.match(rf"\|( \d+ \|)? `{name}` \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def gpu_points(name: str) -> float:
    """What the tests marked `gpu` of its grader give, read from the source."""
    tree = ast.parse(read(f"autograder/graders/{name}.py"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    points = 0.0
    for function in functions:
        if any(ast.unparse(decorator).endswith("mark.gpu") for decorator in function.decorator_list):
            found = re.search(r"points=([\d.]+)", ast.unparse(function.decorator_list[-1]))
            points += float(found[1])
    return points


@pytest.mark.parametrize("name", CONTRACT)
def test_readme(name: str) -> None:
    coding, written = rows("README.md", name)[0][-2:]
    assert (float(coding), float(written)) == (total(name, "coding"), total(name, "written"))


@pytest.mark.parametrize("name", CONTRACT)
def test_the_map(name: str) -> None:
    gpu = gpu_points(name)
    told = [float(cell) for cell in rows("docs/map.md", name)[0][3:]]
    assert told == [total(name, "coding") - gpu, gpu, total(name, "written")]


@pytest.mark.parametrize("name", CONTRACT)
def test_the_maps_tasks(name: str) -> None:
    for cell, kind in zip(rows("docs/map.md", name)[1][1:], ("coding", "written"), strict=True):
        told = {task: float(points) for task, points in re.findall(r"`([\w-]+)` ([\d.]+)", cell)}
        assert told == CONTRACT[name].get(kind, {})


@pytest.mark.parametrize("name", CONTRACT)
def test_the_contracts_tasks(name: str) -> None:
    section = re.search(rf"^## \d+\. `{name}`(.*?)(?=^## )", read("docs/contract.md"), re.M | re.S)[1]
    told: dict[str, dict[str, float]] = {"coding": {}, "written": {}}
    for task, points, written in re.findall(r"^- `([\w-]+)` \[([\d.]+)\]( \(written)?", section, re.M):
        told["written" if written else "coding"][task] = float(points)
    assert told == {"coding": CONTRACT[name]["coding"], "written": CONTRACT[name].get("written", {})}


@pytest.mark.parametrize("name", CONTRACT)
def test_the_students_page(name: str) -> None:
    assert float(rows("assignments/README.md", name)[0][-1]) == total(name, "coding", "written")


def test_students_get_their_page() -> None:
    assert read("release/README.md") == read("assignments/README.md")
