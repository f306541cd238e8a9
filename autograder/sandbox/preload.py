"""What the fork server imports and does once, so that no worker pays for it."""

from __future__ import annotations

import concurrent.futures.process
import contextlib
import ctypes
import functools
import importlib
import importlib.abc
import importlib.util
import io
import multiprocessing.dummy
import multiprocessing.pool
import multiprocessing.queues
import os
import queue
import re
import signal
import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from multiprocessing import sharedctypes
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from autograder.sandbox import forbid, stand_ins

_SHELL = ("IPython.display", "matplotlib_inline.backend_inline", "matplotlib.pyplot", "numpy")
"""What every notebook finds, whatever its assignment uses: Jupyter itself imports most of it."""


def load(libraries: Sequence[str]) -> list[str]:
    """Import the libraries of an assignment and run their first, slow steps. Leaves no thread behind.

    Returns what the instructor should know.
    """
    sys.meta_path.insert(0, _AdaptTorch())
    for name in (*_SHELL, *libraries):
        importlib.import_module(name)
    for package, take_first_steps in _FIRST_STEPS.items():
        if package in sys.modules:
            take_first_steps()
    _draw_into_memory()
    _pass_breakpoints()
    _pass_attributes()
    _restart_pools()
    _threads_for_processes()
    stand_ins.install()
    warnings = forbid.prepare()
    _gather_pages()
    return warnings


class _AdaptTorch(importlib.abc.MetaPathFinder):
    """Adapts torch as soon as it is imported: here, or by the first notebook whose assignment does not preload it."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_adapt(module: ModuleType) -> None:
                load(module)
                module.set_num_threads(1)  # before anything computes: a second thread would hang every fork
                _compile_nothing()
                _serve_in_one_process()
                _spawn_threads()

            spec.loader.exec_module = load_and_adapt
        return spec


# The first optimizer, fit and figure import much more than they seem to.


def _first_training() -> None:
    import torch

    # To ask for a GPU starts the driver, which no process survives a fork with; optimizers ask at their first step.
    is_available, torch.cuda.is_available = torch.cuda.is_available, lambda: False
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(3, 4)).sum().backward()
    optimizer.step()
    torch.cuda.is_available = is_available


def _first_fit() -> None:
    from sklearn.linear_model import LogisticRegression

    LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])


def _first_figure() -> None:
    from matplotlib import pyplot

    pyplot.plot([1, 2])
    pyplot.savefig(io.BytesIO(), format="png")
    pyplot.close("all")


_FIRST_STEPS = {
    "torch": _first_training,
    "sklearn.linear_model": _first_fit,
    "matplotlib.pyplot": _first_figure,
}


def _compile_nothing() -> None:
    """`torch.compile` gives back what it was given, which computes the same; no compiler can be started here."""
    import torch

    def as_it_is(model: Any = None, **_: Any) -> Any:
        return model if model is not None else lambda function: function

    torch.compile = as_it_is


def _draw_into_memory() -> None:
    """matplotlib stays with Agg, whatever backend the notebook asks for; a style that is not known is left out."""
    import matplotlib
    import matplotlib.style
    from matplotlib import pyplot

    use_style = matplotlib.style.use

    @functools.wraps(use_style)
    def use(style: Any) -> None:
        try:
            use_style(style)
        except OSError as error:
            warnings.warn(str(error), stacklevel=2)

    matplotlib.style.use = use
    matplotlib.use = pyplot.switch_backend = lambda *_, **__: None


def _pass_breakpoints() -> None:
    """A breakpoint that was left in a function is passed by: there is nobody at the keyboard."""
    for name in ("pdb", "IPython.core.debugger"):
        importlib.import_module(name).set_trace = lambda *_, **__: None
    sys.modules["pdb"].Pdb.set_trace = lambda *_, **__: None
    sys.modules["IPython.core.debugger"].Pdb = stand_ins.Nothing()
    sys.breakpointhook = lambda *_, **__: None


def _pass_attributes() -> None:
    """To set a file's mode or time, as every copy of a file does, is refused here: it changes nothing instead."""

    def passed(original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def change(path: Any, *args: Any, **kwargs: Any) -> None:
            try:
                original(path, *args, **kwargs)
            except PermissionError:
                os.stat(path)  # a file that is missing is still an error: `Path.touch` then makes it

        return change

    for name in ("chmod", "chown", "fchmod", "fchown", "lchown", "utime"):
        setattr(os, name, passed(getattr(os, name)))


def _restart_pools() -> None:
    """A pool of threads that a notebook made has none in the copies made of it, where its work would wait for ever."""
    pools: weakref.WeakSet[ThreadPoolExecutor] = weakref.WeakSet()
    original = ThreadPoolExecutor.__init__

    @functools.wraps(original)
    def init(self: ThreadPoolExecutor, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        pools.add(self)

    def restart() -> None:
        for pool in list(pools):
            pool._threads = set()
            pool._work_queue = queue.SimpleQueue()
            pool._idle_semaphore = threading.Semaphore(0)
            pool._shutdown_lock = threading.Lock()

    ThreadPoolExecutor.__init__ = init
    os.register_at_fork(after_in_child=restart)


class _ThreadPool(ThreadPoolExecutor):
    """Stands for ProcessPoolExecutor."""

    def __init__(
        self,
        max_workers: int | None = None,
        mp_context: Any = None,
        initializer: Any = None,
        initargs: tuple[Any, ...] = (),
        **_: Any,
    ) -> None:
        super().__init__(max_workers, "", initializer, initargs)


class _Process(multiprocessing.dummy.DummyProcess):
    def __init__(self, *args: Any, daemon: bool | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.daemon = True  # the worker does not wait for it at its end
        self._ended = False

    @property
    def pid(self) -> int | None:
        return self.native_id

    sentinel = pid

    @property
    def exitcode(self) -> int | None:
        return -signal.SIGTERM if self._ended else super().exitcode

    def terminate(self) -> None:
        """Ends it at its next line. One that waits in a library goes on waiting, and nobody waits for it."""
        if self.is_alive():
            self._ended = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self.ident), ctypes.py_object(SystemExit)
            )

    kill = terminate

    def is_alive(self) -> bool:
        return not self._ended and super().is_alive()

    def join(self, timeout: float | None = None) -> None:
        super().join(min(1, 1 if timeout is None else timeout) if self._ended else timeout)

    def close(self) -> None:
        pass


class _Queue(queue.Queue):
    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Looks up now and then, so that a process that was terminated takes nothing any more."""
        while block and timeout is None:
            with contextlib.suppress(queue.Empty):
                return super().get(True, 0.1)
        return super().get(block, timeout)

    def close(self) -> None:
        pass

    join_thread = cancel_join_thread = close


def _shared(value: Any) -> Any:
    lock = threading.RLock()
    value.get_lock, value.get_obj = lambda: lock, lambda: value
    return value


def _value(kind: Any, *args: Any, **_: Any) -> Any:
    return _shared(sharedctypes.typecode_to_type.get(kind, kind)(*args))


def _array(kind: Any, size_or_values: Any, **_: Any) -> Any:
    values = () if isinstance(size_or_values, int) else tuple(size_or_values)
    size = size_or_values if isinstance(size_or_values, int) else len(values)
    return _shared((sharedctypes.typecode_to_type.get(kind, kind) * size)(*values))


def _pool(
    processes: int | None = None, initializer: Any = None, initargs: tuple[Any, ...] = (), *_: Any, **__: Any
) -> Any:
    return multiprocessing.pool.ThreadPool(processes, initializer, initargs)


class _Manager(SimpleNamespace):
    """Everything is shared among threads."""

    def __enter__(self) -> _Manager:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def start(self, *_: Any) -> None:
        pass

    def shutdown(self) -> None:
        pass


def _threads_for_processes() -> None:
    """A notebook's processes are threads: a worker has no shared memory for locks, and a test starts no process."""
    threads = multiprocessing.dummy
    concurrent.futures.process.ProcessPoolExecutor = concurrent.futures.ProcessPoolExecutor = _ThreadPool
    parts = {name: getattr(threads, name) for name in threads.__all__}
    parts |= {"Process": _Process, "Queue": _Queue, "JoinableQueue": _Queue, "Pool": _pool}
    parts |= {"Value": _value, "RawValue": _value, "Array": _array, "RawArray": _array}
    del parts["current_process"], parts["active_children"]  # which logging asks, too
    shared = {**parts, "dict": dict, "list": list, "Namespace": threads.Namespace}
    parts["Manager"] = lambda: _Manager(**shared)
    parts["SimpleQueue"] = functools.partial(multiprocessing.queues.SimpleQueue, ctx=multiprocessing)
    parts["get_context"] = multiprocessing.pool.get_context = lambda *_: multiprocessing
    for module in (multiprocessing, sys.modules.get("torch.multiprocessing")):
        if module:
            vars(module).update(parts)


def _spawn_threads() -> None:
    """`torch.multiprocessing.spawn` by threads, which share every tensor."""
    import torch.multiprocessing

    def spawn(
        fn: Callable[..., Any], args: Sequence[Any] = (), nprocs: int = 1, join: bool = True, **_: Any
    ) -> Any:
        pool = ThreadPoolExecutor(nprocs)
        running = [pool.submit(fn, rank, *args) for rank in range(nprocs)]
        pool.shutdown(wait=False)

        def wait(timeout: float | None = None, *_: Any) -> bool:
            done = concurrent.futures.wait(running, timeout, "FIRST_EXCEPTION").done
            for one in done:
                one.result()
            return len(done) == len(running)

        if not join:
            return SimpleNamespace(join=wait)
        wait()
        return None

    torch.multiprocessing.spawn = torch.multiprocessing.start_processes = spawn
    torch.Tensor.share_memory_ = lambda self: self


_MADV_COLLAPSE = 25  # Linux 6.1, not in `mmap`
_HUGE_PAGE = 2 << 20


def _gather_pages() -> None:
    """Puts the large areas that libraries have filled on huge pages, where the kernel can.

    The allocator's memory has them (policy.py). cuBLAS fills another 84 MB when it is loaded: each fork would copy the
    places of 21,000 pages.
    """
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = [ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int]
    areas = re.findall(
        r"^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 *$", Path("/proc/self/maps").read_text(), re.M
    )
    for area in areas:
        begin, end = (int(number, 16) for number in area)
        begin, end = -(-begin // _HUGE_PAGE) * _HUGE_PAGE, end // _HUGE_PAGE * _HUGE_PAGE
        if end - begin >= 8 * _HUGE_PAGE:
            libc.madvise(begin, end - begin, _MADV_COLLAPSE)


def _serve_in_one_process() -> None:
    """DataLoader without worker processes, torch with one thread, whatever the notebook asks for."""
    import torch
    from torch.utils.data import DataLoader

    original = DataLoader.__init__

    @functools.wraps(original)
    def init(self: Any, dataset: Any, *args: Any, **kwargs: Any) -> None:
        args = (*args[:4], 0, *args[5:])[: len(args)]  # the fifth after the dataset is num_workers
        for name in (
            "num_workers",
            "prefetch_factor",
            "persistent_workers",
            "multiprocessing_context",
            "timeout",
        ):
            kwargs.pop(name, None)
        original(self, dataset, *args, **kwargs)

    DataLoader.__init__ = init
    # A team of threads in the loaded notebook would be missing from the copies made of it, which would wait for it.
    torch.set_num_threads = torch.set_num_interop_threads = lambda number: None
