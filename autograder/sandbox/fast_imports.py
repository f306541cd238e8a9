"""Imports of large libraries, without what makes them slow."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_full_collections() -> Iterator[None]:
    """What is imported stays: to search all of it for garbage, again and again, takes a quarter of the time.

    The young is still searched: what it leaves behind would be holes, which every fork then fills and copies.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(*thresholds[:2], 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
