"""The trusted side: starts the fork server, and talks to workers without ever trusting what they say.

A judge calls `ForkServer.start` on the rung that `check.choose` finds, then `spawn`s a `Worker`, `request`s things of
it, and `fork`s it for each test. Whatever a worker does, a request ends: with a value built afresh from bytes, or with
one of the faults in faults.py. The untrusted side is in forkserver.py and worker.py. Why it is built so:
docs/safety.md, "The trust boundary".
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import secrets
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from autograder.sandbox import codec, hardening, memory, policy
from autograder.sandbox.codec import MalformedData
from autograder.sandbox.faults import (
    BrokenPromise,
    Frame,
    ProtocolError,
    SandboxUnavailable,
    StudentError,
    TimeLimit,
    TooMuchData,
    WorkerDied,
    WorkerFault,
)
from autograder.sandbox.native import Trap
from autograder.sandbox.policy import Rung

START_SECONDS = 120.0  # for the imports of the fork server, on a busy machine
BARE_START_SECONDS = 30.0
SPAWN_SECONDS = 60.0  # of waiting, as `_Budget` counts it
STUCK_SECONDS = 60.0  # that a process may spend in the kernel, where SIGSTOP does not reach it
CORES = os.cpu_count() or 1
IDLE_GRACE = 5.0  # seconds that a request may wait for something, beyond its CPU time
INTERRUPT_SECONDS = 2.0  # CPU time for a statement to end once it is interrupted
LOOK_SECONDS = 0.5  # the judge looks at a computing worker at least this often
MAX_TEST = 128 << 20
MAX_SUBMISSION = 1 << 30
"""Bytes that a worker may send in one test, and with all its copies. What a grader keeps of them takes the judge's
memory."""
JSON_WEIGHT = 8
"""Bytes of memory that one byte of JSON may become: a list of lists takes the most."""
OUTPUT_KEPT = 64 << 10
OUTPUT_LIMIT = 64 << 20
MAX_NESTED_CALLBACKS = 20
_NUMBER = struct.Struct("<I")
_FIXED_SIZE = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
MAX_NUMBER = 1 << 31
"""Of a line or a statement, as the worker tells it. Python writes no number of more than 4,300 digits as text."""
_SCM_CREDENTIALS = 2
_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid
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
        traps: Mapping[str, Sequence[Trap]] | None = None,
    ) -> None:
        """Use `ForkServer.start`.

        Args:
            own: whether the server ends with this.
            warnings: for the instructor.
            traps: the machine code that refuses in a worker in which something is forbidden, by kind (bans.py).
        """
        self.warnings = tuple(warnings)
        self._traps = traps or {}
        self._hands_on = False
        """Whether the judge changes that code itself, and the worker cannot."""
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
        server = cls(rung, process, ours, warnings=answer.get("warnings", ()), traps=traps)
        if traps:
            server._reach_for_memory()
        return server

    def _reach_for_memory(self) -> None:
        everything = [trap for traps in self._traps.values() for trap in traps]
        with self.spawn() as worker:
            worker.request("seal")
            self._hands_on = memory.within_reach(worker.pid, worker._pidfd, everything)
        if not self._hands_on:
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
        link, their_link, output, their_output = _channels()
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
        try:
            worker = Worker(link, output, server=self, key=key)
            if self._hands_on:
                worker.request("seal")
            return worker
        except WorkerFault as fault:
            self._forget(key)
            raise SandboxUnavailable(f"{self._rung.name}: a worker could not be started: {fault}") from None

    def check(self) -> None:
        """Raises SandboxUnavailable if the server, and with it all its workers, has ended. Thread-safe."""
        with self._lock:
            try:
                self._control.send(json.dumps({"op": "check"}).encode())
                self._control.settimeout(SPAWN_SECONDS)
                answer = self._control.recv(1 << 16)
                self._control.settimeout(None)
            except OSError:
                answer = b""
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
        shared = ForkServer(self._rung, self._process, ours, own=False, traps=self._traps)
        shared._hands_on = self._hands_on
        return shared

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


class Statement(NamedTuple):
    """A statement at the top level of a cell."""

    number: int
    line: int
    text: str
    """Its first line."""
    names: tuple[str, ...]
    """The names that it gives a value."""


@dataclass(frozen=True)
class Ran:
    """What happened to a cell's statements, according to the worker."""

    next: int | None = None
    """The number of the statement after the one that failed or was interrupted; None at the end of the cell."""
    failed: Statement | None = None
    """Also None if the cell could not be parsed."""
    error: StudentError | None = None
    interrupted: TimeLimit | None = None
    left_out: tuple[Statement, ...] = ()
    """Those that `without` kept from running."""
    bound: tuple[str, ...] = ()
    """The notebook's names that got their first value."""
    changed: tuple[str, ...] = ()
    """Those that got another value or were deleted."""
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For functions and classes in `bound` and `changed`: the notebook's names that they, or what they call, may
    read."""


class _Stage:
    """Which of a worker and its copies may run. The others are stopped, so that none can help another."""

    def __init__(self) -> None:
        self.group = 0
        self.running: Worker | None = None
        self.received = 0
        """What all of them have sent, as bytes of the judge's memory."""


class Worker:
    """One sandboxed process with a student's notebook, or a copy of one. Not thread-safe."""

    def __init__(
        self,
        link: socket.socket,
        output: int,
        server: ForkServer,
        key: int | None = None,
        original: Worker | None = None,
        for_test: bool = False,
    ) -> None:
        """Use `ForkServer.spawn`, `Worker.fork` and `Worker.branch`. Takes over `link` and `output`."""
        self.pid = 0
        self._link = link
        self._output_fd = output
        self._server = server
        self._key = key
        self._original = original
        self._for_test = for_test
        self._progress_fd = -1
        self._last_statement = 0
        self._output = bytearray()
        self._output_size = 0
        self._output_open = True
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._pidfd = -1
        self._nested = 0
        self._received = 0  # since the last test began; counted like the stage's
        self._stage = original._stage if original else _Stage()
        self._waited = 0.0  # seconds spent waiting for this worker, while the judge itself had a core
        self._closed = False
        self._cpu_at_end = 0.0
        self.broken: list[BrokenPromise] = []
        """What the worker's calls noted (promises.py). The reader clears it."""
        self._poll = select.poll()
        self._poll.register(link, select.POLLIN)
        self._poll.register(output, select.POLLIN)
        try:
            self.pid = self._meet()
        except BaseException:
            self.close()
            raise
        if original is None:
            self._stage.group = self.pid
            self._stage.running = self

    # ---- public side

    def request(self, op: str, cpu: float = 10.0, **fields: Any) -> Any:
        """Ask the worker to do something, and return what it claims to be the result.

        Args:
            op: an operation of worker.py: cell, get, call, set, define, parameters, gradients, buffers, reset, seal,
                forbid (see `forbid`).
            cpu: CPU seconds allowed. The worker may also sleep (neither compute nor wait for a core) for that long,
                plus `IDLE_GRACE` seconds.
            fields: the operation's arguments. Functions among them become callbacks. With `reset=seed` any operation
                begins as after a reset.

        Raises:
            StudentError, TimeLimit, WorkerDied, ProtocolError; TypeError if an argument cannot be sent; and what a
                callback raised.
        """
        if op == "call":
            fields = {"args": [], "kwargs": {}, **fields}
        return self._request({"op": op, **fields}, _Budget(self, cpu))

    def run(
        self,
        source: str,
        name: str,
        cpu: float,
        first: int = 0,
        without: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> Ran:
        """Run the statements of a cell one after another, up to one that fails.

        A statement that is still running when the time is up is interrupted as by Ctrl-C, which it may ignore.

        Args:
            cpu: CPU seconds allowed, as in `request`.
            first: the number of the statement to begin with.
            without: numbers of statements that are left out.
            only: numbers of the only statements that run; None for all.

        Raises:
            TimeLimit, WorkerDied, ProtocolError: the worker is gone; `statement` says at which one.
        """
        if self._progress_fd < 0:
            self._progress_fd = os.memfd_create("progress", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.pwrite(self._progress_fd, bytes(_NUMBER.size), 0)
        fcntl.fcntl(self._progress_fd, fcntl.F_ADD_SEALS, _FIXED_SIZE)  # the worker could empty it
        budget = _Budget(self, cpu, interrupts=True)
        fields = {
            "source": source,
            "name": name,
            "first": first,
            "without": [number for number in without if number >= first],
            "only": None if only is None else [number for number in only if number >= first],
        }
        answer = self._request({"op": "run", **fields}, budget, [self._progress_fd])
        ran = self._as_ran(answer, budget)
        if ran.next is not None and not first < ran.next <= len(source):
            raise self._break("a cell that does not come to its end")
        return ran

    @property
    def statement(self) -> int:
        """The number of the last statement that `run` reached, as the worker noted it."""
        if self._progress_fd < 0:
            return self._last_statement
        return _NUMBER.unpack(os.pread(self._progress_fd, _NUMBER.size, 0))[0]

    def forbid(self, kinds: Sequence[str]) -> None:
        """From now on, what `kinds` name (bans.py) raises in this process. Its relatives stay stopped.

        This holds even if the notebook has replaced the code that forbids: the judge itself makes the machine code
        refuse. The notebook cannot put another process in this one's place, since all others are stopped.

        Raises:
            StudentError: an OSError, if the worker changes its own code and the machine does not allow it; and what
                `request` raises.
        """
        self.request("forbid", kinds=list(kinds), machine_code=not self._server._hands_on)
        if self._server._hands_on:
            with self._stopped():
                memory.refuse(self.pid, self._pidfd, self._traps_of(kinds))

    def forbids(self, kind: str) -> bool:
        """Whether the machine code of this kind still refuses; True if the judge cannot look at it."""
        if not self._server._hands_on:
            return True
        with self._stopped():
            return memory.refuses(self.pid, self._pidfd, self._traps_of([kind]))

    def _traps_of(self, kinds: Sequence[str]) -> list[Trap]:
        return [trap for kind in kinds for trap in self._server._traps.get(kind, ())]

    @contextlib.contextmanager
    def _stopped(self) -> Iterator[None]:
        """Stops this process and all others of its notebook; afterwards only this one goes on.

        Raises:
            WorkerDied, ProtocolError: it has ended, or cannot be stopped or inspected from outside.
        """
        if self._closed:
            raise WorkerDied("The notebook's process has ended.")
        try:
            os.killpg(self._stage.group, signal.SIGSTOP)
            if not self._has_stopped():
                raise OSError
            yield
            signal.pidfd_send_signal(self._pidfd, signal.SIGCONT)
        except OSError:
            alive = self.alive
            self.close()
            if alive:
                raise ProtocolError(
                    "The notebook's process hides its memory, or cannot be stopped."
                ) from None
            raise WorkerDied("The notebook's process has ended.") from None

    def begin_test(self) -> None:
        """What is received from now on counts for another test."""
        self._received = 0
        self.broken.clear()

    def fork(self) -> Worker:
        """A copy of this worker and all it holds, in the same confinement, for one test; it cannot be copied again."""
        return self._copy(for_test=True)

    def branch(self) -> Worker:
        """A copy of this worker that can do all that this one can. Both end when the original does."""
        return self._copy(for_test=False)

    @property
    def threads(self) -> int:
        """How many threads the process has, as the kernel counts them. A copy has only one."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/task"))
        except OSError:
            return 0

    @property
    def own_memory(self) -> int:
        """Bytes of memory without a file behind them, as the kernel counts them."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()
        except OSError:
            return 0
        return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE")

    def _copy(self, for_test: bool) -> Worker:
        if self._for_test:
            raise ValueError("a copy of a worker cannot be copied")
        link, their_link, output, their_output = _channels()
        try:
            with their_link:
                message = {"op": "fork", "for_test": for_test}
                self._request(message, _Budget(self, 5.0), [their_link.fileno(), their_output])
        except BaseException:
            link.close()
            os.close(output)
            raise
        finally:
            os.close(their_output)
        copy = Worker(link, output, self._server, original=self, for_test=for_test)
        if copy.pid == self.pid or (self._server._rung.seccomp and not self._confines(copy)):
            copy.close()
            raise ProtocolError("The copy of the notebook's process is not confined.")
        return copy

    def _confines(self, copy: Worker) -> bool:
        return hardening.filters_of(copy.pid) > hardening.filters_of(self.pid)

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        poll = select.poll()
        if not self._closed:
            poll.register(self._pidfd, select.POLLIN)
        return not self._closed and not poll.poll(0)

    def cpu_seconds(self) -> float:
        """CPU time that the process used, as the kernel counts it."""
        if not self._closed and self._pidfd >= 0:
            # The kernel's number of a process's CPU clock: clock_getcpuclockid(3).
            with contextlib.suppress(OSError):
                self._cpu_at_end = time.clock_gettime((~self.pid << 3) | 2)
        return self._cpu_at_end

    def close(self) -> None:
        """End the process at once. For a worker that is not a copy, also end everything it started, and wait for that.

        Nobody waits for a killed copy: freeing its memory takes longer than most tests.
        """
        if self._closed:
            return
        self.cpu_seconds()
        self._closed = True
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
                if self._original is None:
                    # the pid cannot have been reused: the server reaps it only on request
                    os.killpg(self.pid, signal.SIGKILL)
            if self._original is None:
                self._wait_for_end()
            os.close(self._pidfd)
        self._link.close()
        os.close(self._output_fd)
        if self._progress_fd >= 0:
            self._last_statement = self.statement
            os.close(self._progress_fd)
            self._progress_fd = -1
        if self._key is not None and self._pidfd >= 0:
            self._server._forget(self._key)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- requests

    def _request(self, message: dict[str, Any], budget: _Budget, fds: Sequence[int] = ()) -> Any:
        if self._closed:
            raise WorkerDied("The notebook's process has ended.")
        self._take_stage()
        if not self._nested:
            self._refuse_unasked_bytes()
        request_id = secrets.token_hex(8)
        try:
            self._send({"id": request_id, **message}, budget, fds)
        except codec.TooLarge as error:
            raise TypeError(str(error)) from None
        failure: BaseException | None = None
        while True:
            try:
                budget.check(waiting=False)  # if answers come at once, nothing below waits or checks the time
                reply = self._receive(budget)
            except WorkerFault:
                if failure is not None:
                    raise failure from None
                raise
            if "callback" in reply:
                failure = self._serve_callback(reply, budget) or failure
                continue
            if reply.get("id") != request_id or ("value" in reply) == ("error" in reply):
                raise self._break("an answer to nothing that was asked")
            if failure is not None:
                raise failure
            if "error" in reply:
                raise self._student_error(reply["error"])
            self.broken += self._broken_promises(reply.get("broken", []))
            return reply["value"]

    def _serve_callback(self, message: dict[str, Any], budget: _Budget) -> BaseException | None:
        """Run one of the judge's functions that the worker calls; returns what it raised."""
        function = self._callbacks.get(message["callback"]) if type(message["callback"]) is int else None
        args, kwargs = message.get("args"), message.get("kwargs")
        if function is None or type(args) is not list or type(kwargs) is not dict:
            raise self._break("a call of nothing that was sent")
        if self._nested >= MAX_NESTED_CALLBACKS:
            raise self._break("calls that are nested too deeply")
        self._nested += 1
        try:
            answer = {"returned": function(*args, **kwargs)}
            failure = None
        except BaseException as error:
            if self._closed:
                raise
            answer, failure = {"raised": True}, error
        finally:
            self._nested -= 1
        self._take_stage()
        self._send(answer, budget)
        return failure

    def _as_ran(self, answer: Any, budget: _Budget) -> Ran:
        match answer:
            case {
                "next": int() | None as after,
                "error": list() | None as error,
                "failed": tuple() | None as failed,
                "left_out": list(left_out),
                "bound": list(bound),
                "changed": list(changed),
                "reads": dict(reads),
            }:
                pass
            case _:
                raise self._break("an account without a form")
        return Ran(
            next=after,
            failed=self._statement_from(failed) if failed else None,
            error=self._student_error_in_cell(error) if error else None,
            interrupted=budget.interrupted,
            left_out=tuple(map(self._statement_from, left_out)),
            bound=_words(bound),
            changed=_words(changed),
            reads={
                name: _words(read)
                for name, read in reads.items()
                if isinstance(name, str) and isinstance(read, list)
            },
        )

    def _statement_from(self, content: Any) -> Statement:
        match content:
            case (int(number), int(line), str(text), list(names)) if _is_number(number) and _is_number(line):
                return Statement(number, line, text[:200], _words(names))
        raise self._break("a statement without a form")

    def _student_error_in_cell(self, content: Any) -> StudentError:
        error = self._student_error(content)
        if not isinstance(error, StudentError):
            raise error
        return error

    def _student_error(self, content: Any) -> WorkerFault:
        match content:
            case [str(kind), str(message), list(frames), list(bases)]:
                pass
            case _:
                return self._break("an error without a form")
        places = []
        for frame in frames:
            match frame:
                case (str(cell), int(line), str(source)) if _is_number(line):
                    places.append(Frame(cell, line, source))
                case _:
                    return self._break("an error without a form")
        return StudentError(kind, message, places, [base for base in bases if type(base) is str])

    def _broken_promises(self, content: Any) -> list[BrokenPromise]:
        notes = content if isinstance(content, list) else [content]
        for note in notes:
            if type(note) is not tuple or len(note) != 4 or not all(type(text) is str for text in note):
                raise self._break("a note without a form")
        return [BrokenPromise(*(text[:200] for text in note)) for note in notes[:8]]

    def _take_stage(self) -> None:
        """Lets this process run, and stops its relatives, so that none can help another."""
        stage = self._stage
        if stage.running is self:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(stage.group, signal.SIGSTOP)
            before = stage.running
            # A killed one runs no further line, however long it takes to end: the kernel marks all its threads at once.
            if before is not None and not before._closed and not before._has_stopped():
                before.close()
                self.close()
                raise ProtocolError("The notebook's process cannot be stopped while a copy of it works.")
            signal.pidfd_send_signal(self._pidfd, signal.SIGCONT)
        stage.running = self

    def _has_stopped(self) -> bool:
        """Waits until SIGSTOP has taken effect, which needs one of the process's threads to get a core.

        On a busy machine this may take any time: a process that waits for a core counts as running. But a notebook can
        keep its first thread in the kernel, where no signal reaches it, while its other threads run on; the kernel then
        reports it as waiting there (state D).
        """
        held_up, pause = 0.0, 1e-4
        while held_up < STUCK_SECONDS:
            state = _state(Path(f"/proc/{self.pid}/stat"))
            if state in "TtZX":
                return True
            time.sleep(pause)
            if state == "D":  # in any other state, the signal will arrive
                held_up += pause
            pause = min(2 * pause, 0.01)
        return False

    # ---- bytes

    def _meet(self) -> int:
        """Receive the first frame. The kernel, not the process itself, says which process sent it."""
        budget = _Budget(self, SPAWN_SECONDS)
        while True:
            self._wait(budget, select.POLLIN)
            try:
                space = socket.CMSG_SPACE(_CREDENTIALS.size)
                header, ancillary, _, _ = self._link.recvmsg(codec.HEADER.size, space)
                break
            except BlockingIOError:
                continue
        pid = 0
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == _SCM_CREDENTIALS:
                pid = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
        if not pid:
            raise WorkerDied(self._last_words())
        self._link.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self._pidfd = os.pidfd_open(pid)
        self.pid = pid
        self._poll.register(self._pidfd, select.POLLIN)
        if self._receive(budget, header) != {"hello": True}:
            raise self._break("no greeting")
        return pid

    def _refuse_unasked_bytes(self) -> None:
        try:
            early = self._link.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            early = b""
        if early:
            raise self._break("an answer before the question")
        raise self._died()

    def _send(self, message: dict[str, Any], budget: _Budget, fds: Sequence[int] = ()) -> None:
        frame = codec.encode(message, self._refer, keep_requires_grad=True)
        try:
            first, *others = map(memoryview, frame.parts())
            sent = socket.send_fds(self._link, [first], list(fds)) if fds else 0
            for part in (first[sent:], *others):
                while part:
                    try:
                        part = part[self._link.send(part) :]
                    except BlockingIOError:
                        self._wait(budget, select.POLLOUT)
        except ConnectionError:
            raise self._died() from None

    def _refer(self, x: Any) -> Any:
        if not callable(x) or isinstance(x, type):
            raise TypeError(f"a value of type {type(x).__name__} cannot be sent to a worker")
        key = len(self._callbacks)
        self._callbacks[key] = x
        return codec.callback(key)

    def _receive(self, budget: _Budget, begun: bytes = b"") -> dict[str, Any]:
        header = begun + self._read(codec.HEADER.size - len(begun), budget)
        try:
            json_size, body_size = codec.parse_header(header)
            self._charge(json_size, body_size)
            content = self._read(json_size + body_size, budget)
            message = codec.decode(bytes(content[:json_size]), memoryview(content)[json_size:])
        except MalformedData as error:
            raise self._break(str(error)) from None
        except (MemoryError, OverflowError, ValueError, TypeError) as error:
            raise self._break(type(error).__name__) from None
        if type(message) is not dict:
            raise self._break("not a message")
        return message

    def _charge(self, json_size: int, body_size: int) -> None:
        """Counts what is about to be received. Raises TooMuchData before a byte of it is read."""
        size = JSON_WEIGHT * json_size + body_size
        self._received += size
        self._stage.received += size
        for what, got, limit in (
            ("one answer", body_size, codec.MAX_ANSWER),
            ("one test", self._received, MAX_TEST),
            ("a whole notebook", self._stage.received, MAX_SUBMISSION),
        ):
            if got > limit:
                self.close()
                raise TooMuchData(f"It sent {got >> 20} MiB; {what} may send {limit >> 20} MiB.")

    def _read(self, size: int, budget: _Budget) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            try:
                count = self._link.recv_into(view)
            except BlockingIOError:
                self._wait(budget, select.POLLIN)
                continue
            except ConnectionError:
                count = 0
            if not count:
                raise self._died()
            view = view[count:]
        return data

    def _wait(self, budget: _Budget, event: int) -> None:
        """Waits until the link is ready; meanwhile drains the output and checks the time."""
        self._poll.modify(self._link, event)
        waiting = False
        while True:
            budget.check(waiting)
            begin = time.monotonic()
            timeout = budget.next_look()
            ready = dict(self._poll.poll(timeout * 1e3))
            self._waited += min(time.monotonic() - begin, timeout)
            waiting = True
            if self._output_fd in ready:
                self._read_output()
            if self._link.fileno() in ready:
                return
            if self._pidfd in ready:
                raise self._died()

    def _read_output(self) -> None:
        while self._output_open:
            try:
                data = os.read(self._output_fd, 1 << 16)
            except BlockingIOError:
                return
            if not data:
                self._output_open = False
                self._poll.unregister(self._output_fd)
                return
            self._output_size += len(data)
            self._output += data[: OUTPUT_KEPT - len(self._output)]
            if self._output_size > OUTPUT_LIMIT:
                self.close()
                raise WorkerDied(f"The code printed more than {OUTPUT_LIMIT >> 20} MiB.")

    def _wants_a_core(self) -> bool:
        """Whether a thread is ready to run. The kernel counts its wait for a core only when that is over."""
        return "R" in map(_state, Path(f"/proc/{self.pid}/task").glob("*/stat") if self.pid else ())

    def _seconds_without_a_core(self) -> float:
        """How long the threads were ready to run and had to wait for a core, as the kernel counts it."""
        starved = 0
        for file in Path(f"/proc/{self.pid}/task").glob("*/schedstat") if self.pid else ():
            with contextlib.suppress(OSError, IndexError):  # it has ended, or the kernel keeps no such count
                starved += int(file.read_text().split()[1])
        return starved / 1e9

    # ---- endings

    def _wait_for_end(self) -> None:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        if not poll.poll(60_000):  # a whole tree of processes takes a while on a busy machine
            raise RuntimeError("a killed worker did not end within 60 s")

    def _died(self) -> WorkerDied:
        self.close()
        return WorkerDied("The notebook's process ended in the middle of its work.")

    def _last_words(self) -> str:
        self._read_output()
        lines = self._output.decode("utf8", "replace").strip().split("\n")
        return lines[-1][:500] or "it said nothing"

    def _break(self, why: str) -> ProtocolError:
        self.close()
        return ProtocolError(f"The notebook's process answered with something that is no answer ({why}).")


class _Budget:
    """The time of one request: CPU time of the worker, and as a backstop the time in which it sleeps.

    Time in which the machine had no core for the worker or for the judge does not count: what else runs there, such as
    another submission, must not affect the marks.
    """

    def __init__(self, worker: Worker, cpu: float, interrupts: bool = False) -> None:
        self.worker = worker
        self.cpu = cpu
        self.interrupts = interrupts
        self.interrupted: TimeLimit | None = None
        """The limit for which the worker was asked to stop, before it is killed."""
        self._allow(cpu, cpu + IDLE_GRACE)

    def _allow(self, cpu: float, idle: float) -> None:
        self.cpu_before = self.worker.cpu_seconds()
        self.cpu_end = self.cpu_before + cpu
        self.idle_allowed = idle
        self.waited_before = self.worker._waited
        self.starved_before: float | None = None

    def check(self, waiting: bool) -> None:
        """Ends the worker if its time is over, or interrupts it first.

        Args:
            waiting: whether the judge is in the middle of a wait that the kernel may not have counted in full.

        Raises:
            TimeLimit: it has ended.
        """
        limit = self._limit(waiting)
        if limit is None:
            return
        if not self.interrupts or self.interrupted:
            self.worker.close()
            raise self.interrupted or limit
        self.interrupted = limit
        self._allow(INTERRUPT_SECONDS, INTERRUPT_SECONDS + IDLE_GRACE)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.worker._pidfd, signal.SIGINT)

    def _limit(self, waiting: bool) -> TimeLimit | None:
        if self.worker.cpu_seconds() > self.cpu_end:
            return TimeLimit(f"It took more than {self.cpu:g} seconds of computing.")
        if self._idle() > self.idle_allowed and not (waiting and self.worker._wants_a_core()):
            return TimeLimit(f"It waited for more than {self.cpu + IDLE_GRACE:g} seconds.")
        return None

    def _idle(self) -> float:
        waited = self.worker._waited - self.waited_before
        if (
            self.starved_before is None and waited > 0.0
        ):  # most requests are answered before that, and cost less
            self.starved_before = self.worker._seconds_without_a_core()
        if waited <= self.idle_allowed or self.starved_before is None:  # it cannot be more
            return 0.0
        computed = self.worker.cpu_seconds() - self.cpu_before
        starved = self.worker._seconds_without_a_core() - self.starved_before
        return waited - computed - max(starved, 0.0)

    def next_look(self) -> float:
        """Seconds until a limit can be reached at the earliest, with every core at work."""
        cpu = (self.cpu_end - self.worker.cpu_seconds()) / CORES
        return min(max(cpu, 0.0), LOOK_SECONDS) + 0.01


def _state(stat: Path) -> str:
    """The kernel's letter for the state of a process or thread; "X" (dead) if it no longer exists."""
    try:
        return stat.read_text(encoding="latin-1").rpartition(") ")[2][:1]
    except OSError:
        return "X"


def _is_number(number: int) -> bool:
    return 0 <= number < MAX_NUMBER


def _words(names: list[Any]) -> tuple[str, ...]:
    return tuple(name for name in names if isinstance(name, str))


def _channels() -> tuple[socket.socket, socket.socket, int, int]:
    """A link (ours, theirs) and an output (ours, theirs)."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    ours.setsockopt(
        socket.SOL_SOCKET, socket.SO_PASSCRED, 1
    )  # the kernel names the sender; set before they can send
    output, their_output = os.pipe()
    os.set_blocking(output, False)
    return ours, theirs, output, their_output
