"""`release/` and `solutions/` from a source notebook: what is in them, the same bytes every time, all or nothing."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

import pytest

from autograder.build import release as build
from autograder.build.proof import check_grader, check_leaks
from autograder.build.source import BuildError, read_source
from autograder.grading.assignment import REPOSITORY, names


def built(tiny, tree: str = "release") -> dict[str, dict]:
    """The cells of the made notebook that carry a grade_id, by it."""
    file = tiny.root / tree / "tiny" / "tiny.ipynb"
    cells = json.loads(file.read_text())["cells"]
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in cells if "nbgrader" in cell["metadata"]
    }


@pytest.fixture
def released(tiny):
    """The tiny repository with its release, built but not proved."""
    build.release("tiny", tiny.root, proof=False)
    return tiny


def loaded(tiny):
    """The assignment, from a release and a solution that were made without running anything."""
    from autograder.build.source import notebook_bytes
    from autograder.grading.assignment import Assignment

    folder = tiny.root / "solutions" / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    solved = read_source("tiny", tiny.root).notebook(solved=True)
    (folder / "tiny.ipynb").write_bytes(notebook_bytes(solved))
    return Assignment.load("tiny", tiny.root)


class TestRelease:
    def test_stubs_take_the_place_of_solutions(self, released):
        cells = built(released)
        assert "".join(cells["double"]["source"]).endswith(
            '"""Twice the number."""\n    raise NotImplementedError'
        )
        assert "".join(cells["why"]["source"]) == "Why is twice zero zero?\n\n*Your answer here.*"

    def test_cells_are_locked_and_summed_as_nbgrader_does(self, released):
        cells = built(released)
        assert cells["setup"]["metadata"]["editable"] is False
        assert cells["double-tests"]["metadata"]["deletable"] is False
        assert "editable" not in cells["double"]["metadata"]
        assert all("checksum" in cell["metadata"]["nbgrader"] for cell in cells.values())

    def test_supplied_files_stand_beside_the_notebook_and_nothing_else(self, released):
        assert set(released.released()) == {"tiny.ipynb", "plots.py", "course/__init__.py", "course/words.py"}

    def test_the_notebook_carries_nothing_of_jupytext(self, released):
        assert b"jupytext" not in released.released()["tiny.ipynb"]
        assert b"lines_to_next_cell" not in released.released()["tiny.ipynb"]

    def test_another_place_and_process_give_the_same_bytes(self, released, tmp_path):
        from shutil import copytree, ignore_patterns

        elsewhere = tmp_path / "another place"
        copytree(released.root, elsewhere, ignore=ignore_patterns("release"))
        code = "import sys; from pathlib import Path; from autograder.build.release import release\n"
        code += "release('tiny', Path(sys.argv[1]), proof=False)"
        subprocess.run([sys.executable, "-c", code, str(elsewhere)], check=True, cwd=REPOSITORY)
        assert type(released)(elsewhere).released() == released.released()

    def test_a_second_build_says_that_nothing_changed(self, released):
        assert build.release("tiny", released.root, proof=False).changed is False

    def test_a_changed_source_changes_the_release(self, released):
        released.replace("You will double a number.", "You will learn to double.")
        assert build.release("tiny", released.root, proof=False).changed is True
        assert b"learn to double" in released.released()["tiny.ipynb"]

    def test_a_failed_build_leaves_the_old_release(self, released):
        before = released.released()
        released.replace("    ### END SOLUTION\n", "")
        with pytest.raises(BuildError):
            build.release("tiny", released.root, proof=False)
        assert released.released() == before
        assert [path.name for path in (released.root / "release").iterdir()] == ["tiny"]

    def test_the_source_file_and_caches_are_never_copied(self, released):
        assert not any(name.endswith((".pyc", "tiny.py")) for name in released.released())

    def test_an_old_solution_is_told(self, released):
        assert "make solutions" in str(build.release("tiny", released.root, proof=False))
        loaded(released)
        assert "make solutions" not in str(build.release("tiny", released.root, proof=False))


class TestGraderFits:
    def test_points_that_add_up_pass(self, released):
        check_grader(loaded(released))

    def test_points_that_do_not_add_up(self, released):
        text = released.grader.read_text()
        released.grader.write_text(text.replace("points=0.5", "points=1.5"))
        with pytest.raises(
            BuildError, match=r"graders/tiny.py: the tests of double give 3 points, its cell 2"
        ):
            check_grader(loaded(released))

    def test_a_parametrized_test_counts_once_for_each_case(self, released):
        text = released.grader.read_text()
        case = '@pytest.mark.parametrize("number", [1.0, 2.0, 3.0])\n@task("double", points=0.5)\ndef test_doubles_no'
        text = text.replace('@task("double", points=0.5)\ndef test_doubles_no', case)
        text = text.replace("test_doubles_nothing(student)", "test_doubles_nothing(student, number)")
        released.grader.write_text("import pytest\n" + text)
        with pytest.raises(BuildError, match="give 3 points, its cell 2"):
            check_grader(loaded(released))

    def test_a_task_without_hidden_tests(self, released):
        released.grader.write_text(
            'from autograder.grading.toolkit import task\n@task("why", points=3)\ndef test_it(): pass\n'
        )
        with pytest.raises(BuildError) as refused:
            check_grader(loaded(released))
        assert "tests of why, which is no coding task" in str(refused.value)
        assert "no test of double" in str(refused.value)

    def test_no_grader_at_all(self, released):
        released.grader.unlink()
        with pytest.raises(BuildError, match=r"no autograder/graders/tiny.py"):
            check_grader(loaded(released))

    def test_a_grader_that_cannot_be_imported(self, released):
        released.grader.write_text("import no_such_module_here")
        with pytest.raises(BuildError, match="no_such_module_here"):
            check_grader(loaded(released))


class TestLeaks:
    def check(self, tiny) -> None:
        build.release("tiny", tiny.root, proof=False)
        source = read_source("tiny", tiny.root)
        check_leaks(source, tiny.root / "release" / "tiny", tiny.grader)

    def test_a_clean_release_passes(self, tiny):
        self.check(tiny)

    @pytest.mark.parametrize(
        ("line", "whose"),
        [
            ("twice_the_given_number = number + number", "the solution of double"),
            ("# Because nothing added to nothing stays nothing.", "the solution of why"),
            ("Rubric: three points for any argument with addition.", "the solution of why"),
            ("        number = float(rng.normal())", "the hidden grader"),
        ],
    )
    def test_a_secret_line_in_a_supplied_file_is_found(self, tiny, line, whose):
        plots = tiny.root / "assignments" / "tiny" / "plots.py"
        plots.write_text(f'COLOUR = "blue"\nNOTE = """\n{line}\n"""\n')
        with pytest.raises(BuildError, match=rf"release/tiny/plots.py shows a line of {whose}"):
            self.check(tiny)

    def test_a_line_that_students_are_given_anyway_is_no_secret(self, tiny):
        tiny.replace("# You will double", "# Say `twice_the_given_number = number + number`. You will double")
        self.check(tiny)

    def test_a_whole_solution_among_the_given_lines_is_found(self, tiny):
        body = "    first_of_them = number\n    second_of_them = number\n    return first_of_them + second_of_them\n"
        tiny.replace(
            "    twice_the_given_number = number + number\n    return twice_the_given_number\n", body
        )
        tiny.replace("print(words", f"def spoiler(number):\n{body}\nprint(words")
        line = tiny.line_of("    ### BEGIN SOLUTION")
        with pytest.raises(BuildError, match=rf":{line}: cell double: this solution stands among the given"):
            self.check(tiny)


@pytest.fixture(scope="module")
def solved(tmp_path_factory, make_tiny):
    """A tiny repository with its executed solution, whose outputs would differ from run to run."""
    tiny = make_tiny(tmp_path_factory.mktemp("solved"))
    tiny.replace(
        "print(words.GREETING, plots.COLOUR)",
        "import os, sys, warnings\nimport matplotlib.pyplot as plt\n"
        "print(object(), os.getcwd())\nprint('noise', file=sys.stderr)\nwarnings.warn('noise')\n"
        "print('given:', 'torch' in globals())\nimport numpy as np\nimport torch\nx = torch.rand(999)\n"
        "print('PyTorch:', torch.backends.cpu.get_cpu_capability())\n"
        "print('NumPy:', np._core._multiarray_umath.__cpu_features__['X86_V3'])\n"
        "print('roots by MKL:', not torch.equal(x.sqrt(), x.rsqrt().reciprocal()))\n"
        "plt.plot([0, 1]);",
    )
    build.solutions("tiny", tiny.root)
    return tiny


class TestSolutions:
    def test_it_is_executed_with_its_figures(self, solved):
        outputs = built(solved, "solutions")["setup"]["outputs"]
        assert {kind for output in outputs for kind in output.get("data", {})} >= {"image/png"}

    def test_markers_are_gone_and_the_answers_stay(self, solved):
        cells = built(solved, "solutions")
        assert "".join(cells["double"]["source"]).endswith("    return twice_the_given_number")
        assert "Rubric" in "".join(cells["why"]["source"])
        assert "SOLUTION" not in (solved.root / "solutions" / "tiny" / "tiny.ipynb").read_text()

    def test_a_second_run_gives_the_same_bytes(self, solved):
        assert build.solutions("tiny", solved.root).changed is False

    def test_it_computes_as_every_processor_can(self, solved):
        # The bytes were the same on an AMD processor with AVX-512 and on an emulated Intel Haswell without.
        lines = built(solved, "solutions")["setup"]["outputs"][0]["text"]
        assert "".join(lines).splitlines()[1:] == [
            "given: False",
            "PyTorch: DEFAULT",
            "NumPy: False",
            "roots by MKL: False",
        ]

    def test_outputs_hold_nothing_of_the_machine_or_the_moment(self, solved):
        outputs = built(solved, "solutions")["setup"]["outputs"]
        text = [line for output in outputs for line in output.get("text", [])]
        assert text[0] == "<object object at 0x...> .\n"
        assert not any("noise" in line for line in text)
        png = next(output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {}))
        assert b"Software" not in base64.b64decode("".join(png))

    def test_a_solution_that_fails_is_refused_with_its_cell(self, tiny):
        tiny.replace("assert double(1) == 2", "assert double(1) == 3")
        line = tiny.line_of("assert double") - 1
        with pytest.raises(
            BuildError, match=rf":{line}: cell double-tests .* fails: AssertionError: What is twice"
        ):
            build.solutions("tiny", tiny.root)
        assert list((tiny.root / "solutions").iterdir()) == []

    def test_stand_in_data_is_refused(self, tiny):
        tiny.replace(
            "print(words.GREETING, plots.COLOUR)", "print('NOTE: these are not the real passengers.')"
        )
        with pytest.raises(BuildError, match="set COURSE_DATA"):
            build.solutions("tiny", tiny.root)


class TestCommand:
    def test_one_line_for_each_assignment(self, tiny, capsys, monkeypatch):
        monkeypatch.setattr(build, "REPOSITORY", tiny.root)
        assert build._main(["tiny"], lambda name: build.release(name, proof=False)) == 0
        assert capsys.readouterr().out.startswith("release/tiny: 2 tasks, 5 points, ")

    def test_a_refusal_is_told_and_the_exit_status_says_so(self, tiny, capsys, monkeypatch):
        monkeypatch.setattr(build, "REPOSITORY", tiny.root)
        assert build._main(["none", "tiny"], lambda name: build.release(name, proof=False)) == 2
        said = capsys.readouterr()
        assert "none: not built, nothing changed" in said.err
        assert "release/tiny" in said.out


@pytest.mark.parametrize("name", names())
class TestCommitted:
    """What is committed is what the sources give."""

    def test_release(self, name, tmp_path):
        from shutil import copytree, ignore_patterns

        for folder in ("assignments", "autograder"):
            copytree(REPOSITORY / folder, tmp_path / folder, ignore=ignore_patterns("__pycache__"))
        build.release(name, tmp_path, proof=False)
        fresh, kept = tmp_path / "release" / name, REPOSITORY / "release" / name
        assert build.same_tree(fresh, kept), f"release/{name} is not what its source gives: make release"

    def test_solution(self, name):
        source = read_source(name, REPOSITORY)
        assert build.solution_is_current(source, REPOSITORY), f"solutions/{name} is older: make solutions"
