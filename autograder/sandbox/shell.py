"""What a notebook finds around it in Jupyter, Colab and Kaggle: `get_ipython()`, `google.colab`, the keyboard.

There is no kernel, no network and nobody at the keyboard in a worker. So each of these is a stand-in that does the
harmless thing: Python after a magic runs, a file that `%%writefile` names is written, and the rest does nothing.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import getpass
import importlib
import inspect
import os
import shlex
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.sandbox.magics import PYTHON_CELLS, to_python, without_options
from autograder.sandbox.stand_ins import Nothing

NO_KEYBOARD = "there is no keyboard while a notebook is graded: give the value in the cell, without `{}()`."


def install(namespace: dict[str, Any]) -> None:
    """Put the stand-ins where a notebook looks for them; `namespace` is the notebook's own."""
    shell = Shell(namespace)

    def get_ipython(*_: Any, **__: Any) -> Shell:  # `InteractiveShell.instance` passes arguments
        return shell

    namespace.update(get_ipython=get_ipython, display=display, In=[""], Out={})
    if "IPython" in sys.modules:  # else a later import gets no shell, as in a script
        _install_in_ipython(get_ipython)
    builtins.input = _no_keyboard("input")
    getpass.getpass = _no_keyboard("getpass")
    if folder := os.environ.get("NOTEBOOK_FOLDER"):
        os.makedirs(folder, exist_ok=True)
        os.chdir(folder)
    sys.path.insert(0, "")  # the folder in which `%%writefile` writes, as in Jupyter
    sys.dont_write_bytecode = True  # a module may be rewritten within the same second


def _install_in_ipython(get_ipython: Callable[[], Shell]) -> None:
    import IPython.core.display
    import IPython.core.getipython
    import IPython.display
    import matplotlib_inline.backend_inline  # Jupyter imports it, so notebooks use it without importing it
    from IPython.core.interactiveshell import InteractiveShell

    IPython.get_ipython = IPython.core.getipython.get_ipython = get_ipython
    InteractiveShell.instance = get_ipython
    IPython.display.display = display
    IPython.embed_kernel = IPython.embed = Nothing()  # there is nobody to use it
    # names that Colab's older IPython still has
    IPython.display.set_matplotlib_formats = matplotlib_inline.backend_inline.set_matplotlib_formats
    IPython.display.set_matplotlib_close = matplotlib_inline.backend_inline.set_matplotlib_close
    for name in dir(IPython.display):
        if not hasattr(IPython.core.display, name):
            setattr(IPython.core.display, name, getattr(IPython.display, name))


def display(*objects: Any, display_id: Any = None, **_: Any) -> Nothing | None:
    """IPython's `display`; with an id, it returns a handle, which updates nothing."""
    for x in objects:
        print(repr(x)[:10_000])
    return Nothing() if display_id else None


def run(code: types.CodeType, namespace: dict[str, Any]) -> Any:
    """Execute what `compile` made, with `await` at the top level (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT) or without."""
    result = eval(code, namespace)
    if code.co_flags & inspect.CO_COROUTINE:
        return asyncio.run(result)
    return result


class Shell:
    """Replaces IPython's shell. What it does not know does nothing."""

    kernel = None

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.user_ns = self.user_global_ns = namespace
        self.execution_count = 1

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    @property
    def config(self) -> Any:
        from traitlets.config import Config

        return Config()

    # ---- magics

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> Any:
        magic = _LINE_MAGICS.get(name.lstrip("%"))
        return magic(self, line, sys._getframe(_stack_depth)) if magic else None

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        if name in ("writefile", "file"):
            return self._write_file(line, cell)
        if name in ("system", "sx", "!"):
            return self.getoutput(cell)
        if name in PYTHON_CELLS:  # the form in which `jupyter nbconvert --to script` writes `%%time`
            self.run_cell(cell)
        return None

    def magic(self, command: str) -> Any:
        name, _, line = command.lstrip("% ").partition(" ")
        return self.run_line_magic(name, line, 2)

    def captured(self) -> Any:
        """What `%%capture name` stores under the name; the output itself is discarded like all output."""
        from IPython.utils.capture import CapturedIO

        return CapturedIO(None, None)

    def _write_file(self, line: str, cell: str) -> None:
        *options, name = shlex.split(line)
        path = Path(name).expanduser()
        with path.open("a" if {"-a", "--append"} & set(options) else "w", encoding="utf-8") as file:
            file.write(cell)
        importlib.invalidate_caches()  # the file may be newer than the folder's cached listing

    # ---- code

    def run_cell(self, source: str, *_: Any, **__: Any) -> None:
        exec(compile(to_python(source), "<run_cell>", "exec"), self.user_ns)

    def ev(self, expression: str) -> Any:
        return eval(expression, self.user_ns)

    def ex(self, statements: str) -> None:
        exec(statements, self.user_ns)

    def push(self, variables: dict[str, Any], **_: Any) -> None:
        self.user_ns.update(variables)

    # ---- shell lines

    def system(self, command: str) -> None:
        """No program can be started, but a folder for later cells is created."""
        name, *words = _words(command)
        if name == "mkdir":
            for word in words:
                if not word.startswith("-"):
                    os.makedirs(os.path.expanduser(word), exist_ok=True)
        self.user_ns["_exit_code"] = 0

    def getoutput(self, command: str, *_: Any, **__: Any) -> list[str]:
        """The lines that `files = !ls` asks for; none from programs other than pwd, ls and echo."""
        from IPython.utils.text import SList

        name, *words = _words(command)
        words = [word for word in words if not word.startswith("-")]
        if name == "pwd":
            return SList([os.getcwd()])
        if name == "ls":
            with contextlib.suppress(OSError):
                return SList(sorted(os.listdir(words[0] if words else ".")))
        if name == "echo":
            return SList([" ".join(words)])
        return SList()


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command) or [""]
    except ValueError:  # an unclosed quotation mark
        return command.split() or [""]


def _measured(name: str, line: str, caller: types.FrameType) -> Any:
    """Runs the statement in place; returns the value of an expression."""
    source = without_options(name, line)[1].strip()
    try:
        code = compile(source, "<magic>", "eval")
    except SyntaxError:
        code = compile(source, "<magic>", "exec")
    return eval(code, caller.f_globals, caller.f_locals)


def _timeit(_: Shell, line: str, caller: types.FrameType) -> Any:
    """Once is enough: nobody reads the time."""
    begin = time.perf_counter()
    _measured("timeit", line, caller)
    seconds = time.perf_counter() - begin
    if "o" in without_options("timeit", line)[0]:
        from IPython.core.magics.execution import TimeitResult

        return TimeitResult(1, 1, seconds, seconds, [seconds], 0.0, 3)
    return None


def _run(_: Shell, line: str, caller: types.FrameType) -> None:
    """`%run helpers.py`: adds the file's names to the notebook."""
    words = [word for word in _words(line) if not word.startswith("-")]
    path = Path(words[0] if words else "")
    source = path.read_text(encoding="utf-8")
    exec(compile(to_python(source), str(path), "exec"), caller.f_globals)


_PYLAB = """
import numpy, matplotlib
from matplotlib import pylab, mlab, pyplot
np, plt = numpy, pyplot
from pylab import *
from numpy import *
"""


def _pylab(_: Shell, __: str, caller: types.FrameType) -> None:
    """Adds the names of `%pylab` to the notebook."""
    exec(_PYLAB, caller.f_globals)


def _names(shell: Shell, *_: Any) -> list[str]:
    return [name for name in shell.user_ns if not name.startswith("_")]


def _env(_: Shell, line: str, __: types.FrameType) -> str | dict[str, str] | None:
    if not line.strip():
        return dict(os.environ)
    name, separator, value = line.partition("=" if "=" in line else " ")
    if separator:
        os.environ[name.strip()] = value.strip()
        return None
    return os.environ.get(name, "")


_LINE_MAGICS: dict[str, Callable[[Shell, str, types.FrameType], Any]] = {
    "time": lambda _, line, caller: _measured("time", line, caller),
    "timeit": _timeit,
    "prun": lambda _, line, caller: _measured("prun", line, caller),
    "memit": lambda _, line, caller: _measured("memit", line, caller),
    "run": _run,
    "pylab": _pylab,
    "who_ls": _names,
    "env": _env,
    "set_env": _env,
    "pwd": lambda *_: os.getcwd(),
    "sx": lambda shell, line, _: shell.getoutput(line),
    "system": lambda shell, line, _: shell.getoutput(line),
}


# ---- the keyboard


def _no_keyboard(name: str) -> Callable[..., str]:
    def ask(*_: Any, **__: Any) -> str:
        raise EOFError(NO_KEYBOARD.format(name))

    ask.__name__ = name
    return ask
