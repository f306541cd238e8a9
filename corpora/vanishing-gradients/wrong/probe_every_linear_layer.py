# what: all linear layers of the model, also those that are not in .layers
# expect: probe 5
# message: probe "4 entries; yours has 5"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    weights = [module.weight for module in model.modules() if isinstance(module, nn.Linear)]
    return [gradient.abs().mean().item() for gradient in torch.autograd.grad(loss, weights)]
