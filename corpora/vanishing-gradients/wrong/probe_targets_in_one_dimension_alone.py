# what: targets always get one more dimension: those of shape (n, 1) fail
# expect: probe 4
# message: probe "Target size"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X), y.unsqueeze(1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
