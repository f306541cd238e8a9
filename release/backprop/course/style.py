"""One look for every figure: readable by colour-blind readers and in grey, labelled, no runtime downloads."""

from __future__ import annotations

import math
import os
from html import escape

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

# Okabe and Ito's palette, ordered so that neighbours differ in lightness as well as in hue.
BLUE, ORANGE, GREEN, PINK, SKY, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#555555",
)


def use() -> None:
    """Apply the style to every figure drawn from here on."""
    mpl.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PINK, SKY, GREY])
            + cycler(linestyle=["-", "--", "-.", ":", "-", "--"]),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,  # grid lines are drawn under bars, not over them
            "grid.alpha": 0.3,
            "axes.titlesize": 12,
            "axes.labelsize": 11,
            "legend.frameon": False,
            "legend.fontsize": 10,
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "savefig.dpi": 100,
        }
    )


def panels(n: int, *, width: float = 4.8, height: float = 3.8, **kwargs) -> list[Axes]:
    """`n` axes side by side in a new figure; further arguments go to `plt.subplots`."""
    _, axes = plt.subplots(1, n, figsize=(width * n, height), squeeze=False, **kwargs)
    return list(axes[0])


def plain_ticks(axis: Axis) -> None:
    """Numbers like 0.2 and 50 on a log axis instead of powers and 6×10⁰; call it when everything is drawn."""
    low, high = sorted(axis.get_view_interval())
    decades = math.log10(high / low)
    if decades > 7:
        return  # powers of ten read better
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if decades < 2.5 else (1.0,), numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def is_static() -> bool:
    """Whether nobody is there to choose: the solved notebook is being built."""
    return "COURSE_STATIC" in os.environ


def show(description: str) -> None:
    """Show the figure that was drawn last, with `description` as its alternative text.

    Args:
        description: what can be seen, in a sentence or two, for those who cannot see it.
    """
    from IPython.display import display  # here, not above: where nothing is shown it is not needed

    description = " ".join(description.split())
    picture = _inline_picture(plt.gcf())
    if picture is None:  # no notebook, or another backend
        plt.show()
        return
    plt.close()
    # An image/png has no alternative text in Jupyter, so there is an <img> too; where no HTML is shown, the PNG is.
    img = f'<img alt="{escape(description)}" src="data:image/png;base64,{picture.strip()}">'
    display(
        {"text/html": img, "image/png": picture, "text/plain": description},
        metadata={"image/png": {"alt": description}},
        raw=True,
    )


def _inline_picture(figure: plt.Figure) -> str | None:
    """The figure as Jupyter's inline backend shows it, a PNG in base64, if that is the backend."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or "inline" not in mpl.get_backend():
        return None
    data, _ = shell.display_formatter.format(figure, include={"image/png"})
    return data.get("image/png")
