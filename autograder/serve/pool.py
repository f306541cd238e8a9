"""The judges that `make grade` uses, kept running: they get one notebook at a time, from several threads."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from autograder.batch.judging import JudgingRefused, Unit
from autograder.batch.local import JudgeProcess, cores, setup

if TYPE_CHECKING:
    from autograder.batch.cluster import ClusterJudges


class Pool(Protocol):
    size: int
    """How many notebooks are judged in parallel."""

    def ask(self, unit: Unit) -> dict[str, Any]:
        """A judge's answer, as from `Judges.answers`. Raises JudgingRefused."""

    def renew(self) -> None:
        """Lets new judges, which read the graders as they are now, judge the next notebooks."""

    def close(self) -> None: ...


class LocalPool:
    """Judge processes of this machine, started at once and used for as long as the service runs."""

    def __init__(
        self, root: Path, assignments: Sequence[str], jobs: int | None = None, sandbox: str | None = None
    ) -> None:
        self.size = jobs or cores()
        self._setup, self._assignments = setup(root, sandbox), list(assignments)
        self._idle: queue.SimpleQueue[JudgeProcess] = queue.SimpleQueue()
        self._processes = self._family()
        self._rest(self._processes)

    def _family(self) -> list[JudgeProcess]:
        return JudgeProcess.family(self._setup, self._assignments, self.size)

    def _rest(self, processes: Sequence[JudgeProcess]) -> None:
        for process in processes:
            self._idle.put(process)

    def ask(self, unit: Unit) -> dict[str, Any]:
        process = self._idle.get()
        try:
            return process.ask(unit.question(unit.submitted.file))
        finally:
            self._idle.put(process)

    def renew(self) -> None:
        """Waits until no judge is working, because they all end together. Called by one thread at a time."""
        resting = [self._idle.get() for _ in self._processes]
        try:
            fresh = self._family()
        except BaseException:
            self._rest(resting)
            raise
        self.close()
        self._processes = fresh
        self._rest(fresh)

    def close(self) -> None:
        for process in self._processes:
            process.close()


class ClusterPool:
    """The workers of a Dask scheduler. A lost scheduler is looked for again with the next notebook."""

    def __init__(self, address: str, sandbox: str | None = None) -> None:
        """Raises JudgingRefused: no scheduler, or no worker."""
        self._address, self._sandbox = address, sandbox
        self._lock = threading.Lock()
        self._judges: ClusterJudges | None = self._connect()
        self.size = max(1, self._judges.threads)

    def _connect(self) -> ClusterJudges:
        from autograder.batch.cluster import ClusterJudges  # Dask is an extra

        return ClusterJudges(self._address, self._sandbox)

    def ask(self, unit: Unit) -> dict[str, Any]:
        with self._lock:
            judges = self._judges = self._judges or self._connect()
        try:
            return judges.ask(unit)
        except JudgingRefused:
            with self._lock:
                if self._judges is judges:
                    self._judges = None
                    judges.__exit__()
            raise

    def renew(self) -> None:
        """Nothing to do: a worker with a different grader refuses, and says so (batch/cluster.py)."""

    def close(self) -> None:
        if self._judges is not None:
            self._judges.__exit__()
