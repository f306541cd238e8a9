# what: the derivatives with respect to the inputs do not go through the relu
# expect: neuron 2.25
# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    a = w1 * x1 + w2 * x2 + b
    slope = 1.0 if a > 0 else 0.0
    return {"o": max(0.0, a), "x1": w1, "x2": w2, "w1": slope * x1, "w2": slope * x2, "b": slope}
