# what: the gradient of the summed outputs, with no loss
# expect: probe 4
# message: probe "gradient of the outputs"
# %% probe
def gradient_profile(model, X, y):
    gradients = torch.autograd.grad(model(X).sum(), [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
