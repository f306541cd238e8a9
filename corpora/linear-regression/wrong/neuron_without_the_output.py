# what: the output is missing from the dict
# expect: neuron 2.75
# message: neuron "The key 'o' is missing"

# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    slope = 1.0 if w1 * x1 + w2 * x2 + b > 0 else 0.0
    return {"x1": slope * w1, "x2": slope * w2, "w1": slope * x1, "w2": slope * x2, "b": slope}
