# what: logarithms, for the plot
# expect: probe 4
# message: probe "logarithm"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().log10().item() for gradient in gradients]
