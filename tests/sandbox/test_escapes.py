"""Every rung that this machine allows holds against every attempt, as root and as somebody else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import check, policy
from autograder.sandbox.check import choose
from autograder.sandbox.faults import SandboxUnavailable, StudentError, WorkerDied
from autograder.sandbox.forkserver import HARDENING_FAILED, harden
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.worker_client import Worker
from tests.sandbox.helpers import load

AS_USER = Path(__file__).with_name("as_user.py")
SOMEBODY = "54321"
WITHOUT = """
from autograder.sandbox import hardening, policy
hidden, missing = {hidden!r}, policy.missing
if "bubblewrap" in hidden:
    policy.shutil.which = lambda program: None
if "landlock" in hidden:
    hardening.landlock_version = lambda: 0
if "namespaces" in hidden:
    policy.missing = lambda rung: missing(rung) or (policy.NAMESPACES_REFUSED if rung.namespaces else None)
"""
"""A machine without the hidden means."""
TRY = """
import json
from autograder.sandbox import check, policy
rung = next(r for r in policy.LADDER if r.name == {name!r})
reason = policy.missing(rung)
print(json.dumps([reason, [] if reason else [r for r in check.rows(rung, thorough=True) if r.got_out is not None]]))
"""
WHO = [pytest.param("0", id="root"), pytest.param(SOMEBODY, id="somebody")] if os.getuid() == 0 else [None]


def python_as(uid: str | None, source: str, hidden: str = "", **variables: str) -> str:
    """What a Python program prints that runs as that user, or as this one, on a machine without `hidden`."""
    command = [sys.executable, "-c", WITHOUT.format(hidden=hidden) + source]
    if uid is not None:
        command = [sys.executable, str(AS_USER), uid, *command]
    environment = {**os.environ, "PYTHONPATH": str(policy.PACKAGE_PARENT), **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/", timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("uid", WHO)
@pytest.mark.parametrize("name", [rung.name for rung in policy.LADDER])
def test_nothing_gets_out_of_a_rung(uid: str | None, name: str) -> None:
    reason, got_out = json.loads(python_as(uid, TRY.format(name=name)))
    if reason:
        pytest.skip(reason)
    assert got_out == []


@pytest.mark.parametrize("uid", WHO)
@pytest.mark.parametrize("name", ["bubblewrap", "namespaces"])
def test_namespaces_hold_without_landlock(uid: str | None, name: str) -> None:
    reason, got_out = json.loads(python_as(uid, TRY.format(name=name), hidden="landlock"))
    if reason:
        pytest.skip(reason)
    assert got_out == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root has other users")
def test_other_users_hold_without_landlock_where_the_repository_is_closed_to_them() -> None:
    done = python_as("0", TRY.format(name="user"), hidden="landlock", CLOSED="yes")
    reason, got_out = json.loads(done)
    assert (reason, got_out) == (None, [])


REACH = """
import json
from autograder.sandbox import policy
from autograder.sandbox.forkserver_client import ForkServer
rung = next(r for r in policy.LADDER if r.name == {name!r})
reason = policy.missing(rung)
if reason is None:
    with ForkServer.start(rung, libraries=["sklearn.linear_model"]) as server, server.spawn() as worker:
        copy = worker.fork()
        copy.forbid(["sklearn"])
        print(json.dumps([reason, [*server.warnings], copy.forbids("sklearn")]))
else:
    print(json.dumps([reason, [], True]))
"""


@pytest.mark.parametrize("uid", WHO)
@pytest.mark.parametrize("name", [rung.name for rung in policy.LADDER])
def test_the_judge_reaches_the_memory_of_its_workers(uid: str | None, name: str) -> None:
    reason, warnings, forbids = json.loads(python_as(uid, REACH.format(name=name)))
    if reason:
        pytest.skip(reason)
    assert (warnings, forbids) == ([], True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be without its powers")
def test_root_in_a_container_that_traces_nobody_reaches_the_memory_of_its_workers() -> None:
    """As in Docker, and so at Gradescope."""
    python = [sys.executable, "-c", REACH.format(name="user")]
    powers = "-sys_ptrace,-sys_admin,-net_admin,-sys_resource"
    command = ["setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", *python]
    environment = {**os.environ, "PYTHONPATH": str(policy.PACKAGE_PARENT)}
    done = subprocess.run(
        [sys.executable, str(AS_USER), "0", *command],
        env=environment,
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert json.loads(done.stdout) == [None, [], True], done.stderr


@pytest.fixture(scope="module")
def namespaces_hold() -> bool:
    return not any(policy.missing(r) or check.weakness(r) for r in policy.LADDER[:2])


CHOOSE = """
from autograder.sandbox.check import choose
from autograder.sandbox.faults import SandboxUnavailable
try:
    print(choose({name!r}).name)
except SandboxUnavailable as error:
    print(error)
"""


@pytest.mark.parametrize("uid", WHO)
@pytest.mark.parametrize(
    ("hidden", "expected"),
    [("", "bubblewrap"), ("bubblewrap", "namespaces"), ("bubblewrap,namespaces", "landlock")],
)
def test_the_first_rung_that_holds_is_taken(
    namespaces_hold: bool, uid: str | None, hidden: str, expected: str
) -> None:
    if not namespaces_hold:
        pytest.skip("bubblewrap or namespaces are missing here")
    assert python_as(uid, CHOOSE.format(name=None), hidden=hidden).strip() == expected


@pytest.mark.skipif(os.getuid() != 0, reason="needs a user without privileges")
def test_without_any_means_the_sandbox_says_what_to_install() -> None:
    said = python_as(SOMEBODY, CHOOSE.format(name=None), hidden="bubblewrap,namespaces,landlock")
    assert said.startswith("No sandbox works here.")
    for word in ("Install bubblewrap", "sysctl", "Landlock", "Only root"):
        assert word in said


def test_a_rung_that_is_asked_for_by_name_must_hold_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy.shutil, "which", lambda program: None)
    with pytest.raises(SandboxUnavailable, match="Install bubblewrap"):
        choose("bubblewrap")


def test_an_unknown_rung_is_named() -> None:
    with pytest.raises(SandboxUnavailable, match="'moat'"):
        choose("moat")


def test_a_folder_that_holds_the_graders_is_not_made_readable() -> None:
    if not policy.hidden_paths():
        pytest.skip("there is nothing to hide yet")
    with pytest.raises(SandboxUnavailable, match="it holds"):
        ForkServer._launch(policy.LADDER[0], [policy.PACKAGE_PARENT])


def test_without_a_sandbox_only_when_asked_for() -> None:
    assert choose("none") is policy.NONE
    assert policy.NONE not in policy.LADDER
    with ForkServer.launch_bare(policy.NONE) as server, server.spawn() as worker, worker.fork() as copy:
        load(copy, "x = 1")
        assert copy.request("get", target={"name": "x"}) == 1


def test_the_canaries_see_what_a_missing_sandbox_lets_out() -> None:
    rows = check.rows(policy.NONE)
    assert sum(row.got_out is not None for row in rows) > 20


def test_a_worker_that_cannot_be_hardened_does_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = policy.plan(policy.LADDER[0], policy.readable_paths([]), libraries=False)
    pid = os.fork()
    if pid == 0:
        try:
            monkeypatch.setattr("autograder.sandbox.hardening.new_user_namespace", _refused)
            monkeypatch.setattr("autograder.sandbox.hardening.limit_resources", _refused)
            harden(plan, 1 << 40, None)
        except OSError:
            os._exit(HARDENING_FAILED)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == HARDENING_FAILED


def _refused(*_: object, **__: object) -> None:
    raise OSError("refused")


def test_a_server_that_ends_takes_its_workers_along() -> None:
    with ForkServer.launch_bare(policy.NONE) as server:
        worker = server.spawn()
        copy = worker.fork()
    for process in (worker, copy):
        with pytest.raises(WorkerDied):
            process.request("reset", seed=0)


def test_nothing_is_left_of_a_worker(server: ForkServer) -> None:
    worker = server.spawn()
    load(worker, "import os, signal\nfor _ in range(3):\n    if os.fork() == 0:\n        signal.pause()")
    group = worker.pid
    worker.close()
    with server.spawn(), pytest.raises(ProcessLookupError):  # the server buries before it spawns again
        os.killpg(group, 0)


def test_a_worker_is_the_first_to_go_when_memory_runs_out(server: ForkServer, worker: Worker) -> None:
    with worker.fork() as copy:
        for process in (worker, copy):
            assert Path(f"/proc/{process.pid}/oom_score_adj").read_text().strip() == "1000"


def test_scratch_is_bounded_and_private(server: ForkServer) -> None:
    if server.rung not in ("bubblewrap", "namespaces"):
        pytest.skip("this rung has no scratch folder")
    with server.spawn() as one, server.spawn() as two:
        load(one, "open('mine', 'w').write('x')")
        load(two, "import os\nfound = os.listdir('.')")
        assert two.request("get", target={"name": "found"}) == []
        with pytest.raises(StudentError, match="OSError"):
            load(one, "for i in range(20): open(f'big{i}', 'wb').write(bytes(10 << 20))")


def test_a_server_that_has_ended_says_so() -> None:
    server = ForkServer.launch_bare(policy.NONE)
    server.close()
    with pytest.raises(SandboxUnavailable, match="has ended"):
        server.spawn()


def test_a_killed_server_is_told_from_one_that_lives() -> None:
    server = ForkServer.launch_bare(policy.NONE)
    server.check()
    os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(SandboxUnavailable, match="has ended"):
        server.check()
    server.close()
