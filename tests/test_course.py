"""What every student gets with the notebook: data that says where it comes from, and checks that keep the answer."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from torch import nn

from autograder.grading import data as judge_data
from autograder.grading.assignment import REPOSITORY

COMMON = REPOSITORY / "assignments" / "common"


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The `course` package as a notebook next to it imports it."""
    monkeypatch.syspath_prepend(str(COMMON))
    for name in [name for name in sys.modules if name == "course" or name.startswith("course.")]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("course")


@pytest.fixture
def checks(course: ModuleType) -> ModuleType:
    return importlib.import_module("course.checks")


@pytest.fixture
def data(course: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The loader on a machine with an empty cache, no data folder and no network."""
    module = importlib.import_module("course.data")
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("PYTORCH_COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "reachable", lambda url: False)
    return module


class TestTitanic:
    def test_without_a_network_the_passengers_are_stand_ins_and_say_so(self, data, capsys):
        frame = data.load_titanic()
        assert len(frame) == 891
        assert "stand-in" in frame.attrs["source"]
        assert "not the real passengers" in capsys.readouterr().out

    def test_stand_ins_are_always_the_same(self, data):
        pd.testing.assert_frame_equal(data.stand_in_titanic(), data.stand_in_titanic())

    def test_stand_ins_have_the_shape_of_the_real_table(self, data):
        frame = data.stand_in_titanic()
        assert {"Age", "Sex", "Survived", "Pclass", "Cabin"} <= set(frame.columns)
        assert set(frame["Sex"]) == {"male", "female"}
        assert set(frame["Survived"]) == {0, 1}
        assert 0.15 < frame["Age"].isna().mean() < 0.25
        assert frame["Cabin"].isna().mean() > 0.7

    def test_young_males_of_the_stand_in_both_survive_and_die(self, data):
        frame = data.stand_in_titanic()
        young = frame[(frame["Sex"] == "male") & (frame["Age"] < 5)]
        assert min((young["Survived"] == fate).sum() for fate in (0, 1)) >= 3

    def test_a_wrong_file_is_refused_with_its_name(self, data, monkeypatch, tmp_path):
        (tmp_path / "titanic.csv").write_text("Age,Sex,Survived\n3,male,1\n")
        monkeypatch.setenv("COURSE_DATA", str(tmp_path))
        with pytest.raises(ValueError, match=r"titanic\.csv is not the expected table"):
            data.load_titanic()

    def test_a_data_folder_without_the_table_is_passed_over(self, data, monkeypatch, tmp_path):
        monkeypatch.setenv("COURSE_DATA", str(tmp_path))
        assert "stand-in" in data.load_titanic().attrs["source"]

    def test_a_damaged_file_in_the_cache_is_passed_over(self, data, tmp_path):
        (tmp_path / "cache").mkdir()
        (tmp_path / "cache" / "titanic.csv").write_bytes(b"half a fi")
        assert "stand-in" in data.load_titanic().attrs["source"]

    def test_a_download_that_is_something_else_is_refused(self, data, monkeypatch):
        def login_page(*_args: object, **_kwargs: object) -> str:
            raise ValueError("SHA256 hash of downloaded file does not match")

        pooch = importlib.import_module("pooch")
        monkeypatch.setattr(pooch, "retrieve", login_page)
        monkeypatch.setattr(data, "reachable", lambda url: True)
        with pytest.raises(ValueError, match="is not the expected table"):
            data.load_titanic()

    def test_a_download_that_breaks_off_leaves_the_stand_in(self, data, monkeypatch, capsys):
        def broken(*_args: object, **_kwargs: object) -> str:
            raise ConnectionError

        monkeypatch.setattr(importlib.import_module("pooch"), "retrieve", broken)
        monkeypatch.setattr(data, "reachable", lambda url: True)
        assert "stand-in" in data.load_titanic().attrs["source"]
        assert "ConnectionError" in capsys.readouterr().out

    def test_an_address_that_answers_nothing_is_not_reachable(self, course, monkeypatch):
        module = importlib.import_module("course.data")
        monkeypatch.setattr(module, "getproxies", dict)
        assert not module.reachable("https://127.0.0.1:1/titanic.csv")

    def test_the_real_table_is_read_where_it_is(self, data, monkeypatch):
        folder = judge_data.folder()
        if folder is None or not (folder / "titanic.csv").is_file():
            pytest.skip("the real table is not on this machine")
        monkeypatch.setenv("COURSE_DATA", str(folder))
        frame = data.load_titanic()
        assert (len(frame), int(frame["Age"].notna().sum())) == (891, 714)


class TestChecks:
    def test_a_passing_task_says_that_hidden_tests_remain(self, checks, capsys):
        with checks.task("prepare"):
            checks.shape(torch.zeros(2, 3), (None, 3))
        assert capsys.readouterr().out == "prepare: public checks pass; hidden tests remain\n"

    def test_a_failing_task_is_named_and_does_not_claim_to_pass(self, checks, capsys):
        with pytest.raises(AssertionError, match="^prepare: `X` has shape"), checks.task("prepare"):
            checks.shape(torch.zeros(2), (3,), name="X")
        assert capsys.readouterr().out == ""

    def test_an_assertion_of_the_students_own_goes_through_as_it_is(self, checks):
        with pytest.raises(AssertionError, match="^my own$"), checks.task("prepare"):
            raise AssertionError("my own")

    def test_a_stub_goes_through_as_it_is(self, checks):
        with pytest.raises(NotImplementedError), checks.task("prepare"):
            raise NotImplementedError

    def test_close_names_tolerance_and_distance_and_keeps_the_answer(self, checks):
        with pytest.raises(AssertionError) as failure:
            checks.close(torch.tensor([1.0, 2.5]), [1.0, 7.123], atol=0.01, name="w", ask="Twice?")
        message = str(failure.value)
        assert "tolerance 0.01" in message
        assert "at (1,)" in message
        assert message.endswith("Twice?")
        assert "7.12" not in message

    @pytest.mark.parametrize("got", [None, "text", [[1.0], [1.0, 2.0]], object()])
    def test_close_says_what_it_got_instead_of_numbers(self, checks, got):
        with pytest.raises(AssertionError, match="expected numbers"):
            checks.close(got, [1.0], atol=0.1)

    def test_close_reports_a_shape_before_a_value(self, checks):
        with pytest.raises(AssertionError, match=r"shape \(2, 1\); expected \(2,\)"):
            checks.close(np.zeros((2, 1)), [1.0, 1.0], atol=0.1)

    def test_close_may_leave_the_shape_open(self, checks):
        checks.close(np.zeros((2, 1)), [0.0, 0.0], atol=0.1, any_shape=True)

    def test_close_takes_a_tensor_that_requires_a_gradient(self, checks):
        checks.close(torch.zeros(2, requires_grad=True), [0.0, 0.0], atol=0.1)

    def test_close_does_not_accept_nan(self, checks):
        with pytest.raises(AssertionError, match="not finite"):
            checks.close([float("nan")], [0.0], atol=1.0)

    def test_a_missing_return_is_guessed(self, checks):
        with pytest.raises(AssertionError, match="is there a `return`"):
            checks.shape(None, (3,))

    def test_columns_are_compared_in_order(self, checks):
        frame = pd.DataFrame({"b": [1], "a": [2]})
        checks.columns(frame, ["b", "a"])
        with pytest.raises(AssertionError, match="expected"):
            checks.columns(frame, ["a", "b"])

    def test_a_module_without_parameters_is_none(self, checks):
        class Listed(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.layers = [nn.Linear(1, 1)]

        checks.is_module(nn.Linear(1, 1))
        with pytest.raises(AssertionError, match="no parameters"):
            checks.is_module(Listed())

    def test_dtype_and_length_and_number(self, checks):
        checks.dtype(torch.zeros(1), torch.float32)
        checks.length([1, 2], 2)
        checks.is_number(torch.tensor(3.0))
        for failing in (
            lambda: checks.dtype(torch.zeros(1).double(), torch.float32),
            lambda: checks.length([1], 2),
            lambda: checks.is_number("x"),
        ):
            with pytest.raises(AssertionError):
                failing()

    def test_raises_asks_for_the_kind_and_the_name(self, checks):
        def refuse() -> None:
            raise ValueError("unknown kernel: 'blurb'")

        checks.raises(ValueError, refuse, mention="kernel")
        with pytest.raises(AssertionError, match="should name `stride`"):
            checks.raises(ValueError, refuse, mention="stride")
        with pytest.raises(AssertionError, match="nothing was raised"):
            checks.raises(ValueError, lambda: None)
        with pytest.raises(AssertionError, match="got ValueError"):
            checks.raises(KeyError, refuse)

    def test_a_call_that_a_task_does_without_is_named(self, checks):
        with (
            pytest.raises(
                AssertionError, match=r"^descent: Your code calls `torch.Tensor.backward`.* By hand\?$"
            ),
            checks.task("descent"),
            checks.without(*checks.AUTOGRAD, ask="By hand?"),
        ):
            torch.ones(1, requires_grad=True).sum().backward()
        (slope,) = torch.autograd.grad(2 * (w := torch.ones(1, requires_grad=True)).sum(), w)
        assert slope.item() == 2


class TestNotebook:
    """What a cell shows that cannot run yet, in the shell that every kernel uses."""

    @pytest.fixture
    def shows(self, course: ModuleType, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], str]]:
        """A function that runs a cell and gives what it shows; the cell must fail."""
        shell = InteractiveShell.instance(colors="nocolor")
        importlib.import_module("course.notebook").calm()

        def run(cell: str) -> str:
            capsys.readouterr()
            assert shell.run_cell(cell, store_history=True).success is False
            return capsys.readouterr().out.strip()

        yield run
        InteractiveShell.clear_instance()

    STUB = "def prepare(x):\n    raise NotImplementedError\n"

    def test_a_stub_that_is_reached_is_named_in_one_sentence(self, shows):
        shown = shows(self.STUB + "print('begun')\nprepare(1)")
        assert shown.splitlines()[-1].startswith("`prepare` is not written yet")
        assert "Traceback" not in shown

    def test_a_class_is_named_by_its_name(self, shows):
        cell = "class Net:\n    def __init__(self):\n        raise NotImplementedError\nNet()"
        assert shows(cell).startswith("`Net` is not written yet")

    def test_a_figure_that_was_begun_is_not_shown(self, shows):
        plt.figure()
        shows(self.STUB + "prepare(1)")
        assert plt.get_fignums() == []

    @pytest.mark.parametrize("first", ["# (supplied) a figure", "with checks_of_a_task:\n    pass"])
    def test_a_name_that_a_supplied_cell_waits_for(self, shows, first):
        cell = first.replace("checks_of_a_task", "checks.task('prepare')")
        missing = "checks" if "with" in first else "features"
        assert shows(f"{cell}\nfeatures") == (
            f"`{missing}` is not defined yet: a cell further up defines it, "
            "and may need a task that you have not finished."
        )

    def test_a_name_that_is_missing_in_the_students_own_code_keeps_its_traceback(self, shows):
        assert "Traceback" in shows("featurse")

    def test_a_not_implemented_error_with_a_message_keeps_its_traceback(self, shows):
        assert "Traceback" in shows("raise NotImplementedError('no kernel for this device')")

    def test_a_failing_check_shows_its_sentence_alone(self, shows):
        shown = shows(
            "from course import checks\nwith checks.task('prepare'):\n    checks.length([1], 2, name='X', ask='Why?')"
        )
        assert shown == "prepare: `X` has length 1; expected 2. Why?"


class TestSliders:
    def test_a_slider_follows_the_figures_that_everybody_sees(self, course, monkeypatch):
        monkeypatch.delenv("COURSE_STATIC", raising=False)
        sliders = importlib.import_module("course.sliders")
        drawn, shown = [], []
        monkeypatch.setattr("IPython.display.display", shown.append)
        sliders.explore(drawn.append, [0.1, 0.2, 0.3], label="rate", shown=[0.2, 0.3])
        assert drawn == [0.2, 0.3]
        (box,) = shown
        slider, _ = box.children
        assert slider.description == "rate"
        slider.value = 0.1
        assert drawn == [0.2, 0.3, 0.1]

    def test_where_nobody_can_move_it_there_is_none(self, course, monkeypatch):
        monkeypatch.setenv("COURSE_STATIC", "1")
        sliders = importlib.import_module("course.sliders")
        drawn = []
        sliders.explore(drawn.append, [0.1, 0.2], label="rate", shown=[0.2])
        assert drawn == [0.2]


WARN = """
def warn(library, about):
    code = f"def f(): warnings.warn_explicit('use `map`', FutureWarning, 'file', 1, module={about!r})"
    exec(code, names := {"warnings": warnings, "__name__": library})
    names["f"]()
"""


class TestVersionsOfPandas:
    """`assignments/titanic/versions.py`, in a process of its own: pandas' options are for the whole process."""

    @staticmethod
    def run(code: str) -> str:
        folder = REPOSITORY / "assignments" / "titanic"
        setup = f"import sys, warnings; sys.path.insert(0, {str(folder)!r}); import pandas as pd, versions\n"
        result = subprocess.run(
            [sys.executable, "-W", "error", "-c", setup + code], capture_output=True, text=True, timeout=120
        )
        return result.stdout + result.stderr

    def test_words_are_objects_and_nothing_is_said(self):
        code = "versions.align_pandas(); print(pd.DataFrame({'Sex': ['male', None]})['Sex'].dtype)"
        assert self.run(code) == "object\n"

    def test_pandas_2_says_with_what_the_notebook_is_graded(self):
        assert self.run("versions.align_pandas('2.2.2')").startswith(
            "Your pandas is 2.2.2, and your notebook is graded with"
        )

    def test_with_pandas_2_what_pandas_3_refuses_stops_in_the_cells_of_the_student_alone(self):
        code = "warnings.simplefilter('ignore'); versions.align_pandas('2.2.2')\n" + WARN
        assert "FutureWarning: use `map`" in self.run(code + "warn('pandas.core.frame', '__main__')")
        assert "FutureWarning:" not in self.run(code + "warn('pandas.core.frame', 'sklearn.base')")

    @pytest.mark.parametrize(
        "library", ["seaborn.categorical", "sklearn.base", "pandas_profiling", "__main__"]
    )
    def test_with_pandas_2_what_another_library_says_of_a_cell_stops_nothing(self, library: str):
        code = "warnings.simplefilter('default'); versions.align_pandas('2.2.2')\n" + WARN
        said = self.run(code + f"warn({library!r}, '__main__')\nprint('went on')")
        assert "FutureWarning: use `map`" in said and "went on" in said
