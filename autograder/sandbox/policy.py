"""The ladder of sandboxes: which measures each rung takes, and what it needs of the machine.

Before a rung is used, it is tested with everything that a worker must not be able to do (check.py).
"""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.sandbox import hardening
from autograder.sandbox.faults import SandboxUnavailable

if TYPE_CHECKING:
    from autograder.sandbox.forkserver import Plan

PACKAGE = Path(__file__).resolve().parent
PACKAGE_PARENT = PACKAGE.parent.parent
SCRATCH = "/scratch"
NOTEBOOK_FOLDER = f"{SCRATCH}/notebook"
"""The folder in which a notebook starts: it can also write to `..`."""
LINKS = {
    "/content": NOTEBOOK_FOLDER,
    "/home/jovyan": NOTEBOOK_FOLDER,
    "/kaggle/working": NOTEBOOK_FOLDER,
    "/root": SCRATCH,
    "/tmp": SCRATCH,
    "/var/tmp": SCRATCH,
}
"""Folders in which students can write on their machines, and where those lead here, unless something readable is
there."""

MEMORY = 2 << 30  # in addition to what the server has mapped; below 3 GiB, some honest notebooks fail
FILE_SIZE = 16 << 20
SCRATCH_SIZE = 64 << 20
SCRATCH_FILES = 4096
PROCESSES = 64
CPU_SECONDS = 600  # for the whole life of one process; each request has its own, shorter limit

SYSTEM_FILES = (
    "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/lib", "/lib32", "/lib64",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/fonts",
    "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo",
)  # fmt: skip


PUBLIC = ("data", "docs", "release")
"""Folders of the repository without secrets. In autograder/, only sandbox/ has none."""

NAMESPACES_REFUSED = (
    "User namespaces must be allowed (as root: `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, or "
    "`kernel.unprivileged_userns_clone=1`, or a container with the SYS_ADMIN capability)."
)


@dataclass(frozen=True)
class Rung:
    """One rung: which measures it takes. `landlock` None means: if the kernel has it."""

    name: str
    bubblewrap: bool = False
    namespaces: bool = False
    landlock: bool | None = None
    own_uids: bool = False
    seccomp: bool = True


LADDER = (
    Rung("bubblewrap", bubblewrap=True, namespaces=True),
    Rung("namespaces", namespaces=True),
    Rung("landlock", landlock=True),
    Rung("user", own_uids=True),
)
NONE = Rung("none", landlock=False, seccomp=False)


def named(name: str | None) -> list[Rung]:
    """The rung of that name, or all of them, the best first. Raises SandboxUnavailable if there is none."""
    rungs = [rung for rung in LADDER if name in (None, rung.name)]
    if not rungs:
        names = ", ".join(rung.name for rung in LADDER)
        raise SandboxUnavailable(f"No sandbox is called {name!r}; there are {names} and none.")
    return rungs


def missing(rung: Rung) -> str | None:
    """The sentence that says what must be installed or set before this rung can be tried."""
    if rung.bubblewrap and not shutil.which("bwrap"):
        return "Install bubblewrap (the program `bwrap`)."
    if rung.landlock and not has_landlock():
        return "This kernel has no Landlock of version 3 or later (Linux 6.2; `lsm=` must name it)."
    if rung.own_uids and os.getuid() != 0:
        return "Only root can give every worker a user of its own."
    return None


def processes(rung: Rung) -> int:
    """How many processes and threads a worker's user may have; if that is the judge's user, in addition to those it
    has."""
    if os.getuid() == 0 or rung.namespaces:
        return PROCESSES
    own = f"Uid:\t{os.getuid()}\t"
    threads = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            text = status.read_text()
            threads += int(text.partition("Threads:")[2].split()[0]) if own in text else 0
    return threads + PROCESSES


def hidden_paths() -> list[Path]:
    """What a worker must never read of this repository: every folder that is not public, so that new folders are
    secret."""
    package = PACKAGE.parent
    own = {PACKAGE, package / "__init__.py", package / "__pycache__"}
    public = {package, *(PACKAGE_PARENT / name for name in PUBLIC)}
    folders = (path for path in PACKAGE_PARENT.iterdir() if path.is_dir() and path not in public)
    return [
        *(path for path in package.iterdir() if path not in own),
        *(path for path in folders if not (path / "pyvenv.cfg").exists()),  # the interpreter that workers run
    ]


def has_landlock() -> bool:
    return hardening.landlock_version() >= hardening.LANDLOCK_NEEDED


def gpu_devices() -> list[str]:
    """The nodes of NVIDIA's driver under /dev."""
    found = [*Path("/dev").glob("nvidia*"), *Path("/dev/nvidia-caps").glob("*")]
    return sorted(str(path) for path in found if path.is_char_device())


def plan(
    rung: Rung,
    readable: Sequence[str],
    libraries: list[str] | None,
    gpu: bool = False,
) -> Plan:
    """The plan for the fork server."""
    from autograder.sandbox.forkserver import Plan

    for path in readable:
        for hidden in hidden_paths():
            if hidden.is_relative_to(path):
                raise SandboxUnavailable(f"{path} would have to be readable, and it holds {hidden}")
    as_root = os.getuid() == 0
    for path in readable if as_root and rung is not NONE else ():
        if not os.stat(path).st_mode & 0o004:
            raise SandboxUnavailable(
                f"{path} must be readable for every user, for workers are nobody: "
                f"chmod -R o+rX {shlex.quote(path)}"
            )
    landlock = has_landlock() if rung.landlock is None else rung.landlock
    return Plan(
        readable=list(readable),
        scratch=SCRATCH if rung.namespaces else None,
        links=links_beside(readable) if rung.namespaces else {},
        change_root=rung.namespaces and not rung.bubblewrap,
        namespaces=rung.namespaces,
        landlock=landlock,
        seccomp=rung.seccomp,
        read_only=rung.seccomp and not rung.namespaces,
        server_uid=unused_uid() if as_root and rung.seccomp and not rung.own_uids else None,
        libraries=libraries,
        gpu=gpu,
        gpu_devices=gpu_devices() if gpu else [],
        memory=MEMORY,
        file_size=FILE_SIZE,
        scratch_size=SCRATCH_SIZE,
        scratch_files=SCRATCH_FILES,
        processes=processes(rung),
        cpu_seconds=CPU_SECONDS,
    )


def wrapper(rung: Rung, plan: Plan) -> list[str]:
    """The command in front of the fork server's."""
    if not rung.bubblewrap:
        return []
    as_root = os.getuid() == 0
    devices = (*hardening.DEVICES, *plan.gpu_devices)
    command = [
        "bwrap",
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-net",
        "--unshare-uts",
        "--die-with-parent",
    ]
    command += ["--new-session"] + ([] if as_root else ["--unshare-user"])
    outside = (*plan.readable, *devices, *plan.links)
    folders = {str(parent) for path in outside for parent in Path(path).parents} - {"/"}
    for path in sorted(folders):  # bubblewrap itself would create them readable only by root
        command += ["--dir", path]
    for path, to in plan.links.items():
        command += ["--symlink", to, path]
    for path in plan.readable:
        command += ["--ro-bind", path, path]
    for device in devices:
        command += ["--dev-bind", device, device]
    for path in HUGE_PAGES:
        command += ["--ro-bind-try", path, path]
    return [*command, "--bind", "/proc", "/proc", "--dir", SCRATCH, "--remount-ro", "/", "--chdir", "/", "--"]


def links_beside(readable: Sequence[str]) -> dict[str, str]:
    """Those of LINKS at whose path there is nothing readable."""
    above = {str(parent) for path in readable for parent in Path(path).parents}
    return {path: to for path, to in LINKS.items() if path not in above and not _within(path, readable)}


HUGE_PAGES = ("/sys/kernel/mm/transparent_hugepage",)
"""glibc looks there, when Python starts, whether the kernel has huge pages (see `environment`)."""


def environment(plan: Plan, extra: Mapping[str, str]) -> dict[str, str]:
    """The worker's whole environment: nothing of the judge's."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "student",  # torch 2.11 asks for a user name when it is imported, and this user id has none
        "HOME": plan.scratch or "/",
        **({"NOTEBOOK_FOLDER": NOTEBOOK_FOLDER} if plan.scratch else {}),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "1",  # threads must not reserve 64 MiB of address space each
        # Huge pages for the heap: a fork copies fewer page tables (10 ms of CPU time instead of 20).
        "PYTHONMALLOC": "malloc",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NUMEXPR_NUM_THREADS": "1",
        "JOBLIB_MULTIPROCESSING": "0",
        "MPLBACKEND": "Agg",
        **extra,
    }


def unused_uid() -> int:
    """A user id that nobody has."""
    while True:
        uid = random.SystemRandom().randrange(20_000, 60_000)
        try:
            pwd.getpwuid(uid)
        except KeyError:
            return uid


def readable_paths(extra: Iterable[Path]) -> list[str]:
    """Everything that a worker may read, without paths that are inside another of these; parents come first."""
    python = [Path(sys.prefix), Path(sys.base_prefix), *_link_chain(Path(sys.executable))]
    stdlib = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    own = [PACKAGE, PACKAGE.parent / "__init__.py"]
    candidates = [*python, *stdlib, *map(Path, SYSTEM_FILES), *own, *extra]
    found: list[str] = []
    for path in sorted(
        {str(form) for p in candidates for form in (p.absolute(), p.resolve()) if form.exists()}
    ):
        if not _within(path, found):
            found.append(path)
    return found


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _link_chain(path: Path) -> list[Path]:
    """The folder of the interpreter at each step of its symbolic links, and of the shared library next to it."""
    steps = []
    while path.is_symlink():
        path = path.parent / os.readlink(path)
        steps.append(path)
    return [path.resolve().parent.parent / "lib", *steps]
