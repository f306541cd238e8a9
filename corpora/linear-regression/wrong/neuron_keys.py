# what: other keys
# expect: neuron 3.5
# message: neuron "missing"

# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    a = w1 * x1 + w2 * x2 + b
    slope = 1.0 if a > 0 else 0.0
    return {"o": max(a, 0.0), "do_dx1": slope * w1, "do_dx2": slope * w2, "do_dw1": slope * x1, "do_dw2": slope * x2, "do_db": slope}
