# what: parameters by setattr and getattr; every product by hand an explicit loop over the entries
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        setattr(self, "0_weight", nn.Parameter(0.1 * torch.randn(D, C)))
        setattr(self, "0_bias", nn.Parameter(torch.zeros(C)))

    def forward(self, x):
        s = x @ getattr(self, "0_weight") + getattr(self, "0_bias")
        return s - torch.logsumexp(s, dim=-1, keepdim=True)

# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.n = len(sizes) - 1
        self.act = phi
        for k in range(self.n):
            setattr(self, str(k) + "_weight", nn.Parameter(torch.rand(sizes[k], sizes[k + 1]) - 0.5))
            setattr(self, str(k) + "_bias", nn.Parameter(torch.rand(sizes[k + 1]) - 0.5))

    def num_layers(self):
        return self.n

    def layer(self, k, h):
        return h @ getattr(self, f"{k}_weight") + getattr(self, f"{k}_bias")

    def forward(self, x):
        for k in range(self.n - 1):
            x = self.act(self.layer(k, x))
        return self.layer(self.n - 1, x)

# %% hidden-outputs
def hidden_outputs(model, X):
    return model.act(model.layer(0, X)).detach()

# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    D, H = W1.shape
    z1 = torch.zeros(H)
    for j in range(H):
        for i in range(D):
            z1[j] += x[i] * W1[i, j]
    z2 = torch.zeros(H)
    z3 = torch.zeros(H)
    for j in range(H):
        z2[j] = z1[j] + b1[j]
        z3[j] = 1 / (1 + torch.exp(-z2[j]))
    z4 = torch.zeros(1)
    for j in range(H):
        z4 += W2[j] * z3[j]
    yhat = z4 + b2
    l = (y - yhat).pow(2).squeeze()
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=l)

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    D, H = W1.shape
    z3 = torch.sigmoid(x @ W1 + b1)
    yhat = z3 @ W2 + b2
    d = {"yhat": -2 * (y - yhat), "y": 2 * (y - yhat)}
    d["b2"] = d["z4"] = d["yhat"]
    d["W2"] = torch.zeros(H, 1)
    d["z3"], d["z2"] = torch.zeros(H), torch.zeros(H)
    for j in range(H):
        d["W2"][j, 0] = z3[j] * d["z4"][0]
        d["z3"][j] = W2[j, 0] * d["z4"][0]
        d["z2"][j] = d["z3"][j] * z3[j] * (1 - z3[j])
    d["b1"] = d["z1"] = d["z2"]
    d["W1"], d["x"] = torch.zeros(D, H), torch.zeros(D)
    for i in range(D):
        for j in range(H):
            d["W1"][i, j] = x[i] * d["z1"][j]
            d["x"][i] += W1[i, j] * d["z1"][j]
    return d
