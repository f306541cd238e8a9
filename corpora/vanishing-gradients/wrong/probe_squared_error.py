# what: a squared error of the probability
# expect: probe 4

# %% probe
def gradient_profile(model, X, y):
    logits = model(X).reshape(-1)
    loss = ((torch.sigmoid(logits) - y.reshape(-1)) ** 2).mean()
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
