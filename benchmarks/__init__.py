"""Measurements of speed: `python -m benchmarks`."""

import autograder.startup  # noqa: F401
