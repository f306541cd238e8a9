# what: the root of the mean squared gradient, a usual measure of size
# expect: probe 4
# message: probe "root of the mean square"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.pow(2).mean().sqrt().item() for gradient in gradients]
