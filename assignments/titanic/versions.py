"""One pandas for everybody: the notebook does the same with pandas 2 (on Colab, say) as with pandas 3, which grades it.

Otherwise, lines that work in front of you would fail where they are graded, some of them without a word.
"""

from __future__ import annotations

import contextlib
import re
import sys
import warnings

import pandas as pd


def align_pandas(version: str = pd.__version__) -> None:
    """From here on, tables work alike with pandas 2 and pandas 3.

    - Words are columns of the dtype `object`, as in pandas 2 and in almost all code that you find.
    - `df["Age"].fillna(0, inplace=True)` and `df["Age"][rows] = 0` change a copy, with a warning, as in pandas 3.
    - What pandas 2 only warns of and pandas 3 refuses stops here, with pandas' own sentence on what to write instead.
    """
    major = int(version.split(".")[0])
    if major < 3:  # before `catch_warnings`, which makes Python read the list again
        warnings.filters.insert(0, ("error", _SaidByPandas(), FutureWarning, re.compile("__main__"), 0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # each of these options goes away with a later pandas
        _set("future.infer_string", False)
        if major < 3:
            _set("mode.copy_on_write", True)
            _set("future.no_silent_downcasting", True)
    if major < 3:
        print(
            f"Your pandas is {version}, and your notebook is graded with pandas 3. It works like pandas 3 here: a line that "
            "pandas 3 refuses stops with a FutureWarning, which says what to write instead."
        )


class _SaidByPandas:
    """In the place of a pattern for the text: matches what pandas says of your cells, and no other library."""

    def match(self, _: str) -> bool:
        return sys._getframe(1).f_globals.get("__name__", "").partition(".")[0] == "pandas"  # who warns


def _set(option: str, value: bool) -> None:
    with contextlib.suppress(pd.errors.OptionError):  # an older or a newer pandas has no such choice
        pd.set_option(option, value)
