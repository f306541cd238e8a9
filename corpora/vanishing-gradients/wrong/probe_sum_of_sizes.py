# what: the sum of the absolute values
# expect: probe 4
# message: probe "not their mean"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [g.abs().sum().item() for g in gradients]
