"""The images that students and graders learn from: digits without a file, Fashion-MNIST from IDX files."""

from __future__ import annotations

import gzip
import shutil
import struct
import sys
from pathlib import Path

import pytest
import torch

from autograder.grading import data
from autograder.grading.assignment import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "assignments" / "common"))

from course import images  # noqa: E402

SUBSET = (data.folder() or Path("nowhere")) / images.SUBSET_FOLDER
needs_subset = pytest.mark.skipif(
    not SUBSET.is_dir(),
    reason="The Fashion-MNIST subset is not on this machine: set COURSE_DATA to its folder.",
)


@pytest.fixture(autouse=True)
def _no_data_and_no_network(monkeypatch, tmp_path):
    """Each test says itself where data lie; nothing is read from this machine's cache, nothing is fetched."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("PYTORCH_COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(images, "reachable", lambda url: False)


def write_idx(
    folder: Path, pack: bool = True, n_train: int = 6, n_test: int = 3, n_labels: int | None = None
) -> None:
    """Four small IDX files of images that count up from 0 and labels 0, 1, 2, ..."""
    folder.mkdir(parents=True)
    for part, n in (("train", n_train), ("t10k", n_test)):
        pixels = bytes(i % 256 for i in range(n * 28 * 28))
        labels = bytes(i % 10 for i in range(n if n_labels is None else n_labels))
        for name, content in (
            (f"{part}-images-idx3-ubyte", struct.pack(">IIII", 2051, n, 28, 28) + pixels),
            (f"{part}-labels-idx1-ubyte", struct.pack(">II", 2049, len(labels)) + labels),
        ):
            path = folder / (f"{name}.gz" if pack else name)
            path.write_bytes(gzip.compress(content) if pack else content)


def test_digits_are_28_by_28_from_0_to_1():
    pictures, labels = images.tensors(images.load_digits()[0])
    assert pictures.shape == (1437, 1, 28, 28)
    assert pictures.dtype == torch.float32
    assert pictures.min() == 0
    assert 0.99 < pictures.max() <= 1
    assert labels.dtype == torch.int64


def test_digits_are_split_by_seed_and_each_digit_has_its_share():
    one, same, other = (images.load_digits(seed=seed)[1].tensors[0] for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    counts = torch.bincount(images.load_digits(seed=3)[1].tensors[1])
    assert len(counts) == 10
    assert 34 <= counts.min() <= counts.max() <= 38


def test_no_digit_is_in_both_parts():
    train_set, test_set = images.load_digits()
    learned = {picture.numpy().tobytes() for picture in train_set.tensors[0]}
    held_out = {picture.numpy().tobytes() for picture in test_set.tensors[0]}
    assert len(learned) + len(held_out) == 1797
    assert not learned & held_out


@pytest.mark.parametrize("pack", [True, False])
@pytest.mark.parametrize("place", [images.SUBSET_FOLDER, "FashionMNIST/raw"])
def test_fashion_is_read_from_course_data(monkeypatch, tmp_path, place, pack):
    write_idx(tmp_path / "given" / place, pack)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "given"))
    train_set, test_set = images.load_fashion()
    assert train_set.tensors[0].shape == (6, 1, 28, 28)
    assert train_set.tensors[1].tolist() == [0, 1, 2, 3, 4, 5]
    assert test_set.tensors[1].tolist() == [0, 1, 2]
    assert train_set.tensors[0][0, 0, 0, :3].tolist() == pytest.approx([0, 1 / 255, 2 / 255])


def test_fashion_is_read_from_the_cache(tmp_path):
    write_idx(tmp_path / "cache" / "FashionMNIST" / "raw", pack=False)
    assert len(images.load_fashion()[0]) == 6


def test_complete_passes_over_the_subset(tmp_path):
    write_idx(tmp_path / "given" / images.SUBSET_FOLDER)
    assert images.find_fashion(tmp_path / "given") is not None
    assert images.find_fashion(tmp_path / "given", complete=True) is None


def test_without_files_and_network_one_sentence_says_so():
    with pytest.raises(
        images.NoNetwork, match="Fashion-MNIST is not on this machine and there is no network"
    ):
        images.load_fashion()


def test_a_missing_file_is_no_folder_of_images(monkeypatch, tmp_path):
    folder = tmp_path / "given" / images.SUBSET_FOLDER
    write_idx(folder)
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "given"))
    assert images.find_fashion() is None


def test_a_damaged_archive_is_named(tmp_path):
    folder = tmp_path / "given" / images.SUBSET_FOLDER
    write_idx(folder)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ValueError, match="train-images-idx3-ubyte.gz cannot be unpacked"):
        images.load_fashion(tmp_path / "given")


def test_a_file_that_is_no_idx_is_refused(tmp_path):
    folder = tmp_path / "given" / images.SUBSET_FOLDER
    write_idx(folder)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"<html>please log in</html>"))
    with pytest.raises(ValueError, match="not an IDX file"):
        images.load_fashion(tmp_path / "given")


def test_images_and_labels_must_be_as_many(tmp_path):
    write_idx(tmp_path / "given" / images.SUBSET_FOLDER, n_labels=2)
    with pytest.raises(ValueError, match="6 images and 2 labels"):
        images.load_fashion(tmp_path / "given")


@needs_subset
def test_the_subset_is_read_by_torchvisions_own_reader():
    train_set, test_set = images.load_fashion(SUBSET.parent)
    pictures, labels = images.tensors(train_set)
    assert pictures.shape == (4500, 1, 28, 28)
    assert len(test_set) == 1199
    assert pictures.dtype == torch.float32
    assert pictures.min() == 0
    assert pictures.max() == 1
    counts = torch.bincount(labels)
    assert len(counts) == len(images.FASHION_NAMES)
    assert counts.min() > 400


@needs_subset
def test_the_subset_is_read_the_same_when_laid_out_as_torchvision_does(tmp_path):
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in images.IDX_FILES:
        with gzip.open(SUBSET / f"{name}.gz") as packed, (raw / name).open("wb") as plain:
            shutil.copyfileobj(packed, plain)
    for packed, plain in zip(images.load_fashion(SUBSET.parent), images.load_fashion(tmp_path), strict=True):
        assert torch.equal(packed.tensors[0], plain.tensors[0])
        assert torch.equal(packed.tensors[1], plain.tensors[1])
