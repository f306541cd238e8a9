"""Runs a student's notebook where it can do no harm, and speaks with it in plain data.

The judge's side: `ForkServer.start` on the rung that `choose` finds, then `spawn` a `Worker`, `request` things of it,
`fork` it for each test.
The untrusted side: forkserver.py and worker.py. Why it is built so: docs/safety.md, "The trust boundary".
"""

from autograder.sandbox.canaries import choose
from autograder.sandbox.client import ForkServer, Worker
from autograder.sandbox.codec import Opaque, Ref
from autograder.sandbox.faults import (
    Frame,
    ProtocolError,
    SandboxUnavailable,
    StudentError,
    TimeLimit,
    WorkerDied,
    WorkerFault,
    forbidden_call,
)

__all__ = [
    "ForkServer",
    "Frame",
    "Opaque",
    "ProtocolError",
    "Ref",
    "SandboxUnavailable",
    "StudentError",
    "TimeLimit",
    "Worker",
    "WorkerDied",
    "WorkerFault",
    "choose",
    "forbidden_call",
]
