# what: the right gradients as NumPy arrays
# expect: any-depth 5.5
# message: any-depth "should be a tensor of floats"
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    outputs = [x]
    for w, b in zip(weights, biases):
        outputs.append(torch.sigmoid(w @ outputs[-1] + b))
    slope = outputs[-1] - y
    weight_grads, bias_grads = [], []
    for k in reversed(range(len(weights))):
        weight_grads.insert(0, torch.outer(slope, outputs[k]).numpy())
        bias_grads.insert(0, slope.numpy())
        slope = (weights[k].T @ slope) * outputs[k] * (1 - outputs[k])
    return weight_grads, bias_grads
