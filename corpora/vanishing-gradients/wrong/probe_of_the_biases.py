# what: the speed at which the biases learn, as a well-known textbook measures it
# expect: probe 4
# message: probe "biases, not of the weights"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.bias for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
