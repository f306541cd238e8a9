# what: the bias is moved with the slope at the weight that has moved already
# expect: descent 2.75
# message: descent "Your second slope is measured after the first parameter has moved"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    w, b = params
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, w, b), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        w = w - learning_rate * gradient(t_u, t_c, w, b)[0]
        b = b - learning_rate * gradient(t_u, t_c, w, b)[1]
    return torch.stack([w, b]), losses
