"""Workers for the tests marked `gpu`, from a fork server of their own that is started when the first of them runs.

CUDA needs things that no other worker needs:

- A process that has used it cannot be forked and use it again. The fork server never does (sandbox/preload.py), and
  the notebook is loaded in a worker of its own, which no test shares by copying.
- It opens the driver's device nodes. Only these devices are put into this server's sandbox.
- It reserves more address space than any machine has memory. So these workers may reserve as much as they like, and
  only what they write is limited.

Everything else is as for other workers: no network, no files, no other program, /proc hidden. Whether a driver accepts
this differs from version to version, and this has not been run on a GPU yet. So each server is tried before a student's
code runs in it: if its worker cannot compute on the GPU, the tests stay deferred, and the instructor is notified.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograder.sandbox.faults import WorkerFault
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.policy import gpu_devices
from autograder.sandbox.worker_client import Worker

if TYPE_CHECKING:
    import torch

PROBE = """
import torch
ones = torch.ones(1, 1, 3, 3, device="DEVICE")
assert torch.nn.functional.conv2d(ones, ones).item() == 9, "a convolution gives a wrong number"
"""
PROBE_SECONDS = 60.0  # CUDA's libraries are large


def has_gpu() -> bool:
    """Whether torch is installed and can use a GPU here. Without a driver, torch is not even imported to find out."""
    if not gpu_devices() or importlib.util.find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()


def gpu_device() -> torch.device:
    """Where tests marked `gpu` compute.

    Without a GPU they are deferred. A judge that should run them anyway (`Judge(gpu=True)`) computes on the CPU, so
    that everything but CUDA can be tested on any machine.
    """
    import torch

    return torch.device("cuda" if has_gpu() else "cpu")


class GpuServer:
    """The fork server for tests marked `gpu`; started only when it is needed."""

    def __init__(self, start: Callable[[], ForkServer], errors: list[str]) -> None:
        """Args:
        start: starts it.
        errors: the list to which a note for the instructor is added if the GPU cannot be used.
        """
        self._start = start
        self._errors = errors
        self._server: ForkServer | None = None
        self._usable: bool | None = None

    def spawn(self) -> Worker:
        """A fresh worker that can use the GPU. Skips the test if there is none."""
        if self._usable is None:
            self._usable = self._try_it()
        if self._server is None or not self._usable:
            pytest.skip("the GPU cannot be used in the sandbox")
        return self._server.spawn()

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    def _try_it(self) -> bool:
        self.close()  # one in which a worker could not be started
        self._server = self._start()
        try:
            with self._server.spawn() as worker:
                probe = PROBE.replace("DEVICE", str(gpu_device()))
                worker.request("cell", source=probe, name="probe", cpu=PROBE_SECONDS)
        except WorkerFault as fault:
            self._errors.append(
                f"The GPU of this machine cannot be used in the sandbox `{self._server.rung}` ({fault}): tests that "
                "need one stay deferred. On a machine that holds nothing else, --sandbox=none does without one."
            )
            return False
        return True
