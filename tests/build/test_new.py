"""`make new`: an assignment that works before its author has typed a line."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.build.manual import Listed, pages_with, undone_on_failure, write
from autograder.build.new import new
from autograder.build.release import ReleaseBuilder
from autograder.build.source import BuildError, read_contract
from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.grading.judge import Judge
from autograder.grading.report import Report
from corpora import corpus
from tests.course import cell as find_cell

NAME = "k-means"
PAGES = ("README.md", "assignments/README.md", "assignments/contract.toml", "docs/map.md", "docs/contract.md")


def copy_of_the_course(root: Path) -> Path:
    """What `make new` reads and changes."""
    shutil.copytree(REPOSITORY / "assignments" / "common", root / "assignments" / "common")
    for page in PAGES:
        (root / page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / page, root / page)
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    root = copy_of_the_course(tmp_path_factory.mktemp("course"))
    return root, new(NAME, root)


@pytest.fixture(scope="module")
def judge(made: tuple[Path, list[str]]) -> Iterator[Judge]:
    with Judge(root=made[0], gpu=False) as judge:
        yield judge


def graded(made: tuple[Path, list[str]], judge: Judge, case: corpus.Case, tmp_path: Path) -> Report:
    """The new notebook, with the code of a corpus file in its solution cells."""
    root, _ = made
    book = json.loads((root / "release" / NAME / f"{NAME}.ipynb").read_text())
    for cell in case.cells:
        find_cell(book, cell.name)["source"] = cell.source
    file = tmp_path / f"{NAME}.ipynb"
    file.write_text(json.dumps(book))
    return judge.grade(file, Assignment.load(NAME, root), seed=0)


def test_it_is_released_solved_and_proved(made) -> None:
    root, written = made
    assert all((root / place).exists() for place in written)
    with ReleaseBuilder(root, proof=False) as builder:
        assert str(builder.build(NAME)).endswith("unchanged")  # and its solution is not older


def test_its_tasks_are_in_the_contract(made) -> None:
    contract = tomllib.loads((made[0] / "assignments/contract.toml").read_text())
    assert contract[NAME] == {"coding": {"center": 3}, "written": {"why-center": 2}}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_gains_lines_and_loses_none(made, page: str) -> None:
    before, after = (REPOSITORY / page).read_text().splitlines(), (made[0] / page).read_text().splitlines()
    assert len(after) > len(before)
    assert [line for line in before if line not in after] == []
    assert any(NAME in line for line in after)


@pytest.mark.parametrize("kind", ["correct", "wrong"])
def test_its_corpus_gets_what_it_declares(made, judge: Judge, kind: str, tmp_path: Path) -> None:
    files = sorted((made[0] / "corpora" / NAME / kind).glob("*.py"))
    assert files
    for file in files:
        case = corpus.load(file)
        report = graded(made, judge, case, tmp_path)
        assert judge.errors == []
        center = report.tasks["center"]
        assert case.expect.get("center", corpus.Expected("3")).holds(center.points), (case.name, center)
        said = [test.message for test in center.tests]
        assert all(any(word in text for text in said) for _, word in case.messages), said


def test_nothing_is_overwritten(made) -> None:
    with pytest.raises(BuildError, match="assignments/k-means/k-means.py exists: choose another name"):
        new(NAME, made[0])


def lines_of(name: str, root: Path) -> list[str]:
    return [line for page in PAGES for line in (root / page).read_text().splitlines() if name in line]


def test_after_its_files_are_deleted_the_pages_are_written_again_with_nothing_twice(tmp_path: Path) -> None:
    root = copy_of_the_course(tmp_path)

    def list_it(name: str, *tasks: Listed) -> None:
        for place, text in pages_with(name, tasks, root).items():
            write(root / place, text)

    task = Listed("center", "coding", 3, "what it does")
    list_it(NAME, task, Listed("why", "written", 2, "why"))
    first = lines_of(NAME, root)
    list_it("later", task)
    contract = root / "assignments/contract.toml"
    contract.write_text(contract.read_text().replace("\n[later.coding]", "# of later\n\n[later.coding]"))
    list_it(NAME, replace(task, points=4))
    assert len(lines_of(NAME, root)) == len(first)
    assert [line[:8] for line in lines_of(NAME, root)] == [line[:8] for line in first]  # with their numbers
    tables = tomllib.loads(contract.read_text())
    assert (tables[NAME], tables["later"]["coding"]) == (
        {"coding": {"center": 4}, "written": {}},
        {"center": 3},
    )
    assert "# of later\n\n[later.coding]" in contract.read_text()


def test_a_contract_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    contract = copy_of_the_course(tmp_path) / "assignments/contract.toml"
    contract.write_text("[a.coding]\nx = 1\n\n[a.coding]\n")
    for reads in (read_contract, lambda name, root: pages_with(name, (), root)):
        with pytest.raises(BuildError, match=r"assignments/contract.toml cannot be read: .*line 4"):
            reads("b", tmp_path)


def test_tasks_that_are_listed_in_another_way_must_be_deleted_first(tmp_path: Path) -> None:
    (copy_of_the_course(tmp_path) / "assignments/contract.toml").write_text("[k-means]\ncoding.x = 1\n")
    with pytest.raises(BuildError, match="lists the tasks of k-means: delete them there first"):
        pages_with(NAME, (), tmp_path)


def test_a_failure_leaves_the_files_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("before")

    @undone_on_failure(["there", "folder/deep/new", "never"], tmp_path)
    def interrupted() -> None:
        write(tmp_path / "there", "after")
        write(tmp_path / "folder/deep/new", "after")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"there": "before"}


@pytest.mark.parametrize("name", ["K-Means", "k means", "../k", "2nd", ""])
def test_a_name_that_cannot_be_used_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cannot name an assignment"):
        new(name, copy_of_the_course(tmp_path))
    assert not (tmp_path / "release").exists()


def test_a_page_without_its_table_is_named_before_anything_is_written(tmp_path: Path) -> None:
    root = copy_of_the_course(tmp_path)
    (root / "docs" / "map.md").write_text("# Nothing left\n")
    with pytest.raises(BuildError, match="docs/map.md has no table of assignments"):
        new(NAME, root)
    assert not (root / "assignments" / NAME).exists()
