"""The trusted side of a worker: sends requests, and receives answers without ever trusting what they say.

Whatever a worker does, a request ends: with a value built afresh from bytes, or with one of the faults in faults.py.
The untrusted side is in worker.py. Why it is built so: docs/safety.md, "The trust boundary".
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import select
import signal
import socket
import struct
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from autograder.sandbox import codec, hardening, memory
from autograder.sandbox.answers import Ran, broken_promises_from, ran_from, student_error_from
from autograder.sandbox.budget import Budget, Clock, state_of
from autograder.sandbox.codec import MalformedData
from autograder.sandbox.faults import (
    BrokenPromise,
    ProtocolError,
    StudentError,
    TooMuchData,
    WorkerDied,
    WorkerFault,
)
from autograder.sandbox.native import Trap

SPAWN_SECONDS = 60.0  # of waiting, as `Budget` counts it
STUCK_SECONDS = 60.0  # that a process may spend in the kernel, where SIGSTOP does not reach it
MAX_TEST = 128 << 20
MAX_SUBMISSION = 1 << 30
"""Bytes that a worker may send in one test, and with all its copies. What a grader keeps of them takes the judge's
memory."""
JSON_WEIGHT = 8
"""Bytes of memory that one byte of JSON may become: a list of lists takes the most."""
OUTPUT_KEPT = 64 << 10
OUTPUT_LIMIT = 64 << 20
MAX_NESTED_CALLBACKS = 20
_Answer = TypeVar("_Answer")
_NUMBER = struct.Struct("<I")
_FIXED_SIZE = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
_SCM_CREDENTIALS = 2
_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid


@dataclass(frozen=True)
class Confinement:
    """What the fork server's rung does for its workers."""

    filters_calls: bool
    """Whether seccomp filters their system calls."""
    traps: Mapping[str, Sequence[Trap]] = field(default_factory=dict)
    """The machine code that refuses in a worker in which something is forbidden, by kind (bans.py)."""
    hands_on: bool = False
    """Whether the judge changes that code itself, and the worker cannot."""

    def traps_of(self, kinds: Sequence[str]) -> list[Trap]:
        return [trap for kind in kinds for trap in self.traps.get(kind, ())]


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
        confinement: Confinement,
        forget: Callable[[], None] | None = None,
        original: Worker | None = None,
        for_test: bool = False,
    ) -> None:
        """Use `ForkServer.spawn`, `Worker.fork` and `Worker.branch`. Takes over `link` and `output`.

        Args:
            forget: called when a worker that is not a copy has ended, so that the fork server can reap it.
        """
        self.pid = 0
        self._link = link
        self._output_fd = output
        self._confinement = confinement
        self._forget = forget
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
        self._clock = Clock()
        self._closed = False
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
            op: an operation of worker.py, where each is a method: `op_get` for "get".
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
        return self._request({"op": op, **fields}, Budget(self._clock, cpu))

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
        budget = Budget(self._clock, cpu, interrupts=True)
        fields = {
            "source": source,
            "name": name,
            "first": first,
            "without": [number for number in without if number >= first],
            "only": None if only is None else [number for number in only if number >= first],
        }
        answer = self._request({"op": "run", **fields}, budget, [self._progress_fd])
        ran = self._checked(ran_from, answer, budget.interrupted)
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
        self.request("forbid", kinds=list(kinds), machine_code=not self._confinement.hands_on)
        if self._confinement.hands_on:
            with self._stopped():
                memory.refuse(self.pid, self._pidfd, self._confinement.traps_of(kinds))

    @property
    def is_changed_from_outside(self) -> bool:
        """Whether the judge, not the worker itself, makes the worker's machine code refuse."""
        return self._confinement.hands_on

    def forbids(self, kind: str) -> bool:
        """Whether the machine code of this kind still refuses; True if the judge cannot look at it."""
        if not self._confinement.hands_on:
            return True
        with self._stopped():
            return memory.refuses(self.pid, self._pidfd, self._confinement.traps_of([kind]))

    def memory_is_within_reach(self) -> bool:
        """Whether the judge can change the machine code of a worker that has sealed its own."""
        return memory.within_reach(
            self.pid, self._pidfd, self._confinement.traps_of(list(self._confinement.traps))
        )

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
        link, their_link, output, their_output = channels()
        try:
            with their_link:
                message = {"op": "fork", "for_test": for_test}
                self._request(message, Budget(self._clock, 5.0), [their_link.fileno(), their_output])
        except BaseException as error:
            link.close()
            os.close(output)
            if isinstance(error, StudentError) and error.type_name == BlockingIOError.__name__:
                what = f"{self.threads} threads are still running, more than a copy of the notebook may have"
                raise StudentError("RuntimeError", what) from None
            raise
        finally:
            os.close(their_output)
        copy = Worker(link, output, self._confinement, original=self, for_test=for_test)
        if copy.pid == self.pid or (self._confinement.filters_calls and not self._confines(copy)):
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
        return self._clock.computed()

    def close(self) -> None:
        """End the process at once. For a worker that is not a copy, also end everything it started, and wait for that.

        Nobody waits for a killed copy: freeing its memory takes longer than most tests.
        """
        if self._closed:
            return
        self._clock.stop()
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
        if self._forget is not None and self._pidfd >= 0:
            self._forget()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- requests

    def _request(self, message: dict[str, Any], budget: Budget, fds: Sequence[int] = ()) -> Any:
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
                self._check(
                    budget, waiting=False
                )  # if answers come at once, nothing below waits or checks the time
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
                raise self._checked(student_error_from, reply["error"])
            self.broken += self._checked(broken_promises_from, reply.get("broken", []))
            return reply["value"]

    def _serve_callback(self, message: dict[str, Any], budget: Budget) -> BaseException | None:
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

    def _checked(self, read: Callable[..., _Answer], *content: Any) -> _Answer:
        try:
            return read(*content)
        except MalformedData as error:
            raise self._break(str(error)) from None

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
            state = state_of(Path(f"/proc/{self.pid}/stat"))
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
        budget = Budget(self._clock, SPAWN_SECONDS)
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
        self._clock.start(pid)
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

    def _send(self, message: dict[str, Any], budget: Budget, fds: Sequence[int] = ()) -> None:
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

    def _receive(self, budget: Budget, begun: bytes = b"") -> dict[str, Any]:
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
            ("One answer", body_size, codec.MAX_ANSWER),
            ("One test", self._received, MAX_TEST),
            ("A whole notebook", self._stage.received, MAX_SUBMISSION),
        ):
            if got > limit:
                self.close()
                raise TooMuchData(
                    f"{what} may send {limit >> 20} MiB, in which numbers in lists count eight times."
                )

    def _read(self, size: int, budget: Budget) -> bytearray:
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

    def _wait(self, budget: Budget, event: int) -> None:
        """Waits until the link is ready; meanwhile drains the output and checks the time."""
        self._poll.modify(self._link, event)
        waiting = False
        while True:
            self._check(budget, waiting)
            begin = time.monotonic()
            timeout = budget.next_look()
            ready = dict(self._poll.poll(timeout * 1e3))
            self._clock.waited += min(time.monotonic() - begin, timeout)
            waiting = True
            if self._output_fd in ready:
                self._read_output()
            if self._link.fileno() in ready:
                return
            if self._pidfd in ready:
                raise self._died()

    def _check(self, budget: Budget, waiting: bool) -> None:
        """Ends the worker if the time is over, or interrupts it first.

        Raises:
            TimeLimit: it has ended.
        """
        limit = budget.exceeded(waiting)
        if limit is None:
            return
        if not budget.interrupts or budget.interrupted:
            self.close()
            raise budget.interrupted or limit
        budget.allow_interrupt(limit)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGINT)

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


def channels() -> tuple[socket.socket, socket.socket, int, int]:
    """A link (ours, theirs) and an output (ours, theirs)."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    ours.setsockopt(
        socket.SOL_SOCKET, socket.SO_PASSCRED, 1
    )  # the kernel names the sender; set before they can send
    output, their_output = os.pipe()
    os.set_blocking(output, False)
    return ours, theirs, output, their_output
