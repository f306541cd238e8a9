# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Convolutional networks: filters, shapes, and a network that sees
#
# **What you will be able to do.** Filter an image by hand and say what a kernel will do to it before you try it; follow
# the shape of an image through a network, layer by layer; build a small convolutional network, train it with a loop that
# reports correct figures, and look at what it has learned and where it fails.
#
# **What you need to know.** Tensors and broadcasting, `nn.Module`, cross-entropy, and a training loop that you wrote yourself (the
# assignments before this one).
#
# **How long.** Five to six hours. Tasks 1 to 4 need no training and can be done in one sitting.
#
# **Points.** 38 in all: 35 for code, graded by hidden tests, and 3 for one written answer. The public checks below each task try
# small cases, and the mistakes that the texts warn of. The hidden tests draw other images, kernels and networks each time,
# train with other labels, and also look at what your functions leave behind.
#
# **GPU.** Not needed: the digits train in a few seconds on a laptop. With a GPU, two of the six points of the task
# `accuracy` are decided on the whole of Fashion-MNIST; without one they stay pending until your instructor has graded them on a GPU.
#
# Work from top to bottom. A cell that raises `NotImplementedError` is your next task. Below each task there is a cell
# with public checks, which you can run as often as you like. Cells that begin with a comment *(supplied)* show what you
# built; there is nothing to change in them.
#
# | task | points | |
# |---|---:|---|
# | `convolve` | 5 | slide a kernel over an image |
# | `kernels` | 4 | five kernels by name |
# | `output-size` | 2 | how large the result is |
# | `trace` | 4 | shapes on the way through a network |
# | `network` | 5 | the convolutional network |
# | `train-epoch` | 5 | one complete pass over the data |
# | `evaluate` | 4 | the same figures, changing nothing |
# | `accuracy` | 6 | a network that reads digits |
# | `look-inside` | 3 | what two filters respond to (written) |

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, device, and one seed for the whole notebook
import platform

import plots
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

from course import checks, images, notebook, style

notebook.calm()
style.use()
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
SEED = 0
torch.manual_seed(SEED)
print(f"Python {platform.python_version()}, torch {torch.__version__}, device {device}, seed {SEED}")

# %% [markdown]
# ## The images
#
# You work with 1,797 handwritten digits, each enlarged to 28 by 28 pixels, one channel, with values from 0 (black) to 1
# (white). A fifth of them is set aside: you will use those only to evaluate, never to learn.
#
# Both sets are `torch.utils.data.Dataset`s whose items are pairs `(image, label)`; `image` has the shape `(1, 28, 28)`,
# channel first, because that is the order that PyTorch's layers expect.

# %% nbgrader={"grade": false, "grade_id": "data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the digits: 28 by 28 pixels, one channel
train_set, test_set = images.load_digits(seed=SEED)
image, label = train_set[0]
print(f"{len(train_set)} digits to learn from, {len(test_set)} held out")
print(f"one item: image {tuple(image.shape)} of {image.dtype}, label {int(label)}")

# %% nbgrader={"grade": false, "grade_id": "show-data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) always look at the data first
plots.examples(*images.tensors(train_set), images.DIGIT_NAMES)

# %% [markdown]
# ## 1. A kernel slides over an image
#
# A **kernel** is a small table of weights. Put it on the image, multiply each weight by the pixel under it, and add up: that
# sum is one pixel of the result. Move on by `stride` pixels, and repeat. With an image $I$, a kernel $K$ of $h$ rows and
# $w$ columns, and stride $s$,
#
# $$O_{ij} = \sum_{u=0}^{h-1} \sum_{v=0}^{w-1} K_{uv}\; I_{\,i s + u,\; j s + v}.$$
#
# Two things are worth noticing.
#
# - Mathematicians rotate the kernel by 180 degrees first and call only that a convolution; the formula above is a
#   *cross-correlation*. PyTorch computes the sum above and calls it `conv2d`. So do we.
# - At the edge of the image the kernel extends beyond it. Without padding you use only the places where it fits, and the result
#   is smaller than the image. With `padding` $p$ you first put a frame of $p$ pixels around the image on all four sides.
#   The frame must be filled with something: `"zeros"` (black), `"reflect"` (the image mirrored at its outermost pixel,
#   which itself is not repeated) or `"replicate"` (the outermost pixel, again and again).
#
# The worked example of your task is the same thing in one dimension.


# %%
def slide(signal: torch.Tensor, weights: torch.Tensor, stride: int = 1) -> torch.Tensor:
    """Slide `weights (k,)` over `signal (n,)`: the sum of the products at every place where they fit."""
    k = len(weights)
    places = range(0, len(signal) - k + 1, stride)
    return torch.stack([(signal[start : start + k] * weights).sum() for start in places])


step = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
print("a step                   ", step.tolist())
print("its differences          ", slide(step, torch.tensor([-1.0, 1.0])).tolist())
averages, padded = slide(step, torch.ones(3) / 3), slide(F.pad(step, (1, 1)), torch.ones(3) / 3)
print("its averages over three  ", [round(value, 2) for value in averages.tolist()])
print("with zeros at both ends  ", [round(value, 2) for value in padded.tolist()])

# %% [markdown]
# ### Task `convolve` (5 points)
#
# *medium · important · 50 minutes*
#
# Write `convolve2d`. It returns what `F.conv2d` returns for one image and one kernel, but you may not call that function or any other
# ready-made convolution, from PyTorch or from another library. `F.pad` and `unfold` are allowed, and so are loops: for images
# this small, two of them are fast enough.
#
# - `image` and `kernel` are 2-D tensors, neither needs to be square, and a kernel may have an even number of rows or columns.
# - `padding` is one whole number for all four sides.
# - A kernel that is larger than the padded image, in rows or in columns, does not fit anywhere: raise a `ValueError` whose message
#   names the `kernel`.
#
# <details><summary>Hint: padding</summary>
# <code>F.pad</code> takes widths from the last dimension to the first, calls zeros "constant", and needs
# a batch and a channel dimension before it will reflect or replicate in two dimensions.
# </details>


# %% nbgrader={"grade": false, "grade_id": "convolve", "locked": false, "schema_version": 3, "solution": true, "task": false}
def convolve2d(
    image: torch.Tensor,
    kernel: torch.Tensor,
    stride: int = 1,
    padding: int = 0,
    mode: str = "zeros",
) -> torch.Tensor:
    """Slide `kernel (h, w)` over `image (rows, columns)` and return the sums of products, as a 2-D tensor.

    `mode` says what the frame of `padding` pixels holds: "zeros", "reflect" or "replicate".
    Raises ValueError if the kernel is larger than the padded image.

    Example: a 3x3 kernel on a 5x4 image gives (3, 2); with padding=1 it gives (5, 4).
    """
    ### BEGIN SOLUTION
    if mode not in ("zeros", "reflect", "replicate"):
        raise ValueError(f'mode is {mode!r}: it must be "zeros", "reflect" or "replicate"')
    fill = "constant" if mode == "zeros" else mode
    padded = F.pad(image[None, None], (padding, padding, padding, padding), mode=fill)[0, 0]
    height, width = kernel.shape
    if height > padded.shape[0] or width > padded.shape[1]:
        raise ValueError(
            f"kernel of shape {tuple(kernel.shape)} does not fit into the padded image of {tuple(padded.shape)}"
        )
    # windows[i, j] is the patch of the image that lies under the kernel at its place (i, j)
    windows = padded.unfold(0, height, stride).unfold(1, width, stride)
    return (windows * kernel).sum(dim=(2, 3))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "convolve-tests", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with checks.task("convolve"):
    ramp = torch.arange(20.0).reshape(4, 5)
    corner = torch.zeros(3, 3)
    corner[0, 0] = 1.0
    with checks.without(
        "torch.nn.functional.conv2d", "torch.conv2d", ask="Which sum is each pixel of the result?"
    ):
        picked = convolve2d(ramp, corner)
    checks.is_type(picked, torch.Tensor, name="convolve2d(ramp, corner)")
    checks.shape(
        picked, (2, 3), name="convolve2d(ramp, corner)", ask="In how many places does a 3x3 kernel fit?"
    )
    checks.close(
        picked,
        ramp[:2, :3],
        atol=1e-5,
        name="convolve2d(ramp, corner)",
        ask="Did you rotate the kernel? A single 1 in its upper left corner picks the upper left pixel.",
    )
    box = torch.ones(3, 3) / 9
    checks.shape(
        convolve2d(ramp, box, stride=2, padding=1),
        (2, 3),
        name="convolve2d(ramp, box, stride=2, padding=1)",
        ask="Does the kernel move by `stride` in both directions, and does the frame go around all four sides?",
    )
    checks.close(
        convolve2d(ramp, corner, stride=2),
        [[0.0, 2.0]],
        atol=1e-5,
        name="convolve2d(ramp, corner, stride=2)",
        ask="From which pixel to which does the kernel move when `stride` is 2?",
    )
    # The corner kernel picks the pixel up and left of each place: above and at the left, those are pixels of the frame.
    frames = {"zeros": F.pad(ramp, (1, 0, 1, 0))[:4, :5]}
    frames["replicate"] = ramp[[0, 0, 1, 2]][:, [0, 0, 1, 2, 3]]
    frames["reflect"] = ramp[[1, 0, 1, 2]][:, [1, 0, 1, 2, 3]]
    for mode, framed in frames.items():
        checks.close(
            convolve2d(ramp, corner, padding=1, mode=mode),
            framed,
            atol=1e-5,
            name=f'convolve2d(ramp, corner, padding=1, mode="{mode}")',
            ask="The first row and column of this result are the frame. What does the mode put there?",
        )
    checks.close(
        convolve2d(ramp, torch.tensor([[1.0], [0.0], [2.0]])),
        ramp[:2] + 2 * ramp[2:],
        atol=1e-5,
        name="convolve2d(ramp, a kernel of shape (3, 1))",
        ask="How many rows has this kernel, and how many columns?",
    )
    checks.shape(
        convolve2d(torch.ones(2, 2), torch.ones(3, 3), padding=1),
        (2, 2),
        name="convolve2d(a 2x2 image, a 3x3 kernel, padding=1)",
        ask="Does the kernel fit on the image once it has its frame?",
    )
    checks.raises(
        ValueError,
        lambda: convolve2d(ramp, torch.ones(5, 5)),
        mention="kernel",
        ask="A 5x5 kernel does not fit on a 4x5 image. What should the caller be told?",
    )
    checks.raises(
        ValueError,
        lambda: convolve2d(ramp, torch.ones(2, 6)),
        mention="kernel",
        ask="A kernel of 2 rows and 6 columns does not fit on a 4x5 image. Which sizes do you compare?",
    )
    checks.close(
        convolve2d(ramp, torch.ones(4, 5)),
        [[190.0]],
        atol=1e-3,
        name="convolve2d(ramp, a kernel as large as the image)",
        ask="In how many places does a kernel fit that is as large as the image?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-convolve", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your convolution with three kinds of frame
plots.frames(image[0], convolve2d)

# %% [markdown]
# **Think about it.** All three pictures are the same in the middle. Which of them would mislead a network that looks for
# edges, and where?
#
# ### BEGIN ANSWER
# Zeros around a bright image are an edge along the whole border that is not in the picture: in the figure the strongest
# answers of all. The mirrored and the repeated frame go on as the image ended; only where a stroke meets the border at an
# angle do they invent something, a bend or a straight line.
# ### END ANSWER
#
# **Read on.** [Dumoulin and Visin](https://arxiv.org/abs/1603.07285), a guide to convolution arithmetic with pictures of stride and
# padding; [CS231n, *Convolutional networks*](https://cs231n.github.io/convolutional-networks/).

# %% [markdown]
# ## 2. Read what a kernel does from its numbers
#
# You can tell what a kernel does without running it.
#
# - **Its sum** is what it does to a uniform area: 1 keeps the brightness, 0 turns every uniform area black.
# - **Where its weights are** is what it compares. Weights of one sign average; weights of opposite signs subtract, and
#   so they respond where the image changes from one side of the kernel to the other.
# - **A direction in which its weights cancel** is a direction in which it sees nothing.
#
# The worked example: a kernel with a single 1 at the left of its centre takes each pixel from its left neighbour, so the
# image moves one pixel to the right.

# %%
shift = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
dot = torch.zeros(1, 1, 3, 5)
dot[0, 0, 1, 1] = 1.0
print("before", dot[0, 0, 1].tolist())
print("after ", F.conv2d(dot, shift[None, None], padding=1)[0, 0, 1].tolist())

# %% [markdown]
# ### Task `kernels` (4 points)
#
# *easy · important · 30 minutes*
#
# Write `make_kernel(name)`, which returns a 3x3 tensor for each of five names. What counts is the effect:
#
# - `"identity"` does not change the image.
# - `"box_blur"` replaces each pixel by the mean of the nine around it.
# - `"sharpen"` makes a pixel differ more from its neighbours, and does not change a uniform area: it sums to 1, and its only
#   positive entry is in the centre.
# - `"horizontal_edges"` responds where dark is above bright or bright above dark, so it finds edges that run from left
#   to right. It gives 0 on uniform areas and on edges that run from top to bottom. Sign and scale are up to you.
# - `"vertical_edges"` is its counterpart for edges that run from top to bottom.
#
# <details><summary>Hint: an edge</summary>
#
# Which two rows, or which two columns, would you subtract from each other to notice that one is darker?
# </details>


# %% nbgrader={"grade": false, "grade_id": "kernels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_kernel(name: str) -> torch.Tensor:
    """The 3x3 kernel called `name`: "identity", "box_blur", "sharpen", "horizontal_edges" or "vertical_edges".

    Example: `make_kernel("box_blur").sum()` is 1, up to rounding.
    """
    ### BEGIN SOLUTION
    sobel = torch.tensor([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]])
    kernels = {
        "identity": torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]),
        "box_blur": torch.full((3, 3), 1 / 9),
        "sharpen": torch.tensor([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
        "horizontal_edges": sobel,
        "vertical_edges": sobel.T.clone(),
    }
    if name not in kernels:
        raise ValueError(f"name is {name!r}: it must be one of {', '.join(kernels)}")
    return kernels[name]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "kernels-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("kernels"):
    kernel_names = ("identity", "box_blur", "sharpen", "horizontal_edges", "vertical_edges")
    for name in kernel_names:
        checks.is_type(make_kernel(name), torch.Tensor, name=f'make_kernel("{name}")')
        checks.that(
            make_kernel(name).is_floating_point(),
            f'make_kernel("{name}") holds {make_kernel(name).dtype}; expected a tensor of floats.',
            ask="What is the dtype of torch.tensor([1, 0]), and of torch.tensor([1.0, 0.0])?",
        )
        checks.shape(make_kernel(name), (3, 3), name=f'make_kernel("{name}")')
        checks.finite(make_kernel(name), name=f'make_kernel("{name}")')
    for name in kernel_names[:3]:
        checks.close(
            make_kernel(name).sum(),
            1.0,
            atol=1e-4,
            name=f'the sum of make_kernel("{name}")',
            ask="What should happen to a uniform grey area?",
        )
    for name in kernel_names[3:]:
        checks.close(
            make_kernel(name).sum(),
            0.0,
            atol=1e-4,
            name=f'the sum of make_kernel("{name}")',
            ask="Is there an edge in a uniform area?",
        )
    flat, dot = torch.full((5, 5), 0.5), torch.zeros(5, 5)
    dot[2, 2] = 1.0
    stacked = torch.zeros(6, 6)
    stacked[3:] = 1.0  # dark above, bright below: an edge that runs from left to right

    def answer(name: str, picture: torch.Tensor) -> torch.Tensor:
        return F.conv2d(picture[None, None], make_kernel(name)[None, None].float())[0, 0]

    checks.close(
        answer("identity", dot),
        dot[1:4, 1:4],
        atol=1e-5,
        name='a dot after make_kernel("identity")',
        ask="Which weight takes a pixel from its own place?",
    )
    checks.close(
        answer("box_blur", dot),
        torch.full((3, 3), 1 / 9),
        atol=1e-4,
        name='a dot after make_kernel("box_blur")',
        ask="How many pixels does a mean of nine share a single bright one among?",
    )
    checks.that(
        bool((answer("sharpen", dot)[1, 1] > 0) and (make_kernel("sharpen") > 0).sum() == 1),
        f'The positive entries of make_kernel("sharpen") are {int((make_kernel("sharpen") > 0).sum())}, '
        f"and a dot becomes {answer('sharpen', dot)[1, 1].item():.3g}.",
        ask="Which entry makes a pixel differ more from its neighbours, and which sign do the neighbours have?",
    )
    for name, along, across in (
        ("horizontal_edges", stacked.T, stacked),
        ("vertical_edges", stacked, stacked.T),
    ):
        checks.that(
            bool(answer(name, across).abs().max() > 1e-3),
            f'make_kernel("{name}") gives 0 on the edge that it is named after.',
            ask="Horizontal edges run from left to right: what is above them, and what below?",
        )
        checks.close(
            answer(name, along),
            torch.zeros(4, 4),
            atol=1e-4,
            name=f'make_kernel("{name}") on an edge of the other direction',
            ask="In which direction do its weights cancel?",
        )

# %% nbgrader={"grade": false, "grade_id": "show-kernels", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your kernels, and what each does to a digit
plots.kernels(image[0], {name: make_kernel(name) for name in kernel_names})

# %% [markdown]
# **Think about it.** `"horizontal_edges"` responds to a step from dark to bright with one sign and a step from bright to dark
# with the other. What does the relu that follows a convolution do to one of them, and how could a network keep both?
#
# ### BEGIN ANSWER
# The relu sets one of the two to 0, so this channel sees upper edges or lower edges, not both. A second kernel with all signs
# reversed keeps the other; the next layer can add the two. Learned first layers often have such pairs.
# ### END ANSWER

# %% [markdown]
# ## 3. How large the result is
#
# Count the places where a kernel of $k$ pixels fits into a row of $n$. The padded row has $n + 2p$ pixels, so the
# kernel can be moved by at most $n + 2p - k$. In steps of $s$, the number of moves is that distance over $s$, rounded
# **down** (a last move beyond the edge is not made), and the first place counts without a move:
#
# $$n_{\text{out}} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1.$$
#
# The worked example counts instead of computing.

# %%
padded_row, width, stride = 7 + 2 * 1, 4, 2
print("the kernel starts at", list(range(0, padded_row - width + 1, stride)), "so the result has 3 pixels")

# %% [markdown]
# ### Task `output-size` (2 points)
#
# *easy · 10 minutes*
#
# Write the formula as a function. The same formula holds for max pooling, where $s$ is usually as large as $k$.


# %% nbgrader={"grade": false, "grade_id": "output-size", "locked": false, "schema_version": 3, "solution": true, "task": false}
def output_size(n: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """Pixels along one side after a convolution of a side of `n` pixels.

    Example: output_size(28, 5) is 24, and output_size(24, 2, stride=2) is 12.
    """
    ### BEGIN SOLUTION
    return (n + 2 * padding - kernel_size) // stride + 1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "output-size-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with checks.task("output-size"):
    checks.is_number(output_size(28, 5), name="output_size(28, 5)")
    checks.close(output_size(28, 5), 24, atol=0, name="output_size(28, 5)", ask="Does the first place count?")
    checks.close(
        output_size(5, 3, padding=1),
        5,
        atol=0,
        name="output_size(5, 3, padding=1)",
        ask="On how many sides is the frame?",
    )
    checks.close(
        output_size(7, 4, stride=2, padding=1),
        3,
        atol=0,
        name="output_size(7, 4, stride=2, padding=1)",
        ask="A move beyond the edge is not made: in which direction do you round?",
    )
    checks.close(
        output_size(6, 3, stride=2),
        2,
        atol=0,
        name="output_size(6, 3, stride=2)",
        ask="The kernel starts at 0 and at 2. Would a start at 4 still fit?",
    )
    checks.close(
        output_size(7, 3, stride=2),
        3,
        atol=0,
        name="output_size(7, 3, stride=2)",
        ask="The kernel starts at 0, 2 and 4. Is the first place counted before or after the division?",
    )

# %% [markdown]
# **Think about it.** Which `padding` keeps the size for a 3x3 kernel and stride 1? For a 5x5 kernel? For a 2x2 kernel?
#
# ### BEGIN ANSWER
# 1 for 3x3 ({{28 == output_size(28, 3, padding=1)}} stays 28), 2 for 5x5, in general $(k - 1)/2$. For a 2x2 kernel there is none:
# 28 becomes {{27 == output_size(28, 2)}} without and {{29 == output_size(28, 2, padding=1)}} with padding 1. You would have to pad on
# one side only. This is one reason why kernels usually have odd sizes.
# ### END ANSWER

# %% [markdown]
# ## 4. Trace an image on its way through a network
#
# Most errors in a first convolutional network are shape errors. Instead of guessing, let the network tell you: PyTorch
# calls a **forward hook** each time a module has run, with the module, its inputs and its output.
#
# The worked example watches one module. Notice the handle: a hook stays until it is removed.

# %%
watched = nn.Sequential(nn.Flatten(), nn.Linear(784, 3))
handle = watched[1].register_forward_hook(
    lambda module, inputs, output: print(
        type(module).__name__, tuple(inputs[0].shape), "->", tuple(output.shape)
    )
)
watched(torch.zeros(2, 1, 28, 28))
handle.remove()
watched(torch.zeros(2, 1, 28, 28))  # nothing is printed any more
print("its modules by name:", [name for name, _ in watched.named_modules()])

# %% [markdown]
# ### Task `trace` (4 points)
#
# *hard · important · 45 minutes*
#
# Write `trace_shapes(network, input_shape)` for any network whose modules return one tensor each.
#
# - It runs the network once on an input of `input_shape`, which is the whole shape with the batch, say `(1, 1, 28, 28)`.
# - It lists each **leaf module** (one that has no modules inside) in the order in which it *runs*, which need not be the
#   order in which it was defined. A module that runs twice gets two entries, one that never runs gets none.
# - An entry is `(name, shape)`: the name under which `named_modules()` knows the module and the shape of its output as a tuple.
# - It leaves no trace: the network runs in eval mode, and afterwards each module is in the mode it was in, buffers
#   (such as the running means of a batch normalisation) have their old values, and your hooks are gone, but no others.
#
# <details><summary>Hint: every hook knows its name</summary>
#
# A function that is made inside a loop looks up the loop's variable when it *runs*. How do you give each hook its own name?
# </details>
# <details><summary>Hint: leave no trace</summary>
#
# What if the network raises an error half-way? Which Python statement runs its block in any case?
# </details>


# %% nbgrader={"grade": false, "grade_id": "trace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def trace_shapes(network: nn.Module, input_shape: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Run `network` once on an input of `input_shape` and list `(name, output shape)` of each leaf module as it runs.

    Example: for `nn.Sequential(nn.Flatten(), nn.Linear(784, 3))` and `(2, 1, 28, 28)` the result is
    `[("0", (2, 784)), ("1", (2, 3))]`.
    """
    ### BEGIN SOLUTION
    entries = []

    def note_as(name):
        def note(module, inputs, output):
            entries.append((name, tuple(output.shape)))

        return note

    leaves = [(name, module) for name, module in network.named_modules() if not list(module.children())]
    handles = [module.register_forward_hook(note_as(name)) for name, module in leaves]
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        with torch.no_grad():
            network(torch.zeros(input_shape))
    finally:
        for added in handles:
            added.remove()
        for module, was_training in modes:
            module.training = was_training
    return entries
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "trace-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("trace"):
    shared = nn.ReLU()
    example = nn.Sequential(nn.Conv2d(1, 2, 3), shared, nn.Sequential(nn.MaxPool2d(2), nn.Flatten()), shared)
    example.train()
    entries = trace_shapes(example, (2, 1, 8, 8))
    checks.is_type(entries, (list, tuple), name="trace_shapes(example, (2, 1, 8, 8))")
    checks.length(
        entries,
        5,
        name="trace_shapes(example, (2, 1, 8, 8))",
        ask="Are the leaves inside the inner Sequential there, but not the Sequential itself? "
        "And is the relu there each time it runs?",
    )
    names = [entry[0] for entry in entries]
    checks.that(
        names == ["0", "1", "2.0", "2.1", "1"],
        f"The names are {names}; expected those of named_modules(), in the order in which the modules run.",
        ask="Does your hook know the name of its module?",
    )
    checks.that(
        tuple(entries[0][1]) == (2, 2, 6, 6),
        f"The first shape is {tuple(entries[0][1])}; expected four numbers, the batch first.",
        ask="Do you record the shape of the output?",
    )
    checks.that(
        all(module.training for module in example.modules()),
        "After the trace, modules that were in train mode no longer are.",
        ask="What sets the mode back?",
    )
    checks.that(
        not any(module._forward_hooks for module in example.modules()),
        "Hooks are left on the network after the trace.",
        ask="What did `register_forward_hook` return?",
    )
    runs, heard = [], []

    class Watched(nn.Conv2d):
        """A convolution that notes each run, and in which mode it is."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            runs.append(self.training)
            return super().forward(x)

    mixed = nn.Sequential(Watched(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5))
    mixed[2].eval()
    mixed[0].register_forward_hook(lambda module, inputs, output: heard.append(module))
    trace_shapes(mixed, (2, 1, 8, 8))
    checks.that(len(runs) == 1, f"The network ran {len(runs)} times.", ask="How often do you call it?")
    checks.that(
        not runs[0] and mixed[1].num_batches_tracked == 0,
        "The network ran in train mode, and its batch normalisation has counted the batch.",
        ask="Which mode leaves the running means alone?",
    )
    checks.that(
        [module.training for module in mixed] == [True, True, False],
        f"The modes of three modules were True, True, False before and are {[m.training for m in mixed]} now.",
        ask="Does each module get back its own mode, or the mode of the whole network?",
    )
    heard.clear()
    mixed(torch.zeros(2, 1, 8, 8))
    checks.that(
        len(heard) == 1, "A hook that was there before the trace is gone.", ask="Which hooks do you remove?"
    )

# %% [markdown]
# ## 5. The network
#
# A convolutional layer is many kernels at once: `nn.Conv2d(6, 12, 5)` holds 12 kernels, and each of them has a 5x5 slice for
# each of the 6 channels that come in. All are learned. The layer uses the same weights at every place of the image, so a
# stroke is found wherever it is, with 12 · 6 · 25 + 12 = {{1,812 == 12 * 6 * 25 + 12}} numbers instead of the millions that a full connection
# would need.
#
# **Max pooling** keeps the largest of each 2x2 block: half the size, and a stroke may move by a pixel without changing much.
#
# The worked example is a smaller network for images of 8 by 8 pixels. Notice `flatten(1)`: everything but the batch becomes
# one row an image. (`reshape(-1, 18)` would do the same here, and on an image of the wrong size it would cut the
# numbers into the wrong number of rows instead of telling you.)


# %%
class SmallNetwork(nn.Module):
    """Images (n, 1, 8, 8) to two logits (n, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, kernel_size=3)  # (n, 1, 8, 8) -> (n, 2, 6, 6)
        self.fc = nn.Linear(2 * 3 * 3, 2)  # after pooling: (n, 2, 3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(torch.relu(self.conv(x)), kernel_size=2)
        return self.fc(x.flatten(1))


print("logits", tuple(SmallNetwork()(torch.zeros(5, 1, 8, 8)).shape))

# %% [markdown]
# ### Task `network` (5 points)
#
# *medium · important · 35 minutes*
#
# Write `Network(n_classes=10)`, images `(n, 1, 28, 28)` to logits `(n, n_classes)`:
#
# 1. `conv1`: 1 channel to 6, kernels 5x5, no padding; relu; 2x2 max pooling;
# 2. `conv2`: 6 channels to 12, kernels 5x5; relu; 2x2 max pooling;
# 3. flatten; `fc1` to 120; relu; `fc2` to 60; relu; `fc3` to `n_classes`.
#
# The five layers have these names; relu and pooling may be modules or functions. The last layer gives **logits**: any real
# numbers, larger for a more likely class. The softmax is part of the cross-entropy, as you know from its formula: do not add
# one. You can compute how many inputs `fc1` has with `output_size`, or read it off with `trace_shapes`.
#
# <details><summary>Hint: the size of `fc1`</summary>
#
# Follow 28 through five lines of `output_size`. Then count the channels, too.
# </details>


# %% nbgrader={"grade": false, "grade_id": "network", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Network(nn.Module):
    """Two convolutions and three linear layers: images (n, 1, 28, 28) to logits (n, n_classes).

    Example: `Network()(torch.zeros(3, 1, 28, 28)).shape` is (3, 10).
    """

    def __init__(self, n_classes: int = 10) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 12, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(12 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, 60)
        self.fc3 = nn.Linear(60, n_classes)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images (n, 1, 28, 28) to logits (n, n_classes)."""
        ### BEGIN SOLUTION
        x = self.pool(torch.relu(self.conv1(x)))  # (n, 6, 12, 12)
        x = self.pool(torch.relu(self.conv2(x)))  # (n, 12, 4, 4)
        x = x.flatten(1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "network-tests", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with checks.task("network"):
    network = Network()
    checks.is_module(network, name="Network()")
    checks.shape(
        network(torch.rand(3, 1, 28, 28)),
        (3, 10),
        name="Network()(three images)",
        ask="What is left of the batch when you flatten?",
    )
    checks.shape(
        Network(n_classes=4)(torch.rand(1, 1, 28, 28)),
        (1, 4),
        name="Network(n_classes=4)(one image)",
        ask="Which layer decides how many classes there are?",
    )
    checks.that(
        sum(p.numel() for p in network.parameters()) == 32_998,
        f"The network has {sum(p.numel() for p in network.parameters()):,} parameters; expected 32,998.",
        ask="Compare layer by layer: a Conv2d has out x in x 5 x 5 weights and one bias for each output channel.",
    )
    for name in ("conv1", "conv2", "fc1", "fc2", "fc3"):
        checks.that(
            hasattr(network, name),
            f"The network has no layer called {name}.",
            ask="Is it an attribute of self?",
        )
    checks.that(
        bool((network(torch.rand(20, 1, 28, 28)) < 0).any()),
        "No output is negative; logits may have either sign.",
        ask="Is there a relu or a softmax after the last layer?",
    )

    # All parameters are 0 but a bias of -1 in one layer, and weights of 1 after it: a relu stops the -1 where it is.
    for name, following in (("conv1", "conv2"), ("conv2", "fc1"), ("fc1", "fc2"), ("fc2", "fc3")):
        blank = Network()
        blank(torch.zeros(1, 1, 28, 28))  # some layers have no parameters before their first input
        with torch.no_grad():
            for parameter in blank.parameters():
                parameter.zero_()
            getattr(blank, name).bias.fill_(-1.0)
            for later in ("conv2", "fc1", "fc2", "fc3")[("conv2", "fc1", "fc2", "fc3").index(following) :]:
                getattr(blank, later).weight.fill_(-1.0 if later == following else 1.0)
            blank.fc3.bias.copy_(torch.arange(10.0))
            logits = blank(torch.zeros(1, 1, 28, 28))[0]
        checks.close(
            logits,
            torch.arange(10.0),
            atol=1e-4,
            name=f"the logits of a network in which only a relu after {name} has something to stop",
            ask=f"Is there a relu between {name} and {following}, and nothing after fc3?",
        )
    picking = Network()
    picking(torch.zeros(1, 1, 28, 28))
    with torch.no_grad():
        for name, parameter in picking.named_parameters():
            parameter.zero_()
            if name in ("conv1.weight", "conv2.weight"):
                parameter[0, 0, 0, 0] = 1.0  # each convolution copies its first channel
            elif name.endswith("weight"):
                parameter[0] = 1.0  # each linear layer adds up what comes in
        bright = torch.zeros(1, 1, 28, 28)
        bright[0, 0, 8, 8] = 1.0
        kept = picking(bright)[0, 0]
    checks.close(
        kept,
        1.0,
        atol=1e-5,
        name="what is left of a single bright pixel of 1 after both poolings",
        ask="Does the pooling keep the largest of each 2x2 block, or their mean?",
    )
    learned = Network()
    slopes = torch.autograd.grad(
        learned(torch.rand(4, 1, 28, 28)).square().sum(), learned.parameters(), allow_unused=True
    )
    for (name, _), slope in zip(learned.named_parameters(), slopes, strict=True):
        checks.that(
            slope is not None,
            f"No gradient reaches {name}: it would never learn.",
            ask="What cuts the graph in `forward`?",
        )
    others = {id(parameter) for parameter in network.parameters()}
    checks.that(
        not any(id(parameter) in others for parameter in learned.parameters()),
        "Two networks share parameters: training one changes the other.",
        ask="Where are the layers made: in `__init__`, for each network?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-network", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your trace of your network
plots.shapes(trace_shapes(Network(), (1, 1, 28, 28)), (1, 1, 28, 28))

# %% [markdown]
# **Think about it.** Which layer has most of the outputs, and which has most of the 32,998 weights? Why are they not
# the same?
#
# ### BEGIN ANSWER
# `conv1` has most of the outputs, {{3,456 == 6 * 24 * 24}}, computed with {{156 == 6 * 25 + 6}} numbers, since all places share
# them. `fc1` has most of the weights, {{23,160 == 192 * 120 + 120}}, for 120 outputs, since it has its own weight for each input.
# ### END ANSWER
#
# For comparison, a network without convolutions that somebody wrote for larger pictures. What are its two mistakes, if it
# is trained with the cross-entropy, and given images that are not of the size it was made for?


# %% nbgrader={"grade": false, "grade_id": "show-simple-net", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) fully connected layers on 2,048 pixels
class SimpleNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(2048, 256), nn.Linear(256, 64), nn.Linear(64, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.view(-1, 2048)
        x = torch.relu(self.fc2(torch.relu(self.fc1(x))))
        return torch.softmax(self.fc3(x), dim=1)


simple_net = SimpleNet()
print(f"{sum(p.numel() for p in simple_net.parameters()):,} parameters")
print("3 images of 2,048 pixels:", tuple(simple_net(torch.rand(3, 2048)).shape))
print("3 images of 4,096 pixels:", tuple(simple_net(torch.rand(3, 4096)).shape))

# %% [markdown]
# **Think about it.** Where do its {{541,122 == sum(p.numel() for p in simple_net.parameters())}} parameters come from?
#
# ### BEGIN ANSWER
# {{524,544 == 2048 * 256 + 256}} of them are in the first layer: one for each pixel and unit. The mistakes: the softmax is already part
# of the cross-entropy, and two of them flatten the loss; and `view(-1, 2048)` cuts 3 images of 4,096 pixels into 6 rows without
# an error. `flatten(1)` would have raised one.
# ### END ANSWER
#
# **Read on.** [LeCun and others 1998](https://doi.org/10.1109/5.726791): this network is a small relative of theirs;
# [Deep Learning, chapter 9](https://www.deeplearningbook.org/contents/convnets.html).

# %% [markdown]
# ## 6. One complete pass over the data
#
# An **epoch** is one pass over every example. Its figures are means over *examples*, not over batches. The last batch is
# usually smaller than the others, and a mean of batch means gives its few examples too much weight. With losses of 1 in a
# batch of four and of 5 in a last batch of one, the mean of the means is 3; the mean loss is 9/5 = 1.8.
#
# The worked example computes the mean brightness of a set of images, batch by batch, and is correct for any batch size.


# %%
def mean_brightness(loader: DataLoader) -> float:
    """The mean brightness of the images of `loader`, each image counted once."""
    total, count = 0.0, 0
    for batch, _ in loader:
        total += batch.mean().item() * len(batch)
        count += len(batch)
    return total / count


for batch_size in (32, 100, 1437):
    print(f"batches of {batch_size:4d}: {mean_brightness(DataLoader(train_set, batch_size=batch_size)):.6f}")

# %% [markdown]
# ### Task `train-epoch` (5 points)
#
# *medium · the heart of this notebook · 45 minutes*
#
# Write `train_epoch(network, loader, optimizer, device)`, which trains `network` on every batch of `loader`, once, and
# returns `(mean loss, accuracy)` as two floats, the accuracy as a share from 0 to 1.
#
# - The network is in train mode. Its outputs are logits, the loss is the cross-entropy.
# - Each batch is moved to `device`. The network is there already.
# - A batch's loss and number of correct answers are those **before** its update; the figures are means over all examples.
# - Gradients left over from before the epoch have no effect. Clearing them before each `backward` does that. Clearing after each
#   step is just as good, if you also clear once before the first batch.
# - It works with any network, loader and optimizer that it is given, and creates none itself.
#
# Two mistakes look harmless and are not: a `return` that is indented one step too far ends the epoch after one batch, and
# `next(iter(loader))` inside a loop restarts the loader each time, so that some examples are never seen.
#
# <details><summary>Hint: three sums</summary>
#
# For figures over all examples you need to carry three numbers from batch to batch. Which, and what do you divide at the end?
# </details>


# %% nbgrader={"grade": false, "grade_id": "train-epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_epoch(
    network: nn.Module,
    loader: DataLoader,
    optimizer: torch.optim.Optimizer,
    device: torch.device | str,
) -> tuple[float, float]:
    """Train `network` on each batch `(images, labels)` of `loader` once; return (mean loss, accuracy in 0..1).

    Example: with ten classes and an untrained network the first epoch begins near a loss of 2.3 and an accuracy of 0.1.
    """
    ### BEGIN SOLUTION
    network.train()
    total_loss, n_right, n_seen = 0.0, 0, 0
    for batch, labels in loader:
        batch, labels = batch.to(device), labels.to(device)
        optimizer.zero_grad()
        logits = network(batch)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * len(labels)
        n_right += (logits.argmax(dim=1) == labels).sum().item()
        n_seen += len(labels)
    return total_loss / n_seen, n_right / n_seen
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "train-epoch-tests", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with checks.task("train-epoch"):
    torch.manual_seed(1)
    few = TensorDataset(torch.randn(10, 4), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 2, 2]))
    linear = nn.Linear(4, 3)
    linear.eval()
    modes = []

    def note_mode(module: nn.Module, inputs: object, output: torch.Tensor) -> None:
        if output.requires_grad:
            modes.append(module.training)

    noting = linear.register_forward_hook(note_mode)
    frozen = torch.optim.SGD(linear.parameters(), lr=0.0)  # nothing is learned, so the figures can be known
    result = train_epoch(linear, DataLoader(few, batch_size=4), frozen, "cpu")
    checks.is_type(result, tuple, name="train_epoch(...)")
    checks.length(result, 2, name="train_epoch(...)")
    checks.is_number(result[0], name="mean loss")
    checks.is_number(result[1], name="accuracy")
    with torch.no_grad():
        logits = linear(few.tensors[0])
        right = (logits.argmax(dim=1) == few.tensors[1]).float().mean()
    checks.close(
        result[1],
        right,
        atol=1e-6,
        name="accuracy",
        ask="Ten examples in batches of 4, 4 and 2: by what do you divide, and is it a share or a percentage?",
    )
    checks.close(
        result[0],
        F.cross_entropy(logits, few.tensors[1]),
        atol=1e-5,
        name="mean loss",
        ask="Is every batch seen once, the small one weighted by its size, and nothing between logits and loss?",
    )
    noting.remove()
    checks.that(all(modes), "The network was not put into train mode.", ask="Which call does that?")
    before = linear.weight.detach().clone()
    train_epoch(linear, DataLoader(few, batch_size=4), torch.optim.SGD(linear.parameters(), lr=0.1), "cpu")
    checks.that(
        not torch.equal(before, linear.weight),
        "Nothing was learned: the weights have not changed.",
        ask="Which call changes the parameters?",
    )
    steps = []
    counted = torch.optim.SGD(linear.parameters(), lr=0.1)
    counted.register_step_post_hook(lambda *_: steps.append(1))
    train_epoch(linear, DataLoader(few, batch_size=4), counted, "cpu")
    checks.that(
        len(steps) == 3,
        f"Three batches made {len(steps)} updates.",
        ask="Is the step inside the loop, once for each batch?",
    )
    before = linear.weight.detach().clone()
    slope = torch.autograd.grad(F.cross_entropy(linear(few.tensors[0]), few.tensors[1]), linear.weight)[0]
    for parameter in linear.parameters():
        parameter.grad = torch.full_like(parameter, 5.0)  # left over from before
    train_epoch(linear, DataLoader(few, batch_size=10), torch.optim.SGD(linear.parameters(), lr=0.1), "cpu")
    checks.close(
        linear.weight,
        before - 0.1 * slope,
        atol=1e-5,
        name="the weights after one batch, with gradients left over from before the epoch",
        ask="When are gradients cleared for the first time, and is the loss that is differentiated a mean?",
    )

# %% [markdown]
# ## 7. The same figures, changing nothing
#
# To judge a network you need its figures on data that it has not learned from, and afterwards the network must be as it
# was before. Three things can go wrong without anyone noticing:
#
# - in **train mode**, dropout drops and batch normalisation uses (and changes) statistics of the batch;
# - a **graph** is built for a gradient that nobody needs, which takes memory;
# - a mode is switched and never switched **back**. Nobody notices, because `train_epoch` switches to train mode itself. But
#   whoever evaluates in the middle of an epoch goes on training without dropout, and whoever is lent a network in eval mode
#   and gives it back in train mode has changed its answers.
#
# The worked example does all three by hand for one batch. `dropping.training` is True in train mode, and `train(mode)` sets
# the mode to what it is given: `train(False)` is the same as `eval()`.

# %%
dropping = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(784, 10))
two = torch.stack([train_set[0][0], train_set[1][0]])
print("train mode, twice the same output:", torch.equal(dropping(two), dropping(two)))
mode_before = dropping.training
dropping.eval()
with torch.no_grad():
    print("eval mode, twice the same output: ", torch.equal(dropping(two), dropping(two)))
dropping.train(mode_before)
print("as it was before, in train mode:  ", dropping.training)

# %% [markdown]
# ### Task `evaluate` (4 points)
#
# *easy · important · 25 minutes*
#
# Write `evaluate(network, loader, device)`, which returns the same two figures as `train_epoch`, over every example of
# `loader`, with the network in eval mode and without a graph. Parameters, their gradients, the network's mode (train or
# eval, whichever it was) and the global gradient mode are unchanged afterwards: a network that came in train mode leaves in
# train mode, and one that came in eval mode leaves in eval mode.
#
# <details><summary>Hint: as you found it</summary>
#
# `network.training` says which mode it is in. After `network.eval()` it is too late to ask: when do you have to look, and
# what do you do with the answer at the end?
# </details>


# %% nbgrader={"grade": false, "grade_id": "evaluate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(network: nn.Module, loader: DataLoader, device: torch.device | str) -> tuple[float, float]:
    """The (mean loss, accuracy in 0..1) of `network` over every example of `loader`; nothing is changed.

    Example: a network that always says 0 has an accuracy of about 0.1 on the digits.
    """
    ### BEGIN SOLUTION
    was_training = network.training
    network.eval()
    total_loss, n_right, n_seen = 0.0, 0, 0
    with torch.no_grad():
        for batch, labels in loader:
            batch, labels = batch.to(device), labels.to(device)
            logits = network(batch)
            total_loss += F.cross_entropy(logits, labels, reduction="sum").item()
            n_right += (logits.argmax(dim=1) == labels).sum().item()
            n_seen += len(labels)
    network.train(was_training)
    return total_loss / n_seen, n_right / n_seen
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "evaluate-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("evaluate"):
    torch.manual_seed(2)
    few = TensorDataset(torch.randn(10, 4), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 2, 2]))
    graphs = []

    class Watched(nn.Linear):
        """A linear layer that notes whether a graph is being built."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            graphs.append(torch.is_grad_enabled())
            return super().forward(x)

    judged = nn.Sequential(nn.Dropout(0.5), Watched(4, 3))
    judged.train()
    result = evaluate(judged, DataLoader(few, batch_size=4), "cpu")
    checks.is_type(result, tuple, name="evaluate(...)")
    checks.length(result, 2, name="evaluate(...)")
    with torch.no_grad():
        logits = judged[1](few.tensors[0])
    checks.close(
        result[0],
        F.cross_entropy(logits, few.tensors[1]),
        atol=1e-5,
        name="mean loss",
        ask="Is dropout switched off during the evaluation, and is every batch weighted by its size?",
    )
    checks.close(
        result[1],
        (logits.argmax(dim=1) == few.tensors[1]).float().mean(),
        atol=1e-6,
        name="accuracy",
        ask="Which class has the largest logit, for each example, and by what do you divide?",
    )
    checks.that(
        judged.training and judged[0].training,
        "The network was in train mode before and is in eval mode now.",
        ask="Which mode was it in when you got it, and what sets it back?",
    )
    judged.eval()
    evaluate(judged, DataLoader(few, batch_size=4), "cpu")
    checks.that(
        not judged.training,
        "The network was in eval mode before and is in train mode now.",
        ask="Do you set back the mode that it had, or always the same one?",
    )
    checks.that(
        not any(graphs),
        "A graph was built while the network ran.",
        ask="Is the call of the network inside the block without gradients, or only what follows it?",
    )
    checks.that(
        all(parameter.grad is None for parameter in judged.parameters()),
        "The parameters have gradients after the evaluation.",
        ask="Which call computes gradients, and who needs them here?",
    )
    checks.that(
        torch.is_grad_enabled(), "Gradients are now switched off everywhere.", ask="Is it a `with` block?"
    )

# %% [markdown]
# ## 8. A network that reads digits
#
# You have everything: a network, a training loop, an evaluation. What is left is a choice of optimizer, learning rate and batch size.
# Ten epochs of {{1,437 == len(train_set)}} images are few: with batches of 100 that is {{150 == 10 * -(-len(train_set) // 100)}} updates in all, and plain gradient descent with a
# small rate does not get far in 150 updates. You have two ways to get more out of an epoch: smaller batches, and an
# optimizer that adapts its steps.
#
# A training run is random in two places, the weights at the start and the order of the images. For someone else to get
# your network, both must come from one **seed**. The worked example gives a loader its own random generator.

# %%
for attempt in (1, 2):
    generator = torch.Generator().manual_seed(3)
    shuffled = DataLoader(torch.arange(8), batch_size=8, shuffle=True, generator=generator)
    print(f"attempt {attempt}:", next(iter(shuffled)).tolist())

# %% [markdown]
# ### Task `accuracy` (6 points)
#
# *medium · important · 45 minutes*
#
# Write `train_network(train_set, n_epochs, device, seed)`, which builds a `Network`, trains it on `train_set` for `n_epochs`
# and returns it, on `device`.
#
# - `train_set` is a `Dataset` as above, with ten classes; it may be the digits, or Fashion-MNIST.
# - The same seed gives the same network; another seed gives another network.
# - After 10 epochs on four fifths of the digits, the network is right on at least 85 % of the others. The better of two seeds
#   counts. Good choices reach 93 to 98 %, so you have room.
# - Which digit has which label is drawn again when this is graded, so what a 7 looks like has to be learned from `train_set`.
# - On a GPU, 2 of the 6 points: at least 85 % on Fashion-MNIST after 10 epochs, and batches that are moved to the device.
#
# <details><summary>Hint: not enough updates</summary>
#
# 1,437 images in batches of 100, ten epochs: how many steps are these? And with batches of 25?
# </details>
# <details><summary>Hint: which of the two places is still random</summary>
#
# Weights are drawn when the network is built, the order when the loader begins an epoch. Which generator does each of them use?
# </details>


# %% nbgrader={"grade": false, "grade_id": "accuracy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_network(train_set: Dataset, n_epochs: int, device: torch.device | str, seed: int) -> Network:
    """Build a `Network` and train it on `train_set`, items `(image (1, 28, 28), label)`, for `n_epochs`; return it.

    Example: `train_network(train_set, 10, "cpu", seed=1)` is right on more than 85 % of the held-out digits.
    """
    ### BEGIN SOLUTION
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(seed))
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(n_epochs):
        train_epoch(network, loader, optimizer, device)
    return network
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "accuracy-tests", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with checks.task("accuracy"):
    small_set = TensorDataset(*train_set[:200])
    one, same, other = (train_network(small_set, 1, "cpu", seed=seed) for seed in (5, 5, 6))
    checks.is_type(one, Network, name="train_network(...)")
    checks.close(
        same.fc3.weight,
        one.fc3.weight,
        atol=1e-6,
        name="fc3.weight, trained twice with the same seed",
        ask="Which of the two random places does not depend on `seed`?",
    )
    checks.that(
        not torch.equal(one.fc3.weight, other.fc3.weight),
        "Another seed gives the same network.",
        ask="Where is `seed` used?",
    )
    network = train_network(train_set, 10, device, seed=SEED)
    loss, share = evaluate(network, DataLoader(test_set, batch_size=100), device)
    checks.that(
        share >= 0.85,
        f"The network is right on {share:.1%} of the held-out digits; expected at least 85 %.",
        ask="How many updates does your run make, how large is each, and whose parameters do they move?",
    )
    print(f"right on {share:.1%} of the held-out digits, mean loss {loss:.3f}")

# %% [markdown]
# ### How it learns
#
# The supplied cell trains again, with your functions, and looks at both sets after each epoch. To watch a network learn step
# by step, filters, maps and all, open [ConvNetJS on MNIST](https://cs.stanford.edu/people/karpathy/convnetjs/demo/mnist.html) in
# your browser: after how many images do the first kernels look like something?
#
# **Predict.** Will the network be better on the training digits or on the held-out ones, in the first epoch and in the tenth?
#
# *Your prediction:*

# %% nbgrader={"grade": false, "grade_id": "show-training", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) ten epochs with your functions
torch.manual_seed(SEED)
history = {"training": [], "held out": []}
watched_network = Network().to(device)
watched_optimizer = torch.optim.Adam(watched_network.parameters(), lr=2e-3)
for _ in range(10):
    passed = train_epoch(
        watched_network, DataLoader(train_set, batch_size=50, shuffle=True), watched_optimizer, device
    )
    history["training"].append(passed)
    history["held out"].append(evaluate(watched_network, DataLoader(test_set, batch_size=500), device))
plots.curves(history)

# %% [markdown]
# **Think about it.** In the first epochs the network does better on the held-out digits than on those that it learns from. How
# can that be, if `train_epoch` takes its figures before each update?
#
# ### BEGIN ANSWER
# The training figures of an epoch are a mean over networks from its beginning to its end, and in the first epoch most of these
# had hardly learned anything: {{31 % == history["training"][0][1]}} against {{59 % == history["held out"][0][1]}} for the network at
# the end. Evaluate both sets after the epoch, and the training digits are ahead.
# ### END ANSWER
#
# ### Keep what was learned
#
# A trained network is its numbers. `state_dict()` lists them by name; save those, not the whole object: a file with a whole
# object can run code when it is opened, so `torch.load` refuses it unless told otherwise.

# %% nbgrader={"grade": false, "grade_id": "show-saving", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) saved, and loaded into a new network
import io  # a file in memory; for one on disk, write a file name in its place

saved, whole = io.BytesIO(), io.BytesIO()
torch.save(watched_network.state_dict(), saved)
torch.save(watched_network, whole)
copy = Network()
copy.load_state_dict(torch.load(io.BytesIO(saved.getvalue()), map_location="cpu"))
two = images.tensors(test_set)[0][:2]
print(f"{len(saved.getvalue()):,} bytes:", ", ".join(copy.state_dict()))
print(
    "the same answers:",
    torch.allclose(plots.logits(copy, two), plots.logits(watched_network, two), atol=1e-5),
)
try:
    torch.load(io.BytesIO(whole.getvalue()))
except Exception as refused:
    print("the whole object:", type(refused).__name__)

# %% [markdown]
# **Think about it.** What else must be saved if the *training* is to go on tomorrow as if it had never stopped?
#
# ### BEGIN ANSWER
# The optimizer's own `state_dict()` (Adam keeps running means for each parameter), the number of the epoch, and the state of
# the random generators that shuffle the data and drop units.
# ### END ANSWER
#
# **Read on.** [PyTorch, *Saving and loading models*](https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html).

# %% [markdown]
# ### Where it fails
#
# A share of correct answers says how many mistakes there are. The confusion matrix says which, and the mistakes of which the
# network is most certain tell the most: look at each and decide whether you would have done better.

# %% nbgrader={"grade": false, "grade_id": "show-mistakes", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the confusion matrix, and the mistakes of which the network is most certain
test_images, test_labels = images.tensors(test_set)
test_logits = plots.logits(watched_network, test_images)
plots.confusion(test_logits, test_labels, images.DIGIT_NAMES)
plots.mistakes(test_images, test_logits, test_labels, images.DIGIT_NAMES)

# %% [markdown]
# ## 9. Look inside
#
# Kernels that begin as random numbers stay speckled for a long time: ten epochs change each weight by less than its random
# start. So the cell below trains once more, with a first layer that begins smooth, with small weights, and with **weight
# decay**, which lets the weights shrink that the digits do not need. What you see then is learned.
#
# Below are the six kernels that this first layer has learned, and the map of its responses to three digits. Orange is
# positive, purple negative and grey zero, in the kernels as in the maps, and the lighter, the larger; each column of maps has
# its own scale. The maps are shown before the relu, so remember what comes next: only what is orange goes on, what is purple
# becomes 0.

# %% nbgrader={"grade": false, "grade_id": "show-filters", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the kernels that a first layer has learned, and their maps
torch.manual_seed(SEED)
smooth_network = Network().to(device)
with torch.no_grad():
    coarse = 0.2 * torch.randn(6, 1, 3, 3)
    smooth_network.conv1.weight.copy_(F.interpolate(coarse, size=(5, 5), mode="bilinear", align_corners=True))
    smooth_network.conv1.bias.zero_()
smooth_optimizer = torch.optim.AdamW(smooth_network.parameters(), lr=2e-3, weight_decay=0.1)
for _ in range(12):
    train_epoch(smooth_network, DataLoader(train_set, batch_size=50, shuffle=True), smooth_optimizer, device)
plots.filters(
    smooth_network.conv1, test_images[[(test_labels == digit).nonzero()[0].item() for digit in (0, 1, 7)]]
)

# %% [markdown] nbgrader={"grade": true, "grade_id": "look-inside", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `look-inside` (3 points, written)
#
# *medium · important · 30 minutes*
#
# Choose two of the six kernels. For each: what pattern in the image does it respond to, read from the signs of its weights
# and where they are? Point at a place in one of its maps that shows it, and at a place where it stays dark although there is a
# stroke. Which of your kernels from task `kernels` is it nearest to, if any?
#
# ### BEGIN SOLUTION
# *Model answer.* (For the kernels of the executed solution; another seed, or another machine, gives others.) Kernel 3 has its
# positive weights along the top and its negative ones in the middle of the lower half. It subtracts what is below from what
# is above, so it responds where a stroke has dark under it: in the map of the 0 the strongest place is the lower side of
# the upper arc, inside the hole. On the upper side of the lower arc the stroke lies under the negative weights: the map is
# purple there, and after the relu nothing is left, although bright pixels are under the kernel. It is a relative of
# `horizontal_edges`, and because of the relu it keeps one of the two signs.
# Kernel 5 has positive weights nearly everywhere, so it adds up what is under it: its maps are blurred copies of the digits, as
# `box_blur` makes them, only brighter. Its negative corner at the upper left takes a little away, so its map is
# weakest where a stroke covers only that corner, along the lower right side of a stroke.
#
# **Rubric**
# - 2 points: for each of two kernels, the pattern is read from signs and places of its weights and agrees with the picture.
#   Half a point where it is named without a reason in the weights, or shown without a place in a map.
# - 1 point: the places: one where it responds and one where it does not, explained by weights that cancel or by the relu
#   that cuts one sign.
# - Full marks also for "this one looks like noise" with the reason: no structure in the weights, a faint or blurred copy in
#   the maps. No point for what the kernel "means" for the digit without the image.
# ### END SOLUTION

# %% [markdown]
# ## Where to go from here: clothes
#
# The same network, the same loop, other images: Fashion-MNIST, ten kinds of clothing, is read by torchvision. This cell is
# not graded. It needs the files or a network, and does nothing if there is neither. With a GPU it makes ten epochs, otherwise three.

# %% nbgrader={"grade": false, "grade_id": "show-fashion", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the same network on clothes
try:
    fashion_train, fashion_test = images.load_fashion()
except images.NoNetwork as reason:
    print(reason, "Nothing is trained here.")
else:
    clothes = train_network(fashion_train, 10 if device.type == "cuda" else 3, device, seed=SEED)
    fashion_images, fashion_labels = images.tensors(fashion_test)
    _, share = evaluate(clothes, DataLoader(fashion_test, batch_size=500), device)
    print(
        f"{len(fashion_train):,} images to learn from, right on {share:.1%} of {len(fashion_test):,} others"
    )
    plots.confusion(plots.logits(clothes, fashion_images), fashion_labels, images.FASHION_NAMES)

# %% [markdown]
# **Think about it.** Which pair of clothes does the network confuse most, in which direction, and would a person at 28 by 28
# pixels do better?
#
# ### BEGIN ANSWER
# Shirts, with T-shirts, pullovers and coats: the same outline, and what tells them apart (buttons, a collar) is one or two
# pixels wide. People are not much better: about 84 % of such images were labelled correctly by untrained volunteers, says the
# page of the data set.
# ### END ANSWER
#
# **Read on.** [Zeiler and Fergus 2014](https://arxiv.org/abs/1311.2901) and [Olah and others
# 2017](https://distill.pub/2017/feature-visualization/) on what layers respond to; [Xiao and others
# 2017](https://arxiv.org/abs/1708.07747) on Fashion-MNIST.
