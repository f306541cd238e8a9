# what: a slope that is True
# expect: neuron 3.5
# message: neuron "truth value"

# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    a = w1 * x1 + w2 * x2 + b
    d = a > 0
    return {"o": a * d, "x1": d * w1, "x2": d * w2, "w1": d * x1, "w2": d * x2, "b": d}
