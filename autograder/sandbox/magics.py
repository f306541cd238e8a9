"""A notebook cell as Python, line for line: IPython's magics, shell lines and help requests become calls.

IPython's own transformer does the work, so that what is a magic here is a magic in Jupyter. The calls go to the
stand-in for IPython's shell (shell.py). Lines keep their numbers, so that an error still names the student's line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from autograder.sandbox.names import bound_names

PYTHON_CELLS = (
    "time", "timeit", "capture", "prun", "memit", "python", "python3", "pypy",
    "debug", "ipytest", "pyinstrument", "run_pytest", "scalene", "snakeviz", "wandb",
)  # fmt: skip
"""Cell magics whose cell is Python: it runs as if the magic were not there."""
NOT_PYTHON = frozenset({
    # another language, or a page
    "bash", "bigquery", "c", "cmd", "cpp", "css", "cu", "cuda", "cython", "dot", "fortran", "go", "html", "java",
    "javascript", "js", "julia", "latex", "markdown", "matlab", "mermaid", "octave", "perl", "powershell", "python2",
    "r", "ruby", "rust", "sas", "script", "sh", "shell", "sql", "stata", "svg", "system", "sx", "tikz", "zsh", "!",
    # a file
    "file", "writefile",
    # depends on the words after it
    "skip",
})  # fmt: skip
"""Cell magics that are called even if the text of their cell happens to be Python."""
_MAX_HELP = 500
"""Characters of a help request such as `numpy.ones?`: IPython's pattern for them takes quadratic time."""
OWN: dict[str, dict[str, Callable[..., Any]]] = {"line": {}, "cell": {}}
"""The magics that the notebook has registered itself, by kind and name."""
WITH_VALUE = {"time": "n", "timeit": "nrpv", "prun": "DlsT", "memit": "rtipd"}
"""The letters of the options that a value follows, for each magic that runs a statement."""


def without_options(name: str, text: str) -> tuple[str, str]:
    """(the options, the statement) of `%timeit -n 2 f()` and similar magics."""
    value = r"[ \t]*(?:\"[^\"]*\"|'[^']*'|\S+)"  # `-n2`, `-n 2`, `-T 'my profile.txt'`
    short = f"-(?:[a-zA-Z]*?[{WITH_VALUE[name]}]{value}|[a-zA-Z]+)"
    options = re.match(rf"(?:(?:{short}|--[\w-]+(?:=\S*)?)(?:[ \t]+|$))*", text)[0]
    return options, text[len(options) :]


def to_python(source: str) -> str:
    """The cell as Python with as many lines; cells of other languages become one call.

    Raises what IPython's transformer raises for text that is no Python at all (SyntaxError).
    """
    lines = source.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return source
    if lines[first].lstrip().startswith("%%"):
        return _cell_magic(lines, first)
    return "".join([*lines[:first], *_line_for_line(lines[first:])])


def runs_as_python(name: str, body: str) -> bool:
    """Whether the cell of this magic runs as if the magic were not there; most unknown magics only watch their cell."""
    if name in OWN["cell"] or name.lower() in NOT_PYTHON:
        return False
    if name in PYTHON_CELLS or body.lstrip().startswith("%%"):  # the next magic decides
        return True
    # a definition with a mistake in it should raise its SyntaxError
    return _parsed(body) is not None or bool(_DEFINITION.search(body))


_DEFINITION = re.compile(r"^(?:def|class)[ \t]+\w+[ \t]*[(:]", re.MULTILINE)


def _parsed(body: str) -> ast.Module | None:
    """The syntax tree of a notebook's text; None if that is not Python."""
    try:
        return _parsed_python(to_python(body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _parsed_python(text: str) -> ast.Module | None:
    try:
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return compile(text, "<magic>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _cell_magic(lines: list[str], first: int) -> str:
    name, _, argument = lines[first].strip()[2:].partition(" ")
    argument = argument.strip()
    body = "".join(lines[first + 1 :]).rstrip("\n") + "\n"
    if not runs_as_python(name, body):
        words = f"{name!r}, {argument!r}, {body!r}"
        tree = None if name in ("file", "writefile") else _parsed(body)
        names = tuple(dict.fromkeys(bound_names(tree.body))) if tree else ()
        if not names:
            return "\n" * first + f"get_ipython().run_cell_magic({words})\n"
        # The loop goes through nothing: it makes the names known that are missing if the magic does not run the cell.
        call = f"get_ipython().run_defining_cell({words}, {names!r})"
        return "\n" * first + f"for {', '.join(names)} in {call}: pass\n"
    statement = ""
    if name == "capture":
        variable = re.match(r"(?:-\S+\s+)*([^\W\d]\w*)", argument)
        statement = f"{variable[1]} = get_ipython().captured()" if variable else ""
    elif name in WITH_VALUE:
        _, statement = without_options(name, argument)
    rest = to_python("".join(lines[first + 1 :]))
    if name == "add_to" and argument.isidentifier() and (tree := _parsed_python(rest)):  # of the package jdc
        methods = dict.fromkeys(bound_names(tree.body))
        rest = "\n".join(
            [rest.rstrip("\n"), *(f"{argument}.{method} = {method}; del {method}" for method in methods)]
        )
    return "\n" * first + statement + "\n" + rest


def _line_for_line(lines: list[str]) -> list[str]:
    from IPython.core import inputtransformer2 as ipython

    class Help(ipython.HelpEnd):
        def transform(self, lines: list[str]) -> list[str]:
            asked = "".join(lines[self.start_line : self.q_line + 1])
            if len(asked) > _MAX_HELP:
                raise SyntaxError(asked)
            return super().transform(lines)

    class LineForLine(ipython.TransformerManager):
        def __init__(self) -> None:
            super().__init__()
            self.token_transformers = [
                Help if one is ipython.HelpEnd else one for one in self.token_transformers
            ]

        def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
            changed, after = super().do_one_token_transform(lines)
            if not changed or len(after) == len(lines):
                return changed, after
            # a magic that was continued over several lines is one line now
            place = next(i for i, (old, new) in enumerate(zip(lines, after, strict=False)) if old != new)
            return changed, [*after[: place + 1], *["\n"] * (len(lines) - len(after)), *after[place + 1 :]]

    if not lines[-1].endswith("\n"):
        lines = [*lines[:-1], lines[-1] + "\n"]
    for clean in (ipython.leading_indent, ipython.classic_prompt, ipython.ipython_prompt):
        lines = clean(lines)
    return LineForLine().do_token_transforms(lines)
