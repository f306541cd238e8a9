# what: (n, 1) against (n,) in a formula of its own
# expect: probe 5
# message: probe "target"

# %% probe
def gradient_profile(model, X, y):
    p = torch.sigmoid(model(X))
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
