# what: the ratio of gradient to weight, as in a well-known lecture
# expect: probe 4
# message: probe "size of the weights"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [(g.abs().mean() / layer.weight.abs().mean()).item() for g, layer in zip(gradients, model.layers)]
