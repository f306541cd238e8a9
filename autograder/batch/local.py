"""The judges of this machine: processes that run grading/judge_process.py, each with a thread that asks it.

Each process has a fork server of its own and works on one core. If one dies, its submission is tried again; no other
submission is affected.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.batch.judging import JudgingRefused, Unit
from autograder.grading.assignment import REPOSITORY
from autograder.startup import ONE_THREAD

_TRIES = 2
_PATIENCE = 1800.0
"""Seconds after which a judge process is abandoned. The sandbox's limits end a submission long before that."""


class LocalJudges:
    """Judge processes on this machine, each with a thread that asks it."""

    def __init__(self, root: Path, jobs: int | None = None, sandbox: str | None = None) -> None:
        """`jobs`: how many run in parallel; by default, one for each core."""
        self._jobs = jobs or cores()
        self._setup = setup(root, sandbox)

    @cached_property
    def has_gpu(self) -> bool:
        from autograder.grading.gpu import has_gpu  # seconds: only where a verdict waits for a GPU

        return has_gpu()

    def answers(
        self, units: Sequence[Unit], started: Callable[[Unit], None]
    ) -> Iterator[tuple[Unit, dict[str, Any]]]:
        if not units:
            return
        todo: queue.SimpleQueue[Unit] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[Unit, dict[str, Any]] | BaseException] = queue.SimpleQueue()
        for unit in units:
            todo.put(unit)
        names = sorted({unit.assignment.name for unit in units})
        processes = JudgeProcess.family(self._setup, names, min(self._jobs, len(units)))

        def work(process: JudgeProcess) -> None:
            try:
                while True:
                    unit = todo.get_nowait()
                    started(unit)
                    done.put((unit, process.ask(unit.question(unit.submitted.file))))
            except queue.Empty:
                pass
            except BaseException as error:
                done.put(error)

        threads = [threading.Thread(target=work, args=(process,), daemon=True) for process in processes]
        try:
            for thread in threads:
                thread.start()
            for _ in units:
                result = done.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            for process in processes:
                process.close()
            for thread in threads:
                thread.join()


def setup(root: Path, sandbox: str | None) -> dict[str, Any]:
    """What a judge process gets once, at its start. The seed is the same for all: no student gets easier numbers than
    another."""
    return {"root": str(root), "sandbox": sandbox, "seed": secrets.randbits(62)}


class JudgeProcess:
    """One judge process at a time, started when it is first asked, and replaced when it dies."""

    def __init__(self, setup: dict[str, Any], process: subprocess.Popen[str] | _Forked | None = None) -> None:
        self._setup = setup
        self._process = process
        self._closed = False
        self._lock = threading.Lock()

    @classmethod
    def family(cls, setup: dict[str, Any], assignments: list[str], size: int) -> list[JudgeProcess]:
        """`size` judge processes that share one start. If one is killed, all end, and each starts again on its own."""
        started = _start_family({**setup, "assignments": assignments}, size)
        return [cls(setup, process) for process in started]

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to `Unit.question`, or {"lost": why}. Raises JudgingRefused."""
        for _ in range(_TRIES):
            answer = self._try(question)
            if answer is not None and "refused" in answer:
                raise JudgingRefused(answer["refused"])
            if answer is not None:
                return answer
        return {"lost": f"The judge process ended {_TRIES} times while it worked on this submission."}

    def _try(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """The process's answer, or None if it died while answering."""
        process = self._start()
        watch = threading.Timer(_PATIENCE, process.kill)
        watch.start()
        try:
            with contextlib.suppress(OSError):  # it refused when it started: its answer is already there
                process.stdin.write(json.dumps(question) + "\n")
                process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self._end()
            return None
        finally:
            watch.cancel()

    def _start(self) -> subprocess.Popen[str] | _Forked:
        with self._lock:
            if self._closed:
                raise JudgingRefused("grading was stopped")
            if self._process is None:
                (self._process,) = _start_family(self._setup, 1)
            return self._process

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            with contextlib.suppress(OSError):  # the question was never read
                process.stdin.close()
            process.stdout.close()

    def close(self) -> None:
        """Ends the process, even in the middle of its work. May be called from any thread, more than once."""
        self._closed = True
        with self._lock:
            process = self._process
        if process is not None and process.poll() is None:
            process.kill()


class _Forked:
    """A judge that was forked from another one, with the methods of a process that `JudgeProcess` needs."""

    def __init__(self, first: subprocess.Popen[str], link: socket.socket) -> None:
        self.kill, self.wait, self.poll = first.kill, first.wait, first.poll  # they live and die together
        with link:
            self.stdin = link.makefile("w", encoding="utf-8")
            self.stdout = link.makefile("r", encoding="utf-8")


def _start_family(setup: dict[str, Any], size: int) -> list[subprocess.Popen[str] | _Forked]:
    """A judge process, and the others that it forks once it has started."""
    links = [socket.socketpair() for _ in range(size - 1)]
    numbers = [theirs.fileno() for _, theirs in links]
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.grading.judge_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C reaches the run, which then ends its judges
        pass_fds=numbers,
    )
    for _, theirs in links:
        theirs.close()
    with contextlib.suppress(OSError):
        setup = {**setup, "links": numbers}
        process.stdin.write(json.dumps(setup) + "\n")  # not an argument: the seed is a secret
        process.stdin.flush()
    return [process, *(_Forked(process, ours) for ours, _ in links)]


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
