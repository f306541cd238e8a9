"""What a notebook shows where a cell cannot run yet: one sentence in the place of a traceback.

A traceback helps to find a mistake. A task that has not been begun is none, and the traceback of a supplied cell that
waits for one leads through code that is not yours. The exception stays what it is: the cell still fails, and running
all cells still stops there.
"""

from __future__ import annotations

import linecache
import sys
import traceback
from types import FrameType, TracebackType
from typing import Any

import matplotlib.pyplot as plt

# How the cells begin that students do not write.
SUPPLIED = ("# (supplied", "with checks.task(")


def calm() -> None:
    """From here on, a stub that is reached, and a name that a waiting cell has not made, are told in a sentence.

    Without effect where no notebook runs.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        shell.set_custom_exc((NotImplementedError, NameError), _show)


def sentence(error: BaseException, frames: list[FrameType]) -> str | None:
    """The sentence for `error`, or None where its traceback says more.

    Args:
        frames: from the cell that ran, first, to the frame that raised, last.
    """
    raised = frames[-1].f_code
    if isinstance(error, NotImplementedError) and not str(error):
        task = raised.co_qualname.split(".")[0]
        return f"`{task}` is not written yet: its cell further up still raises NotImplementedError."
    in_the_cell = raised.co_filename == frames[0].f_code.co_filename
    if isinstance(error, NameError) and in_the_cell and _is_supplied(raised.co_filename):
        return (
            f"`{error.name}` is not there yet: a cell further up makes it, and may wait for a task of yours."
        )
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
        plt.close("all")  # a figure that was begun would be shown half empty
        error._render_traceback_ = lambda: [text]  # IPython asks an exception for this before it formats one
    shell.showtraceback((kind, error, raised), tb_offset=tb_offset)
