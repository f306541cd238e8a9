"""Cells with IPython's magics become Python with the same lines in the same places."""

import ast

import pytest

from autograder.sandbox.magics import to_python
from autograder.sandbox.names import bound_names


def last_line_of(python: str) -> int:
    return ast.parse(python).body[-1].lineno


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nlast = 1",
        "!pip install -q \\\n  torch \\\n  numpy\nlast = 1",
        "files = !ls \\\n  -l\nlast = 1",
        "if True:\n    !pip install torch\n    %timeit f(x)\nlast = 1",
        "x = %time f()\nlast = 1",
        "%time x = f(\nlast = 1",
        "len?\n?len\nlen??\nlast = 1",
        "\n\n  %cd /content\n  last = 1",
        "%%time\n\nlast = 1",
        "%%capture out\n%%time\n!pip install torch\nlast = 1",
        "%%timeit -n 10 x = 3\nlast = 1",
        "%%prun -s cumulative -l 20 -q\nlast = 1",
        "%%prun -T prof.txt -D 'a file' x = 3\nlast = 1",
        "%%time --no-raise-error\nlast = 1",
        "%%notify\n!ls\nlast = 1",
        "%%cache f.pkl x\n%%viztracer\nlast = await f()",
        ">>> x = 1\n>>> last = 1",
        "In [1]: x = 1\nIn [2]: last = 1",
        "async def f():\n    pass\nawait f()\n!ls\nlast = 1",
    ],
)
def test_lines_keep_their_numbers(source: str) -> None:
    assert last_line_of(to_python(source)) == source.count("\n") + 1


@pytest.mark.parametrize("source", ["x = 7 % 4\n", "text = '''\n%not a magic\n!nor a command\n'''\n", "\n\n"])
def test_python_stays_as_it_is(source: str) -> None:
    assert to_python(source) == source


def test_a_cell_in_another_language_is_one_call() -> None:
    assert to_python("%%bash\nls 'x'\n") == "get_ipython().run_cell_magic('bash', '', \"ls 'x'\\n\")\n"


@pytest.mark.parametrize("magic", ["javascript", "HTML", "script false", "cython", "skip True"])
def test_a_cell_that_does_not_run_keeps_its_names(magic: str) -> None:
    (loop,) = ast.parse(to_python(f"%%{magic}\nx = 1\ndef train():\n    y = 2\n")).body
    assert list(bound_names([loop])) == ["x", "train"]


@pytest.mark.parametrize("magic", ["notify", "skip True", "time", "add_to Net"])
def test_many_magics_of_one_cell_take_little_time(magic: str) -> None:
    assert ast.parse(to_python(f"%%{magic}\n" * 100 + "last = 1"))


def test_a_help_request_of_a_whole_cell_s_length_is_no_python() -> None:
    """IPython's pattern for `name?` takes time that grows with the square of the length."""
    assert "pinfo" in to_python("torch.nn.functional.cross_entropy?")
    long = "a." * 9_000 + "?"
    assert to_python(long).strip() == long


def test_a_definition_with_a_mistake_is_an_error_of_its_line() -> None:
    with pytest.raises(SyntaxError) as caught:
        ast.parse(to_python("%%notify\ndef f(x):\n    return = x"))
    assert caught.value.lineno == 3


def test_an_error_stays_an_error_of_its_line() -> None:
    with pytest.raises(SyntaxError) as caught:
        ast.parse(to_python("!ls\nx = = 1"))
    assert caught.value.lineno == 2
