"""Tests marked `gpu`, tried on the CPU: everything but CUDA itself is the same."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
import torch

from autograder.grading import gpu, judge_process
from autograder.grading.assignment import Assignment
from autograder.grading.judge import Judge
from autograder.sandbox import policy
from autograder.sandbox.faults import StudentError
from corpora import corpus

HARMLESS_DEVICE = "/dev/full"
"""Stands for the GPU's: a device that every machine has and no worker may otherwise open."""


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten kinds of drawn clothes in torchvision's own files: a bright patch whose place tells the kind, and noise."""
    folder = tmp_path_factory.mktemp("data")
    folder.chmod(0o755)  # workers are nobody
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    generator = torch.Generator().manual_seed(0)
    for name, n in (("train", 300), ("t10k", 100)):
        labels = torch.arange(n) % 10
        pictures = torch.randint(0, 90, (n, 28, 28), generator=generator)
        for picture, kind in zip(pictures, labels.tolist(), strict=True):
            row, column = 3 + 12 * (kind // 5), 1 + 5 * (kind % 5)
            picture[row : row + 10, column : column + 5] += 160
        for kind, values in (("images-idx3", pictures), ("labels-idx1", labels)):
            header = struct.pack(f">I{values.dim()}I", 0x0800 + values.dim(), *values.shape)
            (raw / f"{name}-{kind}-ubyte").write_bytes(header + values.byte().numpy().tobytes())
    return folder


@pytest.fixture(scope="module")
def gpu_judge(data_folder: Path) -> Iterator[Judge]:
    """A judge in a sandbox that runs tests marked `gpu` whether there is a GPU or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_DATA", str(data_folder))
        patch.setattr(policy, "gpu_devices", lambda: [HARMLESS_DEVICE])
        with Judge(gpu=True) as judge:
            yield judge


@pytest.fixture
def on_gpu(course):
    """The tiny course, with its last test on the GPU and told where that is."""
    grader = (course.root / "graders" / "tiny.py").read_text()
    course.write_grader(
        "import pytest\n"
        + grader.replace('@task("quadruple"', '@pytest.mark.gpu\n@task("quadruple"')
        .replace("test_builds_on_double(student)", "test_builds_on_double(student, device)")
        .replace("student.quadruple(1.5)", "student.quadruple(torch.tensor(1.5, device=device))")
    )
    return course


def test_the_notebook_is_loaded_where_it_is_tested_and_not_copied(on_gpu, gpu_judge):
    start = "import os\nloaded_in = os.getpid()\n"
    same = f"{start}def quadruple(x):\n    assert os.getpid() == loaded_in\n    return 4 * x"
    report = on_gpu.grade(gpu_judge, quadruple=same)
    assert report.tasks["quadruple"].points == 2.0
    assert report.tasks["double"].points == 2.0


def test_follow_through_holds_on_a_gpu(on_gpu, gpu_judge):
    report = on_gpu.grade(gpu_judge, double="def double(x):\n    return 3 * x")
    assert report.tasks["quadruple"].points == 2.0


def test_its_worker_reaches_the_devices_and_may_reserve_memory_and_no_other_worker_does(gpu_judge):
    look = f"import os, mmap\nos.close(os.open({HARMLESS_DEVICE!r}, os.O_RDWR))"
    reserve = "import mmap\nmmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | 0x4000, prot=mmap.PROT_READ)"
    with gpu_judge._for_gpu.spawn() as worker:
        worker.request("cell", source=look, name="look")
        worker.request("cell", source=reserve, name="reserve")
    with gpu_judge._server.spawn() as worker:
        for source in (look, reserve):
            with pytest.raises(StudentError):
                worker.request("cell", source=source, name="forbidden")


def test_where_the_gpu_cannot_be_used_the_points_wait_and_a_person_is_told(on_gpu, judge, monkeypatch):
    monkeypatch.setattr(gpu, "PROBE", "raise RuntimeError('no kernel image is available')")
    monkeypatch.setattr(judge, "gpu", True)
    monkeypatch.setattr(judge, "_for_gpu", gpu.GpuServer(lambda: judge._server, judge.errors))
    report = on_gpu.grade(judge)
    assert report.tasks["quadruple"].status == "deferred"
    assert (report.score, report.pending) == (2.0, 5.0)
    assert [error for error in judge.errors if "no kernel image" in error]


@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("convnets", ("test_fashion_mnist_on_a_gpu", "test_batches_go_to_the_gpu")),
        ("capstone", ("test_fashion_mnist_on_a_gpu",)),
    ],
)
def test_a_network_learns_clothes_through_torchvision_s_loader(name, tests, gpu_judge, tmp_path):
    file = tmp_path / f"{name}.ipynb"
    file.write_text(json.dumps(corpus.solved_notebook(name, quick=True)))
    report = gpu_judge.grade(file, Assignment.load(name), only={"accuracy"}, tests=tests)
    assert {test.name: test.outcome for test in report.tasks["accuracy"].tests} == dict.fromkeys(
        tests, "passed"
    )
    assert gpu_judge.errors == []


def test_a_judge_process_without_a_gpu_refuses_what_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a CPU these tests would run into their limits, and their points would be lost for good."""
    monkeypatch.setattr(gpu, "has_gpu", lambda: False)
    question = {"assignment": "a", "file": "a.ipynb", "tests": ["test_on_a_gpu"], "failed": []}
    answers = io.StringIO()
    judge_process._serve(Mock(), io.StringIO(json.dumps(question) + "\n"), answers, Mock(), seed=1)
    assert "no GPU" in json.loads(answers.getvalue())["refused"]
