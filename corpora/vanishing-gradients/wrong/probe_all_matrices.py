# what: measures every matrix of the model instead of the weights of its layers
# expect: probe 5
# %% probe
def gradient_profile(model, X, y):
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    loss = F.binary_cross_entropy_with_logits(model(X).flatten(), y.flatten())
    return [gradient.abs().mean().item() for gradient in torch.autograd.grad(loss, matrices)]
