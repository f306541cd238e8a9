# what: biases counted with the weights
# expect: probe 4

# %% probe
def gradient_profile(model, X, y):
    loss = F.binary_cross_entropy_with_logits(model(X).reshape(-1), y.reshape(-1))
    profile = []
    for layer in model.layers:
        weight, bias = torch.autograd.grad(loss, [layer.weight, layer.bias], retain_graph=True)
        profile.append(torch.cat([weight.flatten(), bias]).abs().mean().item())
    return profile
