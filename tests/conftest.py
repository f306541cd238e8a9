"""Shared by all tests."""

from __future__ import annotations

import os

# One thread each, before anything imports torch: two test processes share two cores.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
