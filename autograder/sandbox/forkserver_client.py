"""The trusted side of a fork server: starts it on a rung of the ladder, and has it fork workers.

A judge calls `ForkServer.start` on the rung that `check.choose` finds, then `spawn`s a `Worker` (worker_client.py),
`request`s things of it, and `fork`s it for each test. The process itself is in forkserver.py.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from autograder.sandbox import policy
from autograder.sandbox.faults import SandboxUnavailable, WorkerFault
from autograder.sandbox.native import Trap
from autograder.sandbox.policy import Rung
from autograder.sandbox.worker_client import SPAWN_SECONDS, Confinement, Worker, channels

START_SECONDS = 120.0  # for the imports of the fork server, on a busy machine
BARE_START_SECONDS = 30.0
_OUT_OF_REACH = (
    "the kernel keeps this user from changing the memory of the processes that grade, so what a task forbids is put in "
    "place by the notebook's own process, which could leave it out: check flagged lines by hand, or grade where "
    "processes may be traced (docs/safety.md)"
)
_BOOTSTRAP = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from autograder.sandbox.forkserver import main; main(int(sys.argv[2]), sys.argv[3])"
)


class ForkServer:
    """A process that has imported everything, from which workers are forked in milliseconds."""

    def __init__(
        self,
        rung: Rung,
        process: subprocess.Popen,
        control: socket.socket,
        own: bool = True,
        warnings: Sequence[str] = (),
        confinement: Confinement | None = None,
    ) -> None:
        """Use `ForkServer.start`.

        Args:
            own: whether the server ends with this.
            warnings: for the instructor.
            confinement: what workers get, if that is more than the rung's filters.
        """
        self.warnings = tuple(warnings)
        self._confinement = confinement or Confinement(rung.seccomp)
        self._rung = rung
        self._own = own
        self._process = process
        self._control = control
        self._lock = threading.Lock()
        self._keys = itertools.count()

    @classmethod
    def start(
        cls,
        rung: Rung,
        readable: Sequence[Path | str] = (),
        env: Mapping[str, str] | None = None,
        gpu: bool = False,
        meanwhile: Callable[[], object] | None = None,
        libraries: Sequence[str] = (),
    ) -> ForkServer:
        """Start the fork server on a rung of the ladder.

        Args:
            rung: one that holds on this machine, as `check.choose` finds it.
            readable: files and folders that workers may read besides Python, its packages and the system's libraries.
            env: environment variables for the workers, which get none of the judge's.
            gpu: whether workers reach the GPU's devices (see autograder/grading/gpu.py).
            meanwhile: called while the server imports; what it raises ends the server.
            libraries: modules that the server imports, so that no notebook waits for them.

        Raises:
            SandboxUnavailable: the server does not start on it; the message says why.
        """
        return cls._launch(
            rung,
            readable,
            env or {},
            libraries=list(libraries),
            gpu=gpu,
            meanwhile=meanwhile,
        )

    @classmethod
    def launch_bare(cls, rung: Rung) -> ForkServer:
        """A server on that rung without libraries, to try the rung."""
        return cls._launch(rung, [], timeout=BARE_START_SECONDS)

    @classmethod
    def _launch(
        cls,
        rung: Rung,
        readable: Sequence[Path | str],
        env: Mapping[str, str] | None = None,
        libraries: list[str] | None = None,
        gpu: bool = False,
        meanwhile: Callable[[], object] | None = None,
        timeout: float = START_SECONDS,
    ) -> ForkServer:
        paths = policy.readable_paths([Path(p) for p in readable])
        plan = policy.plan(rung, paths, libraries, gpu)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        python = [sys.executable, "-sBP", "-c", _BOOTSTRAP, str(policy.PACKAGE_PARENT), str(theirs.fileno())]
        command = [*policy.wrapper(rung, plan), *python, json.dumps(vars(plan))]
        with theirs, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env=policy.environment(plan, env or {}),
                stdin=subprocess.DEVNULL,
                stderr=errors,
                cwd="/",
                start_new_session=True,
            )
            theirs.close()
            try:
                if meanwhile is not None:
                    meanwhile()
            except BaseException:
                ours.close()
                _end(process)
                raise
            ours.settimeout(timeout)
            try:
                answer = json.loads(ours.recv(1 << 20) or b"{}")
            except OSError:
                answer = {"failed": f"the fork server was not ready within {timeout:.0f} s"}
            if answer.get("ready") is not True:
                ours.close()
                _end(process)
                errors.seek(0)
                last = errors.read()[-2000:].decode("utf8", "replace").strip().split("\n")[-1]
                raise SandboxUnavailable(f"{rung.name}: {answer.get('failed') or last or 'no fork server'}")
        ours.settimeout(None)
        traps = {kind: [Trap(*trap) for trap in found] for kind, found in answer.get("traps", {}).items()}
        confinement = Confinement(rung.seccomp, traps)
        server = cls(rung, process, ours, warnings=answer.get("warnings", ()), confinement=confinement)
        if traps:
            server._reach_for_memory()
        return server

    def _reach_for_memory(self) -> None:
        with self.spawn() as worker:
            worker.request("seal")
            hands_on = worker.memory_is_within_reach()
        self._confinement = replace(self._confinement, hands_on=hands_on)
        if not hands_on:
            self.warnings += (_OUT_OF_REACH,)

    @property
    def rung(self) -> str:
        """The name of the rung in use."""
        return self._rung.name

    @property
    def pid(self) -> int:
        """The process id of the server, or of the program around it (bubblewrap)."""
        return self._process.pid

    def spawn(self) -> Worker:
        """A fresh worker, in which no student's code has run yet. Thread-safe."""
        link, their_link, output, their_output = channels()
        uid = policy.unused_uid() if self._rung.own_uids else None
        try:
            with self._lock:
                key = next(self._keys)
                request = json.dumps({"op": "spawn", "worker": key, "uid": uid}).encode()
                socket.send_fds(self._control, [request], [their_link.fileno(), their_output])
        except OSError:
            link.close()
            os.close(output)
            raise SandboxUnavailable(f"{self._rung.name}: the fork server has ended") from None
        finally:
            their_link.close()
            os.close(their_output)
        worker = None
        try:
            worker = Worker(link, output, self._confinement, forget=partial(self._forget, key))
            if self._confinement.hands_on:
                worker.request("seal")
            return worker
        except WorkerFault as fault:
            if worker is not None:
                worker.close()
            self._forget(key)
            raise SandboxUnavailable(f"{self._rung.name}: a worker could not be started: {fault}") from None

    def check(self) -> None:
        """Raises SandboxUnavailable if the server, and with it all its workers, has ended. Thread-safe."""
        with self._lock:
            try:
                self._control.send(json.dumps({"op": "check"}).encode())
                self._control.settimeout(SPAWN_SECONDS)
                answer = self._control.recv(1 << 16)
            except OSError:
                answer = b""
            finally:
                self._control.settimeout(None)
        if not answer:
            raise SandboxUnavailable(f"{self._rung.name}: the fork server has ended")

    def _forget(self, key: int) -> None:
        with self._lock, contextlib.suppress(OSError):
            self._control.send(json.dumps({"op": "forget", "worker": key}).encode())

    def share(self) -> ForkServer:
        """The same server for another process, which is about to be forked from this one.

        Closing it, or the end of that process, ends only the workers that were requested through it.

        Raises:
            SandboxUnavailable: the server has ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                socket.send_fds(self._control, [json.dumps({"op": "share"}).encode()], [theirs.fileno()])
            except OSError:
                ours.close()
                raise SandboxUnavailable(f"{self._rung.name}: the fork server has ended") from None
        return ForkServer(self._rung, self._process, ours, own=False, confinement=self._confinement)

    def close(self) -> None:
        """End the server and all its workers; if it is shared, only the workers that were requested here."""
        self._control.close()
        if not self._own:
            return
        _end(self._process)

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _end(server: subprocess.Popen) -> None:
    """Wait for a server to end after its control socket was closed; kill it if that takes too long.

    Never kill it at once: if bubblewrap is killed in its first milliseconds, before its child has asked to die with it,
    the child stays behind for ever.
    """
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
