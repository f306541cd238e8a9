"""`make import`: notebooks for nbgrader and otter become assignments whose tests judge from outside."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from autograder.build.foreign import Check, Foreign, ForeignTask, Given, ImportRefused, PublicChecks
from autograder.build.import_notebook import Imported, _companions, import_notebook, read_foreign
from autograder.build.outside import Rewritten, notebook_above, rewritten
from autograder.grading.assignment import Assignment
from tests.build.test_new import copy_of_the_course

ANSWERS = ["def cubes(n):\n    return [i**3 for i in range(n)]", "total = 36"]
GIVEN = ["import numpy as np", "grid = np.arange(3)\ngrid[0] = 5", "shown = cubes(3)"]


def cell(kind: str, source: str, **mark: Any) -> dict[str, Any]:
    """A cell, with nbgrader's metadata where `mark` has any."""
    metadata = {"nbgrader": {"schema_version": 3, "task": False} | mark} if mark else {}
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **extra}


def answer(kind: str, grade_id: str, source: str, **mark: Any) -> dict[str, Any]:
    return cell(kind, source, grade_id=grade_id, solution=True, **{"grade": False, "locked": False} | mark)


def graded_cell(grade_id: str, points: float, source: str) -> dict[str, Any]:
    return cell("code", source, grade_id=grade_id, grade=True, locked=True, solution=False, points=points)


def write_notebook(folder: Path, name: str, *cells: dict[str, Any]) -> Path:
    file = folder / name
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    file.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return file


def from_outside(source: str, visible: bool = False) -> Rewritten:
    check = Check(source, 1.0, source if visible else "")
    return rewritten(check, notebook_above(ANSWERS, GIVEN, []))


# ---- tests from outside


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("assert cubes(2) == [0, 1]", 'assert_equal(student.cubes(2), [0, 1], name="cubes(…)")'),
        ("assert total == 36", 'assert_equal(student["total"], 36, name="total")'),
        ("assert len(cubes(4)) == 4", 'with asserts("cubes(…)"):\n    assert len(student.cubes(4)) == 4'),
        (
            "assert np.allclose(cubes(3), [0, 1, 8])",
            'assert_close(student.cubes(3), [0, 1, 8], atol=1e-08, rtol=1e-05, name="cubes(…)", shape="any")',
        ),
        (
            "assert abs(total - 36.0) < 0.1",
            'assert_close(student["total"], 36.0, atol=0.1, name="total", shape="any")',
        ),
        (
            "tc.assertEqual(cubes(2), [0, 1])",
            'assert_equal(student.cubes(2), [0, 1], name="cubes(…)")',
        ),
        (
            "try:\n    cubes(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError()",
            'with expect_error(ValueError, doing="`cubes(…)`"):\n    student.cubes(-1)',
        ),
        (
            "with pytest.raises(ValueError):\n    cubes(-1)",
            'with expect_error(ValueError, doing="`cubes(…)`"):\n    student.cubes(-1)',
        ),
        (
            "def test_it(cubes):\n    assert cubes(1) == [0]\n\ntest_it(cubes)",
            'assert_equal(student.cubes(1), [0], name="cubes(…)")',
        ),
        (
            "assert set(cubes(2)) == {0, 1}",
            'with asserts("cubes(…)"):\n    assert set(student.cubes(2)) == {0, 1}',
        ),
        (
            "assert shown[0] == 0",
            'with asserts("shown"):\n    assert student["shown"][0] == 0',
        ),
    ],
)
def test_an_assert_judges_from_outside(inside: str, outside: str) -> None:
    test = from_outside(inside)
    assert test.left == []
    assert "\n".join(test.body).replace("'", '"') == outside


def test_an_assert_brings_the_data_and_imports_that_it_needs() -> None:
    test = from_outside("assert cubes(grid[1]) == [0]")
    assert test.body[:2] == ["grid = np.arange(3)", "grid[0] = 5"]
    assert test.imports == {"import numpy as np"}


def test_a_helper_of_the_toolkit_takes_the_place_of_one_of_the_same_name() -> None:
    test = from_outside("from nose.tools import assert_equal\nassert_equal(cubes(2), [0, 1])")
    assert (test.imports, test.helpers) == (set(), {"assert_equal"})


def test_hidden_inputs_are_in_no_message_and_visible_ones_may_be() -> None:
    assert "'cubes(2)'" not in from_outside("assert cubes(2) == [0, 1]").body[0]
    assert "'cubes(2)'" in from_outside("assert cubes(2) == [0, 1]", visible=True).body[0]


def test_a_cell_with_visible_and_hidden_asserts_names_the_visible_calls_alone() -> None:
    visible = "assert cubes(2) == [0, 1]\ntc.assertRaises(ValueError, cubes, -1)"
    hidden = "assert cubes(7)[1:] == [1]\nassert cubes(5) == [0]\ntc.assertRaises(ValueError, cubes, -3)"
    tests = rewritten(Check(f"{visible}\n{hidden}", 1.0, visible), notebook_above(ANSWERS, GIVEN, [])).body
    assert "name='cubes(2)'" in tests[0]
    assert "doing='`cubes(-1)`'" in tests[1]
    assert "asserts('cubes(…)')" in tests[2]
    assert "name='cubes(…)'" in tests[3]
    assert "doing='`cubes(…)`'" in tests[4]


@pytest.mark.parametrize(
    ("inside", "tolerances"),
    [
        ("tc.assertAlmostEqual(cubes(2), 2.0, delta=0.1)", "atol=0.1,"),
        ("tc.assertAlmostEqual(cubes(2), 2.0, None, 'message', 0.1)", "atol=0.1,"),
        ("tc.assertAlmostEqual(cubes(2), 2.0, 3)", "atol=0.0015,"),
        ("tc.assertAlmostEqual(cubes(2), 2.0)", "atol=1.5e-07,"),
        ("assert cubes(2) == pytest.approx(2.0, 0.1)", "atol=1e-12, rtol=0.1,"),
        ("assert cubes(2) == pytest.approx(2.0, 0.1, 0.2)", "atol=0.2, rtol=0.1,"),
        ("assert cubes(2) == pytest.approx(2.0, abs=0.2)", "atol=0.2, rtol=0.0,"),
        ("assert cubes(2) == pytest.approx(2.0, rel=None)", "atol=1e-12, rtol=1e-06,"),
    ],
)
def test_tolerances_come_over(inside: str, tolerances: str) -> None:
    assert f"2.0, {tolerances} name=" in from_outside(inside).body[0]


def test_a_tolerance_that_is_computed_stays_as_it_is() -> None:
    body = from_outside("digits = 2\nnp.testing.assert_almost_equal(cubes(2), 2.0, digits)").body
    assert "np.testing.assert_almost_equal(student.cubes(2), 2.0, digits)" in body[-1]


def test_a_result_that_is_added_to_is_still_judged() -> None:
    assert (
        "assert_equal(kept, [0, 5]"
        in from_outside("kept = cubes(1)\nkept += [5]\nassert kept == [0, 5]").body[-1]
    )


@pytest.mark.parametrize(
    ("output", "judged"),
    [
        ("True", "assert_close(student.cubes(2), 1, "),
        ("np.True_", "assert_close(student.cubes(2), 1, "),
        ("np.False_", "assert np.isclose(student.cubes(2), 1) == False"),
        ("np.float64(-2.5)", "assert np.isclose(student.cubes(2), 1) == -2.5"),
        ("[np.int64(1), (np.float32(0.5), 'np.int64(1)')]", " == [1, (0.5, 'np.int64(1)')]"),
    ],
)
def test_an_output_is_compared_as_any_version_of_numpy_shows_it(output: str, judged: str) -> None:
    check = Check("assert total == 36\nnp.isclose(cubes(2), 1)", 1.0, output=output)
    test = rewritten(check, notebook_above(ANSWERS, GIVEN, []))
    assert test.left == []
    assert judged in test.body[-1]


def test_an_output_that_is_no_plain_data_is_left() -> None:
    check = Check("assert total == 36\ncubes(2)", 1.0, output="array([0, 1])")
    test = rewritten(check, notebook_above(ANSWERS, GIVEN, []))
    assert [line for line, _ in test.left] == ["cubes(2)"]
    assert "shows `array([0, 1])`, which is no plain data" in test.left[0][1]


@pytest.mark.parametrize(
    ("call", "check"),
    [
        ("cubes(x)", "assert x == [1, 3]"),
        ("cubes(x)", "tc.assertEqual(x, [1, 3])"),
        ("cubes(n=x[0])", "np.testing.assert_array_equal(x, [1, 3])"),
        ("cubes(*x)\ny = x", "assert y == [1, 3]"),
        ("assert cubes(x)", "assert len(x) == 2"),
        ("with pytest.raises(ValueError):\n    cubes(x)", "assert x == [3, 1]"),
        ("assert cubes(grid)", "assert grid[0] == 5"),
    ],
)
def test_what_a_call_does_to_its_argument_is_left(call: str, check: str) -> None:
    """From outside the student's code gets a copy."""
    test = from_outside(f"x = [3, 1]\nassert total == 36\n{call}\n{check}")
    assert [line for line, _ in test.left] == [check]
    assert "the notebook gets a copy" in test.left[0][1]


def test_an_argument_that_is_computed_or_bound_again_is_the_tests_own() -> None:
    test = from_outside("x = [3]\nassert cubes(len(x)) == [0]\ncubes(x, len)\nx = [4]\nassert len(x) == 1")
    assert test.left == []


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("del cubes", "deletes `cubes`"),
        ("cubes = print", "replaces `cubes`"),
        ("with redirect_stdout(f):\n    cubes(2)", "captures what the student's code prints"),
        ("assert 'for' in inspect.getsource(cubes)", "reads the student's source"),
        ("assert cubes(unknown) == 1", "`unknown` is not defined above"),
        ("assert 1 == 1", "nothing that an answer defines"),
        ("### AUTOTEST cubes", "whose value is no plain data"),
    ],
)
def test_what_needs_the_students_process_is_left_with_its_reason(inside: str, reason: str) -> None:
    test = from_outside(inside)
    assert not test.judges
    assert reason in test.left[0][1]


def test_a_line_that_is_left_does_not_take_the_others_with_it() -> None:
    test = from_outside("kept = cubes\ndel cubes\nassert total == 36")
    assert test.judges
    assert [source for source, _ in test.left] == ["del cubes"]


# ---- otter's two formats


def raw(source: str) -> dict[str, Any]:
    return cell("raw", source)


OTTER = (
    raw("# ASSIGNMENT CONFIG\ngenerate: true"),
    cell("code", "import math"),
    raw("# BEGIN QUESTION\nname: q1\npoints: 3"),
    cell("markdown", "Halve a number."),
    raw("# BEGIN SOLUTION"),
    cell(
        "code",
        "def half(x):\n    y = x / 2 # SOLUTION\n    # noise # IGNORE\n    return y # SOLUTION\n\nhalf(2)",
    ),
    raw("# END SOLUTION"),
    raw("# BEGIN TESTS"),
    cell("code", "half(4) == 2"),
    cell("code", '""" # BEGIN TEST CONFIG\npoints: 2\nhidden: true\n""" # END TEST CONFIG\nhalf(1) == 0.5'),
    raw("# END TESTS"),
    raw("# END QUESTION"),
    raw("# BEGIN QUESTION\nname: q2\nmanual: true\npoints: 2"),
    raw("# BEGIN PROMPT"),
    cell("markdown", "_Type here._"),
    raw("# END PROMPT"),
    raw("# BEGIN SOLUTION"),
    cell("markdown", "**SOLUTION:** halves"),
    raw("# END SOLUTION"),
    raw("# END QUESTION"),
)
OLD_OTTER = (
    cell("markdown", "Halve a number.\n\n```\nBEGIN QUESTION\nname: q1\npoints: 3\n```"),
    cell("code", "x = 2 # SOLUTION"),
    cell("code", "## Test ##\nx == 2"),
    cell("code", "## Hidden Test ##\nisinstance(x, int)"),
    cell("markdown", "The end."),
)


def test_an_otter_question_is_a_task(tmp_path: Path) -> None:
    foreign = read_foreign(write_notebook(tmp_path, "lab.ipynb", *OTTER))
    half, written = foreign.tasks
    assert half.source == (
        "def half(x):\n    ### BEGIN SOLUTION\n    y = x / 2\n    return y\n    ### END SOLUTION\n\nhalf(2)"
    )
    assert [(check.points, bool(check.visible)) for check in half.checks] == [(1.0, True), (2.0, False)]
    assert (written.kind, written.points) == ("markdown", 2.0)
    assert written.source.startswith("_Type here._\n\n### BEGIN SOLUTION")


def test_the_older_format_is_read_as_well(tmp_path: Path) -> None:
    foreign = read_foreign(write_notebook(tmp_path, "lab.ipynb", *OLD_OTTER))
    (task,) = foreign.tasks
    assert task.source == "### BEGIN SOLUTION\nx = 2\n### END SOLUTION"
    assert [(check.points, check.visible) for check in task.checks] == [(1.5, "x == 2"), (1.5, "")]
    assert isinstance(foreign.parts[-1], Given)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([cell("code", "1 + 1")], "neither nbgrader's cells nor otter's"),
        (OTTER[:5], "does not end"),
        ([graded_cell("t", 1, "assert True")], "has no answers"),
    ],
)
def test_what_is_no_instructors_notebook_is_refused(cells: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=said):
        read_foreign(write_notebook(tmp_path, "lab.ipynb", *cells))


@pytest.mark.parametrize("tree", ["release", "solutions"])
def test_a_notebook_of_this_course_is_refused_and_leaves_nothing(tree: str, tmp_path: Path) -> None:
    root = copy_of_the_course(tmp_path)
    (root / "assignments" / "ps").mkdir()
    (root / "assignments" / "ps" / "ps.py").write_text("")
    (root / tree / "ps").mkdir(parents=True)
    file = write_notebook(root / tree / "ps", "ps.ipynb", *NBGRADER)
    with pytest.raises(ImportRefused, match="ps.ipynb was built from assignments/ps/ps.py: change that file"):
        import_notebook(file, "t2", root)
    assert not (root / "assignments" / "t2").exists()


def test_a_folder_called_like_the_course_s_package_is_refused(tmp_path: Path) -> None:
    root = copy_of_the_course(tmp_path / "root")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "__init__.py").write_text("")
    with pytest.raises(ImportRefused, match="course is called like the package assignments/common/course"):
        companions(tmp_path, root, cell("code", "import course"), *MENTIONING)


# ---- the files next to the notebook

MENTIONING = (
    cell("markdown", "The titanic, its data and models. ![a map](figures/my%20map.png) See 'notes.txt'."),
    cell(
        "code",
        'import plots\nfrom tools import draw\nimport titanic, tests.q1\ntable = open("data/ship.csv")',
    ),
    answer(
        "code",
        "one",
        "def one():\n    import helper\n    return 'dist/one.csv', '.private/one.csv', '/etc/passwd'",
    ),
    graded_cell(
        "t", 1, "### BEGIN HIDDEN TESTS\nassert open('hidden.csv')\n### END HIDDEN TESTS\nassert one()"
    ),
)
WANTED = ["plots.py", "style.py", "tools/__init__.py", "tools/draw.py", "helper.py", "data/ship.csv"]
WANTED += ["colours.json", "figures/my map.png", "notes.txt"]
UNWANTED = ["data.py", "models.py", "one.py", "autograder/graders/titanic.py", "venv/plots.py", "tests/q1.py"]
UNWANTED += ["dist/one.csv", ".private/one.csv", "hidden.csv", "ps.ipynb", "solutions/data.py"]


def companions(folder: Path, root: Path, *cells: dict[str, Any]) -> list[str]:
    file = write_notebook(folder, "ps.ipynb", *cells)
    return _companions(file, read_foreign(file), root)


def put(folder: Path, places: list[str]) -> None:
    texts = {"plots.py": "import style", "style.py": "from pathlib import Path\nPath('colours.json')"}
    for place in places:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(texts.get(place, ""))


def test_only_files_that_cells_import_quote_or_link_come_along(tmp_path: Path) -> None:
    put(tmp_path, [*WANTED, *UNWANTED])
    (tmp_path / "titanic.py").symlink_to(tmp_path / "autograder/graders/titanic.py")
    assert companions(tmp_path, tmp_path / "course", *MENTIONING) == sorted(WANTED)


def test_the_course_its_tools_and_tests_stay_where_they_are(tmp_path: Path) -> None:
    """They stay even where a cell names them."""
    places = ["autograder/graders/titanic.py", "env/lib/plots.py", "env/pyvenv.cfg", "release/titanic/a.csv"]
    put(tmp_path, [*places, "tests/a.csv", "lib/autograder/a.csv"])
    naming = cell(
        "code", "import autograder.graders.titanic, env.lib.plots\n" + repr([*places, "tests/a.csv"])
    )
    naming["source"] += "\n'lib/autograder/a.csv'"
    assert companions(tmp_path, tmp_path, naming, *MENTIONING) == ["lib/autograder/a.csv"]


# ---- nbgrader, from the notebook to a released assignment

NBGRADER = (
    cell("markdown", "# Cubes"),
    cell("code", "%matplotlib inline\nimport numpy as np\nSIZE = 4"),
    answer(
        "code",
        "cubes",
        "def cubes(n):\n    ### BEGIN SOLUTION\n    if n < 0:\n        raise ValueError('n')\n"
        "    return [i ** 3 for i in range(n)]\n    ### END SOLUTION",
    ),
    cell("code", "cubes(3)"),
    graded_cell(
        "cubes_right",
        1,
        '"""Is each number a cube?"""\nassert cubes(2) == [0, 1]\n### BEGIN HIDDEN TESTS\n'
        "assert cubes(SIZE) == [0, 1, 8, 27]\n### END HIDDEN TESTS",
    ),
    graded_cell(
        "cubes_error", 0.5, "from nose.tools import assert_raises\nassert_raises(ValueError, cubes, -1)"
    ),
    graded_cell("cubes_auto", 0.5, "### AUTOTEST cubes(1); cubes\n#HASHED AUTOTEST cubes(SIZE - 1)"),
    answer("code", "cell-0123456789abcdef", "def cube_sum(n):\n    return sum(cubes(n))"),
    graded_cell(
        "sum_uses",
        1,
        "kept = cubes\ndel cubes\ntry:\n    cube_sum(1)\nexcept NameError:\n    pass\ncubes = kept",
    ),
    answer("markdown", "why", "Because.", grade=True, points=2),
    cell(
        "markdown", "Draw it.", grade_id="draw", grade=False, locked=True, solution=False, task=True, points=3
    ),
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Imported]:
    folder = tmp_path_factory.mktemp("import")
    root = copy_of_the_course(folder / "course")
    return root, import_notebook(write_notebook(folder, "PS 2.ipynb", *NBGRADER), root=root)


def test_tasks_points_and_kinds_come_over(imported: tuple[Path, Imported]) -> None:
    root, result = imported
    assert result.problem == ""
    contract = tomllib.loads((root / "assignments/contract.toml").read_text())
    assert contract["ps-2"] == {"coding": {"cubes": 2}, "written": {"cube-sum": 1, "why": 2, "draw": 3}}
    tasks = Assignment.load("ps-2", root).tasks
    assert {name: (task.kind, task.points) for name, task in tasks.items()} == {
        "cubes": ("coding", 2.0),
        "cube-sum": ("written", 1.0),
        "why": ("written", 2.0),
        "draw": ("written", 3.0),
    }


def test_hidden_tests_move_to_the_grader_and_visible_ones_stay(imported: tuple[Path, Imported]) -> None:
    root, _ = imported
    released = (root / "release/ps-2/ps-2.ipynb").read_text()
    grader = (root / "autograder/graders/ps-2.py").read_text()
    assert "cubes(2) == [0, 1]" in released
    assert "SIZE)" not in released
    assert "student.cubes(SIZE)" in grader
    assert "from unittest import TestCase" in released
    assert "nose" not in released


def test_what_is_left_is_at_the_end_of_the_grader(imported: tuple[Path, Imported]) -> None:
    root, result = imported
    left = (root / "autograder/graders/ps-2.py").read_text().split("# Left to write by hand")[1]
    assert "# test_cube_sum_1 (1 points): it deletes `cubes` in the student's notebook" in left
    assert "graded by hand until you write its tests: cube-sum" in result.summary
    assert "tests: 2 of 4 came over, 1 in part" in result.summary


def test_autotests_compare_with_what_the_solution_gives(imported: tuple[Path, Imported]) -> None:
    root, _ = imported
    released = (root / "release/ps-2/ps-2.ipynb").read_text()
    tests, left = (root / "autograder/graders/ps-2.py").read_text().split("# Left to write by hand")
    assert "assert cubes(1) == [0]" in released
    assert "student.cubes(SIZE - 1), [0, 1, 8]" in tests
    assert "AUTOTEST" not in released and "SIZE - 1" not in released
    assert "### AUTOTEST cubes\n" in left


def test_an_autotest_of_each_kind(tmp_path: Path) -> None:
    lines = {
        "half": "assert round(half, 2) == 0.33",
        "half > 0": "assert (half > 0) is True",
        "type(half)": "assert type(half).__name__ == 'float'",
        "np.float64(half) < 1": "assert (np.float64(half) < 1) == True",
        "np.ones(2)": "import numpy as np\nassert np.allclose(np.ones(2), [1.0, 1.0])",
        "{'a': [half < 0]}": "assert ({'a': [half < 0]}) == {'a': [False]}",
        "throws(lambda: int('x'), ValueError)": "try:\n    int('x')\nexcept ValueError:\n    pass\nelse:\n"
        '    raise AssertionError("This should raise ValueError.")',
    }
    helper = "def throws(f, kind):\n    try:\n        f()\n    except kind:\n        return True\n"
    cells = [
        cell("code", "import numpy as np\n" + helper),
        answer("code", "half", "half = 1 / 3"),
        graded_cell("t", 1, "\n".join(f"### AUTOTEST {line}" for line in lines)),
    ]
    (task,) = read_foreign(write_notebook(tmp_path, "ps.ipynb", *cells)).tasks
    assert task.checks[0].source == task.checks[0].visible == "\n".join(lines.values())


def test_tests_belong_to_the_answer_that_they_use() -> None:
    def answers(name: str) -> dict[str, Any]:
        return answer("code", name, f"def {name}(n):\n    return n")

    from autograder.build.from_nbgrader import read_nbgrader

    foreign: Foreign = read_nbgrader(
        [
            answers("one"),
            answers("two"),
            graded_cell("a", 1, "assert one(1)"),
            graded_cell("b", 1, "assert two(1)"),
        ]
    )
    owners = [part.task.name for part in foreign.parts if isinstance(part, PublicChecks)]
    assert owners == ["one", "two"]
    assert all(isinstance(task, ForeignTask) and len(task.checks) == 1 for task in foreign.tasks)
