"""A source notebook that would make a wrong release is refused, with the line where it is fixed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.build.release import release
from autograder.build.source import (
    BEGIN,
    CODE_STUB,
    END,
    BuildError,
    _marker_findings,
    check_source,
    read_source,
)

SOLUTION_CELL = '"grade_id": "double", "locked": false, "schema_version": 3, "solution": true'


def refusal(tiny) -> str:
    """What the build says; nothing may have been written."""
    with pytest.raises(BuildError) as refused:
        release("tiny", tiny.root, proof=False)
    assert not (tiny.root / "release" / "tiny").exists()
    assert list((tiny.root / "release").iterdir()) == []
    return str(refused.value)


def test_a_solution_that_never_ends(tiny):
    line = tiny.line_of("    ### BEGIN SOLUTION")
    tiny.replace("    ### END SOLUTION\n", "")
    assert f"assignments/tiny/tiny.py:{line}: cell double: this solution never ends" in refusal(tiny)


def test_a_solution_that_never_begins(tiny):
    tiny.replace("    ### BEGIN SOLUTION\n", "")
    line = tiny.line_of("### END SOLUTION")
    said = refusal(tiny)
    assert f":{line}: cell double: a solution ends that never began" in said
    assert "cell double: a solution cell without a `### BEGIN SOLUTION` region" in said


def test_a_rubric_that_does_not_add_up(tiny):
    tiny.replace(
        "# Rubric: three points for any argument with addition.", "# **Rubric**\n# - 2 points: an argument"
    )
    assert "cell why: its rubric adds up to 2 points, and it has 3" in refusal(tiny)


def test_a_solution_inside_a_solution(tiny):
    first = tiny.line_of("### BEGIN SOLUTION")
    tiny.replace(
        "    return twice_the_given_number", "    ### BEGIN SOLUTION\n    return twice_the_given_number"
    )
    assert f":{first + 2}: cell double: a solution begins inside the one of line {first}" in refusal(tiny)


def test_a_solution_in_a_cell_that_students_cannot_edit(tiny):
    tiny.replace("print(words", "### BEGIN SOLUTION\nprint(words")
    tiny.replace("plots.COLOUR)\n", "plots.COLOUR)\n### END SOLUTION\n")
    assert "cell setup: holds a solution but is no solution cell" in refusal(tiny)


def test_a_solution_in_a_cell_without_metadata(tiny):
    tiny.replace("# You will double", "# ### BEGIN SOLUTION\n# ### END SOLUTION\n# You will double")
    line = tiny.line_of("# %% [markdown]")
    assert f":{line}: a cell without grade_id: holds a solution but is no solution cell" in refusal(tiny)


def test_a_stub_that_would_be_a_syntax_error(tiny):
    tiny.replace("    ### BEGIN SOLUTION", "### BEGIN SOLUTION")
    tiny.replace('    """Twice the number."""\n', "")
    assert "cell double: with the stub in its place it is no Python" in refusal(tiny)


def test_a_region_of_hidden_tests(tiny):
    tiny.replace("assert double(1)", "### BEGIN HIDDEN TESTS\nassert double(1)")
    assert "cell double-tests: BEGIN HIDDEN TESTS: hidden tests belong in autograder/graders" in refusal(tiny)


def test_every_finding_is_told_at_once_in_the_order_of_the_file(tiny):
    tiny.replace("    ### END SOLUTION\n", "")
    tiny.replace('"points": 3', '"points": 4')
    lines = refusal(tiny).splitlines()
    assert len(lines) == 2
    assert "cell double:" in lines[0]
    assert "cell why:" in lines[1]


def test_a_duplicate_grade_id(tiny):
    tiny.replace('"grade_id": "setup"', '"grade_id": "double-tests"')
    first, second = tiny.line_of("import plots") - 1, tiny.line_of("assert double") - 1
    said = f":{second}: cell double-tests: the grade_id is taken by line {first}"
    assert said in refusal(tiny)


def test_a_missing_grade_id(tiny):
    tiny.replace('"grade_id": "setup", ', "")
    assert "a cell without grade_id: grade_id None" in refusal(tiny)


def test_a_grade_id_that_nbgrader_would_not_take(tiny):
    tiny.replace('"grade_id": "setup"', '"grade_id": "set up"')
    assert "grade_id 'set up': letters, digits, - and _ make one" in refusal(tiny)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"schema_version": 3', '"schema_version": 2', "schema_version 2: it must be 3"),
        ('"task": false', '"task": "no"', "`task` must be true or false"),
        ('"locked": true', '"locked": false', "neither a solution nor locked"),
        (SOLUTION_CELL, SOLUTION_CELL.replace("false", "true"), "a locked solution cell"),
        ('"points": 2', '"points": "2"', "points '2': a graded cell needs a number"),
    ],
)
def test_metadata_that_would_not_work(tiny, old, new, said):
    tiny.replace(old, new)
    assert said in refusal(tiny)


def test_metadata_that_is_not_json(tiny):
    tiny.replace('"task": false}', '"task": False}')
    line = tiny.line_of("False}")
    assert f"tiny.py:{line}: the nbgrader metadata of this cell is not JSON" in refusal(tiny)


def test_points_that_differ_from_the_contract(tiny):
    tiny.replace('"points": 2', '"points": 3')
    line = tiny.line_of('"points": 3')
    assert f":{line}: cell double-tests: 3 points, and the contract says 2" in refusal(tiny)


def test_a_task_of_the_contract_that_is_missing(tiny):
    contract = tiny.root / "assignments" / "contract.toml"
    contract.write_text(contract.read_text().replace("double = 2", "double = 2\nhalve = 1"))
    assert "task halve of the contract is missing" in refusal(tiny)


def test_a_task_that_the_contract_does_not_know(tiny):
    contract = tiny.root / "assignments" / "contract.toml"
    contract.write_text(contract.read_text().replace("why = 3", ""))
    assert "cell why: the contract has no task why" in refusal(tiny)


def test_an_assignment_that_the_contract_does_not_know(tiny):
    (tiny.root / "assignments" / "contract.toml").write_text("")
    assert "assignments/contract.toml has no [tiny]" in refusal(tiny)


def test_a_coding_task_without_its_tests_cell(tiny):
    tiny.replace('"grade_id": "double-tests"', '"grade_id": "doubling-tests"')
    said = refusal(tiny)
    assert "cell double: no locked, graded cell double-tests" in said
    assert "cell doubling-tests: the contract has no task doubling" in said


def test_a_cell_start_that_jupytext_does_not_see(tiny):
    tiny.replace('"""Twice the number."""', '"""Twice the number.\n\n# %% not a cell\n"""')
    assert "lines begin with `# %%` and jupytext reads" in refusal(tiny)


def test_an_assignment_without_a_source(tiny):
    tiny.source.unlink()
    assert "no assignments/tiny/tiny.py" in refusal(tiny)


# ---- properties of the marker parser

HEADER = (
    '# %% nbgrader={"grade": false, "grade_id": "cell-NUMBER", "locked": false, "schema_version": 3, '
    '"solution": true, "task": false}'
)
LINE = st.sampled_from(
    ["### BEGIN SOLUTION", "    ### BEGIN SOLUTION", "### END SOLUTION", "    ### END SOLUTION", "secret = 1",
     "    secret = 2", "shown = 3", "", '"""text"""', "# BEGIN SOLUTION and END SOLUTION", "#   ### END SOLUTION  #"]
)  # fmt: skip
CELLS = st.lists(
    st.lists(LINE, max_size=9).map(lambda lines: ["first = 0", *lines, "last = 0"]), min_size=1, max_size=4
)


def regions_by_counting(lines: list[str]) -> list[list[str]] | None:
    """The lines between the markers of a cell, or None where begin and end do not take turns."""
    regions, inside = [], False
    for line in lines:
        kind = BEGIN if BEGIN in line else END if END in line else None
        if kind is None:
            if inside:
                regions[-1].append(line)
        elif (kind == BEGIN) == inside:
            return None
        else:
            inside = not inside
            regions += [[]] if inside else []
    return None if inside else regions


@given(CELLS)
def test_every_source_is_refused_line_by_line_or_gives_stubs_without_solutions(tmp_path, cells):
    text = [
        line for number, lines in enumerate(cells) for line in (HEADER.replace("NUMBER", str(number)), *lines)
    ]
    folder = tmp_path / "assignments" / "x"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x.py").write_text("\n".join(text) + "\n")
    source = read_source("x", tmp_path)
    expected = [regions_by_counting(lines) for lines in cells]
    findings = [finding for cell in source.cells for finding in _marker_findings(cell)]
    for line, said in findings:
        number = text[:line].count("last = 0")
        assert said.startswith(f"cell cell-{number}: ")
        assert not expected[number]
    assert {said.split(":")[0] for _, said in findings} == {
        f"cell cell-{number}" for number, regions in enumerate(expected) if not regions
    }
    if findings:
        with pytest.raises(BuildError, match=r"^assignments/x/x\.py:\d+: "):
            check_source(source, {})
        return
    for cell, lines, regions in zip(source.cells, cells, expected, strict=True):
        assert [list(region.lines) for region in cell.regions] == regions
        assert all(text[region.line - 1].count(BEGIN) for region in cell.regions)
        plain = [line for line in lines if BEGIN not in line and END not in line]
        assert cell.solved.split("\n") == plain
        given, solution = cell.given.split("\n"), [line for region in regions for line in region]
        assert sum(line.strip() == CODE_STUB for line in given) == len(regions)
        left = Counter(line for line in given if line.strip() != CODE_STUB)
        assert left == Counter(plain) - Counter(solution)
