# what: every number is rounded to one digit
# expect: neuron 2.75
# message: neuron "rounded"

# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    a = w1 * x1 + w2 * x2 + b
    slope = 1.0 if a > 0 else 0.0
    exact = {"o": max(a, 0.0), "x1": slope * w1, "x2": slope * w2, "w1": slope * x1, "w2": slope * x2, "b": slope}
    return {key: round(value, 1) for key, value in exact.items()}
