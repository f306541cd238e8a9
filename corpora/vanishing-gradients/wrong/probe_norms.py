# what: the norm instead of the mean size
# expect: probe 4

# %% probe
def gradient_profile(model, X, y):
    logits = model(X).reshape(-1)
    loss = F.binary_cross_entropy_with_logits(logits, y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.norm().item() for gradient in gradients]
