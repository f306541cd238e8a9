# what: a return inside the loop, so that only the first layer is measured
# expect: probe 4
# message: probe "end too early"
# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    profile = []
    for gradient in torch.autograd.grad(loss, [layer.weight for layer in model.layers]):
        profile.append(gradient.abs().mean().item())
        return profile
