# what: hidden layers only
# expect: probe 4
# message: probe "output layer is missing"

# %% probe
def gradient_profile(model, X, y):
    logits = model(X).reshape(-1)
    loss = F.binary_cross_entropy_with_logits(logits, y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers[:-1]])
    return [gradient.abs().mean().item() for gradient in gradients]
