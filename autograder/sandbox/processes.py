"""Turns a notebook's processes into threads: a worker has no shared memory for locks, and no test starts a process."""

from __future__ import annotations

import concurrent.futures.process
import contextlib
import ctypes
import functools
import multiprocessing.dummy
import multiprocessing.pool
import multiprocessing.queues
import os
import queue
import signal
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import sharedctypes
from types import SimpleNamespace
from typing import Any


def threads_for_processes() -> None:
    """Lets `multiprocessing`, torch's and that of `concurrent.futures` start threads."""
    threads = multiprocessing.dummy
    concurrent.futures.process.ProcessPoolExecutor = concurrent.futures.ProcessPoolExecutor = _ThreadPool
    parts = {name: getattr(threads, name) for name in threads.__all__}
    parts |= {"Process": _Process, "Queue": _Queue, "JoinableQueue": _Queue, "Pool": _pool}
    parts |= {"Value": _value, "RawValue": _value, "Array": _array, "RawArray": _array}
    del parts["current_process"], parts["active_children"]  # logging uses these, too
    shared = {**parts, "dict": dict, "list": list, "Namespace": threads.Namespace}
    parts["Manager"] = lambda: _Manager(**shared)
    parts["SimpleQueue"] = functools.partial(multiprocessing.queues.SimpleQueue, ctx=multiprocessing)
    parts["get_context"] = multiprocessing.pool.get_context = lambda *_: multiprocessing
    for module in (multiprocessing, sys.modules.get("torch.multiprocessing")):
        if module:
            vars(module).update(parts)


def spawn_threads() -> None:
    """Makes `torch.multiprocessing.spawn` use threads, which share every tensor."""
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


def restart_pools() -> None:
    """Gives a notebook's thread pools new threads in copies of it, where their work would otherwise wait for ever."""
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
    """Replaces ProcessPoolExecutor."""

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
        self.daemon = True  # the worker does not wait for it when it ends
        self._ended = False

    @property
    def pid(self) -> int | None:
        return self.native_id

    sentinel = pid

    @property
    def exitcode(self) -> int | None:
        return -signal.SIGTERM if self._ended else super().exitcode

    def terminate(self) -> None:
        """Ends it at its next line. If it is waiting inside a library, it stays there, and nobody waits for it."""
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
        """Wakes up now and then, so that a terminated process no longer takes anything."""
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
    """A manager of plain objects: threads share everything."""

    def __enter__(self) -> _Manager:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def start(self, *_: Any) -> None:
        pass

    def shutdown(self) -> None:
        pass
