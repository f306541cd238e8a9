"""The judges of a Dask cluster: the same units of work as on this machine, judged wherever a worker is free.

A worker runs in its own checkout and keeps its judges alive from one submission to the next. Only the notebook's bytes
travel one way, and the report's JSON the other; graders and releases never do, so a worker whose checkout differs from
this one refuses. If a worker is lost, Dask gives its submission to another.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.batch.cache import SURROUNDINGS, grounds_of
from autograder.batch.judging import JudgingRefused, Unit
from autograder.batch.local import JudgeProcess, setup
from autograder.grading.assignment import REPOSITORY, Assignment, AssignmentError

try:
    from distributed import Client, Future, WorkerPlugin, get_worker
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError
except ImportError:
    raise JudgingRefused(
        "grading on a cluster needs Dask, which is not installed: pip install dask distributed"
    ) from None

GPU = "GPU"
"""The resource that a worker with a GPU declares: `make worker GPU=1`."""
_CONNECT_SECONDS = 15
_AHEAD = 2
"""Submissions sent to the cluster for each of its threads: enough that no thread waits, too few to fill its memory."""
_LOOK_SECONDS = 5.0
_ALONE_SECONDS = 60.0
"""How long a run waits for a worker to come back when none is left."""
_GOES_ON = "what was judged is kept, the same command takes up from here"
_DIFFERENT = {
    "code": "other judging code",
    "data": "other data",
    "libraries": "other versions of the libraries",
}
"""What a worker has where a ground of a verdict differs there; "another grader" by default."""


class ClusterJudges:
    """The workers of a Dask scheduler, as judges of one run. Use as a context manager."""

    def __init__(self, address: str, sandbox: str | None = None) -> None:
        """Raises JudgingRefused: no scheduler answers at `address`, or it has no workers that can judge."""
        self._address = address
        self._name = f"judges-{uuid.uuid4().hex[:8]}"
        try:
            self._client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise JudgingRefused(
                f"no Dask scheduler answers at {address}: start one with `dask scheduler`, or grade without "
                "SCHEDULER (--scheduler)"
            ) from error
        try:
            if not self._workers():
                raise JudgingRefused(
                    f"the scheduler at {address} has no workers: "
                    f"run `make worker SCHEDULER={address}` in a checkout on each machine"
                )
            self._client.register_plugin(_JudgesOfWorker(setup(REPOSITORY, sandbox)), name=self._name)
        except BaseException as error:
            self._client.close()
            if isinstance(error, ImportError):
                raise JudgingRefused(
                    f"a worker of {address} has no autograder: run `make worker SCHEDULER={address}` in a checkout"
                ) from error
            raise

    def __enter__(self) -> ClusterJudges:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, CommClosedError):  # if the scheduler is gone, everything has ended
            self._client.unregister_worker_plugin(self._name)
        self._client.close()

    @property
    def has_gpu(self) -> bool:
        return any(GPU in worker["resources"] for worker in self._workers())

    def answers(
        self, units: Sequence[Unit], started: Callable[[Unit], None]
    ) -> Iterator[tuple[Unit, dict[str, Any]]]:
        waiting = list(reversed(units))
        sent: dict[Future, Unit] = {}
        done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        numbers = {unit: number for number, unit in enumerate(units)}
        self._client.subscribe_topic(self._name, lambda event: started(units[event[1]]))
        try:
            while waiting or sent:
                while waiting and len(sent) < max(_AHEAD * self.threads, 1):
                    unit = waiting.pop()
                    sent[self._send(unit, numbers[unit])] = unit
                    next(reversed(sent)).add_done_callback(done.put)
                future = self._next(done, bool(next(iter(sent.values())).tests))
                yield sent.pop(future), self._answer(future)
        finally:
            self._client.cancel(list(sent))
            self._client.unsubscribe_topic(self._name)

    def ask(self, unit: Unit) -> dict[str, Any]:
        """The answer to one unit, from any thread. Raises JudgingRefused."""
        done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        future = self._send(unit, 0)
        future.add_done_callback(done.put)
        return self._answer(self._next(done, bool(unit.tests)))

    @property
    def threads(self) -> int:
        """How many units the workers judge in parallel."""
        return sum(worker["nthreads"] for worker in self._workers())

    def _send(self, unit: Unit, number: int) -> Future:
        return self._client.submit(
            _judge_on_worker,
            self._name,
            number,
            unit.submitted.file.read_bytes(),
            unit.question(Path(f"{unit.assignment.name}.ipynb")),
            dict(unit.grounds),
            key=f"{unit.assignment.name}-{unit.submitted.student}-{uuid.uuid4().hex[:8]}",
            resources={GPU: 1} if unit.tests else None,
            pure=False,
        )

    def _next(self, done: queue.SimpleQueue[Future], gpu: bool) -> Future:
        """The next one that is done. Raises JudgingRefused if no worker is left for a while."""
        alone_since = None
        while True:
            try:
                return done.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self.has_gpu if gpu else self._workers():
                    alone_since = None
                    continue
            alone_since = alone_since or time.monotonic()
            if time.monotonic() - alone_since > _ALONE_SECONDS:
                what = "no worker with a GPU" if gpu else "no worker"
                raise JudgingRefused(f"{what} is left at {self._address}; {_GOES_ON}")

    def _answer(self, future) -> dict[str, Any]:
        if future.status == "error":
            error = future.exception()
            if isinstance(error, (CommClosedError, FutureCancelledError)):
                raise self._gone()
            return {"lost": f"The cluster could not judge this submission: {type(error).__name__}: {error}"}
        if future.status != "finished":
            raise self._gone()
        answer = json.loads(future.result())
        if "refused" in answer:
            raise JudgingRefused(answer["refused"])
        return answer

    def _gone(self) -> JudgingRefused:
        return JudgingRefused(f"the scheduler at {self._address} is gone; {_GOES_ON}")

    def _workers(self) -> list[dict[str, Any]]:
        return list(self._client.scheduler_info(n_workers=-1)["workers"].values())


class _JudgesOfWorker(WorkerPlugin):
    """The judge processes of one worker, one for each of its threads; they end with the run."""

    def __init__(self, setup: dict[str, Any]) -> None:
        self._setup = setup

    def setup(self, worker) -> None:
        self._idle: queue.SimpleQueue[JudgeProcess] = queue.SimpleQueue()
        self._all: list[JudgeProcess] = []
        self._address = worker.address
        os.chmod(worker.local_directory, 0o700)  # Dask may put submissions there, which no student may read

    def teardown(self, worker) -> None:
        for process in self._all:
            process.close()

    def judge(self, content: bytes, question: dict[str, Any], grounds: dict[str, str]) -> dict[str, Any]:
        try:
            mine = grounds_of(Assignment.load(question["assignment"]))
        except AssignmentError as error:
            return {"refused": f"the worker {self._address}: {error}"}
        # what a GPU decides depends on the graders, but other data and libraries are accepted
        different = [
            _DIFFERENT.get(name, f"another {name}")
            for name in mine
            if mine[name] != grounds[name] and not (question["tests"] and name in SURROUNDINGS)
        ]
        if different:
            return {
                "refused": f"the worker {self._address} has {' and '.join(different)}: "
                "bring its checkout to the same commit, and start it again"
            }
        try:
            process = self._idle.get_nowait()
        except queue.Empty:
            process = JudgeProcess({**self._setup, "root": str(REPOSITORY)})
            self._all.append(process)
        try:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, question["file"])
                file.write_bytes(content)
                return process.ask({**question, "file": str(file)})
        except JudgingRefused as error:
            return {"refused": f"the worker {self._address}: {error}"}
        finally:
            self._idle.put(process)


def _judge_on_worker(
    judges: str, number: int, content: bytes, question: dict[str, Any], grounds: dict[str, str]
) -> str:
    """Runs on a worker: the answer of one of its judges, as JSON."""
    worker = get_worker()
    worker.log_event(judges, number)
    return json.dumps(worker.plugins[judges].judge(content, question, grounds))
