"""What a process does to itself before it runs a student's code: every measure is one function, and raises OSError.

Pure ctypes, for Linux on x86_64 and aarch64. A measure that fails ends the worker: nothing here is best effort, unless
its docstring says so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import stat
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 1, 4, 22, 24
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47

NEW_MOUNTS, NEW_HOSTNAME, NEW_IPC, NEW_USERS = 0x00020000, 0x04000000, 0x08000000, 0x10000000
NEW_PIDS, NEW_NETWORK = 0x20000000, 0x40000000

DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{os.strerror(code)} ({what})")
    return result


def _syscall(number: int, *arguments: object, what: str) -> int:
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _check(_libc.syscall(ctypes.c_long(number), *converted), what)


def _prctl(option: int, *arguments: int, what: str) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    _check(_libc.prctl(ctypes.c_int(option), *[ctypes.c_ulong(a) for a in padded]), what)


# ---- system call numbers
# name: (x86_64, aarch64); None if the architecture has no such call. From the kernel's own tables.

_CALLS: dict[str, dict[str, tuple[int | None, int | None]]] = {
    "network": {
        "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242), "bind": (49, 200),
        "listen": (50, 201),
    },
    "other programs": {"execve": (59, 221), "execveat": (322, 281), "vfork": (58, None)},
    # Out of the process group: the judge ends a worker with its whole group.
    "process groups": {"setsid": (112, 157), "setpgid": (109, 154)},
    "other processes": {
        "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
        "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
        "process_madvise": (440, 440), "process_mrelease": (448, 448), "migrate_pages": (256, 238),
        "move_pages": (279, 239), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
        "setpriority": (141, 140), "sched_setaffinity": (203, 122),
        "sched_setscheduler": (144, 119), "sched_setattr": (314, 274),
        # Its timers can send SIGCONT, which would wake what the judge has stopped.
        "timer_create": (222, 107),
    },
    "namespaces": {
        "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
        "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
        "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
        "statmount": (457, 457), "listmount": (458, 458), "open_tree_attr": (467, 467),
    },
    "kernel": {
        "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280),
        "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
        "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "kexec_load": (246, 104),
        "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
        "delete_module": (176, 106), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142),
        "acct": (163, 89), "quotactl": (179, 60), "quotactl_fd": (443, 443), "syslog": (103, 116),
        "personality": (135, 92), "modify_ldt": (154, None), "name_to_handle_at": (303, 264),
        "open_by_handle_at": (304, 265), "fanotify_init": (300, 262), "settimeofday": (164, 170),
        "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
        "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, None), "ioperm": (173, None),
        "lookup_dcookie": (212, 18), "vhangup": (153, 58),
    },
    "shared memory": {
        "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
        "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    },
    "file attributes": {
        "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
        "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
        "futimesat": (261, None), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
        "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
        "setxattrat": (463, 463), "removexattrat": (466, 466), "file_setattr": (469, 469), "mknod": (133, None),
        "mknodat": (259, 33), "inotify_init": (253, None), "inotify_init1": (294, 26),
    },
    "file changes": {
        "creat": (85, None), "openat2": (437, 437), "truncate": (76, 45), "rename": (82, None), "renameat": (264, 38),
        "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "unlink": (87, None),
        "unlinkat": (263, 35), "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    },
}  # fmt: skip
_ALWAYS_DENIED = (
    "network", "other programs", "process groups", "other processes", "namespaces", "kernel", "shared memory",
)  # fmt: skip
_SPECIAL = {
    "clone": (56, 220), "clone3": (435, 435), "fork": (57, None), "kill": (62, 129), "tgkill": (234, 131),
    "prlimit64": (302, 261), "socketpair": (53, 199), "ioctl": (16, 29), "fcntl": (72, 25), "prctl": (157, 167),
    "open": (2, None), "openat": (257, 56), "madvise": (28, 233),
}  # fmt: skip
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


# ---- seccomp

# classic BPF on the call's numbers
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_AT_NUMBER, _AT_ARCH, _AT_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; arguments are 8 bytes apart
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

_CLONE_THREAD = 0x00010000
_CLONE_NEVER = 0x7E020080 | 0x4000
"""Flags for new namespaces; and CLONE_VFORK, in which a process waits where no signal reaches it."""
_OPEN_TO_CHANGE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
# Signals that the kernel sends for files: to whom, which one, and on what.
_FIOSETOWN, _SIOCSPGRP = 0x8901, 0x8902
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY = 8, 10, 15, 1024, 1026
# Advice that would reset a library's memory to its file's content and undo changes (native.py).
_MADV_FORGET = (4, 8, 9, 24, 102)
_SIGCONT, _EXIT_SIGNAL = 18, 0xFF  # the bits of clone's flags that hold the signal of the child's end


class _Filter:
    """A deny list: what it does not name is allowed. Refused calls fail with EPERM, so that honest code gets an
    exception."""

    def __init__(self) -> None:
        machine = platform.machine()
        if machine not in _AUDIT_ARCH:
            raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
        self.column = 0 if machine == "x86_64" else 1
        self.code: list[bytes] = []
        self.add(_LOAD, _AT_ARCH)
        self.add(_EQUAL, _AUDIT_ARCH[machine], 1, 0)
        self.add(_RETURN, _KILL)
        self.add(_LOAD, _AT_NUMBER)
        if self.column == 0:  # the x32 calls are the same ones under other numbers
            self.add(_AT_LEAST, 0x40000000, 0, 1)
            self.add(_RETURN, _ERRNO | errno.ENOSYS)

    def add(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.code.append(struct.pack("HBBI", code, if_true, if_false, value & 0xFFFFFFFF))

    def number(self, name: str) -> int | None:
        return _SPECIAL[name][self.column]

    def deny_group(self, group: str) -> None:
        for numbers in _CALLS[group].values():
            self.deny(numbers[self.column])

    def deny(self, number: int | None, code: int = errno.EPERM) -> None:
        if number is not None:
            self.add(_EQUAL, number, 0, 1)
            self.add(_RETURN, _ERRNO | code)

    def rule(self, name: str, argument: int, tests: Sequence[tuple[int, int, bool]]) -> None:
        """For call `name`, the first of `tests` (jump, value, allowed) that holds decides; if none does, it is
        allowed."""
        number = self.number(name)
        if number is None:
            return
        self.add(_EQUAL, number, 0, 2 + 2 * len(tests))
        self.add(_LOAD, _AT_ARGUMENT + 8 * argument)
        for jump, value, allowed in tests:
            self.add(jump, value, 0, 1)
            self.add(_RETURN, _ALLOW if allowed else _ERRNO | errno.EPERM)
        self.add(_RETURN, _ALLOW)

    def refuse_bits(self, name: str, argument: int, mask: int, value: int) -> None:
        """Call `name` is refused if these bits of the argument are `value`; other rules of the call come after."""
        number = self.number(name)
        if number is None:
            return
        self.add(_EQUAL, number, 0, 5)
        self.add(_LOAD, _AT_ARGUMENT + 8 * argument)
        self.add(_AND, mask)
        self.add(_EQUAL, value, 0, 1)
        self.add(_RETURN, _ERRNO | errno.EPERM)
        self.add(_LOAD, _AT_NUMBER)

    def only(self, name: str, argument: int, values: Iterable[int]) -> None:
        """Call `name` is allowed only for these values of the argument."""
        tests = [(_EQUAL, value, True) for value in values]
        self.rule(name, argument, [*tests, (_AT_LEAST, 0, False)])

    def install(self) -> None:
        self.add(_RETURN, _ALLOW)
        text = b"".join(self.code)
        code = ctypes.create_string_buffer(text, len(text))
        program = ctypes.create_string_buffer(
            struct.pack("HxxxxxxQ", len(self.code), ctypes.addressof(code)), 16
        )
        forbid_new_privileges()
        _prctl(_PR_SET_SECCOMP, 2, ctypes.addressof(program), what="seccomp")


def deny_system_calls(read_only: bool = False) -> None:
    """No network, other programs, signals to others, namespaces, tracing, kernel features or shared memory.

    New processes are allowed (the worker copies itself for each test; RLIMIT_NPROC bounds them), in no new namespace
    and in the process group that the judge ends. `read_only` also denies every change of the file system, for rungs
    where nothing else does. Changes of a file's attributes are denied everywhere.
    """
    own = os.getpid()
    f = _Filter()
    for group in (*_ALWAYS_DENIED, "file attributes", *(["file changes"] if read_only else [])):
        f.deny_group(group)
    f.deny(
        f.number("clone3"), errno.ENOSYS
    )  # a filter cannot see its flags; the C library falls back on clone
    # SIGCONT would wake what the judge has stopped (worker_client.py, `_Stage`), whoever sends it.
    f.refuse_bits("clone", 0, _EXIT_SIGNAL, _SIGCONT)
    f.rule("clone", 0, [(_ANY_BIT, _CLONE_NEVER, False)])
    f.refuse_bits("kill", 1, 0xFFFFFFFF, _SIGCONT)
    f.only("kill", 0, [own])
    f.refuse_bits("tgkill", 2, 0xFFFFFFFF, _SIGCONT)
    f.only("tgkill", 0, [own])
    f.rule("prctl", 0, [(_EQUAL, _PR_SET_PDEATHSIG, False)])
    commands = (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY)
    f.rule("fcntl", 1, [(_EQUAL, command, False) for command in commands])
    f.rule("madvise", 2, [(_EQUAL, advice, False) for advice in _MADV_FORGET])
    f.only("prlimit64", 0, [0, own])
    f.only("socketpair", 0, [1])  # AF_UNIX
    f.rule("ioctl", 1, [(_EQUAL, x, False) for x in (_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP)])
    if read_only:
        f.rule("open", 1, [(_ANY_BIT, _OPEN_TO_CHANGE, False)])
        f.rule("openat", 2, [(_ANY_BIT, _OPEN_TO_CHANGE, False)])
    f.install()


def deny_signals_to(loaded_pid: int) -> None:
    """A further filter, for a copy: no signal to the process in which the notebook began.

    The first filter allows signals only to that process, so a copy can signal nobody, its relatives included.
    """
    f = _Filter()
    f.rule("kill", 0, [(_EQUAL, loaded_pid, False)])
    f.rule("tgkill", 0, [(_EQUAL, loaded_pid, False)])
    f.install()


def deny_new_processes() -> None:
    """A further filter, for the copy that serves one test: no fork, but threads."""
    f = _Filter()
    f.deny(f.number("fork"))
    f.rule("clone", 0, [(_ANY_BIT, _CLONE_THREAD, True), (_AT_LEAST, 0, False)])
    f.install()


def filters_of(pid: int) -> int:
    """How many seccomp filters the kernel applies to a process; seen from outside."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("Seccomp_filters:"):
            return int(line.split()[1])
    return 0


_MSEAL = 462


def seal_memory(start: int, size: int) -> bool:
    """Stops calls from unmapping, replacing or opening these pages; False if the kernel is older than Linux 6.10."""
    try:
        _syscall(_MSEAL, start, size, 0, what="sealing memory")
    except OSError as error:
        if error.errno == errno.ENOSYS:
            return False
        raise
    return True


# ---- Landlock

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
(_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE, _MAKE_CHAR, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK,
 _MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM, _REFER, _TRUNCATE, _IOCTL_DEV) = (1 << i for i in range(16))  # fmt: skip
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
LANDLOCK_NEEDED = 3  # the first version that knows truncation


def landlock_version() -> int:
    """The kernel's Landlock version; 0 without Landlock."""
    try:
        return _syscall(_LANDLOCK_CREATE, 0, 0, 1, what="Landlock version")
    except OSError:
        return 0


def restrict_files(readable: Iterable[str], writable: Iterable[str], gpu_devices: Iterable[str] = ()) -> None:
    """From now on only these paths can be opened; TCP, abstract sockets and signals to others are blocked too
    (Landlock)."""
    version = landlock_version()
    if version < LANDLOCK_NEEDED:
        raise OSError(errno.ENOSYS, "Landlock is missing or too old")
    handled = (1 << 13) - 1 | _REFER | _TRUNCATE | (_IOCTL_DEV if version >= 5 else 0)
    fields = [handled]
    if version >= 4:
        fields.append(0b11)  # TCP bind and connect
    if version >= 6:
        fields.append(0b11)  # abstract unix sockets and signals
    attributes = ctypes.create_string_buffer(struct.pack(f"{len(fields)}Q", *fields), 8 * len(fields))
    ruleset = _syscall(_LANDLOCK_CREATE, ctypes.byref(attributes), 8 * len(fields), 0, what="Landlock rules")
    reading = _READ_FILE | _READ_DIR | _EXECUTE
    writing = handled & ~(_MAKE_CHAR | _MAKE_BLOCK | _MAKE_SOCK | _MAKE_FIFO | _EXECUTE | _REFER | _IOCTL_DEV)
    using = _READ_FILE | _WRITE_FILE
    for paths, access in (
        (readable, reading),
        (writable, writing),
        (DEVICES, using),
        (gpu_devices, using | _IOCTL_DEV),
    ):
        for path in paths:
            _allow_beneath(ruleset, path, access & handled)
    forbid_new_privileges()
    _syscall(_LANDLOCK_RESTRICT, ruleset, 0, what="Landlock")
    os.close(ruleset)


def _allow_beneath(ruleset: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # an unreachable path needs no rule
    if not stat.S_ISDIR(os.fstat(fd).st_mode):
        access &= _ON_FILES
    rule = ctypes.create_string_buffer(struct.pack("=Qi", access, fd), 12)
    _syscall(_LANDLOCK_ADD, ruleset, 1, ctypes.byref(rule), 0, what=f"Landlock rule for {path}")
    os.close(fd)


# ---- limits and privileges


def address_space() -> int:
    """Bytes of address space of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def limit_resources(
    memory: int,
    file_size: int,
    processes: int,
    cpu_seconds: int,
    memory_limit: int = resource.RLIMIT_AS,
) -> None:
    """Hard limits: `memory` is the whole address space in bytes, `processes` counts threads too.

    With RLIMIT_DATA for `memory_limit`, `memory` limits only a process's private writable memory.
    """
    for limit, value in (
        (memory_limit, memory),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def forbid_new_privileges() -> None:
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, what="no new privileges")


def drop_capabilities() -> None:
    """Give up every capability, for good."""
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # past the kernel's last capability, or not allowed to drop any: capset below decides
    _libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0), 8)
    none = ctypes.create_string_buffer(24)
    _check(_libc.capset(ctypes.byref(header), ctypes.byref(none)), "dropping capabilities")


def become(uid: int) -> None:
    """From root to an unprivileged user and group of the same number, for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    _prctl(_PR_SET_DUMPABLE, 1, what="dumpable")  # else /proc/self would belong to root


def die_first() -> None:
    """When memory runs out, the kernel ends this process and its children before any other."""
    Path("/proc/self/oom_score_adj").write_text("1000")


def adopt_orphans() -> None:
    """Orphaned descendants become children of this process, which can then wait for them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1, what="subreaper")


def die_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, 9, what="parent death signal")


def close_files_except(keep: Iterable[int]) -> None:
    low = 0
    for fd in sorted(keep):
        if low < fd:  # an empty range would mean: all of them
            os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))


# ---- namespaces

_READ_ONLY, _NO_SUID, _NO_DEV, _NO_EXEC = 1, 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 1 << 18
_MOUNT_SETATTR, _AT_RECURSIVE, _DETACH = 442, 0x8000, 2


def unshare(flags: int) -> None:
    _check(_libc.unshare(ctypes.c_int(flags)), "new namespaces")


def enter_namespace(fd: int, kind: int) -> None:
    _check(_libc.setns(fd, kind), "entering a namespace")


def new_user_namespace(flags: int) -> None:
    """A user namespace with only this user, and the other namespaces of `flags` in it."""
    uid, gid = os.getuid(), os.getgid()
    unshare(NEW_USERS | flags)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind, options)]
    _check(
        _libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3]),
        f"mounting {target}",
    )


def detach_mounts() -> None:
    """Changes of mounts in this namespace are not seen elsewhere."""
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)


def mount_scratch(path: str, size: int, files: int) -> None:
    _mount("tmpfs", path, "tmpfs", _NO_SUID | _NO_DEV | _NO_EXEC, f"size={size},nr_inodes={files},mode=0700")


def hide(path: str) -> None:
    """An empty, read-only folder in the place of `path`."""
    _mount("tmpfs", path, "tmpfs", _READ_ONLY | _NO_SUID | _NO_DEV | _NO_EXEC, "size=4k,nr_inodes=2")


def _make_read_only(path: str, recursive: bool) -> None:
    attributes = ctypes.create_string_buffer(struct.pack("4Q", _READ_ONLY | _NO_SUID, 0, 0, 0), 32)
    flags = _AT_RECURSIVE if recursive else 0
    at_cwd = -100
    _syscall(
        _MOUNT_SETATTR,
        at_cwd,
        path.encode(),
        flags,
        ctypes.byref(attributes),
        32,
        what=f"making {path} read-only",
    )


def change_root(
    readable: Sequence[str],
    scratch: str,
    devices: Sequence[str] = DEVICES,
    links: Mapping[str, str] | None = None,
) -> None:
    """A file system of `readable`, read-only, devices, /proc, `links`, and an empty `scratch` folder; nothing else.

    Needs a mount namespace of its own and the capability to mount there. Symbolic links are followed: what a path of
    `readable` leads to is found under that path.
    """
    sources = {path: os.open(path, os.O_PATH) for path in (*readable, *devices, "/proc")}
    base = "/tmp"
    _mount("tmpfs", base, "tmpfs", _NO_SUID | _NO_DEV, "size=1m,mode=0755")
    os.chdir(base)
    os.mkdir("old")
    for path, fd in sources.items():
        target = base + path
        if stat.S_ISDIR(os.stat(f"/proc/self/fd/{fd}").st_mode):
            os.makedirs(target, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
        _mount(f"/proc/self/fd/{fd}", target, None, _BIND | _RECURSIVE)
        os.close(fd)
        if path in readable:
            _make_read_only(target, recursive=True)
    os.makedirs(base + scratch)
    for path, to in (links or {}).items():
        os.makedirs(os.path.dirname(base + path), exist_ok=True)
        os.symlink(to, base + path)
    pivot_root = _CALLS["namespaces"]["pivot_root"][platform.machine() != "x86_64"]
    _syscall(pivot_root, b".", b"old", what="a new root")
    os.chdir("/")
    _check(_libc.umount2(b"/old", _DETACH), "leaving the old root")
    os.rmdir("/old")
    _make_read_only("/", recursive=False)
