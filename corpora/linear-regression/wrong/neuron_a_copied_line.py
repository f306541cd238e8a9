# what: a copied line gives the derivative for w2 the input x1 instead of x2
# expect: neuron 3
# message: neuron "This belongs to the other input"
# %% neuron
def neuron_gradients(x1: float, x2: float, w1: float, w2: float, b: float) -> dict[str, float]:
    a = w1 * x1 + w2 * x2 + b
    on = 1.0 if a > 0.0 else 0.0
    return {
        "o": on * a,
        "x1": on * w1,
        "x2": on * w2,
        "w1": on * x1,
        "w2": on * x1,
        "b": on,
    }
