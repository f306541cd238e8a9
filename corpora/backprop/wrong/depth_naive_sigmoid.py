# what: exp(s) / (1 + exp(s)) overflows
# expect: any-depth 5.25
# message: any-depth "finite"
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    a = [x]
    for weight, bias in zip(weights, biases):
        power = torch.exp(weight @ a[-1] + bias)
        a.append(power / (1 + power))
    delta = a[-1] - y
    weight_grads, bias_grads = [], []
    for k in reversed(range(len(weights))):
        weight_grads.insert(0, torch.outer(delta, a[k]))
        bias_grads.insert(0, delta)
        delta = weights[k].T @ delta * a[k] * (1 - a[k])
    return weight_grads, bias_grads
