"""The course's images: scikit-learn's digits, always available, and Fashion-MNIST, read by torchvision.

Both come as a pair of `TensorDataset`s, one to train on and one held out, with items `(image, label)`: `image` is
`(1, 28, 28)`, float32, 0 for black to 1 for white; `label` is an integer from 0 to 9.

`load_digits()` needs neither a file nor a network. `load_fashion()` looks in three places, in this order:

1. the folder that the environment variable ``COURSE_DATA`` names, for torchvision's own `FashionMNIST/` or for
   `fashion-mnist-subset/` (the four IDX files, cut short);
2. the download cache;
3. the network: torchvision downloads 60,000 + 10,000 images (30 MB) into the cache and checks them.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from sklearn import datasets, model_selection
from torch.nn import functional as F
from torch.utils.data import TensorDataset

from course.data import NoNetwork, cache_folder, reachable

if TYPE_CHECKING:
    from torchvision.datasets import FashionMNIST

DIGIT_NAMES = tuple("0123456789")
FASHION_NAMES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)

SUBSET_FOLDER = "fashion-mnist-subset"
IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
_TORCHVISION_FOLDER = Path("FashionMNIST") / "raw"
_SIDE = 28
_DIGIT_WHITE = 16  # scikit-learn's digits run from 0 to 16


def load_digits(test_share: float = 0.2, seed: int = 0) -> tuple[TensorDataset, TensorDataset]:
    """1,797 handwritten digits, enlarged from 8x8 to 28x28: `(train_set, test_set)`.

    The split is random, by `seed`, and stratified: each digit has the same share in both parts.
    """
    table = datasets.load_digits()
    small = torch.tensor(table.images, dtype=torch.float32).unsqueeze(1) / _DIGIT_WHITE
    large = F.interpolate(small, size=(_SIDE, _SIDE), mode="bilinear", align_corners=False)
    labels = torch.tensor(table.target, dtype=torch.int64)
    kept, held_out = model_selection.train_test_split(
        torch.arange(len(labels)).numpy(), test_size=test_share, stratify=table.target, random_state=seed
    )
    return TensorDataset(large[kept], labels[kept]), TensorDataset(large[held_out], labels[held_out])


def load_fashion(
    course_data: Path | None = None, complete: bool = False
) -> tuple[TensorDataset, TensorDataset]:
    """Photographs of clothes: `(train_set, test_set)`, as many as the files hold.

    `course_data` replaces ``COURSE_DATA``; `complete` ignores the subset. Raises NoNetwork if the images are not on this
    machine and cannot be downloaded, and ValueError if a file is damaged.
    """
    folder = find_fashion(course_data, complete)
    if folder is None:
        folder = _fetch_fashion()
    with tempfile.TemporaryDirectory() as unpacked:
        root = _torchvision_root(folder, Path(unpacked))
        return _read(root, folder, train=True), _read(root, folder, train=False)


def find_fashion(course_data: Path | None = None, complete: bool = False) -> Path | None:
    """The folder with the four IDX files, each plain or with `.gz`, on this machine; None if there is none."""
    named = course_data or os.environ.get("COURSE_DATA")
    places = [Path(named) / _TORCHVISION_FOLDER, Path(named) / SUBSET_FOLDER] if named else []
    places.append(cache_folder() / _TORCHVISION_FOLDER)
    for folder in places:
        if folder.name == SUBSET_FOLDER and complete:
            continue
        if all(_file(folder, name) for name in IDX_FILES):
            return folder
    return None


def tensors(dataset: TensorDataset) -> tuple[torch.Tensor, torch.Tensor]:
    """All images `(n, 1, 28, 28)` and all labels `(n,)` of one of this module's sets."""
    images, labels = dataset.tensors
    return images, labels


def _file(folder: Path, name: str) -> Path | None:
    """The plain file, or the packed one, or None."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def _torchvision_root(folder: Path, unpacked: Path) -> Path:
    """A folder with the layout that torchvision expects: `folder` itself, or copies under `unpacked`."""
    if folder.parts[-2:] == _TORCHVISION_FOLDER.parts and all(
        (folder / name).is_file() for name in IDX_FILES
    ):
        return folder.parent.parent
    raw = unpacked / _TORCHVISION_FOLDER
    raw.mkdir(parents=True)
    for name in IDX_FILES:
        path = _file(folder, name)
        try:
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (OSError, EOFError) as error:  # what gzip raises for a file that is damaged or cut
            raise ValueError(f"{path} cannot be unpacked ({error}): download it again.") from None
        (raw / name).write_bytes(content)
    return unpacked


def _read(root: Path, folder: Path, train: bool) -> TensorDataset:
    try:
        raw = _torchvision().FashionMNIST(root, train=train, download=False)
    except (AssertionError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(
            f"{folder} has a file that is not an IDX file of images or labels: {error}"
        ) from None
    return _as_tensors(raw, folder)


def _as_tensors(raw: FashionMNIST, folder: Path) -> TensorDataset:
    # one division for all images: torchvision's own way, a picture at a time, takes four seconds an epoch
    images = raw.data.unsqueeze(1).to(torch.float32) / 255
    if len(images) != len(raw.targets):
        raise ValueError(
            f"{folder} holds {len(images)} images and {len(raw.targets)} labels: download it again."
        )
    return TensorDataset(images, raw.targets.to(torch.int64))


def _fetch_fashion() -> Path:
    loader = _torchvision().FashionMNIST
    if not reachable(loader.mirrors[0]):
        raise NoNetwork("Fashion-MNIST is not on this machine and there is no network to download it from.")
    try:
        loader(cache_folder(), download=True)
    except (OSError, RuntimeError) as error:  # no connection, or the wrong content
        raise NoNetwork(f"Fashion-MNIST could not be downloaded ({type(error).__name__}).") from None
    return cache_folder() / _TORCHVISION_FOLDER


def _torchvision():
    from torchvision import (
        datasets as torchvision_datasets,
    )  # here, so that the digits do not wait for this import

    return torchvision_datasets
