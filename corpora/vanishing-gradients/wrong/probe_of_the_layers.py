# what: the gradient of each layer's output, caught by hooks, in place of its weights'
# expect: probe 4
# message: probe "output, not of its weights"
# %% probe
def gradient_profile(model, X, y):
    outputs = []
    hooks = [layer.register_forward_hook(lambda module, given, out: outputs.append(out)) for layer in model.layers]
    logits = model(X)
    for hook in hooks:
        hook.remove()
    loss = F.binary_cross_entropy_with_logits(logits.reshape(-1), y.reshape(-1))
    return [gradient.abs().mean().item() for gradient in torch.autograd.grad(loss, outputs)]
