# what: zero_grad before and after: gradients that were there are lost
# expect: probe 5

# %% probe
def gradient_profile(model, X, y):
    model.zero_grad()
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    loss.backward()
    profile = [layer.weight.grad.abs().mean().item() for layer in model.layers]
    model.zero_grad()
    return profile
