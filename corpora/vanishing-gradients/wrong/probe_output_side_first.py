# what: the list is upside down
# expect: probe 4
# message: probe "order|input side"

# %% probe
def gradient_profile(model, X, y):
    logits = model(X).reshape(-1)
    loss = F.binary_cross_entropy_with_logits(logits, y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in reversed(list(model.layers))])
    return [gradient.abs().mean().item() for gradient in gradients]
