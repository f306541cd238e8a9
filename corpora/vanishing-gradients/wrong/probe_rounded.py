# what: rounds the numbers
# expect: probe 5
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [g.abs().mean().item().__round__(6) for g in gradients]
