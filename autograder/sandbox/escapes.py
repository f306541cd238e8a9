"""What a hostile notebook would try. This file's text runs inside a worker, as a student's cell would; the judge calls
`try_all` there and reads off what got out. It imports nothing of the project, and every attempt is bounded.

An attempt that returns something true got out; False, or any exception, means that the sandbox held.
"""

import ctypes
import fcntl
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading

ATTEMPTS = {}
LIBC = ctypes.CDLL(None, use_errno=True)
MIB = 1 << 20
PAST_THE_LIMIT = 3 << 30


ARM = platform.machine() != "x86_64"


def call(numbers, *arguments):
    """A system call, by its numbers on x86_64 and on aarch64."""
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return done(LIBC.syscall(ctypes.c_long(numbers[ARM]), *converted))


def attempt(title, thorough=False):
    def register(function):
        ATTEMPTS[title] = function, thorough
        return function

    return register


def try_all(targets, thorough):
    """{title: what got out, or None}. `targets` names what the judge set up outside, see check.py."""
    return {
        title: outcome(function, targets)
        for title, (function, slow) in ATTEMPTS.items()
        if thorough or not slow
    }


def outcome(function, targets):
    try:
        result = function(targets)
    except BaseException:
        return None
    return str(result)[:80] if result else None


def writes(path):
    with open(path, "w") as file:
        file.write("x")
    return True


def sends(family, kind, address):
    with socket.socket(family, kind) as s:
        s.settimeout(0.5)
        s.connect(address)
        s.send(b"x")
    return True


def strangers(t):
    return [pid for pid in (t["judge"], t["server"], t["sibling"]) if pid != os.getpid()]


def done(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return True


# ---- files


@attempt("read a file of the course")
def _(t):
    return open(t["secret"]).read()


@attempt("read the graders, solutions or tests")
def _(t):
    return [path for path in t["hidden"] if reads(path)]


def reads(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else open(path).read()
    except OSError:
        return False


@attempt("write into the course's folder")
def _(t):
    return writes(t["folder"] + "/written")


@attempt("delete a file of the course")
def _(t):
    return os.unlink(t["secret"]) is None


@attempt("change the mode of a file of the course")
def _(t):
    return os.chmod(t["secret"], 0o666) is None


@attempt("change the times of a file of the course")
def _(t):
    return os.utime(t["secret"], (1, 1)) is None


@attempt("read it through a hard link")
def _(t):
    os.link(t["secret"], "link")
    return open("link").read()


@attempt("read it through a symbolic link")
def _(t):
    os.symlink(t["secret"], "symlink")
    return open("symlink").read()


@attempt("change Python's packages")
def _(t):
    return [
        path for path in sys.path if path and os.path.isdir(path) and writes(path + "/autograder_canary.pth")
    ]


@attempt("leave a file in the judge's temporary folder")
def _(t):
    return writes(t["mark"]) and "left"


@attempt("leave a file in shared memory")
def _(t):
    return writes(t["shm_mark"]) and "left"


@attempt("read /etc/passwd")
def _(t):
    return t["own_view"] and open("/etc/passwd").read()


# ---- network


@attempt("connect to a TCP port of this machine")
def _(t):
    return sends(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", t["tcp"]))


@attempt("send over UDP")
def _(t):
    return sends(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", t["tcp"]))


@attempt("connect to a unix socket")
def _(t):
    return sends(socket.AF_UNIX, socket.SOCK_STREAM, t["unix"])


@attempt("connect to an abstract socket")
def _(t):
    return sends(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + t["abstract"])


@attempt("listen on a port")
def _(t):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
    return True


@attempt("open a netlink socket")
def _(t):
    return socket.socket(16, socket.SOCK_RAW, 0)


@attempt("use io_uring")
def _(t):
    return done(LIBC.syscall(425, 4, ctypes.create_string_buffer(120)))


# ---- other processes


def any_stranger(t, function):
    for pid in strangers(t):
        try:
            if function(pid):
                return pid
        except OSError:
            continue
    return None


@attempt("signal the judge, the server or another worker")
def _(t):
    return any_stranger(t, lambda pid: os.kill(pid, 0) is None)


@attempt("signal every process")
def _(t):
    return os.kill(-1, 0) is None


@attempt("trace another process")
def _(t):
    seize, detach = 0x4206, 17
    return any_stranger(
        t, lambda pid: done(LIBC.ptrace(seize, pid, 0, 0)) and done(LIBC.ptrace(detach, pid, 0, 0))
    )


@attempt("open another process's memory")
def _(t):
    return any_stranger(t, lambda pid: os.open(f"/proc/{pid}/mem", os.O_RDWR))


@attempt("read another process's environment")
def _(t):
    return any_stranger(t, lambda pid: open(f"/proc/{pid}/environ", "rb").read())


@attempt("see another process's command line")
def _(t):
    return t["own_view"] and any_stranger(t, lambda pid: open(f"/proc/{pid}/cmdline", "rb").read())


@attempt("open a file descriptor of another process")
def _(t):
    return any_stranger(t, lambda pid: done(LIBC.syscall(438, done(LIBC.syscall(434, pid, 0)), 3, 0)))


@attempt("change another process's limits")
def _(t):
    return any_stranger(t, lambda pid: resource.prlimit(pid, resource.RLIMIT_NOFILE))


@attempt("find a file descriptor that was left open")
def _(t):
    return [fd for fd in range(4, 256) if is_open(fd)]


def is_open(fd):
    try:
        return os.fstat(fd)
    except OSError:
        return None


@attempt("read the judge's environment variables")
def _(t):
    return t["variable"] in os.environ


@attempt("leave the process group")
def _(t):
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
        except OSError:
            os._exit(1)
        os._exit(0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        return os.waitpid(pid, 0)[1] == 0
    except ChildProcessError:  # already reaped; a second child says the same
        os.setpgid(0, 0)
        return True


@attempt("read another process's memory")
def _(t):
    buffer = ctypes.create_string_buffer(8)
    here = struct.pack("QQ", ctypes.addressof(buffer), 8)
    return any_stranger(t, lambda pid: call((310, 270), pid, here, 1, struct.pack("QQ", 0x400000, 8), 1, 0))


@attempt("look into another process's root folder")
def _(t):
    return any_stranger(t, lambda pid: os.listdir(f"/proc/{pid}/root"))


@attempt("find what another submission left")
def _(t):
    found = [path for path in traces(t["tag"]) if os.path.exists(path)]
    with socket.socket(socket.AF_UNIX) as s:
        if s.connect_ex("\0left-" + t["tag"]) == 0:
            found.append("an abstract socket")
    memory = LIBC.shmget(int(t["tag"][:6], 16), MIB, 0)
    if memory >= 0:
        LIBC.shmctl(memory, 0, None)  # it would outlive this process
        found.append("shared memory")
    return found


def traces(tag):
    return [folder + f"/left-{tag}" for folder in (".", "/tmp", "/var/tmp", "/dev/shm")]


def leave(tag):
    """What one worker does before another one looks; the judge removes what it could leave outside."""
    for path in traces(tag):
        outcome(lambda path: writes(path), path)
    outcome(lambda tag: LIBC.shmget(int(tag[:6], 16), MIB, 0o1600), tag)
    global listener
    listener = (
        socket.socket(socket.AF_UNIX)
        if outcome(lambda _: socket.socket(socket.AF_UNIX).close() is None, 0)
        else None
    )
    if listener:
        listener.bind("\0left-" + tag)
        listener.listen()


# ---- waking up what the judge has stopped, and signals sent through the kernel


@attempt("send SIGCONT")
def _(t):
    return os.kill(os.getpid(), signal.SIGCONT) is None


@attempt("have a file send SIGCONT")
def _(t):
    ours, theirs = socket.socketpair()
    return fcntl.fcntl(ours, 10, signal.SIGCONT) == 0  # F_SETSIG


@attempt("have a file signal another process")
def _(t):
    ours, theirs = socket.socketpair()
    return fcntl.fcntl(ours, fcntl.F_SETOWN, t["sibling"]) == 0 or fcntl.ioctl(
        ours, 0x8901, struct.pack("i", 1)
    )


@attempt("have a timer send SIGCONT")
def _(t):
    event = ctypes.create_string_buffer(struct.pack("qii", 0, signal.SIGCONT, 0), 64)
    return call((222, 107), 0, event, ctypes.byref(ctypes.c_int()))


@attempt("have the end of a child send SIGCONT")
def _(t):
    pid = LIBC.syscall(ctypes.c_long((56, 220)[ARM]), ctypes.c_long(signal.SIGCONT), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    return pid > 0


@attempt("have the end of its parent send a signal")
def _(t):
    return done(LIBC.prctl(1, signal.SIGCONT, 0, 0, 0))


# ---- other programs, privileges


@attempt("run a shell")
def _(t):
    return os.system("exit 7") >> 8 == 7


@attempt("run another Python")
def _(t):
    return subprocess.run([sys.executable, "-c", ""], timeout=5).returncode == 0


@attempt("be root")
def _(t):
    return os.geteuid() == 0 or os.setuid(0) is None


@attempt("make a namespace")
def _(t):
    return done(LIBC.unshare(0x10000000))


@attempt("mount a file system")
def _(t):
    return done(LIBC.mount(b"tmpfs", b"/", b"tmpfs", 0, None))


@attempt("make a namespace for a child")
def _(t):
    pid = LIBC.syscall(ctypes.c_long((56, 220)[ARM]), ctypes.c_long(0x10000000 | signal.SIGCHLD), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    return pid > 0


@attempt("enter a namespace")
def _(t):
    return any_stranger(t, lambda pid: call((308, 268), call((434, 434), pid, 0), 0x10000000))


@attempt("list the mounts")
def _(t):
    return call(
        (458, 458), struct.pack("IIQQ", 24, 0, 0xFFFFFFFFFFFFFFFF, 0), ctypes.create_string_buffer(64), 8, 0
    )


@attempt("take a handle of a file, past all folders")
def _(t):
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 136)
    return call((303, 264), -100, b"/", handle, ctypes.byref(ctypes.c_int()), 0)


@attempt("handle its own page faults (userfaultfd)")
def _(t):
    return call((323, 282), 1)


@attempt("measure by perf events")
def _(t):
    event = ctypes.create_string_buffer(struct.pack("IIQ", 1, 112, 0), 112)  # the CPU clock, by software
    event[40:41] = b"\x60"  # neither the kernel nor the hypervisor
    return call((298, 241), event, 0, -1, -1, 0)


@attempt("load a BPF program")
def _(t):
    return call((321, 280), 0, ctypes.create_string_buffer(struct.pack("IIII", 2, 4, 4, 1), 128), 128)


@attempt("use the kernel's keys")
def _(t):
    return call((250, 219), 0, -3, 1)


@attempt("type into a terminal")
def _(t):
    for fd in range(3):
        try:
            return fcntl.ioctl(fd, 0x5412, b"x") is not None
        except OSError:
            continue
    return False


@attempt("choose how it is scheduled")
def _(t):
    return os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)) is None


# ---- amounts


@attempt("take 3 GiB of memory")
def _(t):
    return mmap.mmap(-1, PAST_THE_LIMIT, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


@attempt("share 3 GiB of memory")
def _(t):
    return mmap.mmap(-1, PAST_THE_LIMIT)


@attempt("make a file in memory")
def _(t):
    return os.memfd_create("x") >= 0


@attempt("make a System V memory segment")
def _(t):
    return done(LIBC.shmget(0, MIB, 0o1600))


@attempt("make a System V semaphore or message queue")
def _(t):
    return LIBC.semget(0, 1, 0o1600) >= 0 or LIBC.msgget(0, 0o1600) >= 0


@attempt("make secret memory")
def _(t):
    return call((447, 447), 0)


@attempt("write a file of 100 MiB")
def _(t):
    with open("big", "wb", buffering=0) as file:
        return all(file.write(bytes(MIB)) for _ in range(100))


@attempt("write 200 MiB in many files", thorough=True)
def _(t):
    for i in range(20):
        with open(f"big{i}", "wb", buffering=0) as file:
            for _ in range(10):
                file.write(bytes(MIB))
    return True


@attempt("make 6,000 files", thorough=True)
def _(t):
    for i in range(6000):
        open(f"small{i}", "w").close()
    return True


@attempt("start more processes than allowed", thorough=True)
def _(t):
    children = []
    try:
        for _ in range(t["too_many"]):
            pid = os.fork()
            if pid == 0:
                signal.alarm(10)
                signal.pause()
                os._exit(0)
            children.append(pid)
    except OSError:
        return False
    return len(children)


@attempt("start more threads than allowed", thorough=True)
def _(t):
    release = threading.Event()
    threads = []
    threading.stack_size(1 << 16)
    try:
        for _ in range(t["too_many"]):
            threads.append(threading.Thread(target=release.wait, daemon=True))
            threads[-1].start()
    except RuntimeError:
        return False
    finally:
        release.set()
    return len(threads)


# ---- in the copy that runs one test


def try_as_copy(loaded_pid):
    """The same for a copy of the loaded notebook; the judge calls it there."""
    return {
        "start a process during a test": outcome(lambda t: bool(os.fork()) or os._exit(0), None),
        "signal the notebook's other processes": outcome(lambda t: os.kill(loaded_pid, 0) is None, None),
    }


def works():
    """What honest code must be able to do: import late, use a thread."""
    import colorsys
    import sqlite3

    thread = threading.Thread(target=colorsys.rgb_to_hsv, args=(0.1, 0.2, 0.3))
    thread.start()
    thread.join()
    return sqlite3.connect(":memory:").execute("select 7").fetchone()[0]
