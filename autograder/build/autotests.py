"""nbgrader's AUTOTEST lines, written out as asserts with the values of the solution.

    ### AUTOTEST squares(2); total
    ### HASHED AUTOTEST squares(3)

nbgrader runs the solved notebook and writes a test for each expression: its type and its value, a float rounded to two
decimals. The same is done here. What HASHED hides from students becomes a hidden test. A line whose value cannot be
written down, such as a table, stays as a comment and is left to the author.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

from autograder.build.foreign import source_of
from autograder.build.source import BuildError

LINE = re.compile(r"^\s*#[\s#]*?(?P<hashed>HASHED\s+)?AUTOTEST\b(?P<expressions>.*)$")
_BEGIN, _END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
_LONGEST = 2000
"""Characters of a value that is written into a test."""
_SECONDS = 300
_RECORDER = '''
_autotests = {}

def _came_out(key, evaluate, thrown=None):
    """Keeps the text of an assert that holds for what `evaluate()` returns; `{}` stands for the expression."""
    try:
        value = evaluate()
    except Exception:
        return
    name = type(value).__name__
    if value is True and thrown is not None:
        _autotests[key] = "raises"
    elif value is None or isinstance(value, bool):
        _autotests[key] = f"assert {{}} is {value}"
    elif name == "float" and abs(value) < float("inf"):
        _autotests[key] = f"assert round({{}}, 2) == {round(value, 2)}"
    elif isinstance(value, type):
        _autotests[key] = f"assert {{}}.__name__ == {value.__name__!r}"
    elif name in ("bool", "bool_"):  # numpy's
        _autotests[key] = f"assert {{}} == {bool(value)}"
    elif hasattr(value, "dtype") and name.startswith(("ndarray", "float", "int", "Tensor")):
        numbers = str(value.tolist())
        if "nan" not in numbers and "inf" not in numbers:
            _autotests[key] = f"import numpy as np\\nassert np.allclose({{}}, {numbers})"
    elif name in ("int", "str", "list", "tuple", "dict", "set"):
        import ast
        try:
            ast.literal_eval(repr(value))
        except (ValueError, SyntaxError):
            return
        _autotests[key] = f"assert {{}} == {value!r}"
'''


def written_out(cells: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """The cells with an assert in place of each AUTOTEST expression.

    Args:
        folder: the notebook's folder: its solution is run there.

    Raises:
        BuildError: the solved notebook cannot be run.
    """
    if not any(cell["cell_type"] == "code" and _lines(cell) for cell in cells):
        return cells
    asserts = _asserts(cells, folder)
    return [
        cell | {"source": _with_asserts(number, source_of(cell), asserts)} if _lines(cell) else cell
        for number, cell in enumerate(cells)
    ]


def _lines(cell: dict[str, Any]) -> list[str]:
    return [line for line in source_of(cell).split("\n") if LINE.match(line)]


def _expressions(line: re.Match[str]) -> list[str]:
    return [text for text in map(str.strip, line["expressions"].split(";")) if text]


def _with_asserts(number: int, source: str, asserts: dict[str, str]) -> str:
    """The test cell; what students must not see is in hidden regions."""
    new: list[str] = []
    inside = False  # a hidden region of the author's own
    for place, text in enumerate(source.split("\n")):
        inside = "BEGIN HIDDEN TESTS" in text or (inside and "END HIDDEN TESTS" not in text)
        if not (line := LINE.match(text)):
            new.append(text)
            continue
        for expression in _expressions(line):
            found = asserts.get(f"{number}/{place}/{expression}")
            check = [found] if found else [f"### AUTOTEST {expression}"]
            hide = (line["hashed"] or not found) and not inside
            new += [_BEGIN, *check, _END] if hide else check
    return "\n".join(new)


def _asserts(cells: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """For each expression whose value can be written down, the assert that the solution passes."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    sources, expressions = [_RECORDER], {}
    for number, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        new = []
        for place, text in enumerate(source_of(cell).split("\n")):
            if not (line := LINE.match(text)):
                new.append(text)
                continue
            for expression in _expressions(line):
                key = f"{number}/{place}/{expression}"
                expressions[key] = expression
                body, error = _thrown(expression)
                new.append(f"_came_out({key!r}, lambda: ({expression}), {error if body else None})")
        sources.append("\n".join(new))
    sources.append("import json\nprint(json.dumps(_autotests))")
    run = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(
        run,
        timeout=_SECONDS,
        kernel_name="python3",
        allow_errors=True,  # one of the author's own tests may need something that is not here
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except (CellTimeoutError, DeadKernelError) as error:
        raise BuildError(
            f"its AUTOTEST lines need the values of the solution, which does not run: {error}"
        ) from None
    printed = [output.text for output in run.cells[-1].outputs if output.get("name") == "stdout"]
    found = json.loads(printed[-1]) if printed else {}
    return {
        key: _assert(expressions[key], template)
        for key, template in found.items()
        if len(template) <= _LONGEST
    }


def _assert(expression: str, template: str) -> str:
    if template == "raises":
        body, error = _thrown(expression)
        return (
            f"try:\n    {body}\nexcept {error}:\n    pass\nelse:\n"
            f'    raise AssertionError("This should raise {error}.")'
        )
    simple = isinstance(ast.parse(expression, mode="eval").body, (ast.Name, ast.Call, ast.Subscript))
    return template.replace("{}", expression if simple else f"({expression})", 1)


def _thrown(expression: str) -> tuple[str, str]:
    """Call and error of `test_func_throws(lambda: squares(0), ValueError)`, as nbgrader's guide asks for errors."""
    match = re.fullmatch(r"\w+\(lambda *: *(.+), *(\w+(?:Error|Exception))\)", expression)
    return (match[1], match[2]) if match else ("", "")
