"""What tests ask of a worker most."""

from __future__ import annotations

import time

import psutil

from autograder.sandbox.faults import StudentError
from autograder.sandbox.worker_client import Worker


def load(worker: Worker, source: str, name: str = "a") -> Worker:
    """The worker, after it ran a cell."""
    worker.request("cell", source=source, name=name)
    return worker


def call(worker: Worker, name: str, *args: object, cpu: float = 10.0) -> object:
    """What the notebook's function answers."""
    return worker.request("call", target={"name": name}, args=list(args), cpu=cpu)


def knows(worker: Worker, name: str) -> bool:
    """Whether the notebook defines a name."""
    try:
        worker.request("get", target={"name": name})
    except StudentError:
        return False
    return True


def has_ended(worker: Worker) -> bool:
    """Whether the worker's process ends, also where nobody waits for it; a killed one takes time."""
    limit = time.monotonic() + 10
    try:
        process = psutil.Process(worker.pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > limit:
                return False
            time.sleep(0.01)
    except psutil.NoSuchProcess:
        pass
    return True
