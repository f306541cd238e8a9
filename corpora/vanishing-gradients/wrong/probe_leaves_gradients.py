# what: backward() and nothing after it
# expect: probe 5
# message: probe "None"

# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    loss.backward()
    return [layer.weight.grad.abs().mean().item() for layer in model.layers]
