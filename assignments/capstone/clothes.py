"""The images of the capstone: Fashion-MNIST, as many as the course's small copy has, or digits where there are none.

Supplied: nothing here needs to be changed. The files are read here and not by torchvision, whose import takes longer
than all the rest of the set-up.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from course import images

N_TRAIN, N_TEST = 4500, 1199
"""Everybody works on as many, so that the numbers in the text hold with the complete files, too."""


@dataclass(frozen=True)
class Clothes:
    """Images `(n, 1, 28, 28)`, float32, 0 for black to 1 for white, with labels `(n,)` from 0 to 9."""

    images: torch.Tensor
    labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    names: tuple[str, ...]


def load() -> Clothes:
    """Fashion-MNIST from this machine or the network; where there is neither, handwritten digits, and a line says so."""
    folder = images.find_fashion()
    if folder is None:
        try:
            images.load_fashion()  # downloads it
            folder = images.find_fashion()
        except images.NoNetwork as reason:
            print(
                f"NOTE: these are not the real clothes. {reason} You are working with handwritten digits of the same "
                "shape; they are easier, so your numbers will be higher than those in the text."
            )
            train_set, test_set = images.load_digits()
            return Clothes(*images.tensors(train_set), *images.tensors(test_set), images.DIGIT_NAMES)
    train_pictures, train_labels, test_pictures, test_labels = (
        _read(folder, name, n)
        for name, n in zip(images.IDX_FILES, (N_TRAIN, N_TRAIN, N_TEST, N_TEST), strict=True)
    )
    print(f"{len(train_labels):,} photographs of clothes to work with, {len(test_labels):,} in the envelope")
    return Clothes(
        _scaled(train_pictures),
        torch.from_numpy(train_labels).long(),
        _scaled(test_pictures),
        torch.from_numpy(test_labels).long(),
        images.FASHION_NAMES,
    )


def _read(folder: Path, name: str, n: int) -> np.ndarray:
    """The first `n` entries of an IDX file, plain or packed: a header, then one byte for each number."""
    plain = folder / name
    content = plain.read_bytes() if plain.is_file() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    n_dimensions = content[3]
    sizes = np.frombuffer(content, ">u4", count=n_dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * n_dimensions).reshape(sizes)[:n].copy()


def _scaled(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures)[:, None].float() / 255
