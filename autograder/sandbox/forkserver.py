"""The process that imports everything once, and forks a hardened worker whenever the judge asks.

It runs inside the sandbox (in bubblewrap, or in a root that it makes itself), never runs a student's code, and must
have one thread when it forks: a second one would leave locks that nobody releases in the child.

Its whole life: set up the sandbox, import, report that it is ready; then, for each request of a judge on its control
socket, fork a worker or reap one that the judge has ended. The first judge can bring others, each with a control socket
of its own.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import traceback
from dataclasses import dataclass, field

from autograder.sandbox import forbid, hardening, worker
from autograder.sandbox.fast_imports import without_full_collections

HARDENING_FAILED = 97
WORKER_SOCKET = 3


@dataclass(frozen=True)
class Plan:
    """What the judge decided: the measures of the rung in use. Passed as JSON on the command line."""

    readable: list[str]
    scratch: str | None
    links: dict[str, str]
    """Other folders in which students write, and where those lead."""
    change_root: bool
    namespaces: bool
    landlock: bool
    seccomp: bool
    read_only: bool
    server_uid: int | None
    libraries: list[str] | None
    """What is imported besides what every notebook gets; None if the server only tries its rung."""
    gpu: bool
    gpu_devices: list[str]
    memory: int
    file_size: int
    scratch_size: int
    scratch_files: int
    processes: int
    cpu_seconds: int


def main(control_fd: int, plan_json: str) -> None:
    """Serve until the judge closes the control socket."""
    plan = Plan(**json.loads(plan_json))
    control = socket.socket(fileno=control_fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the judge's; it then closes the socket
    try:
        _settle(plan)
        warnings = _imports(plan)
    except Exception as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        raise
    _Server(control, plan).serve(warnings)
    os._exit(0)  # nothing is left to do, and taking down the imports would take half a second


def _settle(plan: Plan) -> None:
    """Enter namespaces and a file system of its own, as an unprivileged user."""
    if plan.change_root:
        isolation = hardening.NEW_MOUNTS | hardening.NEW_IPC | hardening.NEW_NETWORK | hardening.NEW_HOSTNAME
        if os.getuid() == 0:  # root binds what only root can reach, before it becomes another user
            hardening.unshare(isolation)
        else:
            hardening.new_user_namespace(isolation)
        hardening.detach_mounts()
        hardening.change_root(
            plan.readable,
            plan.scratch or "/scratch",
            (*hardening.DEVICES, *plan.gpu_devices),
            plan.links,
        )
    if plan.server_uid is not None:
        hardening.become(plan.server_uid)
    if plan.namespaces:
        # A process may return to its pid namespace only where it owns that namespace's user namespace: make both here.
        hardening.new_user_namespace(hardening.NEW_MOUNTS)
        hardening.unshare(hardening.NEW_PIDS)
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            os._exit(0)
        hardening.die_with_parent()
        hardening.detach_mounts()
        hardening.mount_scratch(
            plan.scratch, plan.scratch_size, plan.scratch_files
        )  # the server's; workers get theirs
    else:
        hardening.adopt_orphans()


def _imports(plan: Plan) -> list[str]:
    """Returns warnings for the instructor."""
    warnings = []
    if plan.libraries is not None:
        from autograder.sandbox import preload

        with tempfile.TemporaryDirectory(dir=plan.scratch) as folder:
            os.environ["TMPDIR"] = os.environ["MPLCONFIGDIR"] = (
                folder  # imports want one that they can write to
            )
            with without_full_collections():
                warnings = preload.load(plan.libraries)
    sys.path[:] = [path for path in sys.path if path != sys.argv[1]]
    return warnings


@dataclass
class _Judge:
    """A client that asks for workers, and the process ids of its workers, by its own keys."""

    control: socket.socket
    workers: dict[int, int] = field(default_factory=dict)


class _Server:
    def __init__(self, control: socket.socket, plan: Plan) -> None:
        self.control = control
        self.plan = plan
        self.judges: dict[int, _Judge] = {}
        self.poll = select.poll()
        self.admit(control)
        self.own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC) if plan.namespaces else -1
        self.size = hardening.address_space()

    def serve(self, warnings: list[str]) -> None:
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            self.answer(
                failed=f"the fork server has {threads} threads after its imports; it needs to have one"
            )
            return
        gc.freeze()  # the collector leaves objects shared with the workers alone, so the kernel need not copy them
        self.answer(ready=True, warnings=warnings, traps=forbid.traps())
        while True:
            for number, _ in self.poll.poll():
                judge = self.judges[number]
                message, ancillary, _, _ = judge.control.recvmsg(1 << 16, socket.CMSG_SPACE(2 * 4))
                if message:
                    self.obey(judge, json.loads(message), _file_descriptors(ancillary))
                elif judge.control is self.control:
                    self.end_all()
                    return
                else:
                    self.dismiss(judge)

    def obey(self, judge: _Judge, request: dict, fds: list[int]) -> None:
        if request["op"] == "spawn":
            self.spawn(judge, request, fds)
        elif request["op"] == "share":
            self.admit(socket.socket(fileno=fds[0]))
        elif request["op"] == "check":
            judge.control.send(json.dumps({"ready": True}).encode())
        elif (pid := judge.workers.pop(request["worker"], None)) is not None:
            self.forget(pid)

    def admit(self, control: socket.socket) -> None:
        self.judges[control.fileno()] = _Judge(control)
        self.poll.register(control, select.POLLIN)

    def dismiss(self, judge: _Judge) -> None:
        """A judge that the first one brought is gone, and its workers with it."""
        self.poll.unregister(judge.control)
        del self.judges[judge.control.fileno()]
        judge.control.close()
        for pid in judge.workers.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            self.forget(pid)

    def answer(self, **fields: object) -> None:
        self.control.send(json.dumps(fields).encode())

    def spawn(self, judge: _Judge, request: dict, fds: list[int]) -> None:
        if self.plan.namespaces:
            hardening.unshare(hardening.NEW_PIDS)  # of the next child
        pid = os.fork()
        if pid == 0:
            self.become_worker(request, *fds)
        if self.plan.namespaces:
            hardening.enter_namespace(self.own_pids, hardening.NEW_PIDS)
        judge.workers[request["worker"]] = pid
        for fd in fds:
            os.close(fd)

    def become_worker(self, request: dict, link: int, output: int) -> None:
        try:
            _only_these_files(link, output)
            os.setsid()
            hardening.die_first()
            gc.enable()
            harden(self.plan, self.size, request["uid"])
            os.environ["HOME"] = os.environ["TMPDIR"] = os.environ["MPLCONFIGDIR"] = self.plan.scratch or "/"
            tempfile.tempdir = None  # to be looked up again
            if self.plan.seccomp:
                os.chdir(self.plan.scratch or "/")
        except BaseException:
            traceback.print_exc()
            os._exit(HARDENING_FAILED)  # no worker rather than a soft one
        try:
            worker.serve(WORKER_SOCKET, self.plan.seccomp)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def forget(self, pid: int) -> None:
        """Wait for a worker that the judge has ended, and for everything in its process group.

        Until then its process group keeps its number, so that the judge cannot hit a stranger.
        """
        os.waitpid(pid, 0)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-pid, 0)

    def end_all(self) -> None:
        """The first judge is gone. With pid namespaces everything goes with this process; without, by process group."""
        for judge in self.judges.values():
            for pid in judge.workers.values():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)


def harden(plan: Plan, server_size: int, uid: int | None) -> None:
    """Turn a fresh fork of the server into a worker that can run anybody's code. Raises OSError."""
    if not plan.seccomp:
        return
    if uid is not None:
        hardening.become(uid)
    if plan.namespaces:
        hardening.new_user_namespace(hardening.NEW_MOUNTS | hardening.NEW_IPC | hardening.NEW_NETWORK)
        hardening.detach_mounts()
        hardening.mount_scratch(plan.scratch, plan.scratch_size, plan.scratch_files)
        hardening.hide("/proc")
    hardening.limit_resources(
        server_size + plan.memory,
        plan.file_size,
        plan.processes,
        plan.cpu_seconds,
        # CUDA reserves more address space than any machine has memory
        memory_limit=resource.RLIMIT_DATA if plan.gpu else resource.RLIMIT_AS,
    )
    if plan.landlock:
        readable = ["/"] if plan.namespaces else plan.readable
        hardening.restrict_files(readable, [plan.scratch] if plan.namespaces else [], plan.gpu_devices)
    hardening.drop_capabilities()
    hardening.deny_system_calls(read_only=plan.read_only)


def _only_these_files(link: int, output: int) -> None:
    """Nothing but standard input (empty), output, errors, and the link to the judge."""
    null = os.open(os.devnull, os.O_RDONLY)
    high = 100  # above the numbers that are about to be filled
    os.dup2(link, high)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(high, WORKER_SOCKET)
    hardening.close_files_except((0, 1, 2, WORKER_SOCKET))


def _file_descriptors(ancillary: list) -> list[int]:
    fds = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return list(fds)
