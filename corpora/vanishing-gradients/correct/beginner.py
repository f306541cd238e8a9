# what: loops, sigmoid and plain cross-entropy, comparison with autograd in an extra cell, prints everywhere

# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        sig = torch.sigmoid(s)
        out = sig * (1 - sig)
    elif name == "tanh":
        out = 1 - torch.pow(torch.tanh(s), 2)
    elif name == "relu":
        out = torch.zeros(s.shape)
        out[s > 0] = 1.0
    else:
        raise ValueError("wrong name")
    print(name, out.shape)
    return out


# %% extra after=derivatives
s = torch.randn(4, requires_grad=True)
torch.sigmoid(s).sum().backward()
print(s.grad - activation_derivative("sigmoid", s.detach()))
%matplotlib inline


# %% probe
def gradient_profile(model, X, y):
    model.eval()
    p = torch.sigmoid(model(X))
    y = y.reshape(p.shape)
    loss = nn.BCELoss()(p, y)
    profile = []
    for layer in model.layers:
        g = torch.autograd.grad(loss, layer.weight, retain_graph=True)[0]
        profile.append((g.abs().sum() / g.numel()).item())
    return profile


# %% decay
def decay_per_layer(profile):
    product = 1.0
    for k in range(len(profile) - 1):
        product = product * (profile[k] / profile[k + 1])
    return product ** (1.0 / (len(profile) - 1))


# %% steady
def steady_std(activation, width, seed):
    if activation == torch.tanh:
        return 1.1 / width**0.5
    return torch.tensor(2.0 / width).sqrt()
