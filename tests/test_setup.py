"""scripts/setup.sh: what it has installed, by pip or by uv, with CUDA or without. What it calls are stand-ins."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from autograder.grading.assignment import REPOSITORY
from tests.tools import require_tool

UV = "uv==0.13.9"
LOCK = f"""\
numpy==2.4.6
cuda-toolkit==13.0.3.0 ; platform_system == "Linux"
nvidia-cublas==13.1.1.3 ; platform_system == "Linux"
torch==2.14.1
torchmetrics==1.9.0
torchvision==0.29.1
playwright==1.65.2
{UV}
triton==3.8.0 ; platform_system == "Linux"
"""
PROGRAM = """#!/bin/bash
echo "$(basename "$0") $*" >>"$LOG"
make_venv() { mkdir -p .venv/bin && cp "$0" .venv/bin/python; }
case "$*" in
    "-m venv "* | "venv "*) make_venv ;;
    "-m pip index versions torch "*) echo "Available versions: $TORCH" ;;
    "-m pip index versions torchvision "*) echo "Available versions: $TORCHVISION" ;;
    "-m pip install "*" uv=="*) [ -n "${NO_UV:-}" ] && exit 1; cp "$0" .venv/bin/uv ;;
    "pip install "*) [ -z "${NO_INDEX:-}" ] ;;
    "-m autograder.grading.uses") printf '%s\\n' scikit-learn torch torchvision ;;
esac
"""
TOOLS = ("bash", "basename", "cat", "cp", "dirname", "grep", "head", "id", "mkdir", "sed", "touch")
STAND_INS = ("python3", "bwrap", "chromium", "postgres", "npm")


class Checkout:
    def __init__(self, root: Path) -> None:
        self.root, self.programs, self.log = root, root / "bin", root / "log"
        (root / "scripts").mkdir(exist_ok=True)
        self.programs.mkdir()
        shutil.copy(REPOSITORY / "scripts" / "setup.sh", root / "scripts")
        (root / "requirements.lock").write_text(LOCK)
        for name in TOOLS:
            (self.programs / name).symlink_to(shutil.which(name))
        for name in STAND_INS:
            self.add(name)

    def add(self, name: str) -> None:
        (self.programs / name).write_text(PROGRAM)
        (self.programs / name).chmod(0o755)

    def setup(self, torch: str = "", torchvision: str = "", **variables: str) -> subprocess.CompletedProcess:
        self.log.write_text("")
        where = {"PATH": str(self.programs), "LOG": str(self.log), "TORCH": torch, "TORCHVISION": torchvision}
        script = self.root / "scripts" / "setup.sh"
        return subprocess.run(
            [shutil.which("bash"), script], env={**where, **variables}, capture_output=True, text=True
        )

    def installed(self) -> list[str]:
        """The commands that install packages of the course."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if " install " in line and "npm" not in line and not line.endswith(UV)]

    def requirements(self) -> set[str]:
        return set((self.root / ".venv" / "requirements.txt").read_text().split("\n")) - {""}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_uv_installs_the_lock_and_what_assignments_need(checkout: Checkout) -> None:
    assert checkout.setup().returncode == 0
    assert f" {UV}\n" in checkout.log.read_text()
    lock, uses = checkout.installed()
    assert lock.startswith("uv pip install ") and lock.endswith("--requirement requirements.lock")
    assert uses.endswith("--requirement .venv/requirements.txt")
    assert checkout.requirements() == {"scikit-learn", "torch", "torchvision"}


@pytest.mark.parametrize("reason", ["NO_UV", "NO_INDEX"])
def test_pip_installs_the_same_where_uv_cannot(checkout: Checkout, reason: str) -> None:
    """Where uv has no build for the platform, and where an index is named in pip's configuration alone."""
    done = checkout.setup(**{reason: "1"})
    assert done.returncode == 0
    assert ("uv could not install that" in done.stderr) == (reason == "NO_INDEX")
    lock, uses = (call for call in checkout.installed() if call.startswith("python -m pip install "))
    assert lock.endswith("--requirement requirements.lock")
    assert uses.endswith("--requirement .venv/requirements.txt")


def test_the_uv_on_the_path_needs_no_pip(checkout: Checkout) -> None:
    checkout.add("uv")
    assert checkout.setup().returncode == 0
    calls = checkout.log.read_text().splitlines()
    assert [call for call in calls if call.startswith("uv venv ")]
    assert not [call for call in calls if "python -m pip install" in call or "-m venv" in call]
    lock, uses = checkout.installed()
    assert lock.startswith("uv pip install ") and lock.endswith("--requirement requirements.lock")
    assert uses.endswith("--requirement .venv/requirements.txt")


def test_without_cuda_the_locks_own_release_is_installed(checkout: Checkout) -> None:
    served = {"torch": "2.15.0+cpu, 2.14.1+cpu, 2.14.1", "torchvision": "0.29.2+cpu, 0.29.1+cpu"}
    for variables in ({"SMALL": "1"}, {}):  # and again without it, as make does when the lock has changed
        assert checkout.setup(**variables, **served).returncode == 0
        torch, others = checkout.installed()
        assert torch.endswith("torch==2.14.1+cpu torchvision==0.29.1+cpu") and "--extra-index-url" in torch
        assert others.endswith("--requirement .venv/requirements.txt") and "index" not in others
        assert checkout.requirements() == {"numpy==2.4.6", "torchmetrics==1.9.0", UV, "scikit-learn"}


def test_without_cuda_the_newest_build_is_installed_where_the_locks_is_not_served(checkout: Checkout) -> None:
    done = checkout.setup(SMALL="1", torch="2.14.1, 2.13.0+cpu, 2.12.0+cpu", torchvision="0.29.1+cpu")
    assert checkout.installed()[0].endswith(" torch==2.13.0+cpu")
    assert "without torchvision" in done.stderr and "torch 2.13.0+cpu" in done.stderr


def test_without_cuda_and_without_such_a_build_is_one_sentence(checkout: Checkout) -> None:
    done = checkout.setup(SMALL="1", torch="2.14.1", torchvision="0.29.1")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "no CPU build of torch" in done.stderr
    assert checkout.installed() == []


def test_a_course_without_torch_stays_without_it(checkout: Checkout) -> None:
    (checkout.root / "requirements.lock").write_text("numpy==2.4.6\n")
    assert checkout.setup(SMALL="1", torch="2.14.1+cpu").returncode == 0
    assert checkout.requirements() == {"numpy==2.4.6", "scikit-learn"}


def test_the_image_gets_all_that_its_setup_reads(tmp_path: Path) -> None:
    lines = (REPOSITORY / "Containerfile").read_text(encoding="utf-8").splitlines()
    for source, target in (line.split()[1:] for line in lines if line.startswith("COPY ")):
        if (REPOSITORY / source).is_dir():
            shutil.copytree(REPOSITORY / source, tmp_path / target)
        else:
            (tmp_path / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / source, tmp_path / target)
    checkout = Checkout(tmp_path)  # with programs that are stand-ins, and a small lock
    assert checkout.setup(SMALL="1", torch="2.14.1+cpu", torchvision="0.29.1+cpu").returncode == 0
    uses = subprocess.run(
        # the image has no package yet when setup asks this
        [sys.executable, "-S", "-m", "autograder.grading.uses"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert uses.stdout.split() == ["scikit-learn", "torch", "torchvision"]


def test_every_locked_package_installs_on_the_oldest_python() -> None:
    """Debian 12 has Python 3.11.2: a package that asks for 3.11.5 stops the set-up there."""
    refusing = []
    for line in (REPOSITORY / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name = Requirement(line).name
            try:
                python = metadata(name).get("Requires-Python")
            except PackageNotFoundError:  # of another platform, or left out by SMALL=1
                continue
            if not SpecifierSet(python or "").contains("3.11.0"):
                refusing.append(f"{name} asks for Python {python}")
    assert refusing == []


def test_make_sets_up_with_the_named_python_and_runs_the_environments_own() -> None:
    make = require_tool("make", "apt-get install make")
    command = [make, "--dry-run", "--always-make", "release", "PYTHON=/elsewhere/python3.12"]
    said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True).stdout
    assert "PYTHON='/elsewhere/python3.12' scripts/setup.sh .venv" in said
    assert ".venv/bin/python -m autograder release" in said
    assert said.count("/elsewhere") == 1


def test_a_clone_made_on_windows_keeps_its_line_ends(tmp_path: Path) -> None:
    """Git for Windows writes CRLF, with which no script starts in the container."""
    git = require_tool("git", "apt-get install git")
    source, clone = tmp_path / "source", tmp_path / "clone"
    source.mkdir()
    for file in (".gitattributes", "scripts/setup.sh"):
        shutil.copy(REPOSITORY / file, source)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (
        ["init", "--quiet", source],
        ["-C", source, "add", "."],
        ["-C", source, *who, "commit", "--quiet", "--message=all"],
        ["clone", "--quiet", "--config", "core.autocrlf=true", source, clone],
    ):
        subprocess.run([git, *command], check=True)
    assert (clone / "setup.sh").read_bytes() == (source / "setup.sh").read_bytes()
