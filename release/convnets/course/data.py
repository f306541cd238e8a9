"""The course's tables: found in a folder, fetched once and checked, or, without a network, drawn from a model.

`load_titanic()` looks in three places, in this order:

1. the folder that the environment variable ``COURSE_DATA`` names, if it holds ``titanic.csv``;
2. the download cache, or, where that is empty, the pinned address below;
3. nowhere: 891 passengers are drawn from a model of the same shape, and a printed line says so.

The first two are checked against a sha256, so that everybody works on the same 891 rows.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import numpy as np
import pandas as pd

TITANIC_FILE = "titanic.csv"
TITANIC_URL = (
    "https://raw.githubusercontent.com/datasciencedojo/datasets/"
    "4cd38e7a532643145d00c1e512b9d16899ae9543/titanic.csv"
)
TITANIC_SHA256 = "4a437fde05fe5264e1701a7387ac6fb75393772ba38bb2c9c566405af5af4bd7"

_CACHE_NAME = "pytorch-course"
_PROBE_SECONDS = 1.5
_DOWNLOAD_SECONDS = 15


class NoNetwork(Exception):
    """The table is in no folder and cannot be fetched; the message says why."""


def load_titanic() -> pd.DataFrame:
    """The 891 passengers of the Titanic's training table, one row each.

    `frame.attrs["source"]` says where they came from. Raises ValueError, in one sentence, when a file is there but is
    not the expected one: working on other rows without noticing would be worse than stopping.
    """
    try:
        path = find_titanic() or _fetch_titanic()
    except NoNetwork as reason:
        frame = stand_in_titanic()
        print(
            f"NOTE: these are not the real passengers. {reason} You are working with {len(frame)} stand-in passengers "
            "drawn from a model of the same shape; your numbers will differ a little from those in the text."
        )
        return frame
    frame = read_titanic(path)
    print(f"{len(frame)} passengers of the Titanic, read from {path}")
    return frame


def find_titanic() -> Path | None:
    """The table on this machine, in ``COURSE_DATA`` or the download cache; None where it is in neither."""
    folder = os.environ.get("COURSE_DATA")
    if folder and (Path(folder) / TITANIC_FILE).is_file():
        return Path(folder) / TITANIC_FILE
    cached = cache_folder() / TITANIC_FILE
    # A damaged file in the cache is nobody's choice: pass over it, and the download replaces it.
    return cached if cached.is_file() and _sha256(cached) == TITANIC_SHA256 else None


def read_titanic(path: Path) -> pd.DataFrame:
    """Read a table that must be the pinned one; ValueError names the file and the mend otherwise."""
    if _sha256(path) != TITANIC_SHA256:
        raise ValueError(
            f"{path} is not the expected table of passengers (its sha256 differs): delete it, and it will be fetched afresh."
        )
    frame = pd.read_csv(path)
    frame.attrs["source"] = str(path)
    return frame


def stand_in_titanic() -> pd.DataFrame:
    """891 passengers drawn from a model, always the same ones: an honest stand-in for the real table.

    Survival depends on sex, age and class about as on the real ship: most women live, most men do not, small boys do.
    A fifth of the ages and most of the cabins are unknown, as in the real table.
    """
    rng = np.random.default_rng(1912)
    n = 891
    pclass = rng.choice([1, 2, 3], size=n, p=[0.24, 0.21, 0.55])
    male = rng.random(n) < 0.65
    is_child = rng.random(n) < 0.09
    adult_age = 14 + rng.gamma(shape=2.2 + 0.7 * (3 - pclass), scale=6.0)
    age = np.where(is_child, rng.uniform(0.4, 9, size=n), np.minimum(adult_age, 80)).round(1)
    small_boy = male & (age < 6)
    log_odds = 2.4 - 0.85 * (pclass - 1) - 2.8 * male + np.where(small_boy, 2.6, 0.0) + 0.008 * (age - 30)
    survived = rng.random(n) < 1 / (1 + np.exp(-log_odds))
    fare = rng.lognormal(mean=4.4 - 0.85 * (pclass - 1), sigma=0.5).round(4)
    frame = pd.DataFrame(
        {
            "PassengerId": np.arange(1, n + 1),
            "Survived": survived.astype(int),
            "Pclass": pclass,
            "Sex": np.where(male, "male", "female"),
            "Age": np.where(rng.random(n) < 0.2, np.nan, age),
            "SibSp": np.minimum(rng.poisson(0.5, size=n), 8),
            "Parch": np.minimum(rng.poisson(0.38, size=n), 6),
            "Fare": fare,
            "Cabin": np.where(rng.random(n) < 0.23, [f"C{number}" for number in range(1, n + 1)], None),
            "Embarked": rng.choice(["S", "C", "Q"], size=n, p=[0.72, 0.19, 0.09]),
        }
    )
    frame.attrs["source"] = "stand-in: drawn from a model"
    return frame


def _fetch_titanic() -> Path:
    """Download the table into the cache, with a progress bar; NoNetwork where the address cannot be reached."""
    if not reachable(TITANIC_URL):
        raise NoNetwork("The table is not on this machine and there is no network to fetch it from.")
    try:
        import pooch  # here, not above: a machine that has the table needs neither pooch nor tqdm
    except ImportError:
        raise NoNetwork(
            "The table is not on this machine and `pooch`, which fetches it, is not installed."
        ) from None
    try:
        import tqdm  # noqa: F401  the progress bar is a courtesy
    except ImportError:
        progress = False
    else:
        progress = True
    try:
        path = pooch.retrieve(
            TITANIC_URL,
            known_hash=f"sha256:{TITANIC_SHA256}",
            fname=TITANIC_FILE,
            path=cache_folder(),
            downloader=pooch.HTTPDownloader(progressbar=progress, timeout=_DOWNLOAD_SECONDS),
        )
    except OSError as error:  # every failure of the connection is one, as is a cache that cannot be written
        raise NoNetwork(f"The table could not be fetched ({type(error).__name__}).") from None
    except ValueError:
        raise ValueError(
            f"What {TITANIC_URL} sent is not the expected table (its sha256 differs), and was not kept: does a login page "
            "or a proxy stand between you and the network?"
        ) from None
    return Path(path)


def cache_folder() -> Path:
    """Where downloads are kept: `PYTORCH_COURSE_CACHE`, else the user's cache folder."""
    chosen = os.environ.get("PYTORCH_COURSE_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path(os.path.expanduser("~")) / ".cache") / _CACHE_NAME


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def reachable(url: str) -> bool:
    """Whether the host (or the proxy before it) answers within a moment.

    Looking a name up can hang for many seconds and takes no time limit, so the question is asked in a thread that
    nobody waits for longer than that.
    """
    target = urlsplit(getproxies().get("https") or url)
    address = (
        target.hostname,
        target.port or (443 if target.scheme == "https" else 80),
    )
    answered = threading.Event()

    def knock() -> None:
        try:
            socket.create_connection(address, timeout=_PROBE_SECONDS).close()
        except OSError:
            return
        answered.set()

    try:
        thread = threading.Thread(target=knock, daemon=True)
        thread.start()
    except RuntimeError:  # a sandbox that allows no further thread has no network either
        return False
    thread.join(_PROBE_SECONDS)
    return answered.is_set()
