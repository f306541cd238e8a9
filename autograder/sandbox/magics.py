"""A notebook cell as Python, line for line: IPython's magics, shell lines and help requests become calls.

IPython's own transformer does the work, so that what is a magic here is a magic in Jupyter. The calls go to the
stand-in for IPython's shell (shell.py). Lines keep their numbers, so that an error still names the student's line.
"""

from __future__ import annotations

import re

PYTHON_CELLS = (
    "time", "timeit", "capture", "prun", "memit", "python", "python3", "pypy",
    "debug", "ipytest", "pyinstrument", "run_pytest", "scalene", "snakeviz", "wandb",
)  # fmt: skip
"""Cell magics whose cell is Python: it runs as if the magic were not there."""
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


def _cell_magic(lines: list[str], first: int) -> str:
    name, _, argument = lines[first].strip()[2:].partition(" ")
    argument = argument.strip()
    if name not in PYTHON_CELLS:
        body = "".join(lines[first + 1 :]).rstrip("\n") + "\n"
        return "\n" * first + f"get_ipython().run_cell_magic({name!r}, {argument!r}, {body!r})\n"
    statement = ""
    if name == "capture":
        variable = re.match(r"(?:-\S+\s+)*([^\W\d]\w*)", argument)
        statement = f"{variable[1]} = get_ipython().captured()" if variable else ""
    elif name in WITH_VALUE:
        _, statement = without_options(name, argument)
    rest = to_python("".join(lines[first + 1 :]))
    return "\n" * first + statement + "\n" + rest


def _line_for_line(lines: list[str]) -> list[str]:
    from IPython.core import inputtransformer2 as ipython

    class LineForLine(ipython.TransformerManager):
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
