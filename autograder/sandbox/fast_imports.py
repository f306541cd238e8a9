"""Imports large libraries without the garbage collections that make it slow."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_full_collections() -> Iterator[None]:
    """Imported modules stay in memory, so searching all of them for garbage again and again wastes a quarter of the
    time.

    Young objects are still collected: the holes that their garbage leaves would be filled, and so copied, in every
    fork.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(*thresholds[:2], 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
