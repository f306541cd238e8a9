"""Shared by all tests."""

from __future__ import annotations

import os

import pytest

# One thread each, before anything imports torch: two test processes share two cores.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")


# All on one worker: the traces that they look for might be those of another's attack.
ATTACKS = ("hostile", "sentinel")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker takes the tests of a file, or of an assignment's corpora: what one leaves behind, the next meets."""
    for item in items:
        case = getattr(item, "callspec", None) and item.callspec.params.get("case")
        which = (case.assignment,) if hasattr(case, "assignment") and case.kind not in ATTACKS else ()
        item.add_marker(pytest.mark.xdist_group("-".join(map(str, (item.path.stem, *which)))))
