# what: the derivative of the log loss with a small number in its denominators, finite everywhere
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    a = [x]
    for weight, bias in zip(weights, biases):
        a.append(torch.sigmoid(weight @ a[-1] + bias))
    delta_x = (1 - y) / (1 - a[-1] + 1e-10) - y / (a[-1] + 1e-10)
    weight_grads, bias_grads = [], []
    for k in reversed(range(len(weights))):
        delta_s = delta_x * a[k + 1] * (1 - a[k + 1])
        weight_grads.insert(0, torch.outer(delta_s, a[k]))
        bias_grads.insert(0, delta_s)
        delta_x = weights[k].T @ delta_s
    return weight_grads, bias_grads
