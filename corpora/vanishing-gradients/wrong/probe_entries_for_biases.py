# what: entries for the biases, too
# expect: probe 4
# message: probe "biases have entries"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    parameters = [parameter for layer in model.layers for parameter in layer.parameters()]
    return [gradient.abs().mean().item() for gradient in torch.autograd.grad(loss, parameters)]
