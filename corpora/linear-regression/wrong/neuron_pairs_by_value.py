# what: finds the weight of an input by the input's value, so that two equal inputs get the same one
# expect: neuron 3
# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    total = w1 * x1 + w2 * x2 + b
    is_open = float(total > 0)
    weight_of, input_of = {x1: w1, x2: w2}, {w1: x1, w2: x2}
    return {
        "o": is_open * total,
        "x1": is_open * weight_of[x1],
        "x2": is_open * weight_of[x2],
        "w1": is_open * input_of[w1],
        "w2": is_open * input_of[w2],
        "b": is_open,
    }
