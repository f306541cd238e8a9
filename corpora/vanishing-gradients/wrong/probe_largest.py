# what: the largest absolute value
# expect: probe 4
# message: probe "largest"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [g.abs().max().item() for g in gradients]
