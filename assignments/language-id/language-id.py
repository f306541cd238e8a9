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
# # The language of a word
#
# *gatos, cat, hola, gata, hello, at*: three of these words are English, three are Spanish. You can tell them apart at a
# glance. Here you teach it to a model of three numbers, find out what "bad" has to mean before anything can learn from it,
# meet the problem that no model of this kind solves, and build the networks that do.
#
# **At the end you will be able to**
#
# - turn words into vectors, by features that you choose or one-hot;
# - write logistic regression, three losses and the training loop from scratch, and say why a signed difference is not a loss;
# - explain what a single linear layer cannot do, and what a hidden layer adds;
# - train small networks so reliably that every random start succeeds;
# - say why depth without nonlinearities gains nothing.
#
# **You need** Python, vectors and matrices, derivatives, and the first pages on `torch.Tensor` and `nn.Module`.
#
# | | |
# |---|---|
# | time | about three and a half hours |
# | points | 35: nine coding tasks (29) and two written ones (6) |
# | computer | any: a GPU does not help with six words and four bits |
#
# Work from top to bottom. Each task has a cell to fill in, then public checks that you can run as often as you like. They
# try a few cases, and the mistakes that the texts warn of. Hidden tests decide the points: with other words, numbers and seeds,
# and with a look at what your code leaves behind. An untouched task stops with
# `NotImplementedError`. Cells that begin with a comment *(supplied)* show what you built; there is nothing to change in them.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import platform
from collections.abc import Callable, Sequence

import plots
import torch
from torch import nn

from course import checks, notebook, style

SEED = 49
torch.manual_seed(SEED)
notebook.calm()
style.use()
print(f"Python {platform.python_version()}, torch {torch.__version__}, device cpu, seed {SEED}")

# %% nbgrader={"grade": false, "grade_id": "words", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the six words, and whether each is English (1) or Spanish (0): (6, 1)
WORDS = ["gatos", "cat", "hola", "gata", "hello", "at"]
ENGLISH = torch.tensor([[0.0], [1.0], [0.0], [0.0], [1.0], [1.0]])

# %% [markdown]
# ## 1. Words as numbers
#
# A model multiplies and adds, so a word has to become numbers first. Which numbers? You choose, and they are all that the model
# will ever know about the word. Spanish words are rich in *a* and *o*; English ones are often short. That gives two *features*:
#
# $$x_1 = \frac{\text{letters that are a or o}}{\text{letters}}, \qquad x_2 = \text{letters}.$$
#
# **A worked example.** Two features of a telephone number: the share of its digits that are even, and its largest digit. A
# `bool` counts as 0 or 1, so `sum` counts how often something is true.


# %%
def number_features(number: str) -> list[float]:
    """Share of even digits, and the largest digit."""
    even = sum(int(digit) % 2 == 0 for digit in number)
    return [even / len(number), max(int(digit) for digit in number)]


number_features("42917")

# %% [markdown]
# ### Task `features` (2 points)
#
# *easy · important: the rest builds on it · 10 minutes*
#
# `Hola` and `hola` are the same word. The empty word has no share of anything: raise a `ValueError` that names `word`.
# The words consist of the letters a to z.


# %% nbgrader={"grade": false, "grade_id": "features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def word_features(word: str) -> list[float]:
    """Two numbers that describe a word.

    Args:
        word: letters a to z, in either case.

    Returns:
        `[share of letters that are a or o, number of letters]`, a list (or a tensor) of two numbers.

    Raises:
        ValueError: `word` is empty; the message names `word`.

    Example:
        >>> word_features("Gato")
        [0.5, 4]
    """
    ### BEGIN SOLUTION
    if not word:
        raise ValueError("word must have at least one letter")
    vowels = sum(letter in "ao" for letter in word.lower())
    return [vowels / len(word), len(word)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "features-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with checks.task("features"):
    for word, expected in {"gatos": [0.4, 5], "hello": [0.2, 5], "at": [0.5, 2], "ananas": [0.5, 6]}.items():
        got = word_features(word)
        checks.length(got, 2, name=f"word_features({word!r})")
        checks.close(
            got,
            expected,
            atol=1e-6,
            name=f"word_features({word!r})",
            ask="Which letters do you count, and by what do you divide?",
        )
    checks.close(
        word_features("GATOS"),
        word_features("gatos"),
        atol=0,
        name="word_features('GATOS')",
        ask="Does case matter?",
    )
    checks.raises(ValueError, lambda: word_features(""), mention="word", ask="What is 0 / 0?")

# %% nbgrader={"grade": false, "grade_id": "show-features", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the six words as points; two of them have become the same
xs = torch.tensor([[float(number) for number in word_features(word)] for word in WORDS])
plots.words(WORDS, xs, ENGLISH)

# %% [markdown]
# **Think about it.** Could you separate the two languages with a ruler? Which word of either language would ruin that?
#
# ### BEGIN ANSWER
# Yes: a steep line from the lower right to the upper left has *cat*, *hello* and *at* on its left. *banana*, *potato* or *avocado* would
# be on the wrong side, and so would *el*, *sí* and *que*. Two numbers are little to know about a word.
# ### END ANSWER
#
# ### One-hot vectors
#
# To choose features you need an idea about the words. Without one, give each word of a vocabulary its own coordinate: word $i$ becomes
# $e_i = (0, \dots, 0, 1, 0, \dots, 0)$ with the 1 at place $i$. Such a vector says nothing but *which* word it is: all words
# are equally far apart. Its use appears when a matrix $E$ follows: $e_i E$ is the $i$-th row of $E$, a vector that can be *learned* for each word,
# its **embedding**.
#
# **A worked example.** Picking rows with a matrix of zeros and ones:

# %%
table = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
picker = torch.zeros(2, 3)
picker[0, 2] = 1  # first the last row,
picker[1, 0] = 1  # then the first
picker @ table

# %% [markdown]
# ### Task `one-hot` (2 points)
#
# *easy · 10 minutes*
#
# A row for each word, a column for each entry of the vocabulary. A word that is not in the vocabulary is a row of zeros.


# %% nbgrader={"grade": false, "grade_id": "one-hot", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_hot(words: Sequence[str], vocabulary: Sequence[str]) -> torch.Tensor:
    """One-hot vectors of words.

    Args:
        words: the words to encode, in order; a word may occur several times.
        vocabulary: the known words, all different.

    Returns:
        `(len(words), len(vocabulary))`, float32: 1 where the word is the vocabulary's, else 0.

    Example:
        >>> one_hot(["at", "gnu"], ["cat", "at"])
        tensor([[0., 1.],
                [0., 0.]])
    """
    ### BEGIN SOLUTION
    place = {word: column for column, word in enumerate(vocabulary)}
    vectors = torch.zeros(len(words), len(vocabulary))
    for row, word in enumerate(words):
        if word in place:
            vectors[row, place[word]] = 1.0
    return vectors
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "one-hot-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with checks.task("one-hot"):
    vectors = one_hot(["at", "gnu", "cat", "at"], ["cat", "hola", "at"])
    checks.shape(
        vectors, (4, 3), name="one_hot(words, vocabulary)", ask="What gets a row, and what a column?"
    )
    checks.dtype(
        vectors,
        torch.float32,
        name="one_hot(words, vocabulary)",
        ask="Could you multiply it with a matrix of floats?",
    )
    checks.close(
        vectors.sum(dim=1),
        [1, 0, 1, 1],
        atol=0,
        name="sum of each row",
        ask="How many ones does a known word have, and how many an unknown one?",
    )
    checks.close(
        vectors @ torch.tensor([10.0, 20.0, 30.0]),
        [30, 0, 10, 30],
        atol=0,
        name="one_hot(words, vocabulary) @ E",
        ask="Which order do the columns follow?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-one-hot", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) one black square for each word; an unknown word has none
sentence = ["hola", "cat", "perro", "hola", "hello"]
plots.one_hot(one_hot(sentence, WORDS), sentence, WORDS)
E = torch.arange(12.0).reshape(6, 2)  # an embedding: two numbers for each of the six words
print("one_hot @ E for hola:", (one_hot(["hola"], WORDS) @ E).tolist(), " row 2 of E:", E[2].tolist())

# %% [markdown]
# **Think about it.** How many columns does a real language need, and how many numbers in a row are not zero? What does
# that say about storing such a matrix, and why do libraries look up row $i$ instead of multiplying?
#
# ### BEGIN ANSWER
# Tens of thousands, and one of them is not zero, so the place of the 1 is all that needs to be stored. `nn.Embedding(n, d)` is a
# matrix $E$ of which it returns rows: {{the same numbers == torch.equal(one_hot(["cat", "at"], WORDS) @ E, E[[1, 5]])}} as the product
# with one-hot rows, without multiplying anything by zero.
# ### END ANSWER
#
# **Read on.** Learned word vectors: [Bengio and others 2003](https://www.jmlr.org/papers/v3/bengio03a.html), [Mikolov and others
# 2013](https://arxiv.org/abs/1301.3781).

# %% [markdown]
# ## 2. A neuron with an opinion
#
# Logistic regression weighs the features, adds them up, and squeezes the sum into a probability:
#
# $$p = \sigma(w_1 x_1 + \dots + w_d x_d + b), \qquad \sigma(z) = \frac{1}{1 + e^{-z}}.$$
#
# With $x = (0, 1)$, $w = (0.2, -0.4)$ and $b = 0.1$ the sum is $-0.3$ and $p = \sigma(-0.3) \approx$ {{0.43 == torch.sigmoid(torch.tensor(-0.3))}}. Read it as "43 % English, as
# far as I can tell". Before training it is not worth more than the weights are, and those are drawn at random:

# %% nbgrader={"grade": false, "grade_id": "show-random-starts", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the same input, nine fresh layers; then the same seed twice
x = torch.tensor([0.0, 1.0])
opinions = [torch.sigmoid(nn.Linear(2, 1)(x)).item() for _ in range(9)]
print("nine starts:    ", " ".join(f"{p:.2f}" for p in opinions))
for _ in range(2):
    torch.manual_seed(1)
    print("start of seed 1:", f"{torch.sigmoid(nn.Linear(2, 1)(x)).item():.2f}")

# %% [markdown]
# **Think about it.** What does the first of these numbers say about the word? Why do the nine differ, and the last two not?
#
# ### BEGIN ANSWER
# Nothing yet: it is the sigmoid of a sum with random weights. Each `nn.Linear` draws new ones; after `manual_seed(1)` the same
# numbers are drawn again. Only training ties the number to the word.
# ### END ANSWER
#
# **A worked example.** A module with its own parameter vector. `super().__init__()` comes first; an `nn.Parameter` (or a
# layer such as `nn.Linear`) that is set as an attribute is found by `parameters()`, so that an optimizer can move it. `x * self.scale`
# works on one example `(d,)` and on a table `(n, d)`.


# %%
class Scale(nn.Module):
    """Multiplies each feature by a factor that can be learned."""

    def __init__(self, n_inputs: int):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(n_inputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.scale


[tuple(parameter.shape) for parameter in Scale(3).parameters()]

# %% [markdown]
# ### Task `logistic-regression` (3 points)
#
# *easy · important · 15 minutes*
#
# `n_inputs` weights and one bias, whatever you call them. It must accept both a table and a single example.


# %% nbgrader={"grade": false, "grade_id": "logistic-regression", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LogisticRegression(nn.Module):
    """The probability sigma(w x + b)."""

    def __init__(self, n_inputs: int):
        """Args:
        n_inputs: number of features, d.
        """
        super().__init__()
        ### BEGIN SOLUTION
        self.linear = nn.Linear(n_inputs, 1)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Probabilities `(n, 1)` of examples `(n, d)`, or `(1,)` of one example `(d,)`.

        Example:
            >>> LogisticRegression(2)(torch.zeros(6, 2)).shape
            torch.Size([6, 1])
        """
        ### BEGIN SOLUTION
        return torch.sigmoid(self.linear(x))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "logistic-regression-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("logistic-regression"):
    model = LogisticRegression(3)
    checks.is_module(model)
    checks.that(
        sum(parameter.numel() for parameter in model.parameters()) == 4,
        f"`LogisticRegression(3)` has {sum(parameter.numel() for parameter in model.parameters())} numbers to learn; "
        "expected 3 weights and 1 bias.",
        ask="Is each of them a parameter?",
    )
    some = torch.tensor([[0.5, -1.0, 2.0], [0.0, 0.0, 0.0]])
    checks.shape(model(some), (2, 1), name="model(X)", ask="One probability for each row?")
    checks.shape(model(some[0]), (1,), name="model(x) of one example", ask="Do you fix the number of rows?")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
    checks.close(
        model(some),
        torch.sigmoid(torch.tensor([[2.5], [1.0]])),
        atol=1e-5,
        name="model(X) with all parameters 1",
        ask="Is the bias in the sum, and the sigmoid around it?",
    )
    checks.that(
        model(some).requires_grad,
        "The output does not require a gradient, so nothing can train the parameters.",
        ask="What cuts the graph in `forward`?",
    )
    slopes = torch.autograd.grad(model(some).sum(), list(model.parameters()), allow_unused=True)
    checks.that(
        all(slope is not None for slope in slopes),
        "Not every parameter is reached by the gradient of the output, so some would never learn.",
        ask="What cuts the graph in `forward`?",
    )
    checks.that(
        not {id(p) for p in model.parameters()} & {id(p) for p in LogisticRegression(3).parameters()},
        "Two models share their parameters: training one changes the other.",
        ask="Where are the layers made: in `__init__`, for each model?",
    )

# %% [markdown]
# ## 3. How bad is it?
#
# To learn, a model needs a number that says how bad its answers are: a **loss**. Three candidates for predictions $p_i$ and
# targets $t_i$:
#
# $$\text{absolute error } \frac1n\sum_i |p_i - t_i|, \qquad \text{squared error } \frac1n\sum_i (p_i - t_i)^2,$$
#
# $$\text{cross-entropy } -\frac1n\sum_i \big[t_i \ln p_i + (1 - t_i) \ln(1 - p_i)\big].$$
#
# They differ in which errors they forgive. Take $t = 1$ and a model that is sure of the opposite, $p \to 0$: the first two stop at 1, the
# cross-entropy grows without bound. And training uses only the *slope*. By the chain rule, with $p = \sigma(z)$,
#
# $$\frac{\partial\,\text{loss}}{\partial z} = \frac{\partial\,\text{loss}}{\partial p}\;\sigma'(z), \qquad \sigma'(z) = p\,(1-p).$$
#
# For the squared error that is $2(p - t)\,p\,(1 - p)$: almost nothing where the model is *surely wrong*. For the
# cross-entropy the $p(1-p)$ cancels, and $p - t$ is left.
#
# **A worked example.** The Huber loss is quadratic for small errors and straight for large ones; `torch.where` picks by entry.
# But look at the first of the two slopes: `torch.where` computes *both* branches, and so does its derivative. `sqrt` has an infinite slope at 0, and
# $0 \cdot \infty$ is not a number. The remedy is to keep the *input* of the dangerous function away from the danger, as the last line does.


# %%
def huber(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean of e²/2 where |e| < 1, and |e| - 1/2 elsewhere."""
    size = (predicted - target).abs()
    return torch.where(size < 1, size**2 / 2, size - 0.5).mean()


print("huber:", huber(torch.tensor([0.5, 3.0]), torch.tensor([0.0, 0.0])))
zero = torch.zeros(1, requires_grad=True)
print("slope:", torch.autograd.grad(torch.where(zero > 0, zero.sqrt(), zero).sum(), zero)[0])
print("slope:", torch.autograd.grad(zero.clamp(min=1e-6).sqrt().sum(), zero)[0])

# %% [markdown]
# ### Task `losses` (4 points)
#
# *medium · important · 20 minutes*
#
# Write the three formulas yourself: no loss from `torch.nn` or `torch.nn.functional`. A rounded sigmoid can be exactly 0 or 1,
# where the logarithm is infinite: your cross-entropy **and its gradient** must stay finite there, and the loss must still be large where
# the model is surely wrong. In between, it should agree with the formula to 0.001.
#
# <details><summary>Hint: how small?</summary>
#
# float32 keeps about seven digits. What is `torch.tensor(1.0) - 1e-9`?
# </details>


# %% nbgrader={"grade": false, "grade_id": "losses", "locked": false, "schema_version": 3, "solution": true, "task": false}
def absolute_error(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference, a scalar tensor; `predicted` and `target` have the same shape, any.

    Example:
        >>> absolute_error(torch.tensor([0.5, 1.0]), torch.tensor([1.0, 1.0]))
        tensor(0.2500)
    """
    ### BEGIN SOLUTION
    return (predicted - target).abs().mean()
    ### END SOLUTION


def squared_error(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean squared difference, a scalar tensor; `predicted` and `target` have the same shape, any.

    Example:
        >>> squared_error(torch.tensor([0.5, 1.0]), torch.tensor([1.0, 1.0]))
        tensor(0.1250)
    """
    ### BEGIN SOLUTION
    return ((predicted - target) ** 2).mean()
    ### END SOLUTION


def cross_entropy(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean binary cross-entropy, a scalar tensor.

    Args:
        predicted: probabilities of the answer 1, of any shape; 0 and 1 themselves are allowed.
        target: 0. or 1., of the same shape.

    Example:
        >>> cross_entropy(torch.tensor([0.5]), torch.tensor([1.0]))
        tensor(0.6931)
    """
    ### BEGIN SOLUTION
    # In float32 a smaller margin would be lost in 1 - p.
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "losses-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
READY_MADE = [
    f"torch.nn.functional.{name}"
    for name in ("l1_loss", "mse_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
]
with checks.task("losses"):
    p, t = torch.tensor([[0.75], [0.25]]), torch.tensor([[1.0], [0.0]])
    for loss, expected in ((absolute_error, 0.25), (squared_error, 0.0625), (cross_entropy, 0.287682)):
        with checks.without(*READY_MADE, ask="Can you write its formula?"):
            got = loss(p, t)
        label = f"{loss.__name__}(predicted, target)"
        checks.is_type(got, torch.Tensor, name=label, ask="Can autograd follow your result back?")
        checks.close(
            got, expected, atol=1e-3, name=label, any_shape=True, ask="What is averaged, and with which sign?"
        )
    edge = torch.tensor([0.0, 1.0], requires_grad=True)
    for t in (torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0])):
        value = cross_entropy(edge, t)
        checks.finite(value, name="cross_entropy at 0 and 1", ask="What is the logarithm of 0?")
        checks.finite(
            torch.autograd.grad(value, edge)[0],
            name="gradient of cross_entropy at 0 and 1",
            ask="Do you fix the logarithm's result, or its input?",
        )
    checks.that(
        float(cross_entropy(torch.tensor([0.0]), torch.tensor([1.0]))) > 10,
        "For a prediction of 0 and the target 1 the cross-entropy is "
        f"{float(cross_entropy(torch.tensor([0.0]), torch.tensor([1.0]))):.3g}; expected more than 10.",
        ask="How far from 0 and 1 do you keep the prediction?",
    )
    checks.close(
        cross_entropy(torch.tensor([0.01]), torch.tensor([1.0])),
        4.60517,
        atol=1e-3,
        name="cross_entropy of 0.01 and the target 1",
        any_shape=True,
        ask="How far from 0 and 1 do you keep the prediction, and does that change 0.01?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-losses", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your losses for a word that is English, and how strongly each pulls at the sum z before the sigmoid
plots.losses(
    {
        "absolute error": absolute_error,
        "squared error": squared_error,
        "cross-entropy": cross_entropy,
    }
)
edge = torch.zeros(1, requires_grad=True)
edge_slope = torch.autograd.grad(cross_entropy(edge, torch.ones(1)), edge)[0].item()
print("slope of your cross-entropy with respect to a prediction of exactly 0, for the target 1:", edge_slope)

# %% [markdown]
# **Think about it.** A model starts far on the wrong side, at $z = -6$. Which loss brings it back fastest, and which hardly at all?
# And what is the slope of *your* cross-entropy with respect to a prediction of exactly 0?
#
# ### BEGIN ANSWER
# The cross-entropy: its slope with respect to $z$ is $p - t$, here {{-0.998 == torch.sigmoid(torch.tensor(-6.0)) - 1}}. The other two have
# the factor $p(1-p)$, here {{0.0025 == torch.sigmoid(torch.tensor(-6.0)) * torch.sigmoid(torch.tensor(6.0))}}: they hardly move.
#
# With `clamp` it is {{0 == edge_slope}}: outside the clamp's range the result does not depend on the input. A model whose sigmoid
# has rounded to exactly 0 is stuck, although its loss is large. This is why libraries compute the loss from $z$ itself
# (`BCEWithLogitsLoss`): there the slope is $p - t$ everywhere.
# ### END ANSWER
#
# **Read on.** [Nielsen, chapter 3](http://neuralnetworksanddeeplearning.com/chap3.html) on slow learning and the cross-entropy; [Deep
# Learning, section 6.2](https://www.deeplearningbook.org/contents/mlp.html).

# %% [markdown] nbgrader={"grade": true, "grade_id": "signed-difference", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `signed-difference` (3 points, written)
#
# *medium · important · 15 minutes*
#
# A first idea of badness is often the plain difference, `predicted - target`. Why is it not a loss? Then predict, before you see it
# in section 4: you train on `(predicted - target).mean()` with gradient descent, on the six words. What happens to the "loss", to the
# probabilities, and which role do the labels play? Use the derivative with respect to $z$ or to the weights. Four to eight sentences.
#
# ### BEGIN SOLUTION
# **Model answer.** A loss should be smallest where the answer is correct. The difference $p - t$ is 0 for a correct answer but
# *negative* for a prediction below the target: a Spanish-looking answer to an English word, $p = 0$ with $t = 1$, gets $-1$, the best
# value of all. Errors of opposite sign cancel in the mean, too, so that a mean of 0 does not say that anything is correct. Training makes it as
# small as it can: the derivative with respect to $z$ is $p(1-p)$, always positive, and the derivative with respect to the weights is
# $p(1-p)\,x$. The target does not occur in it: it is a constant that vanishes on differentiation, so the labels have no influence
# whatsoever. Descent lowers $z$ for every word (the features are not negative, so weights and bias all go down), all probabilities
# go to 0, and the "loss" falls towards minus the mean of the targets, here $-1/2$, while the squared error gets
# worse for the English words. A number that falls nicely is not a sign of learning. An absolute value or a square
# fixes it: the minimum is then at $p = t$, and the sign of the slope depends on the target.
#
# **Rubric**
# - 1 point: why it is not a loss: it is not smallest for the correct answer (it rewards predictions below the target), or errors cancel; one of the two, with an example or the reason.
# - 1 point: the derivative does not contain the target: labels play no role.
# - 1 point: the consequence: all probabilities fall towards 0 while the "loss" goes on falling (to minus the mean target), and the English words are all wrong.
# ### END SOLUTION

# %% [markdown]
# ## 4. One word at a time
#
# *Online* training looks at one example, computes its loss, takes one step, and goes on to the next. A pass through all examples is an
# *epoch*. Each step has four parts: clear the old gradients, predict and compute the loss, differentiate, step. In PyTorch `backward()`
# *adds* to what is in `.grad` already; that is why clearing is a part.
#
# **A worked example.** Full-batch training, one step for all examples together, of a model that scales a number. The list
# holds the loss *before* each step; `.item()` turns it into a float and releases the graph.

# %%
scale = Scale(1)
descent = torch.optim.SGD(scale.parameters(), lr=0.1)
inputs, targets = torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [6.0]])
history = []
for _ in range(5):
    descent.zero_grad()
    loss = ((scale(inputs) - targets) ** 2).mean()
    loss.backward()
    descent.step()
    history.append(loss.item())
[round(value, 4) for value in history]

# %% [markdown]
# ### Task `online` (4 points)
#
# *medium · important · 25 minutes*
#
# One update for each example, in the order in which they come, with the given loss and optimizer. An epoch's number is
# the mean of its examples' losses, each taken before its own update. Gradients left over from before the call must have no effect.


# %% nbgrader={"grade": false, "grade_id": "online", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_online(
    model: nn.Module,
    xs: torch.Tensor,
    ys: torch.Tensor,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    n_epochs: int,
) -> list[float]:
    """Train `model` in place, one example at a time.

    Args:
        model: maps one example `(d,)` to `(k,)` and examples `(n, d)` to `(n, k)`.
        xs: examples `(n, d)`.
        ys: targets `(n, k)`.
        loss_fn: `loss_fn(predicted, target)` gives a scalar.
        optimizer: holds the parameters that are to be trained.
        n_epochs: passes through all examples.

    Returns:
        for each epoch the mean of its losses, floats.

    Example:
        >>> len(train_online(model, xs, ys, squared_error, optimizer, n_epochs=49))
        49
    """
    ### BEGIN SOLUTION
    means = []
    for _ in range(n_epochs):
        losses = []
        for x, y in zip(xs, ys, strict=True):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "online-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("online"):

    def train_scale(n_epochs: int, squared: bool = True, left_over: float = 0.0) -> tuple[float, list[float]]:
        """The factor of a `Scale` that your function has trained on two examples, and what it returned."""
        scale = Scale(1)
        scale.scale.grad = torch.full((1,), left_over)
        inputs, targets = torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [1.0]])
        loss_fn = (lambda p, t: ((p - t) ** 2).mean()) if squared else (lambda p, t: (p - t).abs().mean())
        optimizer = torch.optim.SGD(scale.parameters(), lr=0.0625)
        means = train_online(scale, inputs, targets, loss_fn, optimizer, n_epochs)
        return scale.scale.item(), means

    factor, got = train_scale(1)
    checks.length(got, 1, name="train_online(...)", ask="What gets an entry: an example, or an epoch?")
    checks.close(
        factor,
        0.875,
        atol=1e-5,
        name="the factor after one epoch of two examples",
        ask="Are gradients cleared before each example's backward pass, and does each example get its own step?",
    )
    checks.close(
        train_scale(1, left_over=8.0)[0],
        0.875,
        atol=1e-5,
        name="the factor when gradients were left over from before the call",
        ask="Are gradients cleared before the first example, too?",
    )
    checks.close(
        train_scale(1, squared=False)[0],
        0.9375,
        atol=1e-5,
        name="the factor after one epoch with the absolute error",
        ask="Which loss do you differentiate: the one that is passed to the function?",
    )
    _, got = train_scale(2)
    checks.length(got, 2, name="train_online(...)", ask="What gets an entry: an example, or an epoch?")
    checks.close(
        got,
        [3.125, 3.07861328125],
        atol=1e-5,
        name="train_online(...)",
        ask="Is each loss taken before its own update, and after the one before it?",
    )


# %% nbgrader={"grade": false, "grade_id": "show-online", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the six words, 490 epochs, four losses from the same start
def signed_difference(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (predicted - target).mean()


runs = {}
for loss_fn in (signed_difference, absolute_error, squared_error, cross_entropy):
    torch.manual_seed(SEED)
    model = LogisticRegression(2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    means = train_online(model, xs, ENGLISH, loss_fn, optimizer, 490)
    runs[loss_fn.__name__.replace("_", " ")] = (means, model(xs).detach())
plots.training(runs, WORDS, ENGLISH)

# %% [markdown]
# **Think about it.** Look at the run on the signed difference: was your prediction correct? Of the other three, which is furthest after
# the same 490 epochs, and on which word? Why does each run make its own model *and* its own optimizer?
#
# ### BEGIN ANSWER
# The signed difference ends near $-1/2$ with every probability near 0. The others are still on the way: *gatos*, long and Spanish, and
# *hello*, long and English, differ in one number only, so the weights have to become large. An optimizer holds the parameters of one model. Run a
# cell again that makes a new model under the same name, and the optimizer of before still moves the old one: the loss stays where
# it is, and nothing says why. A function that makes both cannot go wrong in this way.
# ### END ANSWER
#
# ### What else could you try?
#
# **Predict.** From the same start, with 49 epochs, the cross-entropy and a rate of 0.1: which of these changes matters most? Adam; ten times
# the rate; ten times the epochs; all six words in one step; lengths divided by their mean; another start.
#
# *Your prediction:*


# %% nbgrader={"grade": false, "grade_id": "show-changes", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) one change at a time
def after_training(
    make_optimizer: Callable = torch.optim.SGD,
    rate: float = 0.1,
    n_epochs: int = 49,
    together: bool = False,
    scaled: bool = False,
    seed: int = SEED,
) -> tuple[float, int]:
    """The mean cross-entropy of the six words after training, and how many are on the right side."""
    torch.manual_seed(seed)
    model = LogisticRegression(2)
    inputs = xs / xs.mean(dim=0) if scaled else xs
    optimizer = make_optimizer(model.parameters(), lr=rate)
    if together:  # a single "example" of six words: one step for each epoch
        train_online(model, inputs[None], ENGLISH[None], cross_entropy, optimizer, n_epochs)
    else:
        train_online(model, inputs, ENGLISH, cross_entropy, optimizer, n_epochs)
    with torch.no_grad():
        predicted = model(inputs)
    return cross_entropy(predicted, ENGLISH).item(), int(((predicted > 0.5) == (ENGLISH > 0.5)).sum())


changes = {
    "as before": after_training(),
    "Adam": after_training(make_optimizer=torch.optim.Adam),
    "rate 1": after_training(rate=1.0),
    "490 epochs": after_training(n_epochs=490),
    "all words in one step": after_training(together=True),
    "lengths and shares divided by their means": after_training(scaled=True),
    "another start": after_training(seed=1),
}
print("change                                       loss   words on the right side")
for change, (loss, right) in changes.items():
    print(f"{change:42} {loss:6.3f}   {right} of 6")

# %% [markdown]
# **Think about it.** Which of these changes would you keep, and how would you find out whether it helps with words that are not among the six?
#
# ### BEGIN ANSWER
# In this run Adam ends at {{0.54 == changes["Adam"][0]}}, and ten times the epochs at {{0.38 == changes["490 epochs"][0]}}, from
# {{0.73 == changes["as before"][0]}}. Six words cannot say more: every one of them was trained on. To choose between changes you need words that were set
# aside, and many more of them.
# ### END ANSWER

# %% [markdown]
# ## 5. What one line cannot do
#
# A linear model says 1 on one side of a straight line and 0 on the other. Take two bits as input: *and* is 1 for 11 alone, *or* for
# everything but 00, *xor* where the bits differ. One neuron learns the first two. The third it cannot even represent. Between the input and
# the output we put a **hidden layer**: $h = \mathrm{relu}(W_1 x + b_1)$, $\;\hat y = W_2 h + b_2$, where
# $\mathrm{relu}(z) = \max(z, 0)$.
#
# **A worked example.** A hidden layer of a single unit followed by a product instead of a second layer. `clamp(min=0)` is relu written out.


# %%
class Ramp(nn.Module):
    """One rectified unit, times a factor that can be learned."""

    def __init__(self, n_in: int):
        super().__init__()
        self.unit = nn.Linear(n_in, 1)
        self.factor = nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * self.unit(x).clamp(min=0)


Ramp(2)(torch.zeros(4, 2)).shape

# %% [markdown]
# ### Task `two-layer` (2 points)
#
# *easy · important · 10 minutes*
#
# Linear, relu, linear: nothing follows the second linear layer, so that the output can be any number. Name the layers as you like.


# %% nbgrader={"grade": false, "grade_id": "two-layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class TwoLayerNet(nn.Module):
    """Two linear layers (with biases) and a relu between them."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int):
        """Args:
        n_in: features of an example.
        n_hidden: units between the layers.
        n_out: number of outputs.
        """
        super().__init__()
        ### BEGIN SOLUTION
        self.hidden = nn.Linear(n_in, n_hidden)
        self.output = nn.Linear(n_hidden, n_out)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`(n, n_in)` → `(n, n_out)`, or `(n_in,)` → `(n_out,)`.

        Example:
            >>> TwoLayerNet(2, 8, 1)(torch.zeros(4, 2)).shape
            torch.Size([4, 1])
        """
        ### BEGIN SOLUTION
        return self.output(torch.relu(self.hidden(x)))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "two-layer-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with checks.task("two-layer"):
    net = TwoLayerNet(2, 5, 3)
    checks.is_module(net)
    checks.that(
        sum(parameter.numel() for parameter in net.parameters()) == 33,
        f"`TwoLayerNet(2, 5, 3)` has {sum(parameter.numel() for parameter in net.parameters())} numbers to learn; expected 33.",
        ask="Two weight matrices and two biases: how large is each?",
    )
    checks.shape(net(torch.zeros(4, 2)), (4, 3), name="net(X)", ask="Which sizes belong to which layer?")
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.fill_(-1.0)
    checks.close(
        net(torch.tensor([[2.0, 1.0], [-2.0, -1.0]])),
        [[-1.0] * 3, [-11.0] * 3],
        atol=1e-5,
        name="net(X) with all parameters -1",
        ask="What does relu do to the hidden units, and does anything follow the output?",
    )
    checks.shape(
        net(torch.zeros(2)), (3,), name="net(x) of one example", ask="Do you fix the number of rows?"
    )
    checks.that(
        net(torch.zeros(1, 2)).requires_grad,
        "The output does not require a gradient, so nothing can train the parameters.",
        ask="What cuts the graph in `forward`?",
    )
    slopes = torch.autograd.grad(
        net(torch.tensor([[-2.0, -1.0]])).sum(), list(net.parameters()), allow_unused=True
    )
    checks.that(
        all(slope is not None for slope in slopes),
        "Not every parameter is reached by the gradient of the output, so some would never learn.",
        ask="What cuts the graph in `forward`?",
    )
    checks.that(
        not {id(p) for p in net.parameters()} & {id(p) for p in TwoLayerNet(2, 5, 3).parameters()},
        "Two models share their parameters: training one changes the other.",
        ask="Where are the layers made: in `__init__`, for each model?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-dead-unit", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a network with two hidden units that got stuck: what do its hidden units say to the four inputs?
four = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
W1, b1 = torch.tensor([[-0.7107, -0.9748], [-0.5314, -0.2553]]), torch.tensor([1.6810, -0.4541])
W2, b2 = torch.tensor([[-0.6227, -0.2972]]), torch.tensor([0.7145])
hidden = torch.relu(four @ W1.T + b1)
print("input      hidden units      output")
for bits, units, output in zip(four, hidden, hidden @ W2.T + b2, strict=True):
    print(f"{bits.int().tolist()}     {units[0]:.4f}  {units[1]:.4f}     {output.item():8.4f}")

# %% [markdown]
# **Think about it.** The second unit is 0 for every input. What is its gradient, and will training ever bring it back? The network that is left
# has one working unit. With correct code and two relu units, only about one start in five learns xor: it is not enough to write
# the network down, you have to make training *reliable*.
#
# ### BEGIN ANSWER
# 0, for all four inputs: relu is flat there, so neither its weights nor its bias change, however long you train. It would come
# back only if its inputs changed, and the four bits never do.
# ### END ANSWER
#
# Back to the words for a moment. The same six words, the same training, with a hidden layer of eight units and without:

# %% nbgrader={"grade": false, "grade_id": "show-two-layers", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your network on the six words, next to one neuron
runs = {}
for label, make in {
    "one neuron": lambda: LogisticRegression(2),
    "hidden layer": lambda: nn.Sequential(TwoLayerNet(2, 8, 1), nn.Sigmoid()),
}.items():
    torch.manual_seed(SEED)
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    means = train_online(model, xs, ENGLISH, cross_entropy, optimizer, 490)
    runs[label] = (means, model(xs).detach())
plots.training(runs, WORDS, ENGLISH)

# %% [markdown]
# **Think about it.** *hola* and *gata* get the same probability from both models. Could a larger network tell them apart?
#
# ### BEGIN ANSWER
# No. Their features are equal, and a function gives equal answers to equal inputs, however it was trained. What is lost in the
# features no network brings back. Here the hidden layer ends
# {{no better than one neuron == runs["hidden layer"][0][-1] > runs["one neuron"][0][-1]}}: it has more to learn from the same six
# words, and taken one at a time, each undoes a part of what the last one did. More layers are no cure for features that say
# too little.
# ### END ANSWER

# %% [markdown]
# ### Task `gates` (5 points)
#
# *hard · important · 35 minutes*
#
# `gate(name)` gives the truth table. `learn_gate(name, seed)` trains a network on it that is correct for **every** seed: all outputs, cut at
# 0.5, are the gate's. The same seed must give the same weights, another seed other weights. Everything else is up to you: the number of
# hidden units, the activation (it need not be your `TwoLayerNet`), the loss, the optimizer, how long, and whether a failed run starts again.
#
# **A worked example.** The seed is set at the beginning of the function, before anything is drawn:


# %%
def random_layer(seed: int) -> nn.Linear:
    """A layer that is the same for the same seed."""
    torch.manual_seed(seed)
    return nn.Linear(2, 1)


(
    torch.equal(random_layer(3).weight, random_layer(3).weight),
    torch.equal(random_layer(3).weight, random_layer(4).weight),
)

# %% [markdown]
# <details><summary>Hint: what makes a start fail?</summary>
#
# A relu unit that is off for all four inputs has no gradient. Which activations have a slope everywhere? How likely is it that *all* of
# eight units fail, compared with both of two?
# </details>
# <details><summary>Hint: how to be sure</summary>
#
# Try fifty seeds before you believe that it works, and count.
# </details>


# %% nbgrader={"grade": false, "grade_id": "gates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gate(name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The truth table of a gate.

    Args:
        name: "and", "or" or "xor".

    Returns:
        bits: `(4, 2)`, the rows 00, 10, 01, 11 in this order.
        targets: `(4, 1)`, 0. or 1.

    Raises:
        ValueError: another `name`; the message names `name`.

    Example:
        >>> gate("and")[1].flatten()
        tensor([0., 0., 0., 1.])
    """
    ### BEGIN SOLUTION
    tables = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if name not in tables:
        raise ValueError(f"name must be 'and', 'or' or 'xor', not {name!r}")
    bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return bits, torch.tensor(tables[name], dtype=torch.float32).unsqueeze(1)
    ### END SOLUTION


def learn_gate(name: str, seed: int) -> nn.Module:
    """A network trained on a gate, `(n, 2)` → `(n, 1)`: above 0.5 for true and below for false, for every seed.

    Args:
        name: "and", "or" or "xor".
        seed: decides the starting weights: the same seed, the same result; another seed, another result.

    Example:
        >>> (learn_gate("xor", seed=0)(gate("xor")[0]) > 0.5).flatten()
        tensor([False,  True,  True, False])
    """
    ### BEGIN SOLUTION
    bits, targets = gate(name)
    torch.manual_seed(seed)
    # tanh units have a slope everywhere, and eight of them do not all start badly
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(500):
        optimizer.zero_grad()
        predicted = model(bits)
        if (predicted - targets).abs().max() < 0.1:
            break
        cross_entropy(predicted, targets).backward()
        optimizer.step()
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "gates-tests", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with checks.task("gates"):
    bits, targets = gate("or")
    for name, table in (("bits", bits), ("targets", targets)):
        checks.is_type(table, torch.Tensor, name=name)
        checks.that(
            table.is_floating_point(),
            f"`{name}` holds {table.dtype}; expected floats.",
            ask="What is the dtype of torch.tensor([0, 1]), and what can a linear layer multiply?",
        )
    checks.close(
        bits,
        [[0, 0], [1, 0], [0, 1], [1, 1]],
        atol=0,
        name="bits",
        ask="In which order does the text ask for them?",
    )
    checks.shape(targets, (4, 1), name="targets", ask="One column, so that it fits the model's output?")
    checks.close(targets.sum(), 3, atol=0, name="number of inputs for which `or` is true")
    checks.raises(
        ValueError, lambda: gate("xnor"), mention="name", ask="What happens to a gate that you do not know?"
    )
    learned = {}
    for name in ("and", "or", "xor"):
        bits, targets = gate(name)
        for seed in (0, 1):
            learned[name, seed] = learn_gate(name, seed)
            output = learned[name, seed](bits)
            checks.shape(output, (4, 1), name=f"learn_gate({name!r}, {seed})(bits)")
            right = int(((output > 0.5) == (targets > 0.5)).sum())
            checks.that(
                right == 4,
                f"`learn_gate({name!r}, {seed})` is correct for {right} of 4 inputs.",
                ask="Is 0.5 the border between its outputs for false and for true? And how many of fifty seeds does it learn?",
            )

    def numbers(model: nn.Module) -> list[float]:
        return torch.cat([parameter.detach().flatten() for parameter in model.parameters()]).tolist()

    torch.rand(1)  # a seed that is set too late would depend on what was drawn before
    checks.that(
        numbers(learn_gate("or", 0)) == numbers(learned["or", 0]),
        "The same seed gives other weights the second time.",
        ask="Is the seed set before the first random number is drawn?",
    )
    checks.that(
        numbers(learned["or", 0]) != numbers(learned["or", 1]),
        "Two seeds give the same weights.",
        ask="Where is `seed` used?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-gates", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) above: one neuron, 300 epochs of your training loop on each gate; below: your networks
neurons, networks = {}, {}
for name in ("and", "or", "xor"):
    bits, targets = gate(name)
    torch.manual_seed(SEED)
    neurons[name] = LogisticRegression(2)
    optimizer = torch.optim.SGD(neurons[name].parameters(), lr=0.5)
    train_online(neurons[name], bits, targets, cross_entropy, optimizer, 300)
    networks[name] = learn_gate(name, seed=SEED)
plots.gates(
    {"one neuron": neurons, "your network": networks}, {name: gate(name) for name in ("and", "or", "xor")}
)

# %% [markdown]
# **Think about it.** Where does the neuron end up on xor, and why there? In the lower row, how many straight lines would you need to
# draw the border that the network found?
#
# ### BEGIN ANSWER
# Near one half for every input: whatever it gains on one of the four it loses on another, and the loss of $\ln 2$ is the best that a
# line can do. The network needs two lines: one between 00 and the two inputs in the middle, one between those and 11.
# ### END ANSWER
#
# **Read on.** [Rosenblatt 1958](https://doi.org/10.1037/h0042519); Minsky and Papert, [*Perceptrons*](https://mitpress.mit.edu/9780262630221/perceptrons/)
# (1969), on what one layer cannot do. Try it in your browser: [TensorFlow Playground](https://playground.tensorflow.org).

# %% [markdown] nbgrader={"grade": true, "grade_id": "xor-by-hand", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `xor-by-hand` (3 points, written)
#
# *medium · important · 20 minutes*
#
# Without training: give weights and biases of a 2-2-1 network (linear, relu, linear) that computes xor, and check it on the four
# inputs in a small table. Then show that a single linear layer $w_1 x_1 + w_2 x_2 + b$, cut at 0.5, cannot.
#
# ### BEGIN SOLUTION
# **Model answer.** $h_1 = \mathrm{relu}(x_1 + x_2)$, $h_2 = \mathrm{relu}(x_1 + x_2 - 1)$, $\hat y = h_1 - 2 h_2$; that is
# $W_1 = \begin{pmatrix}1&1\\1&1\end{pmatrix}$, $b_1 = (0, -1)$, $W_2 = (1, -2)$, $b_2 = 0$.
#
# | input | $h_1$ | $h_2$ | $\hat y$ |
# |---|---|---|---|
# | 00 | 0 | 0 | 0 |
# | 10 | 1 | 0 | 1 |
# | 01 | 1 | 0 | 1 |
# | 11 | 2 | 1 | 0 |
#
# For $f(x) = w_1 x_1 + w_2 x_2 + b$ we have $f(00) + f(11) = w_1 + w_2 + 2b = f(10) + f(01)$. xor needs $f(00)$ and $f(11)$ below 0.5, so
# the left sum is below 1, and $f(10)$ and $f(01)$ above 0.5, so the right sum is above 1: a contradiction. A sigmoid after the sum changes nothing:
# it is increasing, so that only the cut moves.
#
# **Rubric**
# - 1 point: weights and biases that compute xor (many solutions; try them on the four inputs).
# - 1 point: the table, or an equivalent check that shows the hidden values.
# - 1 point: the impossibility is *argued*: the four inequalities contradict one another, or the two diagonals of the square cross, so that no line separates them. "One line is not
#   enough" without a reason: half a point.
# ### END SOLUTION

# %% [markdown]
# ## 6. Deeper
#
# If one hidden layer helps, do seven help more? First, a warning. Two linear layers in a row are $W_2(W_1 x + b_1) + b_2 = (W_2 W_1)\,x + (W_2 b_1 + b_2)$: one linear
# layer again, however many there are. Only a nonlinearity **between each two** makes them different. A name such as `h_relu5` does not put one there.
#
# **A worked example.** Layers in a loop. `nn.ModuleList` is a list whose modules are found by `parameters()`; in a plain Python list they
# would be invisible to the optimizer.


# %%
class Smoother(nn.Module):
    """Several scalings, each followed by tanh."""

    def __init__(self, n_inputs: int, n_steps: int):
        super().__init__()
        self.steps = nn.ModuleList(Scale(n_inputs) for _ in range(n_steps))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for step in self.steps:
            x = torch.tanh(step(x))
        return x


len(list(Smoother(2, 5).parameters()))

# %% [markdown]
# ### Task `deep` (4 points)
#
# *medium · important · 25 minutes*
#
# `n_layers` linear layers, each with its own weights, and a relu between each two: `n_layers - 1` of them. With `n_layers=1` it is one
# linear layer from `n_in` to `n_out`; with 2 it is your `TwoLayerNet`. Starting values are free.


# %% nbgrader={"grade": false, "grade_id": "deep", "locked": false, "schema_version": 3, "solution": true, "task": false}
class DeepNet(nn.Module):
    """`n_layers` linear layers with a relu between each two."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int, n_layers: int):
        """Args:
        n_in: features of an example.
        n_hidden: units of each hidden layer.
        n_out: number of outputs.
        n_layers: number of linear layers, at least 1.
        """
        super().__init__()
        ### BEGIN SOLUTION
        sizes = [n_in, *[n_hidden] * (n_layers - 1), n_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:], strict=False))
        for layer in self.layers:  # PyTorch's own start is too small to come through eight relus
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`(n, n_in)` → `(n, n_out)`, or `(n_in,)` → `(n_out,)`.

        Example:
            >>> DeepNet(2, 16, 1, n_layers=8)(torch.zeros(4, 2)).shape
            torch.Size([4, 1])
        """
        ### BEGIN SOLUTION
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "deep-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("deep"):
    for n_layers, wanted in ((1, 3), (2, 17), (4, 57)):
        net = DeepNet(2, 4, 1, n_layers)
        found = sum(parameter.numel() for parameter in net.parameters())
        checks.that(
            found == wanted,
            f"`DeepNet(2, 4, 1, {n_layers})` has {found} numbers to learn; expected {wanted}.",
            ask="How many layers are there, of which sizes, and does `parameters()` find them all?",
        )
        checks.shape(net(torch.zeros(3, 2)), (3, 1), name=f"DeepNet(2, 4, 1, {n_layers})(X)")
    net = DeepNet(2, 4, 1, 4)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.fill_(-0.5)
        bent = net(torch.tensor([[-3.0, 0.0], [0.0, 0.0], [3.0, 0.0]])).flatten()
    checks.close(
        bent,
        [-0.5, -0.5, -0.5],
        atol=1e-5,
        name="DeepNet(2, 4, 1, 4)(X) with all parameters -0.5",
        ask="Is there a relu between each two layers, not only after the first, and none after the last?",
    )
    net = DeepNet(2, 8, 1, 3)
    checks.that(
        net(torch.randn(20, 2)).requires_grad,
        "The output does not require a gradient, so nothing can train the parameters.",
        ask="What cuts the graph in `forward`?",
    )
    slopes = torch.autograd.grad(net(torch.randn(20, 2)).sum(), list(net.parameters()), allow_unused=True)
    checks.that(
        all(slope is not None for slope in slopes),
        "Not every parameter is reached by the gradient of the output, so some would never learn.",
        ask="What cuts the graph in `forward`?",
    )


# %% nbgrader={"grade": false, "grade_id": "cloud-data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) points in the plane: two clouds that a line separates, and four in the pattern of xor
def clouds(kind: str, n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`n` points `(n, 2)` and their class 0 or 1, `(n,)`; `kind` is "two clouds" or "xor"."""
    generator = torch.Generator().manual_seed(seed)
    centres = {
        "two clouds": [(3.0, 3.0, 0), (3.0, -2.0, 1)],
        "xor": [(-2.0, -2.0, 0), (2.0, 2.0, 0), (2.0, -2.0, 1), (-2.0, 2.0, 1)],
    }[kind]
    chosen = torch.tensor(centres)[torch.arange(n) % len(centres)]
    return chosen[:, :2] + torch.randn(n, 2, generator=generator), chosen[:, 2].long()


# %% nbgrader={"grade": false, "grade_id": "show-deep", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) how often the four clouds of xor are separated, by depth: with your relus, and with the same layers without them
def without_relu(n_layers: int) -> nn.Sequential:
    sizes = [2, *[16] * (n_layers - 1), 1]
    return nn.Sequential(*(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:], strict=False)))


points, classes = clouds("xor", 200, seed=1)
unseen, answers = clouds("xor", 1000, seed=2)
depths = [1, 2, 4, 8]
shares = {"relu between the layers": [], "nothing between the layers": []}
for n_layers in depths:
    for label in shares:
        torch.manual_seed(SEED)
        net = DeepNet(2, 16, 1, n_layers) if label.startswith("relu") else without_relu(n_layers)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        for _ in range(150):
            optimizer.zero_grad()
            cross_entropy(torch.sigmoid(net(points)), classes.float().unsqueeze(1)).backward()
            optimizer.step()
        shares[label].append(((net(unseen).flatten() > 0) == (answers == 1)).float().mean().item())
plots.depth(depths, shares)

# %% [markdown]
# **Think about it.** Eight layers without nonlinearities have over a thousand parameters. How many numbers would describe exactly what they compute?
#
# ### BEGIN ANSWER
# Three: two weights and a bias. The {{1,697 == sum(p.numel() for p in without_relu(8).parameters())}} parameters multiply out to one linear layer.
# ### END ANSWER
#
# **Read on.** [Montúfar and others 2014](https://arxiv.org/abs/1402.1869): how many linear pieces deep relu networks have.

# %% [markdown]
# ## 7. More than two classes
#
# For $k$ classes the network gives $k$ numbers, and **softmax** turns them into probabilities that add up to 1:
#
# $$\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}.$$
#
# It keeps the order, so the largest number stays the largest. Losses such as `nn.CrossEntropyLoss` apply it themselves, to the raw
# scores; a softmax before them would be one too many. Hence a switch, off by default: on for reading, off for training.
#
# **A worked example.** `dim` says along which dimension the numbers add up to 1. For `(n, k)` and for `(k,)`, the classes are the *last* dimension.

# %%
scores = torch.tensor([[1.0, 1.0, 3.0], [0.0, 2.0, 0.0]])
print("rows add up to   ", torch.softmax(scores, dim=-1).sum(dim=-1))
print("columns add up to", torch.softmax(scores, dim=0).sum(dim=0))

# %% [markdown]
# ### Task `mlp` (3 points)
#
# *easy · important · 15 minutes*
#
# `fc1`, relu, `fc2`, and softmax over the last dimension when it is asked for.


# %% nbgrader={"grade": false, "grade_id": "mlp", "locked": false, "schema_version": 3, "solution": true, "task": false}
class MultilayerPerceptron(nn.Module):
    """`fc1`, relu, `fc2`: scores of classes, or their probabilities."""

    def __init__(self, input_dim: int, hidden_dim: int, output_dim: int):
        """Args:
        input_dim: features of an example.
        hidden_dim: units of the hidden layer.
        output_dim: number of classes.
        """
        super().__init__()
        ### BEGIN SOLUTION
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)
        ### END SOLUTION

    def forward(self, x: torch.Tensor, apply_softmax: bool = False) -> torch.Tensor:
        """Scores `(..., output_dim)` of inputs `(..., input_dim)`; probabilities with `apply_softmax=True`.

        Example:
            >>> MultilayerPerceptron(3, 100, 4)(torch.zeros(2, 3), apply_softmax=True).sum(dim=1)
            tensor([1., 1.])
        """
        ### BEGIN SOLUTION
        scores = self.fc2(torch.relu(self.fc1(x)))
        return torch.softmax(scores, dim=-1) if apply_softmax else scores
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mlp-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("mlp"):
    mlp = MultilayerPerceptron(3, 100, 4)
    checks.is_module(mlp)
    checks.that(
        hasattr(mlp, "fc1") and hasattr(mlp, "fc2"),
        f"The layers are called {[name for name, _ in mlp.named_children()]}; expected `fc1` and `fc2`.",
    )
    checks.shape(mlp.fc1.weight, (100, 3), name="fc1.weight")
    checks.shape(mlp.fc2.weight, (4, 100), name="fc2.weight")
    batch = torch.tensor([[1.0, -1.0, 0.5], [2.0, 0.0, -3.0]])
    scores, probabilities = mlp(batch), mlp(batch, apply_softmax=True)
    checks.shape(scores, (2, 4), name="mlp(x)")
    checks.close(
        probabilities.sum(dim=-1),
        [1.0, 1.0],
        atol=1e-5,
        name="sum of each row's probabilities",
        ask="Along which dimension does softmax add up?",
    )
    checks.close(
        torch.softmax(scores, dim=-1),
        probabilities,
        atol=1e-5,
        name="softmax of mlp(x)",
        ask="Is the softmax applied only when it is asked for?",
    )
    checks.shape(mlp(batch[0], apply_softmax=True), (4,), name="mlp(x, apply_softmax=True) of one example")
    checks.that(
        scores.requires_grad,
        "The output does not require a gradient, so nothing can train the parameters.",
        ask="What cuts the graph in `forward`?",
    )
    slopes = torch.autograd.grad(scores.sum(), list(mlp.parameters()), allow_unused=True)
    checks.that(
        all(slope is not None for slope in slopes),
        "Not every parameter is reached by the gradient of the output, so some would never learn.",
        ask="What cuts the graph in `forward`?",
    )
    small = MultilayerPerceptron(2, 3, 2)
    with torch.no_grad():
        for parameter in small.parameters():
            parameter.fill_(-1.0)
    checks.close(
        small(torch.tensor([[2.0, 1.0], [-2.0, -1.0]])),
        [[-1.0, -1.0], [-7.0, -7.0]],
        atol=1e-5,
        name="mlp(x) with all parameters -1",
        ask="Is there a relu between fc1 and fc2, and nothing after fc2?",
    )
    with torch.no_grad():
        small.fc2.bias.copy_(torch.tensor([1000.0, 0.0]))
    checks.close(
        small(torch.zeros(2), apply_softmax=True),
        [1.0, 0.0],
        atol=1e-5,
        name="probabilities for scores of 1000 and 0",
        ask="How large is e to the power of 1000?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-mlp", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a perceptron (your logistic regression) and your network, on two clouds and on four
borders = {}
for kind in ("two clouds", "xor"):
    points, classes = clouds(kind, 300, seed=3)
    for label in ("perceptron", "your network"):
        torch.manual_seed(SEED)
        net = LogisticRegression(2) if label == "perceptron" else MultilayerPerceptron(2, 16, 2)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
        for _ in range(150):
            optimizer.zero_grad()
            if label == "perceptron":
                cross_entropy(net(points), classes.float().unsqueeze(1)).backward()
            else:
                nn.functional.cross_entropy(net(points), classes).backward()
            optimizer.step()
        borders[kind, label] = net
plots.borders(
    {
        (kind, label): (
            (lambda x, net=net: net(x).flatten())
            if label == "perceptron"
            else (lambda x, net=net: net(x, apply_softmax=True)[:, 1])
        )
        for (kind, label), net in borders.items()
    },
    {kind: clouds(kind, 1000, seed=4) for kind in ("two clouds", "xor")},
)

# %% [markdown]
# **Think about it.** On the two clouds both do equally well: which would you use, and why? What would the network's border look like
# with three hidden units?
#
# ### BEGIN ANSWER
# The perceptron: three numbers that can be read, and less that can go wrong. With three relu units the border is a broken line with
# up to three bends, one where it crosses each unit's own line.
# ### END ANSWER
#
# **Read on.** [Deep Learning, section 6.2.2.3](https://www.deeplearningbook.org/contents/mlp.html) on softmax units.
