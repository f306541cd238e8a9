"""What a notebook shows when a cell cannot run yet: one sentence instead of a traceback.

A traceback helps to find a mistake. A task that has not been started is not a mistake, and the traceback of a supplied
cell that needs it leads through code that is not yours. The exception is unchanged: the cell still fails, and running
all cells still stops there.
"""

from __future__ import annotations

import linecache
import sys
import traceback
from types import FrameType, TracebackType
from typing import Any

import matplotlib.pyplot as plt

# How the cells that students do not write begin.
SUPPLIED = ("# (supplied", "with checks.task(")


def calm() -> None:
    """From here on, one sentence reports an untouched stub, or a name that an earlier cell has not defined yet.

    Has no effect outside a notebook.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        shell.set_custom_exc((NotImplementedError, NameError), _show)


def sentence(error: BaseException, frames: list[FrameType]) -> str | None:
    """The sentence for `error`, or None if its traceback says more.

    Args:
        frames: from the cell that ran (first) to the frame that raised (last).
    """
    raised = frames[-1].f_code
    if isinstance(error, NotImplementedError) and not str(error):
        task = raised.co_qualname.split(".")[0]
        return f"`{task}` is not written yet: its cell further up still raises NotImplementedError."
    in_the_cell = raised.co_filename == frames[0].f_code.co_filename
    if isinstance(error, NameError) and in_the_cell and _is_supplied(raised.co_filename):
        return f"`{error.name}` is not defined yet: a cell further up defines it, and may need a task that you have not finished."
    return None


def _is_supplied(cell: str) -> bool:
    """IPython keeps the source of each cell under the file name that the cell has in tracebacks."""
    return linecache.getline(cell, 1).startswith(SUPPLIED)


def _show(
    shell: Any, kind: type, error: BaseException, raised: TracebackType, tb_offset: int | None = None
) -> None:
    frames = [frame for frame, _ in traceback.walk_tb(raised)][1:]  # the first is IPython's own
    text = sentence(error, frames) if frames else None
    if text is not None:
        plt.close("all")  # otherwise an unfinished figure would be shown
        error._render_traceback_ = lambda: [text]  # IPython asks an exception for this before it formats one
    shell.showtraceback((kind, error, raised), tb_offset=tb_offset)
