# what: the mean of the gradient without absolute values
# expect: probe 4..5.75

# %% probe
def gradient_profile(model, X, y):
    logits = model(X).reshape(-1)
    loss = F.binary_cross_entropy_with_logits(logits, y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.mean().abs().item() for gradient in gradients]
