"""A thousand hourly water levels in a harbour, with the wind of the hour: a synthetic table for linear regression.

The table is constructed so that the answers are known beforehand: on the first 700 rows, with the winds standardized by their
own mean and standard deviation, least squares gives the numbers of `ANSWER`, apart from the last rounding.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd

N_ROWS, N_TRAIN = 1000, 700
GAUGE_ZERO = 144.0  # cm: how far the zero of the harbour's gauge is below mean sea level

ANSWER = MappingProxyType({"weights": (0.3624, 37.8801), "bias": 143.4536, "error": 371.6104})
"""Least squares on the first 700 rows: cm per standard deviation of each wind, cm, and the mean squared error in cm²."""

_MEANS, _SPREADS = (2.1, 1.4), (5.3, 4.6)  # of the two winds, m/s


def load_harbour() -> pd.DataFrame:
    """The table, always the same, in random order: take the first 700 rows for training.

    Columns: `wind_along` and `wind_onshore`, the components of the wind along the coast and towards it, in m/s;
    `level`, the water level in cm above mean sea level.
    """
    rng = np.random.default_rng(1953)
    winds = _exactly_standardized(rng.standard_normal((N_ROWS, 2)))
    noise = rng.standard_normal(N_ROWS)
    design = np.column_stack([winds, np.ones(N_ROWS)])
    # Remove what least squares could explain of the noise in the training rows: then the answer is exact.
    explained, *_ = np.linalg.lstsq(design[:N_TRAIN], noise[:N_TRAIN], rcond=None)
    noise -= design @ explained
    noise *= np.sqrt(ANSWER["error"] / np.mean(noise[:N_TRAIN] ** 2))
    level = design @ [*ANSWER["weights"], ANSWER["bias"] - GAUGE_ZERO] + noise
    along, onshore = (winds * _SPREADS + _MEANS).T
    return pd.DataFrame({"wind_along": along, "wind_onshore": onshore, "level": level})


def _exactly_standardized(winds: np.ndarray) -> np.ndarray:
    """The same shift and linear map for all rows, after which the training rows have mean 0 and covariance 1."""
    train = winds[:N_TRAIN]
    root = np.linalg.cholesky(np.cov(train, rowvar=False))
    return (winds - train.mean(axis=0)) @ np.linalg.inv(root).T
