# what: adds the first bias of a layer to all its units
# expect: any-depth 5
# message: any-depth "Your forward pass"
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    a = [x]
    for w, b in zip(weights, biases):
        a.append(torch.sigmoid(w @ a[-1] + b[0]))
    d = a[-1] - y
    weight_grads, bias_grads = [], []
    for k in range(len(weights) - 1, -1, -1):
        weight_grads.insert(0, torch.outer(d, a[k]))
        bias_grads.insert(0, d)
        d = (weights[k].T @ d) * a[k] * (1 - a[k])
    return weight_grads, bias_grads
