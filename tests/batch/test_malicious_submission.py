"""What a malicious submission reaches where grading runs on other machines: in GitHub's workflow, and on a Dask worker.

The judges, the sandbox, the scoring script and the cluster are real. The notebook tries when it is loaded, and gives a
right answer only if it reached nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import distributed
import pytest

from autograder import classroom
from autograder.grading import data
from tests import course
from tests.gradebook.test_nbgrader_steps import marks

THIEF = """
import os, socket
REACHED = []
def attempt(what, function):
    try:
        if function():
            REACHED.append(what)
    except BaseException:
        pass
for path in FILES:
    attempt("read " + path, lambda: open(path).read() if os.path.isfile(path) else os.listdir(path))
for path in FORGED:
    attempt("write " + path, lambda: open(path, "a").write("score=99\\n"))
for port in PORTS:
    attempt("connect", lambda: socket.create_connection(("127.0.0.1", port), 2))
attempt("variable", lambda: [n for n in os.environ if n.startswith(("GITHUB_", "ACTIONS_", "RUNNER_", "DASK_"))])
def double(x):
    if REACHED:
        raise ValueError(f"REACHED {REACHED}")
    return 2 * x
"""
RUNS = "import pathlib; pathlib.Path({mark!r}).touch()\n"
"""What a file of the student's does if anything outside the sandbox runs it."""
BAITS = {
    "sitecustomize.py usercustomize.py conftest.py setup.py torch.py numpy.py pytest.py json.py plots.py "
    "autograder/__init__.py autograder/__main__.py nbgrader_config.py jupyter_server_config.py ipython_config.py": RUNS,
    "pytest.ini": "[pytest]\naddopts = -p conftest\n",
    "Makefile .envrc .venv/bin/python .venv/bin/activate .git/hooks/post-checkout": "#!/bin/bash\ntouch {mark}\n",
    "autograder/graders/tiny.py": "from autograder.grading.toolkit import task\n" + RUNS,
    "pyvenv.cfg": "home = .\n",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course with the tiny assignment, as it is checked out on a runner or on a worker's machine."""
    root = course.make_course(tmp_path_factory.mktemp("runner") / "course")
    unwanted = shutil.ignore_patterns("__pycache__", "graders")
    for folder in ("autograder", "assignments/common", "scripts"):
        shutil.copytree(course.REPOSITORY / folder, root / folder, ignore=unwanted, dirs_exist_ok=True)
    for file in ("autograder/graders/__init__.py", "assignments/contract.toml"):
        shutil.copy(course.REPOSITORY / file, root / file)
    (root / ".venv").symlink_to(sys.prefix)
    return root


@contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def thief(root: Path, forged: list[Path], port: int, files: tuple[Path, ...] = ()) -> str:
    secrets = [
        root / "autograder" / "graders" / "tiny.py",
        root / "solutions" / "tiny" / "tiny.ipynb",
        root / "solutions",
        *files,
    ]
    known = {"FILES": [*map(str, secrets)], "FORGED": [*map(str, forged)], "PORTS": [port]}
    return "".join(f"{name} = {value!r}\n" for name, value in known.items()) + THIEF


def test_a_malicious_push_reaches_nothing(checkout: Path) -> None:
    place = checkout.parent
    submission, mark = place / "submission", place / "mark"
    for names, content in BAITS.items():
        for name in names.split():
            file = submission / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content.format(mark=str(mark)))
            file.chmod(0o755)
    (submission / "::set-output name=score::99.ipynb").write_text("{}")
    outputs = {f"GITHUB_{name}": place / name.lower() for name in ("OUTPUT", "ENV", "STEP_SUMMARY")}
    for file in outputs.values():
        file.touch()
    report = place / "report"
    environment = {**os.environ, **{name: str(file) for name, file in outputs.items()}}
    environment |= {"GITHUB_TOKEN": "secret", "ACTIONS_RUNTIME_TOKEN": "secret", "RUNNER_TEMP": str(place)}
    for name in ("PYTHONPATH", "COURSE_DATA"):
        environment.pop(name, None)
    with listening() as port:
        source = thief(checkout, [*outputs.values(), report / "report.json"], port)
        # outside the sandbox all of it succeeds, or this test would prove nothing
        control = source + "\nprint(*REACHED, sep='\\n')"
        done = subprocess.run(
            [sys.executable, "-c", control], env=environment, capture_output=True, text=True
        )
        assert len(done.stdout.splitlines()) == 8, done
        for file in outputs.values():
            file.write_text("")
        (submission / "tiny.ipynb").write_text(json.dumps(course.with_sources(double=source)))
        command = [checkout / "scripts" / "score_push.sh", submission, course.NAME, report]
        scored = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    assert scored.returncode == 0, scored.stdout + scored.stderr
    assert outputs["GITHUB_OUTPUT"].read_text() == "score=5\nmax-score=5\npending=2\n", scored.stdout
    assert outputs["GITHUB_ENV"].read_text() == ""
    assert not mark.exists()
    assert sorted(file.name for file in report.iterdir()) == ["report.json", "report.md"]
    log = scored.stdout.splitlines()
    assert log[0].startswith("::stop-commands::")
    assert not [line for line in log[1 : log.index(f"::{log[0].split('::')[-1]}::")] if "REACHED" in line]
    assert course.HIDDEN not in scored.stdout + scored.stderr + (report / "report.json").read_text()


def test_on_a_cluster_it_reaches_neither_the_worker_nor_the_scheduler(checkout: Path) -> None:
    scratch = checkout.parent / "scratch"
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "DASK_SECRET": "secret",
        "COURSE_DATA": str(data.folder() or ""),
    }
    file = checkout.parent / "scheduler.json"
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    commands = [["dask_scheduler", *common, "--port", "0", "--host", "127.0.0.1"]]
    commands += [["dask_worker", *common, "--no-nanny", "--nthreads", "1", "--local-directory", str(scratch)]]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{command}", *options],
            cwd=checkout,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command, *options in commands
    ]
    try:
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            address = client.scheduler.address
            (worker,) = client.scheduler_info()["workers"]
        for there in (address, worker):
            port = int(there.rpartition(":")[2])
            source = thief(checkout, [checkout / "reports" / "forged"], port, (scratch, file))
            course.hand_in(checkout, f"eve-{port}", course.with_sources(double=source))
        assert classroom.grade(course.NAME, root=checkout, scheduler=address) == 0
        assert [folder.stat().st_mode & 0o777 for folder in scratch.glob("*/worker-*/")] == [0o700]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()
    entered = marks(checkout)
    assert {mark["double-tests"].auto for mark in entered.values()} == {2.0} and len(entered) == 2
    assert not (checkout / "reports" / "forged").exists()
