"""The untrusted side: holds a student's notebook and answers the judge's requests, one after another.

Everything here shares a process with the student's code, which can change any of it. So nothing here keeps a secret or
awards anything, and its answers count only as "the claimed output".
"""

from __future__ import annotations
import __future__

import ast
import builtins
import contextlib
import copy
import importlib
import linecache
import os
import secrets
import signal
import socket
import sys
import traceback
import types
import warnings
import zlib
from collections.abc import Callable
from typing import Any, TextIO

from autograder.sandbox import codec, forbid, hardening, shell
from autograder.sandbox.answers import MAX_FRAMES, MAX_MESSAGE, MAX_NOTES, MAX_TEXT
from autograder.sandbox.magics import to_python
from autograder.sandbox.names import MAX_NAMES, Changes, bound_names
from autograder.sandbox.promises import Note, Promises

MAX_NESTING = 50  # of requests within callbacks within requests
MAX_UNNAMED = 50
"""So many definitions that failed for want of a name are kept."""
_FUTURE_FLAGS = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)


class JudgeFailed(BaseException):
    """The judge's side of a callback raised; unwinds the student's code up to the request."""


class Interrupted(KeyboardInterrupt):
    """The statement has used up its time. As in Jupyter, code that stops on Ctrl-C stops on this."""


def serve(link_fd: int, seccomp: bool) -> None:
    """Answer requests until the judge hangs up."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the judge ends copies; the kernel reaps them
    _open_output()
    worker = _Worker(link_fd, seccomp)
    signal.signal(signal.SIGINT, worker.interrupt)
    worker.run()


def _open_output() -> None:
    """Makes new objects, since the notebook may have closed the old ones."""
    sys.stdout, sys.stderr = (_line_buffered(fd) for fd in (1, 2))


def _line_buffered(fd: int) -> TextIO:
    return open(fd, "w", buffering=1, encoding="utf8", errors="replace", closefd=False)  # noqa: SIM115


class _Worker:
    def __init__(self, link_fd: int, seccomp: bool) -> None:
        self.link = socket.socket(fileno=link_fd)
        self.seccomp = seccomp
        self.loaded_pid = os.getpid()
        self.notebook = _new_main()
        self.objects: dict[int, Any] = {}  # by the key that the judge uses for them
        self.keys: dict[int, int] = {}  # by id(): the same object keeps its key
        self.callbacks: dict[int, Callable[..., Any]] = {}
        self.helpers: dict[str, dict[str, Any]] = {}  # the judge's definitions, by their source
        self.promises = Promises()
        self.broken: list[Note] = []  # promises broken since the last answer
        self.future_flags = 0
        self.parsed: tuple[tuple[str, str, int], ast.Module] | None = None  # the last cell, parsed
        self.unnamed: list[tuple[str, ast.stmt, str]] = []
        """Definitions that failed for want of a name: that name, the definition, and its cell's file name."""
        self.changes = Changes(self.notebook.__dict__)
        self.interruptible = False  # whether a statement of a cell is running
        self.interrupted = False
        self.nesting = 0
        self.resets: dict[str, Callable[[int], None]] = {}
        """What `op_reset` does to each library. Its functions are looked up before a notebook can replace them."""
        self.prepare_resets()
        self.operations = {
            name.removeprefix("op_"): getattr(self, name) for name in dir(self) if name.startswith("op_")
        }

    # ---- messages

    def run(self) -> None:
        self.send({"hello": True})
        while True:
            message, fds = self.receive()
            self.answer(message, fds)

    def send(self, message: dict[str, Any]) -> None:
        self.write(codec.encode(message, self.refer, max_body=codec.MAX_ANSWER))

    def write(self, frame: codec.Frame) -> None:
        for part in frame.parts():
            self.link.sendall(part)

    def receive(self) -> tuple[dict[str, Any], list[int]]:
        header, fds, _, _ = socket.recv_fds(self.link, codec.HEADER.size, 2)
        header += self.read(codec.HEADER.size - len(header)) if header else b""
        if not header:
            os._exit(0)
        json_size, body_size = codec.parse_header(header)
        content = self.read(json_size + body_size)
        text, body = bytes(content[:json_size]), memoryview(content)[json_size:]
        return codec.decode(text, body, self.resolve, self.make_callback), list(fds)

    def read(self, size: int) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            count = self.link.recv_into(view)
            if not count:
                os._exit(0)
            view = view[count:]
        return data

    def refer(self, x: Any) -> dict[str, Any]:
        key = self.keys.get(id(x))
        if key is None:
            key = self.keys[id(x)] = secrets.randbits(
                48
            )  # random: a key from one copy means nothing in another
            self.objects[key] = x
        return codec.reference(key, type(x).__name__)

    def resolve(self, key: int, _type_name: str) -> Any:
        return self.objects.get(key, _Missing)

    def make_callback(self, key: int) -> Callable[..., Any]:
        if key not in self.callbacks:

            def ask_judge(*args: Any, **kwargs: Any) -> Any:
                self.send({"callback": key, "args": list(args), "kwargs": kwargs})
                return self.wait_for_callback()

            # a model that holds it can be saved as a whole: pickle finds a function by its module and name
            ask_judge.__qualname__ = f"ask_judge_{key}"
            globals()[ask_judge.__qualname__] = self.callbacks[key] = ask_judge
        return self.callbacks[key]

    def wait_for_callback(self) -> Any:
        while True:
            message, fds = self.receive()
            if "returned" in message:
                return message["returned"]
            if "raised" in message:
                raise JudgeFailed
            self.answer(message, fds)

    def answer(self, message: dict[str, Any], fds: list[int]) -> None:
        """Do one request and send its reply; none of our own exceptions get out."""
        reply = {"id": message.pop("id")}
        self.nesting += 1
        try:
            if self.nesting > MAX_NESTING:
                raise RecursionError("requests and callbacks are nested too deeply")
            if (seed := message.pop("reset", None)) is not None:
                self.op_reset(seed)
            operation = self.operations[message.pop("op")]
            try:
                value = operation(**message, fds=fds) if fds else operation(**message)
            finally:
                _stop_timers()
            broken, self.broken = self.broken, []
            noted = {"broken": broken} if broken else {}
            frame = codec.encode({**reply, "value": value, **noted}, self.refer, max_body=codec.MAX_ANSWER)
        except BaseException as error:
            frame = codec.encode({**reply, "error": self.describe(error)})
        finally:
            self.nesting -= 1
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        self.write(frame)

    def describe(self, error: BaseException) -> list[Any]:
        """[type, message, frames in the student's cells, names of the base classes]; the text is bounded, whatever the
        error is."""
        try:
            message = str(error)[:MAX_MESSAGE]
        except BaseException:
            message = "(an exception whose text cannot be made)"
        kind = type(error)
        bases = [base.__name__[:100] for base in kind.__mro__][:20]
        return [kind.__name__[:100], message, _frames(error)[-MAX_FRAMES:], bases]

    # ---- operations

    def op_cell(self, source: str, name: str) -> None:
        """Runs a cell as a whole."""
        tree, filename = self.parse(source, name)
        self.execute(tree, filename)

    def op_define_late(self) -> None:
        """Runs again the definitions that failed for want of a name that is there now, if nothing else defined theirs.

        After a reference has taken the place of a cell that was lost, what builds on that cell gets its value so. What
        still fails is as missing as before.
        """
        namespace = self.notebook.__dict__
        for name, statement, filename in self.unnamed:
            if name in namespace and statement.name not in namespace:
                self.run_statement(statement, filename)

    def op_run(
        self, source: str, name: str, first: int, without: list[int], only: list[int] | None, fds: list[int]
    ) -> dict[str, Any]:
        """Runs the statements of a cell, from the `first` on, up to one that fails or is interrupted.

        Args:
            without: the numbers of statements that are not run; `left_out` describes those that would otherwise have
                run.
            only: the numbers of the only statements that run; None for all.
            fds: one file, in which the number of the running statement is noted.
        """
        (progress,) = fds
        try:
            chosen = None if only is None else frozenset(only)
            return self.run_statements(source, name, first, frozenset(without), chosen, progress)
        finally:
            os.close(progress)

    def run_statements(
        self,
        source: str,
        name: str,
        first: int,
        without: frozenset[int],
        only: frozenset[int] | None,
        progress: int,
    ) -> dict[str, Any]:
        ran: dict[str, Any] = {"next": None, "error": None, "failed": None, "left_out": []}
        self.interrupted = False
        try:
            tree, filename = self.parse(source, name)
        except BaseException as error:
            return {**ran, "error": self.describe(error), **self.changes.since_last()}
        tried = []
        for number, statement in enumerate(tree.body):
            if number < first or (only is not None and number not in only):
                continue
            if number in without:
                ran["left_out"].append(_described(number, statement, filename))
                continue
            tried.append(statement)
            os.pwrite(progress, number.to_bytes(4, "little"), 0)
            error = self.run_statement(statement, filename)
            if type(error) is NameError and isinstance(statement, _DEFINITIONS):
                self.unnamed = [*self.unnamed, (error.name, statement, filename)][:MAX_UNNAMED]
            if error is not None or self.interrupted:
                ran["next"] = number + 1
                ran["failed"] = _described(number, statement, filename)
                ran["error"] = None if error is None else self.describe(error)
                break
        return {**ran, **self.changes.since_last(tried)}

    def run_statement(self, statement: ast.stmt, filename: str) -> BaseException | None:
        failure = None
        try:
            self.interruptible = True
            try:
                self.execute(ast.Module([statement], []), filename)
            except Exception as error:
                failure = error
            if isinstance(statement, ast.Try) and not self.interrupted:
                self.import_the_rest(statement, filename)
        except BaseException as error:
            return error
        finally:
            self.interruptible = False
        return failure

    def import_the_rest(self, statement: ast.Try, filename: str) -> None:
        """Runs the imports of a `try` that were not reached because a package in front of them is missing here.

        A name that has a value keeps it: the `except` may have given it another one on purpose.
        """
        handled = [line for handler in statement.handlers for line in handler.body]
        imports = [part for line in [*statement.body, *handled] for part in _one_by_one(line)]
        for line in imports:
            if isinstance(line, (ast.Import, ast.ImportFrom)):
                (name,) = bound_names([line])
                if name != "*" and name not in self.notebook.__dict__:
                    with contextlib.suppress(Exception):
                        self.execute(ast.Module([line], []), filename)

    def interrupt(self, *_: Any) -> None:
        """The judge asks a statement to end."""
        self.interrupted = True
        if self.interruptible:
            raise Interrupted("it was stopped")

    def parse(self, source: str, name: str) -> tuple[ast.Module, str]:
        """The cell's statements, and the file name under which tracebacks know it."""
        filename = f"<cell {name}>"
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = (len(source), None, lines, filename)
        wanted = source, filename, self.future_flags
        if self.parsed is not None and self.parsed[0] == wanted:  # continuing after a failed statement
            return self.parsed[1], filename

        def parsed(text: str) -> ast.Module:
            return self.compile(text, filename, ast.PyCF_ONLY_AST)

        try:
            tree = parsed(source)
        except SyntaxError:
            tree = parsed(to_python(source))
        tree.body = [part for statement in tree.body for part in _one_by_one(statement)]
        self.parsed = wanted, tree
        return tree, filename

    def compile(self, source: str | ast.Module, filename: str, flags: int = 0) -> Any:
        flags |= self.future_flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return compile(source, filename, "exec", flags=flags, dont_inherit=True)

    def execute(self, tree: ast.Module, filename: str) -> None:
        code = self.compile(tree, filename)
        self.future_flags |= code.co_flags & _FUTURE_FLAGS
        shell.run(code, self.notebook.__dict__)

    def op_get(self, target: dict[str, Any]) -> Any:
        return self.find(target)

    def op_call(
        self, target: dict[str, Any], args: list[Any], kwargs: dict[str, Any], watched: bool = True
    ) -> Any:
        function, args, kwargs = self.find(target), _found(args), _found(kwargs)
        if not watched:
            return function(*args, **kwargs)
        result, broken = self.promises.call(function, args, kwargs)
        self.broken += broken[: MAX_NOTES - len(self.broken)]
        return result

    def op_set(self, target: dict[str, Any], value: Any) -> None:
        value = _found(value)
        path = list(target.get("path", []))
        if not path:
            setattr(self.notebook, target["name"], value)
            return
        owner = self.find({**target, "path": path[:-1]})
        step = path[-1]
        try:
            present = _step(owner, step)
        except (AttributeError, LookupError):
            present = None
        if _is_tensor(present):
            _copy_into(present, value, step if isinstance(step, str) else str(step[1]))
        elif isinstance(step, str):
            setattr(owner, step, value)
        else:
            owner[step[1]] = value

    def op_define(self, source: str, name: str) -> Any:
        if source not in self.helpers:
            # a module of its own, so that a student's code can save and load models of the classes defined here
            helper = types.ModuleType(f"grader_{zlib.crc32(source.encode()):08x}")
            namespace = vars(helper)
            namespace["notebook"] = self.notebook
            for alias, module in (("torch", "torch"), ("nn", "torch.nn"), ("np", "numpy"), ("pd", "pandas")):
                if module in sys.modules:
                    namespace[alias] = sys.modules[module]
            exec(compile(source, "<grader>", "exec", dont_inherit=True), namespace)
            sys.modules[helper.__name__] = helper
            self.helpers[source] = namespace
        return self.helpers[source][name]

    def op_parameters(self, target: dict[str, Any]) -> dict[str, Any]:
        return {name: p.detach() for name, p in self.find(target).named_parameters()}

    def op_gradients(self, target: dict[str, Any]) -> dict[str, Any]:
        gradients = {name: p.grad for name, p in self.find(target).named_parameters()}
        return {name: None if g is None else g.detach() for name, g in gradients.items()}

    def op_buffers(self, target: dict[str, Any]) -> dict[str, Any]:
        return {name: b.detach() for name, b in self.find(target).named_buffers()}

    def prepare_resets(self) -> None:
        for name, prepare in _RESETS.items():
            if name in sys.modules and name not in self.resets:
                self.resets[name] = prepare(sys.modules[name])

    def op_reset(self, seed: int) -> None:
        """The state that one test must not inherit from the notebook's cells."""
        _open_output()  # the notebook's may write to a file that it has closed
        self.prepare_resets()  # for a library that the notebook itself imported
        for reset in self.resets.values():
            reset(seed)

    def op_seal(self) -> None:
        """Requested before the first line of the notebook runs: after that, only the judge can change certain code."""
        forbid.seal()

    def op_forbid(self, kinds: list[str], machine_code: bool) -> None:
        forbid.forbid(kinds, machine_code)

    def op_fork(self, fds: list[int], for_test: bool) -> bool:
        """Makes a copy of this process, which serves on its own link and output; the original answers True.

        A copy `for_test` cannot start processes; any other copy can run cells and be copied like its original.
        """
        link, output = fds
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid:  # the original, whether there is a copy or not
                os.close(link)
                os.close(output)
        if pid:
            return True
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.dup2(link, self.link.fileno())
        os.close(link)
        os.close(output)
        self.nesting = 0
        if self.seccomp:
            hardening.deny_signals_to(self.loaded_pid)
            if for_test:
                hardening.deny_new_processes()
        self.run()
        os._exit(0)

    # ---- targets

    def find(self, target: dict[str, Any]) -> Any:
        if "name" in target:
            name = target["name"]
            if name not in self.notebook.__dict__:
                raise NameError(f"name '{name}' is not defined")
            found = self.notebook.__dict__[name]
        elif "import" in target:
            found = _import(target["import"])
        else:
            found = _found(target["ref"])
        for step in target.get("path", []):
            found = _step(found, step)
        return found


class _Missing:
    """Represents a reference that this process never gave out."""


def _found(x: Any) -> Any:
    if x is _Missing:
        raise LookupError("a reference to an object of another worker")
    if type(x) in (list, tuple):
        return type(x)(_found(item) for item in x)
    if type(x) is dict:
        return {key: _found(value) for key, value in x.items()}
    return x


def _step(owner: Any, step: Any) -> Any:
    return getattr(owner, step) if isinstance(step, str) else owner[step[1]]


def _import(dotted: str) -> Any:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(f"no module of {dotted}")


def _is_tensor(x: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.Tensor)


def _copy_into(present: Any, value: Any, name: str) -> None:
    torch = sys.modules["torch"]
    value = torch.as_tensor(value)
    if value.shape != present.shape:
        raise ValueError(f"`{name}` has the shape {tuple(present.shape)}, not {tuple(value.shape)}")
    with torch.no_grad():
        present.copy_(value)


# ---- notebook cells

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _new_main() -> types.ModuleType:
    """The notebook's namespace: a new `__main__`, with harmless stand-ins for what Jupyter puts there."""
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=builtins)
    shell.install(module.__dict__)
    sys.modules["__main__"] = module
    return module


def _one_by_one(statement: ast.stmt) -> list[ast.stmt]:
    """An import of several modules as so many imports: if one is missing here, the others still get their names."""
    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [statement]
    parts: list[ast.stmt] = []
    for alias in statement.names:
        part = copy.copy(statement)
        part.names = [alias]
        parts.append(part)
    return parts


def _described(number: int, statement: ast.stmt, filename: str) -> tuple[int, int, str, list[str]]:
    """(its number in the cell, line number, line, the names that it would give a value)."""
    line = linecache.getline(filename, statement.lineno).strip()[:MAX_TEXT]
    return number, statement.lineno, line, list(bound_names([statement]))[:MAX_NAMES]


def _reset_random(random: types.ModuleType) -> Callable[[int], None]:
    seed_random, filter_warnings = random.seed, warnings.simplefilter

    def reset(seed: int) -> None:
        seed_random(seed)
        filter_warnings("ignore")

    return reset


def _reset_numpy(numpy: types.ModuleType) -> Callable[[int], None]:
    seed_random, seterr = numpy.random.seed, numpy.seterr

    def reset(seed: int) -> None:
        seed_random(seed % 2**32)
        seterr(divide="warn", over="warn", under="ignore", invalid="warn")

    return reset


def _reset_torch(torch: types.ModuleType) -> Callable[[int], None]:
    seed_random = torch.default_generator.manual_seed  # torch.manual_seed takes milliseconds without a GPU
    has_gpu, seed_gpus = torch.cuda.is_initialized, torch.cuda.manual_seed_all
    record, set_dtype, float32 = torch.set_grad_enabled, torch.set_default_dtype, torch.float32
    set_device, detect_anomaly = torch.set_default_device, torch.autograd.set_detect_anomaly
    set_precision, onednn = torch.set_float32_matmul_precision, torch.backends.mkldnn
    set_autocast, clear_autocast = torch.set_autocast_enabled, torch.clear_autocast_cache

    def reset(seed: int) -> None:
        seed_random(seed)
        if has_gpu():
            seed_gpus(seed)
        record(True)
        set_dtype(float32)
        set_device(None)
        detect_anomaly(False)
        set_precision("highest")  # "medium" rounds products to bfloat16
        onednn.fp32_precision = onednn.conv.fp32_precision = onednn.rnn.fp32_precision = "none"
        for device in ("cpu", "cuda"):  # entered in a cell and never left, it rounds to bfloat16
            set_autocast(device, False)
        clear_autocast()

    return reset


def _reset_figures(pyplot: types.ModuleType) -> Callable[[int], None]:
    close = pyplot.close
    return lambda _: close("all")


_RESETS = {
    "random": _reset_random,
    "numpy": _reset_numpy,
    "torch": _reset_torch,
    "matplotlib.pyplot": _reset_figures,
}


_set_timer, _TIMERS = signal.setitimer, (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


def _stop_timers() -> None:
    """An alarm that the code set and left would go off in the worker's own code, and end the process."""
    for timer in _TIMERS:
        _set_timer(timer, 0)


def _frames(error: BaseException) -> list[tuple[str, int, str]]:
    """(cell, line number, line) of each frame in the student's cells, innermost last."""
    places = []
    with contextlib.suppress(BaseException):
        places = [(f.filename, f.lineno or 0) for f in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, SyntaxError):
            places.append((error.filename or "", error.lineno or 0))
    return [
        (filename[6:-1][:MAX_TEXT], line, linecache.getline(filename, line).strip()[:MAX_TEXT])
        for filename, line in places
        if filename.startswith("<cell ")
    ]
