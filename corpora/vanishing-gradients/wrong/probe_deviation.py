# what: the standard deviation of the gradients, as activation statistics show it
# expect: probe 4
# message: probe "standard deviation"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.std().item() for gradient in gradients]
