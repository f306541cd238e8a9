"""What a notebook finds around it in Jupyter, Colab and Kaggle: `get_ipython()`, `google.colab`, the keyboard.

There is no kernel, no network and nobody at the keyboard in a worker. So each of these is a stand-in that does the
harmless thing: Python after a magic runs, a file that `%%writefile` names is written, and the rest does nothing.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import getpass
import glob
import importlib
import inspect
import io
import itertools
import os
import re
import shlex
import shutil
import string
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograder.sandbox.magics import OWN, WITH_VALUE, runs_as_python, to_python, without_options
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
    os.system, subprocess.Popen = _system, _Popen
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
        self.folder_before = ""
        self._running: tuple[str, str, int] | None = None
        """The cell that a magic was called for: its text, the name of its file, and the lines above it."""

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
        name, caller = name.lstrip("%"), sys._getframe(_stack_depth)
        if name not in WITH_VALUE:  # in a statement, braces are Python's
            line = self._expanded(line, caller)
        if name in OWN["line"]:
            return _call_own("line", name, caller, line)
        magic = _LINE_MAGICS.get(name)
        return magic(self, line, caller) if magic else None

    def run_cell_magic(self, name: str, line: str, cell: str, _stack_depth: int = 1) -> Any:
        caller = sys._getframe(_stack_depth)
        if name not in WITH_VALUE:
            line = self._expanded(line, caller)
        if name in OWN["cell"]:
            return _call_own("cell", name, caller, line, cell)
        if name in ("writefile", "file"):
            return self._write_file(line, cell)
        if name in ("system", "sx", "!"):
            return self._output(self._expanded(cell, caller))
        if name in SHELLS or (name == "script" and _words(line)[0] in SHELLS):
            make_files(cell)
            return None
        # `jupyter nbconvert --to script` writes `%%time` in this form
        if runs_as_python(name, cell) or (name == "skip" and not eval(line or "True", self.user_ns)):
            self.run_cell(cell)
        return None

    def run_defining_cell(self, name: str, line: str, cell: str, names: tuple[str, ...]) -> tuple[()]:
        """Calls a cell magic; an error says so if it does not run the cell, which would define these names."""
        caller = sys._getframe(1)
        self._running = cell, caller.f_code.co_filename, caller.f_lineno
        try:
            self.run_cell_magic(name, line, cell, 2)
        finally:
            self._running = None
        if not self.user_ns.keys() >= set(names):
            raise RuntimeError(f"`%%{name}` keeps the cell from running as Python, so it defines nothing")
        return ()

    def register_magic_function(
        self, function: Callable[..., Any], magic_kind: str = "line", magic_name: str | None = None
    ) -> None:
        for kind, magics in OWN.items():
            if kind in magic_kind:  # or "line_cell"
                magics[magic_name or function.__name__] = function

    def register_magics(self, *holders: Any) -> None:
        for holder in holders:
            instance = holder(None) if isinstance(holder, type) else holder
            instance.shell = self
            for kind, magics in OWN.items():
                magics.update(instance.magics[kind])

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
        filename = "<run_cell>"
        if self._running and source.rstrip() == self._running[0].rstrip():
            _, filename, above = self._running
            source = "\n" * above + source  # so that an error names the student's line
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        run(compile(to_python(source), filename, "exec", flags, dont_inherit=True), self.user_ns)

    def ev(self, expression: str) -> Any:
        return eval(expression, self.user_ns)

    def ex(self, statements: str) -> None:
        exec(statements, self.user_ns)

    def push(self, variables: dict[str, Any], **_: Any) -> None:
        self.user_ns.update(variables)

    # ---- shell lines

    def system(self, command: str) -> None:
        """No program can be started, but files and folders for later cells are made."""
        self.user_ns["_exit_code"] = make_files(self._expanded(command, sys._getframe(1)))

    def getoutput(self, command: str, *_: Any, **__: Any) -> list[str]:
        """The lines that `files = !ls` asks for; none from programs other than pwd, ls and echo."""
        return self._output(self._expanded(command, sys._getframe(1)))

    def _output(self, command: str) -> list[str]:
        from IPython.utils.text import SList

        make_files(command)
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

    def _expanded(self, text: str, caller: types.FrameType) -> str:
        """The text with the values of `{expression}` and `$name`; as it is if one of them has none, as in IPython."""
        from IPython.utils.text import DollarFormatter

        if not {"{", "$"}.intersection(text):
            return text
        try:
            return DollarFormatter().vformat(text, (), {**self.user_ns, **caller.f_locals})
        except Exception:
            return text


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command) or [""]
    except ValueError:  # an unclosed quotation mark
        return command.split() or [""]


def _call_own(kind: str, name: str, caller: types.FrameType, *texts: str) -> Any:
    """Calls a magic that the notebook has registered."""
    magic = OWN[kind][name]
    scope = {"local_ns": caller.f_locals} if getattr(magic, "needs_local_scope", False) else {}
    return magic(*texts, **scope)


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


def _command(name: str) -> Callable[[Shell, str, types.FrameType], None]:
    """`%mkdir` and its like: the shell's command of that name."""
    return lambda shell, line, _: shell.system(f"{name} {line}")


def _cd(shell: Shell, line: str, _: types.FrameType) -> None:
    """Changes the folder; one that does not exist is an error that is only printed."""
    words = [word for word in _words(line) if word != "-q"]
    target, before = words[0] if words else "", os.getcwd()
    try:
        os.chdir(shell.folder_before if target == "-" else os.path.expanduser(target or "~"))
        if not os.access(
            ".", os.W_OK
        ):  # a folder of this machine, in which the notebook's files could not be saved
            os.chdir(before)
        shell.folder_before = before
    except OSError as error:
        print(error)
    print(os.getcwd())


def _run(_: Shell, line: str, caller: types.FrameType) -> None:
    """`%run helpers.py` or `%run helpers`: adds the file's names to the notebook."""
    words = [word for word in _words(line) if not word.startswith("-")]
    path = Path(words[0] if words else "")
    if not path.exists() and path.suffix != ".py":
        path = path.with_name(f"{path.name}.py")
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
    "cd": _cd,
    "pwd": lambda *_: os.getcwd(),
    "sx": lambda shell, line, _: shell.getoutput(line),
    "system": lambda shell, line, _: shell.getoutput(line),
    **{name: _command(name) for name in ("cp", "mkdir", "mv", "touch")},
}


# ---- commands that make files and folders

SHELLS = ("bash", "sh", "zsh")
NOT_FOUND = 127
"""A shell's exit status for a program that is not there."""
_REDIRECTED = re.compile(r"(?:\d|&)>>?[ \t]*(?:&\d|[^\s;|&]+)|>&\d")
"""Errors, which there are none of."""
_HERE = re.compile(
    r"^(?P<command>.*?)<<-?[ \t]*(?P<quote>['\"]?)(?P<end>\w+)(?P=quote)(?P<rest>.*)\n"
    r"(?P<document>(?:.*\n)*?)[ \t]*(?P=end)[ \t]*$",
    re.MULTILINE,
)
"""`cat > x.py <<EOF`, with the lines up to `EOF`."""
_BEFORE_A_COMMAND = ("!", "{", "do", "else", "if", "sudo", "then")


def _make_folders(paths: list[str]) -> None:
    for path in paths:
        os.makedirs(path, exist_ok=True)


def _touch(paths: list[str]) -> None:
    for path in paths:
        Path(path).touch()


def _copy(paths: list[str]) -> None:
    *sources, target = paths
    for source in sources:
        if os.path.isdir(source):
            inside = os.path.join(target, os.path.basename(source)) if os.path.isdir(target) else target
            shutil.copytree(source, inside, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


# A test calls the notebook's functions after all cells have run, and the last cell may tidy up what they need. So
# nothing is removed: `mv` copies, and `rm` does nothing.
_MAKE: dict[str, Callable[[list[str]], None]] = {
    "cp": _copy,
    "mkdir": _make_folders,
    "mv": _copy,
    "touch": _touch,
}


def _echo(words: list[str]) -> str:
    options = "".join(itertools.takewhile(lambda word: re.fullmatch("-[neE]+", word), words))
    text = " ".join(itertools.dropwhile(lambda word: re.fullmatch("-[neE]+", word), words))
    return (_unescaped(text) if "e" in options else text) + ("" if "n" in options else "\n")


def _printf(words: list[str]) -> str:
    try:
        return _unescaped(words[0]) % tuple(words[1:])
    except (IndexError, TypeError, ValueError):
        return " ".join(words)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nt\\])", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


_PRINT: dict[str, Callable[[list[str]], str]] = {"cat": "".join, "echo": _echo, "printf": _printf}
"""Commands whose output, if it goes to a file, is known."""


def make_files(text: str, folder: str = "") -> int:
    """Imitates those commands of a shell text that make files and folders; returns the exit status of the last one.

    Conditions do not count: a folder for which `[ -d x ] || mkdir x` looks is made if it is not there.
    """
    status, variables = 0, dict(os.environ)
    documents: list[str] = []

    def without_document(found: re.Match[str]) -> str:
        documents.append(found["document"])
        return f"{found['command']} \0{len(documents) - 1} {found['rest']}"

    for words, append, target in _commands(_HERE.sub(without_document, text)):
        while words and (assigned := re.fullmatch(r"([^\W\d]\w*)=(.*)", words[0])):
            variables[assigned[1]] = string.Template(assigned[2]).safe_substitute(variables)
            words = words[1:]
        name = words[0] if words else ""
        paths = [
            path
            for word in words[1:]
            if not word.startswith("-")
            for path in _paths(string.Template(word).safe_substitute(variables), folder)
        ]
        if name in _PRINT and target and (name != "cat" or words[1:2] and words[1].startswith("\0")):
            said = [documents[int(word[1:])] if word.startswith("\0") else word for word in words[1:]]
            said = (
                said if name == "cat" else [string.Template(word).safe_substitute(variables) for word in said]
            )
            try:
                for path in _paths(string.Template(target).safe_substitute(variables), folder):
                    with open(path, "a" if append else "w", encoding="utf-8") as file:
                        file.write(_PRINT[name](said))
                importlib.invalidate_caches()
                status = 0
            except OSError as error:
                print(f"{name}: {error}")
                status = 1
        elif name == "cd":
            folder = paths[0] if paths else os.path.expanduser("~")
        elif name in _MAKE and paths:
            try:
                _MAKE[name](paths)
                status = 0
            except OSError as error:
                print(f"{name}: {error}")
                status = 1
    return status


def _commands(text: str) -> Iterator[tuple[list[str], bool, str]]:
    """Of each simple command of a shell text, up to a line that is none: its words, and whether its output is appended
    to which file."""
    for line in text.replace("\\\n", " ").splitlines():
        tokens = shlex.shlex(_REDIRECTED.sub(" ", line), posix=True, punctuation_chars=True)
        tokens.whitespace_split = True
        words: list[str] = []
        arrow = target = ""
        try:
            for token in tokens:
                if token in (">", ">>"):
                    arrow, target = token, tokens.get_token() or ""
                elif set(token) <= set("();<>|&"):
                    yield words, arrow == ">>", target
                    words, arrow, target = [], "", ""
                elif words or token not in _BEFORE_A_COMMAND:
                    words.append(token)
        except ValueError:  # an unclosed quotation mark
            return
        yield words, arrow == ">>", target


def _paths(word: str, folder: str) -> list[str]:
    """The paths that a shell makes of a word with `{a,b}`, `~` and `*`; none for what only a shell can evaluate."""
    if "$" in word or "`" in word:
        return []
    if choice := re.search(r"\{([^{}]*,[^{}]*)\}", word):
        before, after = word[: choice.start()], word[choice.end() :]
        return [path for part in choice[1].split(",") for path in _paths(before + part + after, folder)]
    path = os.path.join(folder, os.path.expanduser(word))
    return glob.glob(path) or [path]


def _makes_files(command: str) -> bool:
    return any(
        words and (words[0] in _MAKE or words[0] in _PRINT and target)
        for words, _, target in _commands(command)
    )


_system_of_python = os.system


def _system(command: str) -> int:
    """`os.system`, with an imitation of what makes files."""
    if isinstance(command, str) and _makes_files(command):
        return make_files(command) << 8
    return _system_of_python(command)


class _Popen(subprocess.Popen):
    """Imitates commands that make files, also for `subprocess.run` and its like. Others fail."""

    _imitated = False

    def __init__(self, args: Any, *rest: Any, **options: Any) -> None:
        command = shlex.join(map(str, args)) if isinstance(args, (list, tuple)) else str(args)
        made = self._imitated = _makes_files(command)
        if not made:
            try:
                super().__init__(args, *rest, **options)
                return
            except PermissionError:  # no shell can be started: its command fails, as with `os.system`
                if not options.get("shell"):
                    raise
                self._imitated = True
        is_text = any(options.get(name) for name in ("text", "universal_newlines", "encoding", "errors"))
        streams = [
            (io.StringIO() if is_text else io.BytesIO()) if options.get(name) == subprocess.PIPE else None
            for name in ("stdin", "stdout", "stderr")
        ]
        self.stdin, self.stdout, self.stderr = streams
        self.args, self.pid = args, os.getpid()
        self.returncode = make_files(command, str(options.get("cwd") or "")) if made else NOT_FOUND

    def communicate(self, input: Any = None, timeout: float | None = None) -> Any:
        if not self._imitated:
            return super().communicate(input, timeout)
        return tuple(stream.read() if stream else None for stream in (self.stdout, self.stderr))


# ---- the keyboard


def _no_keyboard(name: str) -> Callable[..., str]:
    def ask(*_: Any, **__: Any) -> str:
        raise EOFError(NO_KEYBOARD.format(name))

    ask.__name__ = name
    return ask
