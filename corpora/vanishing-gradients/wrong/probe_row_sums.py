# what: the mean of the sums of the rows
# expect: probe 4
# message: probe "row"

# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).flatten(), y.flatten())
    grads = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [g.abs().sum(dim=1).mean().item() for g in grads]
