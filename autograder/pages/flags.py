"""Integrity flags: lines of a student's code worth checking by hand. Flags never affect the score.

Found in the syntax tree, so comments and docstrings that mention autograd do not count. What a test forbids raises an
error while it runs (sandbox/forbid.py), and that decides the points; flags only say where to look. Neither the
student's code nor the grader runs here: both are parsed.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.assignment import Assignment
from autograder.grading.submission import MAX_PARSED, Submission, SubmittedCell
from autograder.sandbox.bans import BANS
from autograder.sandbox.magics import WITH_VALUE, to_python, without_options

_HARMLESS = ("torch.autograd.set_grad_enabled", "torch.autograd.no_grad", "torch.autograd.grad_mode")
"""Names below forbidden ones that no task forbids."""

# What no task of the course needs in any cell. The longest matching name decides.
_LOOKS_AROUND = "looks into the frames or objects of other code"
_LEAVES = "reaches beyond the notebook's own process"
_BENEATH = "goes beneath the names of a library"
_BY_ITS_ADDRESS = "reads or writes memory by its address"
_AS_CODE = ("exec", "eval", "compile", "__import__")
_SUSPECT = {
    **{f"builtins.{name}": f"runs text as code ({name})" for name in _AS_CODE},
    **{
        f"get_ipython().{name}": f"runs text as code ({name})"
        for name in "ex ev run_cell run_cell_async run_code safe_execfile".split()
    },
    "runpy": "runs text as code (runpy)",
    "marshal": "runs text as code (marshal)",
    "code.interact": "runs text as code (code)",
    "code.InteractiveConsole": "runs text as code (code)",
    "code.InteractiveInterpreter": "runs text as code (code)",
    "__future__.barry_as_FLUFL": "changes how later cells are read",
    "gc": _LOOKS_AROUND,
    "gc.collect": None,  # honest: frees memory
    "linecache": _LOOKS_AROUND,
    "inspect.stack": _LOOKS_AROUND,
    "inspect.currentframe": _LOOKS_AROUND,
    "inspect.getouterframes": _LOOKS_AROUND,
    "sys._getframe": _LOOKS_AROUND,
    "sys._current_frames": _LOOKS_AROUND,
    "sys.settrace": _LOOKS_AROUND,
    "sys.setprofile": _LOOKS_AROUND,
    "sys.monitoring": _LOOKS_AROUND,
    "ctypes": _LEAVES,
    "cffi": _LEAVES,
    "subprocess": _LEAVES,
    "multiprocessing": _LEAVES,
    "socket": _LEAVES,
    "mmap": _LEAVES,
    "threading": _LEAVES,
    "os._exit": _LEAVES,
    "os.abort": _LEAVES,
    "os.fork": _LEAVES,
    "os.forkpty": _LEAVES,
    "os.system": _LEAVES,
    "os.popen": _LEAVES,
    "os.kill": _LEAVES,
    **{
        f"os.{name}": _LEAVES
        for name in "execl execle execlp execv execve execvp spawnl spawnv posix_spawn".split()
    },
    "torch.multiprocessing": _LEAVES,
    "importlib": _BENEATH,
    "sys.modules": _BENEATH,
    "torch.ops": _BENEATH,
    "torch._C": _BENEATH,
    "torch._ops": _BENEATH,
    "torch.library": _BENEATH,
    "torch.overrides": _BENEATH,
    "torch.utils._python_dispatch": _BENEATH,
    "torch.fx": "traces a function into another one",
    "numpy._core": _BENEATH,
    "operator.attrgetter": _BENEATH,
    "autograder": "names the grading package",
}
_MODULES = {name for name in _SUSPECT if "." not in name} | {"torch.multiprocessing"}
"""Importing one of these is not flagged; using it is."""
_ROOTS = {name.partition(".")[0] for name in _SUSPECT} - {"torch", "numpy"}
"""These top-level names are also suspicious inside a library: `np.ctypeslib.ctypes`."""
_LIBRARIES = ("torch", "numpy", "scipy", "pandas", "sklearn", "matplotlib")
_BY_ADDRESS = {"__array_interface__", "__array_struct__"}
_CONTEXTS = {"__enter__", "__exit__", "_inference_mode_context"}
_FRAMES = {
    "f_back",
    "f_locals",
    "f_globals",
    "tb_frame",
    "gi_frame",
    "__subclasses__",
    "__globals__",
    "__code__",
}
_LYING = {
    "__eq__",
    "__ne__",
    "__torch_function__",
    "__torch_dispatch__",
    "__array_function__",
    "__array_ufunc__",
}
_LYING |= {"__instancecheck__", "__subclasscheck__", "__class__", "__reduce__", "__reduce_ex__"}
_SETTINGS = ("torch.backends", "pandas.options", "sys.path", "matplotlib", "get_ipython()")
"""Below these names, an assignment is the usual way to change a setting."""

_MAX_DEPTH = 100
"""Levels of a syntax tree that are searched. The deepest cell of the course has fewer than 30."""
_TOO_LONG = "this cell is too long to be searched for flags: read it"
_FOR_IPYTHON = re.compile(r"^[^\S\n]*[%!?]|=[^\S\n]*[%!]|\?[^\S\n]*$", re.MULTILINE)
_MAX_READ = 1_000_000
"""Characters of one submission that IPython's transformer may read: for each of its lines, the whole cell again."""
_MAX_NAME = 200
_MAX_NUMBERS = 1_000
"""Numbers of a cell that are compared with results of the solution."""
_MAX_QUOTES = 50
"""Quotes in a line: before Python 3.12, tokenize reads the rest of the line again for each that nothing closes."""
_TOO_MANY = "this cell has too many numbers to be searched for flags: read it"
_NOT_SEARCHED = "this cell cannot be searched for flags: read it"
_TOO_DEEP = "this cell is nested too deeply to be searched for flags: read it"

_DECIMAL = re.compile(r"\d+\.\d{3,}")
_DIGITS = 4
"""With this many significant digits, two equal numbers are hardly a coincidence."""


@dataclass(frozen=True)
class Flag:
    """One line of a student's code, and why it is worth checking."""

    cell: str
    line: int
    code: str
    why: str


def forbidden_by(grader: Path) -> dict[str, frozenset[str]]:
    """Task -> what must not be used in it, read from the marks `@task(..., without=...)` in a grader file.

    What only a minority of a task's tests switch off is not forbidden: a test may do so to check that it is used.
    """
    tree = ast.parse(grader.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    tests: Counter[str] = Counter()
    without: dict[str, Counter[str]] = defaultdict(Counter)
    for node in ast.walk(tree):
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        for mark in decorators:
            if not (isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "task" and mark.args):
                continue
            task = ast.literal_eval(mark.args[0])
            tests[task] += 1
            for argument in mark.keywords:
                if argument.arg == "without":
                    value = argument.value
                    if isinstance(value, ast.Name):
                        value = constants.get(value.id, value)
                    with contextlib.suppress(ValueError):  # one that is not a literal stays unknown here
                        without[task].update(ast.literal_eval(value))
    return {
        task: frozenset(kind for kind, count in kinds.items() if 2 * count > tests[task])
        for task, kinds in without.items()
    }


def published_numbers(assignment: Assignment) -> frozenset[str]:
    """Results that the solved notebook prints or its model answers mention, and that the release does not show."""
    notebook = json.loads(assignment.solution_file.read_text(encoding="utf-8"))
    texts = [cell.source for cell in assignment.solution_cells if cell.kind == "markdown"]
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            text = output.get("text", output.get("data", {}).get("text/plain", ""))
            texts.append("".join(text))
    given = {number for cell in assignment.cells for number in _DECIMAL.findall(cell.source)}
    numbers = {number for text in texts for number in _DECIMAL.findall(text)} - given
    return frozenset(number for number in numbers if _significant(number) >= _DIGITS)


def flags_of(submission: Submission, assignment: Assignment) -> list[Flag]:
    """The flags of one submission."""
    forbidden = forbidden_by(assignment.grader_file)
    return find_flags(submission.cells, forbidden, published_numbers(assignment))


def find_flags(
    cells: tuple[SubmittedCell, ...],
    forbidden: Mapping[str, frozenset[str]],
    published: frozenset[str] = frozenset(),
) -> list[Flag]:
    """Flags of a submission, in the order of its cells; at most one for each line and reason.

    Args:
        cells: those that run; the student's code is searched, the released cells define names.
        forbidden: task -> kinds, as `forbidden_by` returns them. The student's extra cells may use anything, unless a
            solution cell uses what they define.
        published: results that a solution has to compute, as `published_numbers` returns them.
    """
    names = _Names(frozenset().union(*forbidden.values()))
    flags: dict[Flag, None] = {}
    room = _MAX_READ
    for cell in cells:
        lines = cell.source.split("\n")
        kinds = forbidden.get(cell.name, frozenset())
        room -= (len(cell.source) + 1_000) * len(_FOR_IPYTHON.findall(cell.source))
        found = (
            _search(cell, names, kinds, published)
            if room >= 0
            else [(1, _NOT_SEARCHED)] * (cell.kind != "locked")
        )
        for number, why in found:
            code = lines[number - 1].strip()[:200] if number <= len(lines) else ""
            flags[Flag(cell.name, number, code, why)] = None
    order = {cell.name: place for place, cell in enumerate(cells)}
    return sorted(flags, key=lambda flag: (order[flag.cell], flag.line, flag.why))


def _search(
    cell: SubmittedCell, names: _Names, kinds: frozenset[str], published: frozenset[str]
) -> list[tuple[int, str]]:
    """Lines of a cell, each with the reason why it is worth checking; `names` learn what the cell defines."""
    is_own = cell.kind != "locked"
    if len(cell.source) > MAX_PARSED:
        return [(1, _TOO_LONG)] * is_own
    try:
        tree = _parsed(cell.source)
        if tree is None:
            return [(1, _NOT_SEARCHED)] * is_own
        names.learn(tree)
        if not is_own:
            return []
        names.learn_helpers(tree)
        found = (*_suspects(tree, names), *_uses(tree, names, kinds), *_results(tree, published))
        return [(node.lineno, why) for node, why in found]
    except (RecursionError, MemoryError):
        return [(1, _TOO_DEEP)] * is_own


@functools.lru_cache(maxsize=256)  # most cells of a class are the release's
def _parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell, read as the worker reads it; None if that would take too much work.

    The tree of a cell that the worker cannot read either, and so does not run, is empty.

    Raises:
        RecursionError: nested too deeply. Python's parser also raises MemoryError then.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        if any(line.count("'") + line.count('"') > _MAX_QUOTES for line in source.split("\n")):
            return None
        try:
            tree = ast.parse(to_python(source))
        except SyntaxError:
            return ast.Module([], [])
        except (RecursionError, MemoryError):
            raise
        except Exception:  # IPython's transformer fails in its own ways
            return None
        _read_timed(tree)
    except ValueError:
        return None
    level: list[ast.AST] = [tree]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return tree
    raise RecursionError


def _read_timed(tree: ast.Module) -> None:
    """Puts the statement of `%time` and its like, which is text here, into the tree as well."""
    for node in list(ast.walk(tree)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value=str(magic)), ast.Constant(value=str(text))],
            ) if magic in WITH_VALUE:
                with contextlib.suppress(SyntaxError, ValueError):
                    timed = ast.parse(without_options(magic, text)[1].strip())
                    for inner in ast.walk(timed):
                        if hasattr(inner, "lineno"):
                            inner.lineno = node.lineno
                    node.args.extend(timed.body)  # type: ignore[arg-type]


class _Names:
    """What the notebook's names refer to: modules and their parts, and helpers that use something forbidden."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._full: dict[str, str] = {"__builtins__": "builtins"}
        self._helpers: dict[str, set[str]] = {}

    def learn(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    self._full[name.asname or name.name.split(".")[0]] = (
                        name.name if name.asname else name.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module:
                for name in node.names:
                    self._full[name.asname or name.name] = f"{node.module}.{name.name}"
        for node in tree.body:
            for target, value in _assigned(node):
                full = self.full_name(value)
                if full:
                    self._full[target] = full
                else:
                    self._full.pop(target, None)

    def learn_helpers(self, tree: ast.Module) -> None:
        """Notes the functions and classes in a student's cell, with the kinds that they use."""
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._full.pop(node.name, None)
                self._helpers[node.name] = {
                    kind for kind in self._kinds if any(_direct_uses(node, self, kind))
                }

    def full_name(self, node: ast.AST) -> str | None:
        """The dotted name under which a name or an attribute was imported; None if it is the student's own."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        first: list[str] = []
        if isinstance(node, ast.Name) and node.id in self._full:
            first = [self._full[node.id]]
        elif isinstance(node, ast.Call) and self._is_get_ipython(node.func):
            first = ["get_ipython()"]
        elif (looked_up := _looked_up(node)) and (owner := self.full_name(looked_up[0])):
            first = [owner, looked_up[1]]
        full = ".".join([*first, *reversed(parts)])
        return full if first and len(full) <= _MAX_NAME else None  # no library has a longer one

    def _is_get_ipython(self, node: ast.AST) -> bool:
        full = self.full_name(node) or getattr(node, "id", "")
        return full.rpartition(".")[2] == "get_ipython"

    def is_defined(self, name: str) -> bool:
        """Whether the notebook defines a function or class of this name."""
        return name in self._helpers

    def helper_uses(self, name: str, kind: str) -> bool:
        return kind in self._helpers.get(name, ())


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment binds, each with its value: `a, b = x, y` binds two."""
    for target in statement.targets if isinstance(statement, ast.Assign) else ():
        if isinstance(target, ast.Name):
            yield target.id, statement.value
        elif isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            for part, value in zip(target.elts, statement.value.elts, strict=False):
                if isinstance(part, ast.Name):
                    yield part.id, value


def _looked_up(node: ast.AST) -> tuple[ast.AST, str] | None:
    """The object and the name in `getattr(torch, "ops")`, `vars(torch)["ops"]` and `torch.__dict__["ops"]`."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, name, *_]):
            pass
        case ast.Subscript(value=ast.Call(func=ast.Name(id="vars"), args=[owner]), slice=name):
            pass
        case ast.Subscript(value=ast.Attribute(value=owner, attr="__dict__"), slice=name):
            pass
        case _:
            return None
    text = _text(name)
    return None if text is None else (owner, text)


def _text(node: ast.AST) -> str | None:
    """A string literal, in one piece or several: `"con" + "v2d"`."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = _text(left), _text(right)
            return None if None in parts else "".join(part for part in parts if part)
    return None


def _is_below(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def _uses(tree: ast.Module, names: _Names, kinds: frozenset[str]) -> Iterator[tuple[ast.AST, str]]:
    """Uses of what the cell's task forbids, in the cell itself or in a helper that it calls."""
    own = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    for kind in sorted(kinds):
        for node in _direct_uses(tree, names, kind):
            yield node, BANS[kind].flag
        for node in _tricks(tree, names, kind):
            yield node, BANS[kind].flag_trick
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Name)
                and isinstance(node.ctx, ast.Load)
                and node.id not in own
                and names.helper_uses(node.id, kind)
            ):
                yield node, f"{BANS[kind].flag}, through {node.id}"


def _tricks(tree: ast.AST, names: _Names, kind: str) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        named = any(_is_below(name, BANS[kind].tricks) for name in _names_at(node, names))
        if named or (kind == "autograd" and isinstance(getattr(node, "value", None), complex)):
            yield node


def _direct_uses(tree: ast.AST, names: _Names, kind: str) -> Iterator[ast.AST]:
    methods = BANS[kind].methods
    own = _calls_of_own_methods(tree) if methods else ()
    for node in ast.walk(tree):
        for name in _names_at(node, names):
            if _is_below(name, BANS[kind].names) and not _is_below(name, _HARMLESS):
                yield node
        if isinstance(node, ast.Attribute) and node.attr in methods and node not in own:
            yield node


def _calls_of_own_methods(tree: ast.AST) -> set[ast.Attribute]:
    """Calls like `model.backward(X, y)`, if a class here has such a method: torch's own is called without arguments."""
    methods = {
        method.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    }
    return {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in methods
        and node.args
    }


def _names_at(node: ast.AST, names: _Names) -> Iterator[str]:
    """Full names that a node imports or uses."""
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{name.name}" for name in node.names)
    elif isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        full = names.full_name(node)
        if full:
            yield full


def _suspects(tree: ast.Module, names: _Names) -> Iterator[tuple[ast.AST, str]]:
    """Uses of what no task needs, in any cell."""
    for name in _not_local(tree):
        if not names.is_defined(name.id) and (names.full_name(name) or "builtins").startswith("builtins"):
            yield name, f"runs text as code ({name.id})"
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute, ast.ImportFrom, ast.Call, ast.Subscript)):
            for name in _names_at(node, names):
                why = _suspicion(name)
                if why and not (isinstance(node, ast.Name) and name in _MODULES):
                    yield node, why
        if isinstance(node, ast.Call) and names.full_name(node.func) in _TIMERS and _has_text(node):
            yield node, "runs text as code (timeit)"
        if isinstance(node, ast.Attribute) and node.attr in _FRAMES:
            yield node, _LOOKS_AROUND
        elif isinstance(node, ast.Attribute) and node.attr in _CONTEXTS and not _is_super(node.value):
            yield node, "enters or leaves a context by hand"
        elif isinstance(node, ast.Attribute) and node.attr in _BY_ADDRESS:
            yield node, _BY_ITS_ADDRESS
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                for name in _defined(method):
                    if name in _LYING:
                        yield method, f"a class with its own {name}"
                    elif name in _BY_ADDRESS:
                        yield method, _BY_ITS_ADDRESS
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            defined = names.is_defined(node.func.id)
            if node.func.id in ("setattr", "delattr") and node.args and not defined:
                yield from _patches(node.args[0], node, names)
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)):
            targets = node.targets if isinstance(node, (ast.Assign, ast.Delete)) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute):
                    yield from _patches(target, node, names)
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/proc")
        ):
            yield node, _LOOKS_AROUND


def _not_local(node: ast.AST, local: frozenset[str] = frozenset()) -> Iterator[ast.Name]:
    """Where a name of `_AS_CODE` is used that no parameter or variable of a function hides."""
    if isinstance(node, ast.Name) and node.id in _AS_CODE and node.id not in local:
        if isinstance(node.ctx, ast.Load):
            yield node
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        body = node.body if isinstance(node.body, list) else [node.body]
        inner, inside = local | _locals(node.args, body), set(map(id, body))
        for part in ast.iter_child_nodes(node):
            yield from _not_local(part, inner if id(part) in inside else local)
    else:
        for part in ast.iter_child_nodes(node):
            yield from _not_local(part, local)


def _locals(arguments: ast.arguments, body: list[ast.stmt] | list[ast.expr]) -> set[str]:
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    bound = {one.arg for one in (*listed, arguments.vararg, arguments.kwarg) if one}
    everywhere: set[str] = set()
    parts: list[ast.AST] = [*body]
    while parts:
        part = parts.pop()
        if isinstance(part, (ast.Global, ast.Nonlocal)):
            everywhere.update(part.names)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            bound.add(part.id)
        elif not isinstance(
            part,
            (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
            + (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
        ):
            parts.extend(ast.iter_child_nodes(part))
    return bound - everywhere


_TIMERS = ("timeit.timeit", "timeit.repeat", "timeit.Timer")


def _has_text(call: ast.Call) -> bool:
    given = [*call.args[:2], *(one.value for one in call.keywords if one.arg in ("stmt", "setup"))]
    return any(_text(one) is not None or isinstance(one, ast.JoinedStr) for one in given)


def _results(tree: ast.Module, published: frozenset[str]) -> Iterator[tuple[ast.AST, str]]:
    """The student's numbers that are results of the solved notebook."""
    numbers: dict[str, ast.AST] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            number = repr(node.value)
            if _significant(number) >= _DIGITS:
                numbers.setdefault(number, node)
    if published and len(numbers) > _MAX_NUMBERS:
        yield tree.body[0], _TOO_MANY
        return
    for number, node in numbers.items():
        if any(_is_the_same(number, result) for result in published):
            yield node, f"{number} is a result of the solution"


def _is_the_same(one: str, other: str) -> bool:
    """Whether two decimals agree in all digits of the one with fewer, at least _DIGITS of them."""
    if not re.fullmatch(r"\d+\.\d+", one):  # "1e-05" is not one
        return False
    places = min(len(number.partition(".")[2]) for number in (one, other))
    first, second = (f"{float(number):.{places}f}" for number in (one, other))
    return first == second and _significant(first) >= _DIGITS


def _significant(number: str) -> int:
    return len(number.replace(".", "").lstrip("0"))


def _is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _suspicion(name: str) -> str | None:
    parts = name.split(".")
    inner = next((i for i, part in enumerate(parts) if i and part in _ROOTS), None)
    if inner is not None and name not in _SUSPECT and parts[0] in _LIBRARIES:
        return _suspicion(".".join(parts[inner:]))
    while name:
        if name in _SUSPECT:
            return _SUSPECT[name]
        name = name.rpartition(".")[0]
    return None


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield statement.name
    elif isinstance(statement, ast.Assign):
        yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def _patches(target: ast.AST, node: ast.AST, names: _Names) -> Iterator[tuple[ast.AST, str]]:
    full = names.full_name(target)
    if full and not _is_below(full, _SETTINGS):
        yield node, f"changes {full}"
