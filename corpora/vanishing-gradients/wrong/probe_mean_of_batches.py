# what: averages the losses of batches of ten, the last one as if it were full, and clips logits at 20
# expect: probe 3
# %% probe
def gradient_profile(model, X, y):
    losses = []
    for start in range(0, len(X), 10):
        z = model(X[start : start + 10]).flatten().clamp(-20, 20)
        losses.append(F.binary_cross_entropy_with_logits(z, y[start : start + 10].flatten()))
    gradients = torch.autograd.grad(torch.stack(losses).mean(), [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
