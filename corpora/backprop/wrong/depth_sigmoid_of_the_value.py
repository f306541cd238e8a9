# what: the sigmoid's derivative taken at its value
# expect: any-depth 4
# message: any-depth "sigmoid's value"
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    a = [x]
    for w, b in zip(weights, biases):
        a.append(torch.sigmoid(w @ a[-1] + b))
    d = a[-1] - y
    weight_grads, bias_grads = [], []
    for k in range(len(weights) - 1, -1, -1):
        weight_grads.insert(0, torch.outer(d, a[k]))
        bias_grads.insert(0, d)
        d = (weights[k].T @ d) * torch.sigmoid(a[k]) * (1 - torch.sigmoid(a[k]))
    return weight_grads, bias_grads
