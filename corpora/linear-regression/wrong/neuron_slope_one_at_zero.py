# what: derivative 1 at the bend
# expect: neuron 3
# message: neuron "exactly 0 your slope"

# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    a = w1 * x1 + w2 * x2 + b
    slope = 1.0 if a >= 0 else 0.0
    return {"o": max(0.0, a), "x1": slope * w1, "x2": slope * w2, "w1": slope * x1, "w2": slope * x2, "b": slope}
