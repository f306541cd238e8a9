"""A figure whose number you can change with a slider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course import style


def explore(
    draw: Callable[[float], None], values: Sequence[float], *, label: str, shown: Sequence[float]
) -> None:
    """Draw the figure for a few numbers, and show a slider that draws it for any other.

    Args:
        draw: draws and shows the figure for a number.
        values: what the slider offers, in order.
        label: what the number is.
        shown: those of `values` that everybody sees, with or without a slider: not every program that shows notebooks
            can run one.
    """
    for value in shown:
        draw(value)
    if style.is_static():
        return
    try:
        import ipywidgets as widgets
        from IPython.display import display
    except ImportError:
        print("With `%pip install ipywidgets` there would be a slider here.")
        return
    slider = widgets.SelectionSlider(
        options=[(f"{value:g}", value) for value in values],
        value=shown[0],
        description=label,
        continuous_update=False,
        style={"description_width": "initial"},
    )
    figure = widgets.Output()

    def redraw(change: dict[str, Any]) -> None:
        with figure:
            figure.clear_output(wait=True)
            draw(change["new"])

    # Nothing is drawn into the output before somebody moves the slider: nbclient, which runs whole notebooks, may wait
    # for ever for a cell that does (its issue 312).
    slider.observe(redraw, names="value")
    display(widgets.VBox([slider, figure]))
