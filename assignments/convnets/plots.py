"""The figures of the assignment on convolutional networks. Supplied: nothing here needs to be changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from torch import nn
from torch.nn import functional as F

from course import style

GREY = "gray"
# For values of both signs: negative ones are purple and dark, 0 is grey, positive ones are orange and light. The lightness
# rises all the way, so the sign can be told in grey, too.
SIGNED = LinearSegmentedColormap.from_list("signed", ["#2d004b", "#6a4a9c", "#9a9a9a", "#fdb047", "#ffe7c2"])
_LIGHT, _DARK = "white", "black"


def examples(pictures: torch.Tensor, labels: torch.Tensor, names: Sequence[str], rows: int = 3) -> None:
    """A few images of each class, one class a column. `pictures` (n, 1, 28, 28), `labels` (n,)."""
    _, axes = plt.subplots(rows, len(names), figsize=(1.0 * len(names), 1.1 * rows), squeeze=False)
    for column, name in enumerate(names):
        of_class = (labels == column).nonzero().flatten()
        for row in range(rows):
            _picture(axes[row, column], pictures[of_class[row], 0])
        axes[0, column].set_title(name, fontsize=10)
    style.show("Three images of each class, one class a column.")


def frames(picture: torch.Tensor, convolve2d: Callable[..., torch.Tensor]) -> None:
    """What each padding mode puts around an image, and what an edge kernel makes of it. `picture` (28, 28)."""
    part = 1 - picture[4:22, 4:22]  # dark strokes on bright ground, cut by the border
    itself, edge = torch.ones(1, 1), torch.tensor([[-1.0, 0.0, 1.0]] * 3)
    _, axes = plt.subplots(2, 3, figsize=(8.4, 5.8))
    for column, mode in enumerate(("zeros", "reflect", "replicate")):
        framed = convolve2d(part, itself, padding=5, mode=mode)
        _picture(axes[0, column], framed)
        axes[0, column].set_title(f'mode="{mode}"')
        outline = plt.Rectangle(
            (4.5, 4.5), part.shape[1], part.shape[0], fill=False, color=style.ORANGE, linewidth=2
        )
        axes[0, column].add_patch(outline)
        answer = convolve2d(part, edge, padding=5, mode=mode)
        shown = _picture(axes[1, column], answer, SIGNED, limit=3.0)
    axes[0, 0].set_ylabel("the padded image")
    axes[1, 0].set_ylabel("answer of an edge kernel")
    plt.colorbar(shown, ax=list(axes[1]), label="answer", shrink=0.8)
    style.show(
        "A part of a digit with a frame of five pixels in each mode, above, and the answer of an edge "
        "kernel, below. With zeros the border itself answers most strongly."
    )


def kernels(picture: torch.Tensor, by_name: dict[str, torch.Tensor]) -> None:
    """Each kernel with its numbers, and the image that it makes of `picture` (28, 28)."""
    _, axes = plt.subplots(2, len(by_name), figsize=(2.6 * len(by_name), 5.4))
    for column, (name, weights) in enumerate(by_name.items()):
        _picture(axes[0, column], weights, SIGNED, limit=max(1e-6, weights.abs().max().item()))
        axes[0, column].set_title(name)
        for row in range(3):
            for place in range(3):
                value = weights[row, place].item()
                axes[0, column].text(
                    place, row, f"{value:.2g}", ha="center", va="center", color=_LIGHT if value < 0 else _DARK
                )
        answer = F.conv2d(picture[None, None], weights[None, None].float(), padding=1)[0, 0]
        if name.endswith("edges"):
            _picture(axes[1, column], answer, SIGNED, limit=answer.abs().max().item())
        else:
            _picture(axes[1, column], answer, GREY, low=0.0, high=1.0)
    axes[0, 0].set_ylabel("kernel")
    axes[1, 0].set_ylabel("its answer")
    style.show(
        "Each kernel as a table of numbers, and below it the image that it makes of a digit: unchanged, "
        "blurred, sharpened, and with horizontal or vertical edges marked."
    )


def shapes(entries: Sequence[tuple[str, tuple[int, ...]]], input_shape: tuple[int, ...]) -> None:
    """How many numbers flow out of each layer, from `trace_shapes`; the batch is left out of the count."""
    rows = [("input", input_shape), *entries]
    counts = [int(torch.tensor(shape[1:]).prod()) for _, shape in rows]
    _, axes = plt.subplots(figsize=(7.5, 0.42 * len(rows) + 1))
    colors = [style.GREY if name == "input" else style.BLUE for name, _ in rows]
    axes.barh(range(len(rows)), counts, color=colors)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(1, max(counts) * 12)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("numbers for each image")
    for place, ((_, shape), count) in enumerate(zip(rows, counts, strict=True)):
        sizes = " x ".join(str(size) for size in shape[1:])
        axes.text(count * 1.15, place, f"{sizes} = {count:,}" if len(shape) > 2 else sizes, va="center")
    style.show(
        "How many numbers flow out of each layer, on a log scale: "
        + "; ".join(f"{name} {count:,}" for (name, _), count in zip(rows, counts, strict=True))
        + "."
    )


def curves(history: dict[str, list[tuple[float, float]]]) -> None:
    """Mean loss and accuracy after each epoch, for each set by name."""
    left, right = style.panels(2)
    for name, figures in history.items():
        epochs = range(1, len(figures) + 1)
        left.plot(epochs, [loss for loss, _ in figures], marker="o", markersize=4, label=name)
        right.plot(epochs, [100 * share for _, share in figures], marker="o", markersize=4, label=name)
    left.set(xlabel="epoch", ylabel="mean cross-entropy (nats)", yscale="log")
    right.set(xlabel="epoch", ylabel="right answers (%)", ylim=(None, 101))
    left.yaxis.set_major_formatter("{x:g}")
    left.yaxis.set_minor_formatter("")
    right.legend()
    style.show(
        "Loss and share of right answers after each epoch: "
        + "; ".join(
            f"{name} from {figures[0][1]:.0%} to {figures[-1][1]:.0%}" for name, figures in history.items()
        )
        + "."
    )


def logits(model: nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    """What `model` says to each of `pictures`, on the CPU and without a graph."""
    model.eval()
    where = next(model.parameters()).device
    with torch.inference_mode():
        return torch.cat([model(part.to(where)).cpu() for part in pictures.split(500)])


def confusion(answers: torch.Tensor, labels: torch.Tensor, names: Sequence[str]) -> None:
    """How often each class was taken for each other. `answers` are logits (n, n_classes)."""
    n = len(names)
    table = torch.bincount(labels * n + answers.argmax(dim=1), minlength=n * n).reshape(n, n)
    share = table / table.sum(dim=1, keepdim=True).clamp(min=1)
    _, axes = plt.subplots(figsize=(6.2, 5.6))
    # a square root, so that single mistakes are visible next to the diagonal
    axes.imshow(share.sqrt(), cmap="Blues", vmin=0, vmax=1)
    for row in range(n):
        for column in range(n):
            if table[row, column]:
                color = _LIGHT if share[row, column] > 0.3 else _DARK
                count = int(table[row, column])
                axes.text(column, row, count, ha="center", va="center", color=color, fontsize=9)
    long_names = max(map(len, names)) > 2
    axes.set_xticks(range(n), names, rotation=45 if long_names else 0, ha="right" if long_names else "center")
    axes.set_yticks(range(n), names)
    axes.grid(visible=False)
    axes.set(xlabel="the network says", ylabel="it is", title="number of images")
    style.show(
        f"A table of what each image is and what the network says: {int(table.diag().sum())} of "
        f"{int(table.sum())} are on the diagonal, where both agree."
    )


def mistakes(
    pictures: torch.Tensor,
    answers: torch.Tensor,
    labels: torch.Tensor,
    names: Sequence[str],
    count: int = 6,
) -> None:
    """The wrong answers of which the network was most certain, the most certain first."""
    certainty, said = answers.softmax(dim=1).max(dim=1)
    wrong = (said != labels).nonzero().flatten()
    if not len(wrong):
        print("There is no mistake to show.")
        return
    wrong = wrong[certainty[wrong].argsort(descending=True)][:count]
    _, axes = plt.subplots(1, len(wrong), figsize=(1.9 * len(wrong), 2.5), squeeze=False)
    for place, index in zip(axes[0], wrong.tolist(), strict=True):
        _picture(place, pictures[index, 0])
        said_name, name = names[int(said[index])], names[int(labels[index])]
        place.set_title(f'says "{said_name}", {certainty[index]:.0%}\nis "{name}"', fontsize=9)
    style.show(
        "Wrong answers of which the network was most certain: "
        + "; ".join(f"a {names[int(labels[i])]} taken for a {names[int(said[i])]}" for i in wrong.tolist())
        + "."
    )


def filters(layer: nn.Conv2d, pictures: torch.Tensor) -> None:
    """The kernels of a first layer, and under each its answer, before the relu, to `pictures` (k, 1, 28, 28).

    Kernels share one scale. The answers of a kernel share another, because some kernels answer far more strongly.
    """
    weights = layer.weight.detach().cpu()[:, 0]
    with torch.inference_mode():
        maps = layer(pictures.to(layer.weight.device)).cpu()
    limit = weights.abs().max().item()
    rows = 1 + len(pictures)
    _, axes = plt.subplots(rows, 1 + len(weights), figsize=(1.55 * (1 + len(weights)), 1.6 * rows))
    axes[0, 0].axis("off")
    for column, kernel in enumerate(weights, start=1):
        shown = _picture(axes[0, column], kernel, SIGNED, limit=limit)
        axes[0, column].set_title(f"kernel {column}", fontsize=10)
    for row, picture in enumerate(pictures, start=1):
        _picture(axes[row, 0], picture[0])
        for column in range(1, 1 + len(weights)):
            answers = maps[:, column - 1]
            _picture(
                axes[row, column],
                answers[row - 1],
                SIGNED,
                limit=max(1e-6, answers.abs().max().item()),
            )
    axes[1, 0].set_title("image", fontsize=10)
    plt.colorbar(shown, ax=list(axes[0]), label="weight", shrink=0.9)
    style.show(
        "Six kernels, light orange where positive and dark purple where negative, and under each its answer to three "
        "digits."
    )


def _picture(
    axes: Axes,
    values: torch.Tensor,
    cmap: str | Colormap = GREY,
    *,
    low: float = 0.0,
    high: float = 1.0,
    limit: float | None = None,
):
    """`values` (rows, columns) as an image without ticks; `limit` makes the scale symmetric about zero."""
    if limit is not None:
        low, high = -limit, limit
    shown = axes.imshow(values.detach(), cmap=cmap, vmin=low, vmax=high)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(True)
    return shown
