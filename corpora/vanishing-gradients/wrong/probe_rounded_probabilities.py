# what: the cross-entropy of probabilities, whose gradient is 0 where they round to 1
# expect: probe 5
# message: probe "logits, however large"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy(torch.sigmoid(model(X)).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
