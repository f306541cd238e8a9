# what: (n, 1) against (n,) in a formula of its own
# expect: probe 5
# message: probe "target"

# %% probe
def gradient_profile(model, X, y):
    z = model(X)
    loss = -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z)).mean()
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
