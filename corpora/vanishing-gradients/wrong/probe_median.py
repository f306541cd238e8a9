# what: the median instead of the mean
# expect: probe 4
# message: probe "median"

# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).flatten(), y.flatten())
    grads = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [g.abs().median().item() for g in grads]
