# what: a squared error of the logits
# expect: probe 4
# message: probe "squared error of the logits"
# %% probe
def gradient_profile(model, X, y):
    loss = F.mse_loss(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [g.abs().mean().item() for g in gradients]
